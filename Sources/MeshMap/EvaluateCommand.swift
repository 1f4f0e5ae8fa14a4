import ArgumentParser
import Commands
import Foundation
import Geometry
import Imaging

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measure a map against the truth.",
        discussion: """
            The error of a vertex is the geodesic distance on the target between where the map and where the truth puts it,
            over the square root of the target's area (Princeton protocol). Nothing is forgiven for symmetry. TRUTH is a map
            (of `meshmap pair`, say), or a JSON list of the target's vertices, one a vertex of the source, from 0, -1 for none.

            Without --truth the key vertices that both bodies have are the truth: GE and GPS as detectron2 measures the alignment
            of meshes. The meshes are read from where the map says, or from --source and --target.

            Example:
              meshmap pair human chimpanzee pair --seed 1
              meshmap match pair/human.obj pair/chimpanzee.obj --out map.json
              meshmap evaluate map.json --truth pair/truth.json --json
              meshmap evaluate map.json --truth pair/truth.json --plot curve.png
            """)

    @Argument(help: "What `meshmap match` wrote.", completion: .file(extensions: ["json"]))
    var map: String

    @Option(help: ArgumentHelp("The true map.", valueName: "file"))
    var truth: String?

    @Option(help: ArgumentHelp("The source's mesh, when it has moved.", valueName: "file"))
    var source: String?

    @Option(help: ArgumentHelp("The target's mesh, when it has moved.", valueName: "file"))
    var target: String?

    @Option(help: ArgumentHelp("How distances are measured: exact, heat or dijkstra.", valueName: "method"))
    var geodesics = GeodesicMethod.heat

    @Option(help: ArgumentHelp("Draw the curve of errors into this PNG file.", valueName: "file"))
    var plot: String?

    @OptionGroup var json: JSONOption

    func validate() throws {
        if plot != nil, truth == nil { throw ValidationError("--plot needs --truth") }
    }

    private struct Output: Encodable {
        var method: String
        var meanErrorPercent: Double?
        var medianErrorPercent: Double?
        var percentile95ErrorPercent: Double?
        var within5: Double?
        var within10: Double?
        var auc: Double?
        var curve: [Double]?
        var parts: [String: Double]?
        var vertices: Int?
        var leftOut: Int?
        var geodesicError: Double?
        var geodesicPointSimilarity: Double?
        var keyVertices: Int?
        var quality: MapQuality?
    }

    func run() throws {
        let file = try MapFile.read(map)
        let from = try LabelledMesh.read(source ?? file.source.path, groups: file.source.groups ?? [])
        let to = try LabelledMesh.read(target ?? file.target.path, groups: file.target.groups ?? [])
        try file.source.check(from.mesh, file: map)
        try file.target.check(to.mesh, file: map)
        var output = Output(method: file.method, quality: file.quality)
        if let truth {
            let evaluation = try MapEvaluation(
                file.forward.map, truth: try TruthFile.read(truth, target: to.mesh, expected: file), target: to.mesh,
                parts: from.parts, geodesics: geodesics)
            output.meanErrorPercent = evaluation.meanErrorPercent
            output.medianErrorPercent = evaluation.medianErrorPercent
            output.percentile95ErrorPercent = evaluation.percentile95ErrorPercent
            (output.within5, output.within10) = (evaluation.within5, evaluation.within10)
            (output.auc, output.curve, output.parts) = (evaluation.auc, evaluation.curve, evaluation.parts)
            (output.vertices, output.leftOut) = (evaluation.vertices, evaluation.leftOut)
            if let plot { try Self.draw(evaluation, file.method, to: plot) }
        }
        if !from.landmarks.isEmpty, !to.landmarks.isEmpty,
            let keys = try? KeyVertexEvaluation(file.forward.map, source: from, target: to, geodesics: geodesics)
        {
            output.geodesicError = keys.geodesicError
            output.geodesicPointSimilarity = keys.geodesicPointSimilarity
            output.keyVertices = keys.keyVertices
        }
        guard output.meanErrorPercent != nil || output.keyVertices != nil else {
            throw MapFileError(path: map, problem: "cannot be measured: give --truth, or bodies with key vertices")
        }
        if json.json { return try Terminal.json(output) }
        show(output)
    }

    private func show(_ output: Output) {
        func number(_ value: Double?, _ format: String) -> String { value.map { String(format: format, $0) } ?? "-" }
        var rows: [[String]] = []
        if output.meanErrorPercent != nil {
            rows += [
                ["mean error", number(output.meanErrorPercent, "%.2f %% of the root of the area")],
                ["median", number(output.medianErrorPercent, "%.2f %%")],
                ["95th percentile", number(output.percentile95ErrorPercent, "%.2f %%")],
                ["within 5 %", number(output.within5.map { $0 * 100 }, "%.1f %%")],
                ["within 10 %", number(output.within10.map { $0 * 100 }, "%.1f %%")],
                ["AUC, 0 to 25 %", number(output.auc, "%.4f")],
                ["vertices", "\(output.vertices ?? 0), \(output.leftOut ?? 0) left out"],
            ]
        }
        if let count = output.keyVertices {
            rows += [
                ["GE", number(output.geodesicError, "%.2f")], ["GPS", number(output.geodesicPointSimilarity, "%.2f")],
                ["key vertices", "\(count)"],
            ]
        }
        Terminal.table(["", ""], rows)
        guard let parts = output.parts, !parts.isEmpty else { return }
        print()
        Terminal.table(
            ["part", "mean error %"],
            parts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { [$0.key, number($0.value, "%.2f")] })
    }

    private static func draw(_ evaluation: MapEvaluation, _ name: String, to path: String) throws {
        let points = evaluation.curve.enumerated().map { PixelPoint(Double($0.offset) / 4, $0.element) }
        let chart = LineChart(
            title: "Share of vertices within an error",
            series: [.init(name: name, points: points, color: Palette.instance(0))],
            axis: "geodesic error, % of the root of the area", valueAxis: "share of vertices")
        try chart.render().write(toFileAt: path)
    }
}
