import Catalog
import Foundation

/// A run in a line of a list.
struct RunSummary: Encodable {
    let id: Int64
    let name: String
    let kind: RunKind
    let state: ExecutionState?
    let lastStep: Int?
    let startedAt: String
    /// From the latest start to the end, or to the latest sign of life.
    let seconds: Double?
    let device: String?

    init(_ run: RunRecord, lastStep: Int?) {
        (id, name, kind, self.lastStep) = (run.id, run.name, run.kind, lastStep)
        (state, device) = (run.execution?.state, run.execution?.device)
        startedAt = run.execution?.startedAt ?? run.createdAt
        seconds = run.execution.flatMap { execution in
            func date(_ text: String) -> Date? { try? Date(text, strategy: .iso8601) }
            return date(execution.startedAt).flatMap { start in
                date(execution.finishedAt ?? execution.heartbeatAt).map { $0.timeIntervalSince(start) }
            }
        }
    }
}

/// Everything that is known of a run.
struct RunReport: Encodable {
    struct Checkpoint: Encodable {
        let path: String
        let kind: CheckpointKind
        let step: Int
        let epoch: Double?
        let metric: String?
        let value: Double?
        let bytes: Int
        let sha256: String
        let createdAt: String
        let deletedAt: String?
    }

    let summary: RunSummary
    let version: String
    let parent: String?
    let configuration: JSONValue?
    let execution: Execution?
    let inputs: [RunInputSummary]
    let metrics: [MetricSummary]
    let checkpoints: [Checkpoint]

    init(of run: RunRecord, _ reader: CatalogReader) throws {
        summary = RunSummary(run, lastStep: try reader.lastStep(of: run.id))
        version = run.version
        parent = try run.parentID.map { try reader.run($0).name }
        configuration = run.configuration.map { JSONValue(text: $0) ?? .text($0) }
        execution = run.execution
        inputs = try reader.inputSummary(of: run.id)
        metrics = try reader.metrics(of: run.id)
        checkpoints = try reader.checkpoints(of: run.id).map {
            Checkpoint(
                path: $0.path, kind: $0.kind, step: $0.step, epoch: $0.epoch, metric: $0.metric, value: $0.value,
                bytes: $0.bytes, sha256: $0.sha256.description, createdAt: $0.createdAt, deletedAt: $0.deletedAt)
        }
    }
}
