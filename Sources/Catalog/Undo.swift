internal import CSQLite
import Foundation
internal import GRDB

extension CatalogWriter {
    /// Takes an operation back: what it inserted goes, what it changed or deleted returns.
    ///
    /// An undo is an operation too, and can be undone in turn. The undo of more than `logLimit` inserted rows (an
    /// import) is not logged row by row: its source can be imported again.
    /// - Throws: `CatalogError.cannotUndo` when it is unknown, taken back already, or later work depends on it.
    public func undo(_ target: Int64, logLimit: Int64 = 20_000) throws {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT undone_by, details FROM operation WHERE id = ?", arguments: [target]),
            target != operationID
        else { throw CatalogError.cannotUndo(operation: target, reason: "there is no such operation") }
        if let by = row["undone_by"] as Int64? {
            throw CatalogError.cannotUndo(operation: target, reason: "operation \(by) has taken it back already")
        }
        if row["details"] as String? == Self.unlogged {
            throw CatalogError.cannotUndo(
                operation: target,
                reason: "it took back more than the history keeps; repeat the import or merge instead")
        }
        try refuseIfLaterWorkDepends(on: target)

        try db.execute(sql: "PRAGMA defer_foreign_keys = ON")
        let inserted = try Row.fetchAll(
            db, sql: "SELECT table_name, first_id, last_id FROM inserted_rows WHERE operation_id = ?",
            arguments: [target])
        let ranges = inserted.map { row in
            (table: row["table_name"] as String, first: row["first_id"] as Int64, last: row["last_id"] as Int64)
        }
        let insertedCount = ranges.reduce(0) { sum, range in sum + range.last - range.first + 1 }
        if insertedCount > logLimit {
            try db.execute(sql: "UPDATE current_operation SET logging = 0")
            try setDetails(Self.unlogged)
        }
        if try takesFactsOfRuns(ranges) { try setDetails(Self.unlogged) }
        // Sides before their instance, so that each deletion is logged by its own table.
        for table in Schema.undoableTables.reversed() {
            for row in inserted where row["table_name"] == table {
                try db.execute(
                    sql: "DELETE FROM \(table) WHERE rowid BETWEEN ? AND ?",
                    arguments: [row["first_id"], row["last_id"]])
            }
        }
        try db.execute(sql: "UPDATE current_operation SET logging = 1")

        for change in try changes(of: target, limit: .max).reversed() { try restore(change) }
        var unresolved: Int32 = 0
        var unused: Int32 = 0
        sqlite3_db_status(db.sqliteConnection, SQLITE_DBSTATUS_DEFERRED_FKS, &unresolved, &unused, 0)
        guard unresolved == 0 else {
            throw CatalogError.cannotUndo(
                operation: target, reason: "labels that came later depend on it; undo those operations first")
        }
        try db.execute(sql: "UPDATE operation SET undone_by = ? WHERE id = ?", arguments: [operationID, target])
        try db.execute(sql: "UPDATE operation SET undoes = ? WHERE id = ?", arguments: [target, operationID])
        // The undo of an undo puts the first operation in force again.
        try db.execute(
            sql: "UPDATE operation SET undone_by = NULL WHERE undone_by = ?", arguments: [target])
    }

    /// Marks an undo whose deletions were not logged.
    private static let unlogged = #"{"deletionsLogged": false}"#

    /// Whether runs of programs are among the rows, which a merge brought: what is known of them goes with them, and has
    /// no history.
    private func takesFactsOfRuns(_ ranges: [(table: String, first: Int64, last: Int64)]) throws -> Bool {
        try ranges.contains { range in
            try range.table == "run"
                && Bool.fetchOne(
                    db, sql: "SELECT EXISTS (SELECT 1 FROM execution WHERE run_id BETWEEN ? AND ?)",
                    arguments: [range.first, range.last])!
        }
    }

    private func refuseIfLaterWorkDepends(on target: Int64) throws {
        let later = """
            SELECT o.id, o.command FROM operation o JOIN change c ON c.operation_id = o.id
            WHERE o.id > :target AND o.undone_by IS NULL AND o.undoes IS NULL AND (
                EXISTS (SELECT 1 FROM change mine WHERE mine.operation_id = :target
                        AND mine.table_name = c.table_name AND mine.row_id = c.row_id)
                OR EXISTS (SELECT 1 FROM inserted_rows mine WHERE mine.operation_id = :target
                        AND mine.table_name = c.table_name AND c.row_id BETWEEN mine.first_id AND mine.last_id))
            LIMIT 1
            """
        if let row = try Row.fetchOne(db, sql: later, arguments: ["target": target]) {
            throw CatalogError.cannotUndo(
                operation: target,
                reason: "operation \(row["id"] as Int64) (\(row["command"] as String)) changed the same rows later; "
                    + "undo that first")
        }
    }

    private func restore(_ change: HistoryChange) throws {
        let columns = try db.columns(in: change.table)
        let before = try JSONDecoder().decode([String: LoggedValue].self, from: Data(change.before.utf8))
        let values = columns.map { column in before[column.name]?.databaseValue(type: column.type) ?? .null }
        if change.after == nil {
            try db.execute(
                sql: """
                    INSERT INTO \(change.table) (\(columns.map(\.name).joined(separator: ", ")))
                    VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
                    """, arguments: StatementArguments(values))
            try recordInsertion(of: change.row, into: change.table)
            if change.table == "instance", let record = try instance(change.row)?.record { facets.add(record) }
        } else {
            try db.execute(
                sql: """
                    UPDATE \(change.table) SET \(columns.map { "\($0.name) = ?" }.joined(separator: ", "))
                    WHERE rowid = ?
                    """, arguments: StatementArguments(values + [change.row.databaseValue]))
        }
    }
}

/// One cell of a logged row. `JSONSerialization` would lose the last digits of a double; `JSONDecoder` does not.
private enum LoggedValue: Decodable {
    case null
    case integer(Int64)
    case double(Double)
    case text(String)

    init(from decoder: any Decoder) throws {
        let cell = try decoder.singleValueContainer()
        if cell.decodeNil() {
            self = .null
        } else if let number = try? cell.decode(Int64.self) {
            self = .integer(number)
        } else if let number = try? cell.decode(Double.self) {
            self = .double(number)
        } else {
            self = .text(try cell.decode(String.self))
        }
    }

    func databaseValue(type: String) -> DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): type == "REAL" ? Double(number).databaseValue : number.databaseValue
        case .double(let number): number.databaseValue
        case .text(let text): type == "BLOB" ? Data(hexadecimal: text).databaseValue : text.databaseValue
        }
    }
}

extension Data {
    fileprivate init(hexadecimal text: String) {
        let digits = Array(text.utf8)
        func value(_ digit: UInt8) -> UInt8 { digit <= 0x39 ? digit - 0x30 : (digit | 0x20) - 0x61 + 10 }
        self.init(
            stride(from: 0, to: digits.count - digits.count % 2, by: 2).map {
                value(digits[$0]) << 4 | value(digits[$0 + 1])
            })
    }
}
