import Foundation
internal import GRDB
import Hashing

/// Why a checkpoint was kept.
public enum CheckpointKind: String, Sendable, Codable, CaseIterable {
    /// To go on from.
    case last
    /// It had the best value of a metric.
    case best
    /// One of those that are kept at intervals.
    case periodic
}

/// A file with the state of a model.
public struct CheckpointRecord: Sendable, Equatable {
    public var path: String
    public var sha256: ContentHash
    public var bytes: Int
    public var kind: CheckpointKind
    public var step: Int
    public var epoch: Double?
    /// The metric that chose it, and its value.
    public var metric: String?
    public var value: Double?
    /// ISO 8601, UTC; the catalog fills it.
    public internal(set) var createdAt = ""
    /// When retention removed the file; nil while it is there.
    public internal(set) var deletedAt: String?

    public init(
        path: String, sha256: ContentHash, bytes: Int, kind: CheckpointKind, step: Int, epoch: Double? = nil,
        metric: String? = nil, value: Double? = nil
    ) {
        (self.path, self.sha256, self.bytes, self.kind) = (path, sha256, bytes, kind)
        (self.step, self.epoch, self.metric, self.value) = (step, epoch, metric, value)
    }

    init?(_ row: Row) {
        guard let digest = ContentHash(bytes: [UInt8](row["sha256"] as Data)),
            let kind = CheckpointKind(rawValue: row["kind"])
        else { return nil }
        self.init(
            path: row["path"], sha256: digest, bytes: row["bytes"], kind: kind, step: row["step"], epoch: row["epoch"],
            metric: row["metric"], value: row["value"])
        (createdAt, deletedAt) = (row["created_at"], row["deleted_at"])
    }
}

extension CatalogReader {
    /// Checkpoints of a run by step, those that retention removed among them.
    public func checkpoints(of run: Int64) throws -> [CheckpointRecord] {
        try Row.fetchAll(db, sql: "SELECT * FROM checkpoint WHERE run_id = ? ORDER BY step, id", arguments: [run])
            .compactMap(CheckpointRecord.init)
    }

    /// Ids of the runs that wrote a checkpoint of this content: where weights come from.
    public func runs(ofCheckpoint sha256: ContentHash) throws -> [Int64] {
        try Int64.fetchAll(
            db, sql: "SELECT DISTINCT run_id FROM checkpoint WHERE sha256 = ? ORDER BY run_id",
            arguments: [Data(sha256.bytes)])
    }
}

extension RunRecorder {
    /// Adds a checkpoint; one that is written over an earlier one, such as `last`, takes its place.
    public func add(_ checkpoint: CheckpointRecord, to run: Int64) throws {
        try db.execute(
            sql: """
                INSERT INTO checkpoint (run_id, path, sha256, bytes, kind, step, epoch, metric, value, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (run_id, path) DO UPDATE SET sha256 = excluded.sha256, bytes = excluded.bytes,
                    kind = excluded.kind, step = excluded.step, epoch = excluded.epoch, metric = excluded.metric,
                    value = excluded.value, created_at = excluded.created_at, deleted_at = NULL
                """,
            arguments: [
                run, checkpoint.path, Data(checkpoint.sha256.bytes), checkpoint.bytes, checkpoint.kind.rawValue,
                checkpoint.step, checkpoint.epoch, checkpoint.metric, checkpoint.value, CatalogWriter.timestamp(),
            ])
        try heartbeat(run)
    }

    /// Notes that retention removed the file.
    /// - Throws: `CatalogError.unknown` when the run has no checkpoint at this path.
    public func markDeleted(checkpoint path: String, of run: Int64) throws {
        try db.execute(
            sql: "UPDATE checkpoint SET deleted_at = ? WHERE run_id = ? AND path = ?",
            arguments: [CatalogWriter.timestamp(), run, path])
        guard db.changesCount == 1 else {
            throw CatalogError.unknown(kind: "checkpoint", name: path, known: try checkpoints(of: run).map(\.path))
        }
    }
}
