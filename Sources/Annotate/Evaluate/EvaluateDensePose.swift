import ArgumentParser
import Commands
import Evaluation
import Foundation

struct EvaluateDensePose: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "densepose", abstract: "Average precision and recall of dense correspondence, in per cent.",
        discussion: """
            Thresholds go from --min-threshold to 0.95 by 0.05. --mode reference gives detectron2's numbers with its oddities,
            clean gives right ones; the two are not comparable. Documentation/Evaluation.md tells the differences.

            Example:
              annotate evaluate densepose --truth gt.json --predictions results.json --mesh mesh.json --mode reference \\
                --metric gps --min-threshold 0.5 --json
            """)

    @Option(help: ArgumentHelp("A COCO file with dense points.", valueName: "file"))
    var truth: String

    @Option(help: ArgumentHelp("A list of results with uv_data.", valueName: "file"))
    var predictions: String

    @Option(
        help: ArgumentHelp(
            "The surface: JSON, a mesh with charts, SMPL_subdiv.mat, or a template body such as human.",
            valueName: "mesh"))
    var mesh: String

    @Option(help: ArgumentHelp("Its distances, as `meshmap geodesics --all-pairs` writes them.", valueName: "file"))
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

    @OptionGroup var json: JSONOption

    func validate() throws {
        guard (0.01...0.95).contains(minThreshold), ((0.95 - minThreshold) / 0.05).rounded() < 32 else {
            throw ValidationError("--min-threshold is a number from 0.01 to 0.95")
        }
        if let tolerance, !(tolerance > 0) { throw ValidationError("--tolerance is a positive number") }
    }

    func run() throws {
        let surface = try surface()
        let truths = try DensePoseTruths(contentsOf: truth)
        let detections = try DensePoseDetections(contentsOf: predictions, truths: truths)
        let evaluator = DensePoseEvaluator(
            metric, surface: surface, mode: mode, leastThreshold: minThreshold,
            tolerance: tolerance.map { .uniform($0) } ?? .byPart)
        let evaluation = try evaluator.evaluate(detections, against: truths)
        for warning in evaluation.warnings { Terminal.error("warning: \(warning)") }
        try MetricReport.show(evaluation.metrics, json: json.json)
    }

    private func surface() throws -> EvaluationSurface {
        let progress = ProgressLine("distances")
        defer { progress.finish() }
        let environment = ProcessInfo.processInfo.environment
        let cache = cache ?? (environment["XDG_CACHE_HOME"] ?? NSHomeDirectory() + "/.cache") + "/kindred"
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
