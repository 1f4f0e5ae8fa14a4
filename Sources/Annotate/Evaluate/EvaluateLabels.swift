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

    @Option(help: ArgumentHelp("Draw pictures this many times, for an interval of AP.", valueName: "draws"))
    var bootstrap: Int?

    @Option(help: ArgumentHelp("Other results, to test whether their AP differs.", valueName: "file"))
    var compare: String?

    @Option(help: "Of the draws.")
    var seed: UInt64 = 0

    @Flag(help: "Tell hits, duplicates, wrong places, confusions and misses apart, and how true scores are.")
    var details = false

    @Option(help: ArgumentHelp("Write curves, reliability and outcomes as a web page.", valueName: "file"))
    var html: String?

    @OptionGroup var json: JSONOption

    static func configuration(_ name: String) -> CommandConfiguration {
        CommandConfiguration(
            commandName: name, abstract: "Average precision and recall of \(name), equal to pycocotools.",
            discussion: """
                Thresholds of overlap 0.5, 0.55, … 0.95. --bootstrap adds APlow and APhigh, which hold 95 % of the draws;
                --compare adds the other AP and the p-value of a paired test over the same draws (1,000 by default).

                Example:
                  annotate evaluate \(name) --truth instances.json --predictions detections.json --json
                  annotate evaluate \(name) --truth instances.json --predictions a.json --compare b.json --html report.html
                """)
    }

    func validate() throws {
        if let bootstrap, !(2...1_000_000).contains(bootstrap) {
            throw ValidationError("--bootstrap is a number of draws from 2 to 1000000")
        }
    }

    func run(_ kind: OverlapKind) throws {
        let truths = try COCOTruths(contentsOf: truth, for: kind)
        let evaluation = try evaluation(of: predictions, kind, truths)
        for warning in evaluation.warnings { Terminal.error("warning: \(warning)") }
        var metrics = evaluation.metrics
        try addDraws(kind, evaluation, to: &metrics)
        var counts: [DetectionOutcome.Kind: Int] = [:]
        var reliability: Reliability?
        if details || html != nil {
            let outcomes = try evaluation.outcomes()
            for outcome in outcomes { counts[outcome.kind, default: 0] += 1 }
            reliability = Reliability(outcomes)
            metrics += DetectionOutcome.Kind.allCases.map { .init(name: $0.rawValue, value: Double(counts[$0] ?? 0)) }
            metrics.append(.init(name: "ECE", value: reliability!.expectedError))
        }
        if let html {
            let limit = evaluation.curves.grid.maximumDetections.count - 1
            let curves = [("0.5", 0), ("0.75", 5), ("0.9", 8)].map { name, threshold in
                ("overlap \(name)", evaluation.curves.meanCurve(limit: limit, threshold: threshold))
            }
            try EvaluationPage(
                title: "Evaluation of \(kind.rawValue)",
                notes: ["Truth: \(truth). Predictions: \(predictions). Thresholds 0.5, 0.55, … 0.95."]
                    + evaluation.warnings,
                metrics: evaluation.metrics, curves: curves, reliability: reliability, outcomes: counts
            ).write(to: html)
        }
        try MetricReport.show(metrics, json: json.json)
    }

    private func evaluation(of file: String, _ kind: OverlapKind, _ truths: COCOTruths) throws -> COCOEvaluation {
        let detections = try COCODetections(contentsOf: file, for: kind, truths: truths)
        return try COCOEvaluator(kind, isFederated: federated).evaluate(detections, against: truths)
    }

    private func addDraws(_ kind: OverlapKind, _ evaluation: COCOEvaluation, to metrics: inout [NamedMetric]) throws {
        guard bootstrap != nil || compare != nil else { return }
        let draws = Bootstrap(evaluation, count: bootstrap ?? 1000, seed: seed)
        let interval = draws.interval()
        metrics.append(.init(name: "APlow", value: interval.lowerBound))
        metrics.append(.init(name: "APhigh", value: interval.upperBound))
        guard let compare else { return }
        let other = try self.evaluation(of: compare, kind, evaluation.truths)
        let otherDraws = Bootstrap(other, count: bootstrap ?? 1000, seed: seed)
        metrics.append(.init(name: "APother", value: other.metrics[0].value))
        metrics.append(.init(name: "pValue", value: draws.pValue(against: otherDraws)))
    }
}
