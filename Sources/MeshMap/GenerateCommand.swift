import ArgumentParser
import Commands
import Foundation
import Geometry

struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Make the template body of a species, in a pose if wished.",
        discussion: """
            Bodies come from tables; the same species gives the same bytes everywhere. Human, chimpanzee and gorilla
            correspond vertex by vertex. A folder gets SPECIES.obj (charts as materials, parts as groups) and SPECIES.json
            (parts, symmetry, skeleton, weights, key vertices); a name with an extension gets the mesh alone.

            Example:
              meshmap generate --list
              meshmap generate chimpanzee --out bodies
              meshmap generate human --level 3 --out human.obj
              meshmap generate dog --clip walk --frame 6 --out walking.ply
            """)

    @Argument(help: "A species; see --list.")
    var species: String?

    @Flag(help: "All species, and manifest.json with their fingerprints at both levels.")
    var all = false

    @Flag(help: "List the species and the clips that each can play.")
    var list = false

    @Option(help: "2 for about 7,500 vertices, 3 for about 30,000.")
    var level = 2

    @Option(help: ArgumentHelp("A folder, made if it is missing; or a mesh file.", valueName: "folder|file"))
    var out = "meshes"

    @Option(help: ArgumentHelp("A clip's first frame: sit, climb, …", valueName: "name"))
    var pose: String?

    @Option(help: ArgumentHelp("A motion clip: walk, dance, …", valueName: "name"))
    var clip: String?

    @Option(help: "The frame of the clip, 25 a second.")
    var frame = 0

    @OptionGroup var json: JSONOption

    func validate() throws {
        guard [list, all, species != nil].count(where: { $0 }) == 1 else {
            throw ValidationError("name one species, or give --all or --list")
        }
        guard (2...3).contains(level) else { throw ValidationError("--level is 2 or 3") }
        guard (0...1_000_000).contains(frame) else { throw ValidationError("--frame is 0 to 1000000") }
        guard pose == nil || clip == nil else { throw ValidationError("give --pose or --clip, not both") }
        guard pose == nil && clip == nil || !isFolder else {
            throw ValidationError("a posed body is one mesh: let --out name a file such as posed.obj")
        }
        guard !all || isFolder else { throw ValidationError("--all needs a folder as --out") }
    }

    private var isFolder: Bool { MeshFile.Format(path: out) == nil }

    private struct Line: Encodable {
        var species: String
        var summary: String?
        var clips: [String]?
        var vertices: Int?
        var file: String?
    }

    func run() throws {
        let lines = list ? try listed() : try (all ? TemplateBody.species : [species!]).map(make)
        if all { try BodyManifest().write(toFolder: out) }
        if json.json { return try Terminal.json(lines) }
        if list {
            Terminal.table(
                ["species", "what", "clips"],
                lines.map { [$0.species, $0.summary ?? "", $0.clips?.joined(separator: ", ") ?? ""] })
        } else {
            for line in lines { print("wrote \(line.file ?? ""): \(line.vertices ?? 0) vertices") }
        }
    }

    private func listed() throws -> [Line] {
        try TemplateBody.species.map { name in
            let body = try TemplateBody.named(name)
            let clips = MotionClip.all.filter { $0.isForBipeds == body.standsOnTwoLegs }
            return Line(species: name, summary: TemplateBody.summary(of: name), clips: clips.map(\.name))
        }
    }

    private func make(_ name: String) throws -> Line {
        let body = try TemplateBody.generate(name, level: level)
        if isFolder {
            try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
            try body.write(toFolder: out)
            return Line(species: name, vertices: body.mesh.vertexCount, file: "\(out)/\(name).obj")
        }
        var positions = body.mesh.positions
        if let wanted = pose ?? clip {
            guard let motion = MotionClip.named(wanted, for: body) else {
                let known = MotionClip.all.filter { $0.isForBipeds == body.standsOnTwoLegs }.map(\.name)
                throw MeshError.unsuitable(
                    "the body of \(name) has no clip \"\(wanted)\"; it has \(known.joined(separator: ", "))")
            }
            positions = body.posed(motion.pose(at: Double(frame) / 25, of: body))
        }
        try MeshFile.write(body.surface(at: positions), to: out)
        return Line(species: name, vertices: body.mesh.vertexCount, file: out)
    }
}
