import Foundation
internal import GRDB

/// What a run is: where labels come from, or what a program did.
public enum RunKind: String, Sendable, Codable, CaseIterable {
    /// Labels read from a file.
    case `import`
    /// Labels that a person drew or changed.
    case person
    /// Labels that a model computed, read from a results file.
    case predictions
    /// A model was trained.
    case training
    /// A model was applied; its labels are predictions.
    case inference
    /// Predictions were compared with labels.
    case evaluation
    /// Some of the predictions were chosen, to train on.
    case selection

    /// Whether its labels stand for the truth. Those of models count only where somebody names the run.
    public var makesTruth: Bool { self == .import || self == .person }

    /// Whether its labels are what a model said. Those that were chosen to train on are neither.
    public var makesResults: Bool { self == .predictions || self == .inference }

    /// Whether its labels stand for the truth, in SQL, of a column.
    static func makesTruth(_ column: String) -> String {
        let kinds = allCases.filter(\.makesTruth).map { "\(column) = '\($0.rawValue)'" }
        return "(" + kinds.joined(separator: " OR ") + ")"
    }
}

public struct RunRecord: Sendable, Codable, Equatable {
    public let id: Int64
    public let name: String
    public let kind: RunKind
    /// The run that this one goes on from: the training of its weights, the inference of its candidates.
    public let parentID: Int64?
    /// JSON.
    public let configuration: String?
    /// ISO 8601, UTC.
    public let createdAt: String
    /// Of the code that made it.
    public let version: String
    /// How it went; nil for runs that are no program's, such as imports.
    public let execution: Execution?

    init?(_ row: Row, now: Date) {
        guard let kind = RunKind(rawValue: row["kind"]) else { return nil }
        (id, name, self.kind) = (row["id"], row["name"], kind)
        (parentID, configuration) = (row["parent_id"], row["configuration"])
        (createdAt, version) = (row["created_at"], row["version"])
        execution = row["state"] as String? == nil ? nil : Execution(row, now: now)
    }
}

extension CatalogReader {
    /// Runs in the order in which they were made.
    /// - Parameters:
    ///   - kinds: only these; all where nil.
    ///   - states: only programs' runs in one of these states.
    public func runs(kinds: Set<RunKind>? = nil, states: Set<ExecutionState>? = nil) throws -> [RunRecord] {
        try runs(where: "TRUE", []).filter { run in
            (kinds?.contains(run.kind) ?? true)
                && (states.map { run.execution.map(\.state).map($0.contains) ?? false } ?? true)
        }
    }

    /// - Throws: `CatalogError.unknown`, with the names that exist.
    public func run(named name: String) throws -> RunRecord {
        try run(try id(named: name, in: "run", kind: "run"))
    }

    /// - Throws: `CatalogError.absent`.
    public func run(_ id: Int64) throws -> RunRecord {
        guard let run = try runs(where: "run.id = ?", [id]).first else {
            throw CatalogError.absent(kind: "run", id: id)
        }
        return run
    }

    private func runs(where condition: String, _ arguments: StatementArguments) throws -> [RunRecord] {
        let now = Date()
        return try Row.fetchAll(
            db,
            sql: """
                SELECT run.*, execution.* FROM run LEFT JOIN execution ON execution.run_id = run.id
                WHERE \(condition) ORDER BY run.id
                """, arguments: arguments
        ).compactMap { RunRecord($0, now: now) }
    }

    /// The name, or the first of `name-2`, `name-3`, … that no run bears.
    public func freeRunName(_ name: String) throws -> String {
        let taken = Set(try String.fetchAll(db, sql: "SELECT name FROM run"))
        let candidates = sequence(first: 1) { $0 + 1 }.lazy.map { $0 == 1 ? name : "\(name)-\($0)" }
        return candidates.first { !taken.contains($0) }!
    }

    func refuseTakenRunName(_ name: String) throws {
        guard !name.isEmpty else { throw CatalogError.unnamed(kind: "run") }
        guard try Int64.fetchOne(db, sql: "SELECT id FROM run WHERE name = ?", arguments: [name]) == nil else {
            throw CatalogError.duplicate(kind: "run", name: name)
        }
    }
}

extension CatalogWriter {
    /// A run that is no program's: an import, a person, predictions from a file.
    /// - Throws: `CatalogError.duplicate` when the name is taken.
    public func addRun(
        named name: String, kind: RunKind, parent: Int64? = nil, configuration: String? = nil
    ) throws -> Int64 {
        try refuseTakenRunName(name)
        let id = try nextID(in: "run")
        try db.execute(
            sql: """
                INSERT INTO run (id, name, kind, parent_id, configuration, created_at, version)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [id, name, kind.rawValue, parent, configuration, CatalogWriter.timestamp(), Release.version])
        return id
    }

    /// Removes a run without labels that is no program's.
    /// - Throws: `CatalogError.failed` where something still belongs to it.
    public func removeRun(_ id: Int64) throws {
        try db.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [id])
    }
}
