import ArgumentParser
import Commands
import Foundation
import Geometry

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Find what is wrong with a mesh, and mend it.",
        discussion: """
            Counts components, holes, handles, edges of more than two faces, faces without area, turned or doubled, vertices
            that coincide or belong to nothing, and slivers. Exit status 1 when algorithms would refuse the mesh.

            --fix writes a mended copy: coinciding vertices are joined, useless faces dropped, neighbours turned the same way
            and closed surfaces outwards, sheets that share an edge or a vertex separated. Nothing moves, no hole is
            filled. Groups and texture coordinates are kept where faces are.

            Example:
              meshmap check chimp.obj
              meshmap check chimp.obj --fix chimp-sound.obj --tolerance 0.0001
              meshmap check base.obj --group body --json
            """)

    @OptionGroup var input: MeshInput

    @Option(help: ArgumentHelp("Write a mended copy.", valueName: "file"))
    var fix: String?

    @Option(help: "With --fix: vertices nearer than this, in the mesh's unit, become one.")
    var tolerance = 0.0

    @OptionGroup var json: JSONOption

    func validate() throws {
        guard tolerance >= 0 else { throw ValidationError("--tolerance is 0 or more") }
    }

    /// What `--json` prints.
    private struct Output: Encodable {
        var mesh: String
        var report: MeshReport
        var fixed: String?
        var steps: [String]?
        var after: MeshReport?

        enum CodingKeys: String, CodingKey { case mesh, fixed, steps, after, sound, problems }

        func encode(to encoder: any Encoder) throws {
            try report.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(mesh, forKey: .mesh)
            try container.encode(report.isSound, forKey: .sound)
            try container.encodeIfPresent(fixed, forKey: .fixed)
            try container.encodeIfPresent(steps, forKey: .steps)
            try container.encodeIfPresent(after, forKey: .after)
        }
    }

    func run() throws {
        let mesh = try input.read()
        var output = Output(mesh: input.mesh, report: try MeshCheck.report(on: mesh))
        if let fix {
            var repair = MeshRepair()
            repair.tolerance = tolerance
            let (fixed, steps) = try repair.repaired(mesh)
            try MeshFile.write(fixed, to: fix)
            (output.fixed, output.steps) = (fix, steps)
            output.after = try MeshCheck.report(on: fixed)
        }
        if json.json {
            try Terminal.json(output)
        } else {
            show(output)
        }
        if !(output.after ?? output.report).isSound { throw ExitCode(1) }
    }

    private func show(_ output: Output) {
        Self.show(output.report)
        guard let fixed = output.fixed, let steps = output.steps, let after = output.after else { return }
        print()
        print(steps.isEmpty ? "nothing to mend" : steps.map { "- \($0)" }.joined(separator: "\n"))
        print("wrote \(fixed): \(after.vertices) vertices, \(after.triangles) triangles")
        for problem in after.problems { print("left: \(problem.message)") }
    }

    static func show(_ report: MeshReport) {
        func number(_ value: Double) -> String { String(format: "%.4g", value) }
        let size = zip(report.low, report.high).map { number($1 - $0) }.joined(separator: " x ")
        var rows = [
            ["vertices", "\(report.vertices)"], ["faces", "\(report.faces) (\(report.triangles) triangles)"],
            ["components", "\(report.components.count)"], ["size", size], ["area", number(report.area)],
        ]
        if let volume = report.volume { rows.append(["volume", number(volume)]) }
        if let genus = report.genus { rows.append(["handles", "\(genus)"]) }
        rows += [
            ["edges", report.edgeLengths.map(number).joined(separator: " / ") + " (shortest / mean / longest)"],
            ["smallest angle", number(report.smallestAngle) + " degrees"],
            [
                "surface",
                report.isManifold ? (report.isClosed ? "closed manifold" : "manifold with boundary") : "not manifold",
            ],
        ]
        Terminal.table(["", ""], rows)
        if !report.densities.isEmpty {
            print()
            Terminal.table(
                ["part", "vertices", "per area"],
                report.densities.map { [$0.part, "\($0.vertices)", String(format: "%.0f", $0.density)] })
        }
        print()
        if report.problems.isEmpty { print("nothing is wrong") }
        for problem in report.problems {
            let kind = problem.isError ? "error" : "note"
            let places =
                problem.examples.isEmpty
                ? "" : " (such as \(problem.examples.prefix(3).map(String.init).joined(separator: ", ")))"
            print("\(kind): \(problem.message)\(places)\(problem.isFixable ? "; --fix mends it" : "")")
        }
    }
}
