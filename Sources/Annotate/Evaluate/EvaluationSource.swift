import ArgumentParser
import Catalog
import Commands
import Evaluation
import Workflows

/// What is compared: two files, or a run's predictions with a dataset's labels.
struct EvaluationSource: ParsableArguments {
    @Option(help: ArgumentHelp("A COCO file: images, annotations, categories.", valueName: "file"))
    var truth: String?

    @Option(help: ArgumentHelp("A list of results.", valueName: "file"))
    var predictions: String?

    @Option(help: "In place of --truth: a dataset of the catalog, whose labels are the truth.")
    var dataset: String?

    @Option(name: .customLong("run"), help: "In place of --predictions: the run whose labels are measured.")
    var runName: String?

    @OptionGroup var part: PartOptions

    @Flag(help: "Take all categories for one.")
    var classAgnostic = false

    @Flag(help: "Measure, and keep nothing in the catalog.")
    var dryRun = false

    @OptionGroup var catalog: CatalogOptions

    var isCatalog: Bool { dataset != nil }

    /// Whether labels of the catalog are named, or files, and not both.
    func validate() throws {
        guard (truth != nil) == (predictions != nil), (dataset != nil) == (runName != nil),
            (truth == nil) != (dataset == nil)
        else {
            throw ValidationError("name --truth and --predictions, or --dataset and --run")
        }
        guard isCatalog || (part.filter == nil && part.split == nil && !dryRun) else {
            throw ValidationError("--filter, --split and --dry-run go with --dataset")
        }
    }

    /// For a report's first line.
    var description: String {
        guard let dataset, let runName else { return "Truth: \(truth ?? ""). Predictions: \(predictions ?? "")." }
        var parts = ["Truth: dataset “\(dataset)”"]
        if let split = part.split { parts.append("split \(split)") }
        if let filter = part.filter { parts.append("filter \(filter)") }
        return parts.joined(separator: ", ") + ". Predictions: run “\(runName)”."
    }
}

/// How truths and detections of a kind are read.
struct EvaluationReaders<Truths, Detections> {
    var truthsOfFile: (String) throws -> Truths
    var detectionsOfFile: (String, Truths) throws -> Detections
    var truthsOfCatalog: (CatalogLabels) throws -> Truths
    var detectionsOfCatalog: (CatalogLabels, RunRecord, Truths) throws -> Detections
}

extension EvaluationSource {
    /// - Parameter other: a file or run to compare with.
    func load<Truths, Detections>(
        comparing other: String?, _ readers: EvaluationReaders<Truths, Detections>
    ) throws -> (truths: Truths, detections: Detections, other: Detections?) {
        guard let dataset, let runName else {
            let truths = try readers.truthsOfFile(truth!)
            return (
                truths, try readers.detectionsOfFile(predictions!, truths),
                try other.map { try readers.detectionsOfFile($0, truths) }
            )
        }
        return try catalog.open().read { reader in
            let selection = part.selection(of: dataset)
            let labels = try CatalogLabels(
                of: reader.dataset(named: dataset), media: selection.media(reader), truths: selection.labels(reader),
                isAgnostic: classAgnostic, in: reader)
            let run = try reader.run(named: runName)
            let truths = try readers.truthsOfCatalog(labels)
            return (
                truths, try readers.detectionsOfCatalog(labels, run, truths),
                try other.map { try readers.detectionsOfCatalog(labels, reader.run(named: $0), truths) }
            )
        }
    }

    /// Keeps numbers and outcomes in the catalog, where they are of labels there.
    /// - Parameters:
    ///   - instances: of predictions and truths, by their places.
    ///   - parameters: beside the choice of pictures.
    func keep(
        _ kind: String, _ metrics: [NamedMetric], _ outcomes: [DetectionOutcome],
        instances: (predictions: [Int64], truths: [Int64]), parameters: [String: JSONValue]
    ) throws {
        guard let dataset, let runName, !dryRun else { return }
        var parameters = parameters
        if let filter = part.filter { parameters["filter"] = .text(filter) }
        if let split = part.split { parameters["split"] = .text(split) }
        if classAgnostic { parameters["classAgnostic"] = .flag(true) }
        let record = EvaluationRecord(
            kind: kind, run: runName, dataset: dataset, parameters: .object(parameters),
            metrics: .object(Dictionary(uniqueKeysWithValues: metrics.map { ($0.name, .number($0.value)) })))
        try catalog.open().write(command: CatalogOptions.commandLine) { writer in
            let id = try writer.addEvaluation(
                record,
                outcomes: outcomes.lazy.compactMap { outcome in
                    let truth = outcome.truth.map { instances.truths[$0] }
                    guard let instance = outcome.detection.map({ instances.predictions[$0] }) ?? truth else {
                        return nil
                    }
                    return OutcomeRecord(
                        instance: instance, outcome: outcome.kind, overlap: outcome.overlap,
                        truth: outcome.detection == nil ? nil : truth)
                })
            writer.summarize("evaluation \(id): \(kind) of run “\(runName)” on “\(dataset)”")
        }
    }
}
