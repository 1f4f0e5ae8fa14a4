import ArgumentParser
import Commands
import Foundation
import Geometry

struct PairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pair", abstract: "Make two bodies whose true correspondence is known, to measure methods on.",
        discussion: """
            Each body is remeshed by itself and its vertices are shuffled. Writes SOURCE.obj and TARGET.obj with their labels,
            and truth.json, the true map. --border-noise moves the borders of parts, as two people paint them differently;
            --landmark-noise moves landmarks. The same seed gives the same files.

            Example:
              meshmap pair human chimpanzee pair --seed 1 --border-noise 0.01
              meshmap match pair/human.obj pair/chimpanzee.obj --out map.json
              meshmap evaluate map.json --truth pair/truth.json
            """)

    @Argument(help: "A species of `meshmap generate --list`.")
    var source: String

    @Argument(help: "Another.")
    var target: String

    @Argument(help: "The folder; made if it is missing.", completion: .directory)
    var folder: String

    @Option(help: "About how many vertices each body gets.")
    var vertices = 6890

    @Option(help: "How far borders of parts are moved, root mean square, in metres.")
    var borderNoise = 0.0

    @Option(help: "How far landmarks are moved, in metres.")
    var landmarkNoise = 0.0

    @Option(help: "Seed of all that is chance.")
    var seed: UInt64 = 1

    func validate() throws {
        guard (500...200_000).contains(vertices) else { throw ValidationError("--vertices is 500 to 200000") }
        guard (0...0.2).contains(borderNoise), (0...0.2).contains(landmarkNoise) else {
            throw ValidationError("noise is 0 to 0.2 metres")
        }
        if source == target { throw ValidationError("the two species have the same name, and so would their files") }
    }

    func run() throws {
        var difficulty = BodyPair.Difficulty()
        (difficulty.vertices, difficulty.borderNoise) = (vertices, borderNoise)
        difficulty.landmarkNoise = landmarkNoise
        let pair = try BodyPair(
            TemplateBody.named(source), TemplateBody.named(target), difficulty: difficulty, seed: seed)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var sides: [MapFile.Side] = []
        for body in [pair.source, pair.target] {
            let path = "\(folder)/\(body.name).obj"
            try MeshFile.write(SurfaceMesh(body.mesh), to: path)
            try body.labels.write(to: MeshLabels.path(beside: path))
            sides.append(.init(body, path: path))
        }
        try MapFile(
            method: "truth", parameters: ["seed": "\(seed)"], source: sides[0], target: sides[1], forward: pair.truth,
            backward: nil, quality: nil
        ).write(to: "\(folder)/truth.json")
        let known = pair.truth.points.count { $0 != nil }
        print(
            "wrote \(folder)/\(source).obj, \(target).obj and truth.json: \(known) of \(pair.truth.points.count) vertices have a true counterpart"
        )
    }
}
