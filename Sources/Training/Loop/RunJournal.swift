public import Catalog
import Foundation
import Imaging
public import Tensors

/// What a training tells the world: a run in the catalog, `metrics.jsonl`, TensorBoard's files and pictures in its
/// folder. Only the first of several processes has one.
public final class RunJournal {
    /// The run's folder.
    public let folder: String
    private let catalog: CatalogFile?
    private var start: RunStart
    private let inputs: [RunInput]
    private var run: Int64?
    private var log: MetricLog?

    /// - Parameters:
    ///   - name: of the run; a number is added where it is taken.
    ///   - settings: what the training depends on beside its plan, such as sizes of the networks.
    ///   - inputs: files that it reads, by hash.
    ///   - group: the processes that train together: nil is returned in all but the first.
    public init?(
        name: String, folder: String, catalog: CatalogFile?, plan: TrainingPlan, settings: (any Encodable)? = nil,
        inputs: [RunInput] = [], parent: Int64? = nil, group: ProcessGroup? = nil
    ) throws {
        if let group, group.rank > 0 { return nil }
        (self.folder, self.catalog, self.inputs) = (folder, catalog, inputs)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let configuration = Configuration(plan: plan, processes: group?.worldSize ?? 1, settings: settings)
        start = RunStart(
            name: name, kind: .training,
            configuration: String(decoding: try encoder.encode(configuration), as: UTF8.self),
            seed: Int64(bitPattern: plan.seed))
        start.libraries = ["libtorch": Torch.version]
        start.device = plan.device.description
        start.parentID = parent
    }

    private struct Configuration: Encodable {
        let plan: TrainingPlan
        let processes: Int
        let settings: (any Encodable)?

        enum CodingKeys: CodingKey { case plan, processes, settings }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(plan, forKey: .plan)
            try container.encode(processes, forKey: .processes)
            if let settings { try container.encode(settings, forKey: .settings) }
        }
    }

    /// Which run of which catalog a folder belongs to. An id alone could be another run's in another catalog.
    private struct Identity: Codable {
        let id: Int64
        let name: String
        let createdAt: String
    }

    private var identityFile: URL { URL(fileURLWithPath: folder + "/run.json") }

    /// Starts a run, or goes on with the one that this folder belongs to.
    func begin(resumingAt step: Int?) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if let catalog {
            let known = (try? Data(contentsOf: identityFile)).flatMap {
                try? JSONDecoder().decode(Identity.self, from: $0)
            }
            let record = try catalog.record { recorder in
                if let known, let step, let record = try? recorder.run(known.id), record.name == known.name,
                    record.createdAt == known.createdAt
                {
                    try recorder.resume(known.id, atStep: step, libraries: start.libraries, device: start.device)
                    return record
                }
                var start = start
                start.name = try recorder.freeRunName(start.name)
                let run = try recorder.start(start)
                try recorder.add(inputs, to: run)
                return try recorder.run(run)
            }
            run = record.id
            let identity = Identity(id: record.id, name: record.name, createdAt: record.createdAt)
            try JSONEncoder().encode(identity).write(to: identityFile, options: .atomic)
        }
        // What a training wrote that was killed before its first checkpoint is about to be written again.
        log = try MetricLog(
            to: run.flatMap { run in catalog.map { MetricLog.Destination(catalog: $0, run: run) } }, folder: folder,
            resumingAt: step ?? 0)
        if step == nil, let configuration = start.configuration {
            try log?.log(text: "```json\n\(configuration)\n```", named: "configuration")
        }
    }

    func log(_ values: [String: Double], step: Int, epoch: Double) throws {
        try log?.log(values, step: step, epoch: epoch)
    }

    /// Keeps a picture as PNG below `pictures` and shows it in TensorBoard.
    func log(_ image: Image, named name: String, step: Int) throws {
        let pictures = folder + "/pictures"
        try FileManager.default.createDirectory(atPath: pictures, withIntermediateDirectories: true)
        let file = "\(name.replacingOccurrences(of: "/", with: "-"))-\(step).png"
        try image.write(toFileAt: pictures + "/" + file)
        try log?.log(image, named: name, step: step)
    }

    func add(_ checkpoint: CheckpointRecord) throws {
        guard let run, let catalog else { return }
        try catalog.record { try $0.add(checkpoint, to: run) }
    }

    func markDeleted(_ files: [String]) throws {
        guard let run, let catalog, !files.isEmpty else { return }
        try catalog.record { recorder in
            let known = Set(try recorder.checkpoints(of: run).map(\.path))
            for file in files where known.contains(file) { try recorder.markDeleted(checkpoint: file, of: run) }
        }
    }

    /// Everything logged so far is on the disk when this returns.
    func flush() throws { try log?.close() }

    func end(as state: ExecutionState, problem: String? = nil) throws {
        try log?.close()
        log = nil
        if let run, let catalog { try catalog.record { try $0.end(run, as: state, problem: problem) } }
    }
}
