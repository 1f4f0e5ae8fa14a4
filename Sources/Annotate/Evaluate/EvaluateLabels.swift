import ArgumentParser
import Commands
import Evaluation

struct EvaluateBoxes: ParsableCommand {
    static let configuration = EvaluateLabels.configuration("boxes")
    @OptionGroup var labels: EvaluateLabels
    func run() throws { try labels.run(.boxes) }
}

struct EvaluateMasks: ParsableCommand {
    static let configuration = EvaluateLabels.configuration("masks")
    @OptionGroup var labels: EvaluateLabels
    func run() throws { try labels.run(.masks) }
}

struct EvaluateKeypoints: ParsableCommand {
    static let configuration = EvaluateLabels.configuration("keypoints")
    @OptionGroup var labels: EvaluateLabels
    func run() throws { try labels.run(.keypoints) }
}

/// What the evaluations of boxes, masks and keypoints have in common.
struct EvaluateLabels: ParsableArguments {
    @Option(help: ArgumentHelp("A COCO file: images, annotations, categories.", valueName: "file"))
    var truth: String

    @Option(help: ArgumentHelp("A list of COCO results.", valueName: "file"))
    var predictions: String

    @Flag(
        help: "LVIS's rule: categories count where they are labelled or known to be absent; 300 detections a picture.")
    var federated = false

    @OptionGroup var json: JSONOption

    static func configuration(_ name: String) -> CommandConfiguration {
        CommandConfiguration(
            commandName: name, abstract: "Average precision and recall of \(name), equal to pycocotools.",
            discussion: """
                Thresholds of overlap 0.5, 0.55, … 0.95.

                Example:
                  annotate evaluate \(name) --truth instances.json --predictions detections.json --json
                """)
    }

    func run(_ kind: OverlapKind) throws {
        let truths = try COCOTruths(contentsOf: truth, for: kind)
        let detections = try COCODetections(contentsOf: predictions, for: kind, truths: truths)
        let evaluation = try COCOEvaluator(kind, isFederated: federated).evaluate(detections, against: truths)
        for warning in evaluation.warnings { Terminal.error("warning: \(warning)") }
        try MetricReport.show(evaluation.metrics, json: json.json)
    }
}
