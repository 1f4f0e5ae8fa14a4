import Foundation
internal import GRDB

/// What is known of a program's run when it starts.
public struct RunStart: Sendable {
    public var name: String
    public var kind: RunKind
    /// JSON.
    public var configuration: String?
    public var seed: Int64?
    /// Versions by name of library.
    public var libraries: [String: String] = [:]
    /// What it computes on, such as `cpu` or `cuda:0 NVIDIA H100`.
    public var device: String?
    public var parentID: Int64?
    /// Of the code.
    public var version = Release.version

    public init(name: String, kind: RunKind, configuration: String? = nil, seed: Int64? = nil) {
        (self.name, self.kind, self.configuration, self.seed) = (name, kind, configuration, seed)
    }
}

/// Writes what happened in runs of programs. These are facts: they leave no line in the history, and no undo takes
/// them back.
public final class RunRecorder: CatalogReader {
    /// Starts a run of this process; returns its id.
    /// - Throws: `CatalogError.duplicate` when the name is taken, `.unnamed`.
    public func start(_ run: RunStart) throws -> Int64 {
        try refuseTakenRunName(run.name)
        // Nor an id that the history remembers: the undo of an undo would want it back.
        let id = try Int64.fetchOne(
            db,
            sql: """
                SELECT 1 + max((SELECT ifnull(max(id), 0) FROM run),
                    (SELECT ifnull(max(row_id), 0) FROM change WHERE table_name = 'run'))
                """)!
        try db.execute(
            sql: """
                INSERT INTO run (id, name, kind, parent_id, configuration, created_at, version)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id, run.name, run.kind.rawValue, run.parentID, run.configuration, CatalogWriter.timestamp(),
                run.version,
            ])
        try begin(id, seed: run.seed, libraries: run.libraries, device: run.device)
        return id
    }

    /// Goes on with a run that was interrupted, failed or has finished; it is this process's from now on. Metrics after
    /// `step`, from work that is about to be repeated, are dropped.
    /// - Throws: `CatalogError.absent`; `.failed` while its process runs.
    public func resume(
        _ run: Int64, atStep step: Int, libraries: [String: String] = [:], device: String? = nil
    ) throws {
        let record = try self.run(run)
        if let execution = record.execution, execution.state == .running, execution.process != .current {
            throw CatalogError.failed(
                path: catalogPath,
                reason: "run “\(record.name)” is still at work, as process \(execution.process.process) on "
                    + "\(execution.process.host); it cannot be resumed")
        }
        try db.execute(
            sql: """
                DELETE FROM metric_value
                WHERE metric_id IN (SELECT id FROM metric WHERE run_id = ?) AND step > ?
                """, arguments: [run, step])
        try begin(run, seed: record.execution?.seed, libraries: libraries, device: device)
    }

    private func begin(_ run: Int64, seed: Int64?, libraries: [String: String], device: String?) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let process = ProcessIdentity.current
        let now = CatalogWriter.timestamp()
        try db.execute(
            sql: "INSERT OR REPLACE INTO execution VALUES (?, 'running', ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
            arguments: [
                run, seed, String(decoding: try encoder.encode(libraries), as: UTF8.self), device, process.host,
                Int64(process.process), process.startTicks, now, now,
            ])
    }

    /// Says that the run's process is alive. Needed only in work of many minutes that writes nothing else.
    public func heartbeat(_ run: Int64) throws {
        try db.execute(
            sql: "UPDATE execution SET heartbeat_at = ? WHERE run_id = ?",
            arguments: [CatalogWriter.timestamp(), run])
    }

    /// Closes a run.
    /// - Parameters:
    ///   - state: `finished`, `failed` or `interrupted`.
    ///   - problem: one sentence, where it failed.
    /// - Throws: `CatalogError.absent` when no program's run has this id.
    public func end(_ run: Int64, as state: ExecutionState, problem: String? = nil) throws {
        let now = CatalogWriter.timestamp()
        try db.execute(
            sql: "UPDATE execution SET state = ?, problem = ?, finished_at = ?, heartbeat_at = ? WHERE run_id = ?",
            arguments: [state.rawValue, problem, state == .running ? nil : now, now, run])
        guard db.changesCount == 1 else { throw CatalogError.absent(kind: "run of a program", id: run) }
    }
}
