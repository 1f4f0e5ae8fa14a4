import ArgumentParser
import Catalog
import Commands
import Evaluation
import Foundation
import Geometry

struct EvaluateDensePose: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "densepose", abstract: "Average precision and recall of dense correspondence, in per cent.",
        discussion: """
            Thresholds go from --min-threshold to 0.95 by 0.05. --mode reference gives detectron2's numbers with its oddities,
            clean gives right ones; the two are not comparable. Documentation/Evaluation.md tells the differences.

            Results are `uv_data` (chart, u, v) or `vertex_data` (vertices of the mesh), each a PNG in base64. With --dataset and
            --run, labels of the catalog are compared, such as those of `infer densepose`; see `annotate evaluate boxes`.

            Example:
              annotate evaluate densepose --truth gt.json --predictions results.json --mesh mesh.json --mode reference \\
                --metric gps --min-threshold 0.5 --json
              annotate evaluate densepose --dataset people --run tiny --mesh human --details --html report.html
            """)

    @OptionGroup var source: EvaluationSource

    @Option(
        help: ArgumentHelp(
            "The surface: JSON, a mesh with charts, SMPL_subdiv.mat, or a template body such as human.",
            valueName: "mesh"))
    var mesh: String

    @Option(
        help: ArgumentHelp(
            "Its distances: from `meshmap geodesics --all-pairs`, or Pdist_matrix.pkl.", valueName: "file"))
    var distances: String?

    @Option(help: ArgumentHelp("SMPL_SUBDIV_TRANSFORM.mat, for SMPL_subdiv.mat.", valueName: "file"))
    var transform: String?

    @Option(
        help: ArgumentHelp(
            "Where measured distances are kept. Default: kindred in XDG_CACHE_HOME or ~/.cache.", valueName: "folder"))
    var cache: String?

    @Option(help: "reference or clean.")
    var mode = DensePoseEvaluator.Mode.clean

    @Option(help: "gps, gpsm or iou.")
    var metric = DensePoseEvaluator.Metric.gps

    @Option(help: "The least threshold.")
    var minThreshold = 0.5

    @Option(
        help: ArgumentHelp("One tolerance for all parts, such as 0.255, in place of one for each.", valueName: "metres")
    )
    var tolerance: Double?

    @OptionGroup var output: EvaluationOutput

    func validate() throws {
        guard (0.01...0.95).contains(minThreshold), ((0.95 - minThreshold) / 0.05).rounded() < 32 else {
            throw ValidationError("--min-threshold is a number from 0.01 to 0.95")
        }
        if let tolerance, !(tolerance > 0) { throw ValidationError("--tolerance is a positive number") }
    }

    func run() throws {
        let surface = try surface()
        let found = try source.load(
            comparing: output.compare,
            EvaluationReaders(
                truthsOfFile: { try DensePoseTruths(contentsOf: $0, isAgnostic: source.classAgnostic) },
                detectionsOfFile: { try DensePoseDetections(contentsOf: $0, truths: $1) },
                truthsOfCatalog: { try $0.densePoseTruths() },
                detectionsOfCatalog: { labels, run, _ in try labels.densePoseDetections(ofRun: run) }))
        let evaluator = DensePoseEvaluator(
            metric, surface: surface, mode: mode, leastThreshold: minThreshold,
            tolerance: tolerance.map { .uniform($0) } ?? .byPart)
        let evaluation = try evaluator.evaluate(found.detections, against: found.truths)
        let other = try found.other.map { try evaluator.evaluate($0, against: found.truths) }
        let outcomes = output.needsDetails || source.isCatalog ? evaluation.outcomes() : []
        var report = try evaluation.report(
            title: "Evaluation of dense correspondence",
            notes: [
                "\(source.description) Surface: \(mesh). \(metric.rawValue), \(mode.rawValue), from \(minThreshold)."
            ],
            outcomes: output.needsDetails ? outcomes : nil)
        report.metrics += output.draws(
            { Bootstrap(evaluation, count: $0, seed: $1) }, scale: 100,
            other: other.map { other in
                (other.metrics[0].value, { Bootstrap(other, count: $0, seed: $1) })
            })
        var parameters: [String: JSONValue] = [
            "mesh": .text(mesh), "metric": .text(metric.rawValue), "mode": .text(mode.rawValue),
            "minThreshold": .number(minThreshold),
        ]
        if let tolerance { parameters["tolerance"] = .number(tolerance) }
        try source.keep(
            "densepose", report.metrics, outcomes, instances: (found.detections.ids, found.truths.ids),
            parameters: parameters)
        try output.show(report, warnings: evaluation.warnings)
    }

    private func surface() throws -> EvaluationSurface {
        let progress = ProgressLine("distances")
        defer { progress.finish() }
        let cache = cache ?? GeodesicMatrix.defaultCache
        switch URL(fileURLWithPath: mesh).pathExtension.lowercased() {
        case "json": return try EvaluationSurface(contentsOf: mesh, distances: distances)
        case "mat":
            guard let transform, let distances else {
                throw ValidationError("SMPL_subdiv.mat needs --transform and --distances")
            }
            return try EvaluationSurface(subdivision: mesh, transform: transform, distances: distances)
        case "": return try EvaluationSurface(body: mesh, cache: cache) { progress.update($0) }
        default: return try EvaluationSurface(meshFile: mesh, cache: cache) { progress.update($0) }
        }
    }
}

extension DensePoseEvaluator.Mode: ExpressibleByArgument {}
extension DensePoseEvaluator.Metric: ExpressibleByArgument {}
