import Foundation
internal import GRDB

/// What became of a prediction, or of a label that no prediction found.
///
/// After Bolya et al. 2020 (TIDE), who call the lower bound of a wrong place 0.1.
public enum Outcome: String, CaseIterable, Sendable, Codable {
    /// The detection of a truth.
    case hit
    /// It would be one, had not a better scored one taken the truth.
    case duplicate
    /// It overlaps a truth of its category, but too little.
    case localisation
    /// It overlaps a truth of another category.
    case confusion
    /// It overlaps nothing.
    case background
    /// It does not count: a crowd, or a truth that does not count.
    case ignored
    /// A truth without a detection.
    case missed
}

/// A comparison of a run's predictions with a dataset's labels.
public struct EvaluationRecord: Sendable, Codable, Equatable {
    public var id: Int64 = 0
    /// `boxes`, `masks`, `keypoints` or `densepose`.
    public var kind: String
    public var run: String
    public var dataset: String
    /// JSON objects.
    public var parameters: JSONValue
    public var metrics: JSONValue
    /// ISO 8601, UTC.
    public var createdAt = ""
    /// How many of each outcome are kept.
    public var outcomes: [String: Int] = [:]

    public init(kind: String, run: String, dataset: String, parameters: JSONValue, metrics: JSONValue) {
        (self.kind, self.run, self.dataset) = (kind, run, dataset)
        (self.parameters, self.metrics) = (parameters, metrics)
    }

    public func metric(_ name: String) -> Double? {
        guard case .object(let members) = metrics else { return nil }
        return switch members[name] {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }
}

/// What an evaluation says of one label.
public struct OutcomeRecord: Sendable, Equatable {
    /// The prediction, or the label that was missed.
    public var instance: Int64
    public var outcome: Outcome
    /// With the truth, 0 to 1.
    public var overlap: Double
    /// The label that the prediction found, or lies nearest to.
    public var truth: Int64?

    public init(instance: Int64, outcome: Outcome, overlap: Double, truth: Int64?) {
        (self.instance, self.outcome, self.overlap, self.truth) = (instance, outcome, overlap, truth)
    }
}

/// An outcome with the evaluation that it is of.
public struct OutcomeRow: Sendable, Codable, Equatable {
    public var evaluation: Int64
    public var kind: String
    public var run: String
    public var instance: Int64
    public var outcome: Outcome
    public var overlap: Double
    public var truth: Int64?
}

extension CatalogReader {
    /// In the order in which they were made.
    public func evaluations() throws -> [EvaluationRecord] {
        var counts: [Int64: [String: Int]] = [:]
        for row in try Row.fetchAll(
            db, sql: "SELECT evaluation_id, outcome, count(*) AS n FROM evaluation_outcome GROUP BY 1, 2")
        {
            counts[row["evaluation_id"], default: [:]][row["outcome"]] = row["n"]
        }
        return try Row.fetchAll(
            db,
            sql: """
                SELECT e.*, r.name AS run, d.name AS dataset FROM evaluation e JOIN run r ON r.id = e.run_id
                    JOIN dataset d ON d.id = e.dataset_id ORDER BY e.id
                """
        ).map { row in
            var record = EvaluationRecord(
                kind: row["kind"], run: row["run"], dataset: row["dataset"],
                parameters: JSONValue(text: row["parameters"]) ?? .null,
                metrics: JSONValue(text: row["metrics"]) ?? .null)
            (record.id, record.createdAt) = (row["id"], row["created_at"])
            record.outcomes = counts[record.id] ?? [:]
            return record
        }
    }

    /// What evaluations say of a label: as a prediction or a missed truth, and as the truth that predictions lie nearest to.
    public func outcomes(ofInstance id: Int64) throws -> [OutcomeRow] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT o.*, e.kind, r.name AS run FROM evaluation_outcome o JOIN evaluation e ON e.id = o.evaluation_id
                    JOIN run r ON r.id = e.run_id WHERE o.instance_id = ?1 OR o.truth_id = ?1 ORDER BY o.id
                """, arguments: [id]
        ).compactMap { row in
            Outcome(rawValue: row["outcome"]).map {
                OutcomeRow(
                    evaluation: row["evaluation_id"], kind: row["kind"], run: row["run"], instance: row["instance_id"],
                    outcome: $0, overlap: row["overlap"], truth: row["truth_id"])
            }
        }
    }
}

extension CatalogWriter {
    /// Adds an evaluation with what it says of each label. Earlier ones of the same kind, run and dataset keep their numbers
    /// and give up their outcomes, so that a label has one outcome of each kind and run.
    /// - Returns: its id.
    /// - Throws: `CatalogError.unknown` for a run or dataset that is not there.
    @discardableResult
    public func addEvaluation(_ record: EvaluationRecord, outcomes: some Sequence<OutcomeRecord>) throws -> Int64 {
        let run = try id(named: record.run, in: "run", kind: "run")
        let dataset = try id(named: record.dataset, in: "dataset", kind: "dataset")
        try db.execute(
            sql: """
                DELETE FROM evaluation_outcome WHERE evaluation_id IN (
                    SELECT id FROM evaluation WHERE kind = ? AND run_id = ? AND dataset_id = ?)
                """, arguments: [record.kind, run, dataset])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func text(_ value: JSONValue) throws -> String { String(decoding: try encoder.encode(value), as: UTF8.self) }
        let id = try nextID(in: "evaluation")
        try db.execute(
            sql: "INSERT INTO evaluation VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                id, record.kind, run, dataset, try text(record.parameters), try text(record.metrics),
                CatalogWriter.timestamp(),
            ])
        let insert = try statement("INSERT INTO evaluation_outcome VALUES (?, ?, ?, ?, ?, ?)")
        let ledger = try ledger(of: "evaluation_outcome")
        for outcome in outcomes {
            insert.bind(1, ledger.nextID())
            insert.bind(2, id)
            insert.bind(3, outcome.instance)
            insert.bind(4, outcome.outcome.rawValue)
            insert.bind(5, outcome.overlap)
            insert.bind(6, outcome.truth)
            try insert.execute()
        }
        return id
    }
}
