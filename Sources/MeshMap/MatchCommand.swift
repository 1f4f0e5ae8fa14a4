import ArgumentParser
import Commands
import Foundation
import Geometry

struct MatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "match", abstract: "Find which point of one body is which point of another.",
        discussion: """
            Writes the map from HUMAN to ANIMAL and the map back. Methods:

            \(MatchMethod.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

            The methods semantic and semantic-in-parts take distances to these parts:

            \(PartList.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

            Parts, landmarks and the mirror image come from the file beside each mesh (body.json beside body.obj), or from
            --labels and --target-labels. Landmarks are used where both bodies have one of the same name.

            The errors that are reported need no truth: where points come back to (cycle), how much of the animal is reached
            (coverage), how smooth the map is (1 for an isometry), and what lands in another part or on the other side.

            Example:
              meshmap match meshes/human.obj meshes/chimpanzee.obj --method functional --out map.json
              meshmap match meshes/human.obj own-ape.obj --target-labels own-ape-parts.json --landmarks 20 --out map.json --json
            """)

    @Argument(help: "The body that the map starts from.", completion: .file())
    var human: String

    @Argument(help: "The body that the map leads to.", completion: .file())
    var animal: String

    @Option(
        help: ArgumentHelp("How: \(MatchMethod.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "method")
    )
    var method = MatchMethod.functional

    @Option(help: ArgumentHelp("The map.", valueName: "file"))
    var out: String

    @Option(help: ArgumentHelp("Labels of HUMAN, when they are not beside it.", valueName: "file"))
    var labels: String?

    @Option(help: ArgumentHelp("Labels of ANIMAL, when they are not beside it.", valueName: "file"))
    var targetLabels: String?

    @Option(name: .customLong("group"), help: "Only this group of HUMAN's faces; may be given several times.")
    var groups: [String] = []

    @Option(name: .customLong("target-group"), help: "Only this group of ANIMAL's faces; may be given several times.")
    var targetGroups: [String] = []

    @Option(help: ArgumentHelp("How many landmarks to use, spread over the body, or all.", valueName: "all|N"))
    var landmarks = "all"

    @Option(help: ArgumentHelp("How distances are measured: exact, heat or dijkstra.", valueName: "method"))
    var geodesics = GeodesicMethod.heat

    @Option(help: ArgumentHelp("semantic: distances to which parts: charts, coarse or own.", valueName: "list"))
    var parts = PartList.charts

    @Option(help: "functional: how many eigenfunctions the last step uses.")
    var eigenfunctions = 200

    @OptionGroup var json: JSONOption

    func validate() throws {
        guard (20...1000).contains(eigenfunctions) else { throw ValidationError("--eigenfunctions is 20 to 1000") }
        guard landmarks == "all" || Int(landmarks).map({ $0 >= 0 }) == true else {
            throw ValidationError("--landmarks is a number or all")
        }
    }

    private struct Output: Encodable {
        var method: MatchMethod
        var map: String
        var source: String
        var target: String
        var landmarks: Int
        var seconds: Double
        var quality: MapQuality

        enum CodingKeys: String, CodingKey { case method, map, source, target, landmarks, seconds }

        func encode(to encoder: any Encoder) throws {
            try quality.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(method, forKey: .method)
            try container.encode(map, forKey: .map)
            try container.encode(source, forKey: .source)
            try container.encode(target, forKey: .target)
            try container.encode(landmarks, forKey: .landmarks)
            try container.encode(seconds, forKey: .seconds)
        }
    }

    func run() throws {
        let start = Date()
        var source = try LabelledMesh.read(human, groups: groups, labels: labels)
        let target = try LabelledMesh.read(animal, groups: targetGroups, labels: targetLabels)
        let common = source.landmarks.keys.filter { target.landmarks[$0] != nil }.count
        if let count = Int(landmarks), count < common {
            source = source.keeping(landmarks: source.spreadLandmarks(count, common: target))
        }
        let used = source.landmarks.keys.filter { target.landmarks[$0] != nil }.count
        var matcher = Matcher(method: method)
        matcher.geodesics = geodesics
        matcher.partList = parts
        matcher.refinement.sizes = matcher.refinement.sizes.filter { $0 < eigenfunctions } + [eigenfunctions]
        let progress = ProgressLine("matching")
        let result = try matcher.match(source, target) { progress.update($1, detail: $0) }
        progress.finish()
        let quality = try MapQuality(
            result.forward, result.backward, source: source, target: target, geodesics: geodesics)
        var parameters = ["geodesics": geodesics.rawValue, "landmarks": "\(used)"]
        if method == .functional {
            parameters["eigenfunctions"] = "\(eigenfunctions)"
            parameters["descriptorWeight"] = "\(matcher.refinement.descriptorWeight)"
        }
        if method == .semantic || method == .semanticInParts { parameters["parts"] = parts.rawValue }
        try MapFile(
            method: method.rawValue, parameters: parameters, source: .init(source, path: human, groups: groups),
            target: .init(target, path: animal, groups: targetGroups), forward: result.forward,
            backward: result.backward, quality: quality
        ).write(to: out)
        let output = Output(
            method: method, map: out, source: source.name, target: target.name, landmarks: used,
            seconds: Date().timeIntervalSince(start), quality: quality)
        if json.json { return try Terminal.json(output) }
        func percent(_ value: Double?) -> String { value.map { String(format: "%.1f %%", $0 * 100) } ?? "-" }
        Terminal.table(
            ["", ""],
            [
                ["method", "\(method.rawValue), \(used) landmarks"],
                ["cycle error", String(format: "%.2f %% of the root of the area", quality.cycleError)],
                ["coverage", percent(quality.coverage)], ["smoothness", String(format: "%.2f", quality.smoothness)],
                ["same part", percent(quality.partConsistency)], ["swapped sides", percent(quality.swapped)],
                ["turned over", percent(quality.flipped)], ["seconds", String(format: "%.1f", output.seconds)],
            ])
        print("wrote \(out)")
    }
}

extension MatchMethod: ExpressibleByArgument {}
extension PartList: ExpressibleByArgument {}
