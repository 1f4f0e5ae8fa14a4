import Foundation
internal import GRDB

/// One thing that somebody did to the catalog.
public struct HistoryEntry: Sendable, Codable, Equatable {
    public let id: Int64
    public let command: String
    public let summary: String
    public let actor: String
    public let startedAt: String
    /// The operation that this one took back.
    public let undoes: Int64?
    /// The operation that took this one back.
    public let undoneBy: Int64?
    /// Rows updated or deleted.
    public let changedRows: Int
    /// Rows added.
    public let insertedRows: Int
}

/// One row before and after an operation, as JSON objects; `after` is nil for a deletion.
public struct HistoryChange: Sendable, Codable, Equatable {
    public let table: String
    public let row: Int64
    public let before: String
    public let after: String?
}

/// Updates and deletions are logged by triggers with the row before and after, insertions as ranges of ids. So a
/// bulk import costs one row of history, and an edit made with any SQLite tool is logged as well.
enum History {
    /// Triggers that log each update and deletion of the tables, written from their columns.
    static func triggers(in db: Database, for tables: [String]) throws -> String {
        try tables.map { table in
            let columns = try db.columns(in: table)
            func object(_ row: String) -> String {
                let pairs = columns.map { column in "'\(column.name)', \(value(column, in: row))" }
                return "json_object(\(pairs.joined(separator: ", ")))"
            }
            return """
                CREATE TRIGGER \(table)_log_update AFTER UPDATE ON \(table)
                WHEN (SELECT logging FROM current_operation) BEGIN
                    INSERT INTO change (operation_id, table_name, row_id, before, after)
                    SELECT operation_id, '\(table)', old.rowid, \(object("old")), \(object("new"))
                    FROM current_operation;
                END;
                CREATE TRIGGER \(table)_log_delete AFTER DELETE ON \(table)
                WHEN (SELECT logging FROM current_operation) BEGIN
                    INSERT INTO change (operation_id, table_name, row_id, before)
                    SELECT operation_id, '\(table)', old.rowid, \(object("old")) FROM current_operation;
                END;
                """
        }.joined(separator: "\n")
    }

    /// JSON keeps neither blobs nor all the digits of a double by itself.
    private static func value(_ column: ColumnInfo, in row: String) -> String {
        let cell = "\(row).\(column.name)"
        return switch column.type {
        case "BLOB": "hex(\(cell))"
        case "REAL": "iif(\(cell) IS NULL, NULL, json(printf('%!.17g', \(cell))))"
        default: cell
        }
    }
}

extension CatalogReader {
    /// The latest operations first.
    public func history(limit: Int) throws -> [HistoryEntry] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT o.*, (SELECT count(*) FROM change WHERE operation_id = o.id) AS changed,
                    (SELECT ifnull(sum(last_id - first_id + 1), 0) FROM inserted_rows WHERE operation_id = o.id) AS inserted
                FROM operation o ORDER BY id DESC LIMIT ?
                """, arguments: [limit]
        ).map { row in
            HistoryEntry(
                id: row["id"], command: row["command"], summary: row["summary"], actor: row["actor"],
                startedAt: row["started_at"], undoes: row["undoes"], undoneBy: row["undone_by"],
                changedRows: row["changed"], insertedRows: row["inserted"])
        }
    }

    /// The rows that an operation updated or deleted.
    public func changes(of operation: Int64, limit: Int) throws -> [HistoryChange] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM change WHERE operation_id = ? ORDER BY id LIMIT ?", arguments: [operation, limit]
        ).map { row in
            HistoryChange(table: row["table_name"], row: row["row_id"], before: row["before"], after: row["after"])
        }
    }

    /// The latest operation that changed something, is still in force and is not itself an undo.
    public func latestUndoable() throws -> Int64? {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT max(id) FROM operation o WHERE undone_by IS NULL AND undoes IS NULL AND id <> ? AND (
                    EXISTS (SELECT 1 FROM inserted_rows WHERE operation_id = o.id)
                    OR EXISTS (SELECT 1 FROM change WHERE operation_id = o.id))
                """, arguments: [(self as? CatalogWriter)?.operationID ?? 0])
    }
}
