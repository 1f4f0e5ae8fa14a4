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
    @OptionGroup var source: EvaluationSource

    @Flag(
        help: "LVIS's rule: categories count where they are labelled or known to be absent; 300 detections a picture.")
    var federated = false

    @Option(
        help: ArgumentHelp(
            "Deviation of every keypoint, per square root of the area. Default: COCO's, of 17 keypoints.",
            valueName: "share"))
    var sigma: Double?

    @OptionGroup var output: EvaluationOutput

    static func configuration(_ name: String) -> CommandConfiguration {
        CommandConfiguration(
            commandName: name, abstract: "Average precision and recall of \(name), equal to pycocotools.",
            discussion: """
                Thresholds of overlap 0.5, 0.55, … 0.95. --bootstrap adds APlow and APhigh, which hold 95 % of the draws;
                --compare adds the other AP and the p-value of a paired test over the same draws (1,000 by default).

                With --dataset and --run, labels of the catalog are compared. Labels that --filter leaves out are still there:
                to find them is neither right nor wrong. What became of each label is kept in the catalog: filters know it as
                `outcome = missed`, `annotate show` tells it, `annotate undo` takes it back.

                Example:
                  annotate evaluate \(name) --truth instances.json --predictions detections.json --json
                  annotate evaluate \(name) --truth instances.json --predictions a.json --compare b.json --html report.html
                  annotate evaluate \(name) --dataset chimps --run baseline --split test --details --plots plots
                """)
    }

    func validate() throws {
        if let sigma, !(sigma > 0) { throw ValidationError("--sigma is a positive number") }
    }

    func run(_ kind: OverlapKind) throws {
        let needsDetails = output.needsDetails
        let found = try source.load(
            comparing: output.compare,
            EvaluationReaders(
                truthsOfFile: { try COCOTruths(contentsOf: $0, for: kind, isAgnostic: source.classAgnostic) },
                detectionsOfFile: { file, truths in
                    try COCODetections(contentsOf: file, for: kind, truths: truths, withStatements: needsDetails)
                },
                truthsOfCatalog: { try $0.cocoTruths(for: kind) },
                detectionsOfCatalog: { try $0.cocoDetections(ofRun: $1, for: kind, truths: $2) }))
        let sigmas = sigma.map { [Double](repeating: $0, count: found.truths.keypointCount) }
        let evaluator = COCOEvaluator(
            kind, sigmas: sigmas ?? COCOEvaluator.keypointSigmas, isFederated: federated)
        let evaluation = try evaluator.evaluate(found.detections, against: found.truths)
        let other = try found.other.map { try evaluator.evaluate($0, against: found.truths) }
        let outcomes = needsDetails || source.isCatalog ? try evaluation.outcomes() : []
        var report = evaluation.report(
            title: "Evaluation of \(kind.rawValue)",
            notes: ["\(source.description) Thresholds 0.5, 0.55, … 0.95."], outcomes: needsDetails ? outcomes : nil)
        report.metrics += output.draws(
            { Bootstrap(evaluation, count: $0, seed: $1) },
            other: other.map { other in
                (other.metrics[0].value, { Bootstrap(other, count: $0, seed: $1) })
            })
        try source.keep(
            kind.rawValue, report.metrics, outcomes, instances: (found.detections.ids, found.truths.ids),
            parameters: federated ? ["federated": .flag(true)] : [:])
        try output.show(report, warnings: evaluation.warnings)
    }
}
