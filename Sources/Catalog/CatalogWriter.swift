import Foundation
internal import GRDB

/// Changes to the catalog within one operation: one transaction, one line of the history, one step of undo.
public final class CatalogWriter: CatalogReader {
    /// The row of `operation` that this transaction becomes.
    public let operationID: Int64
    private var ledgers: [String: InsertionLedger] = [:]
    private var summary = ""
    /// Indexes that are built anew at the end, as SQL.
    private var deferredIndexes: [String] = []
    /// Counts of the instances that this operation inserts.
    let facets = FacetTally()

    init(db: Database, catalogPath: String, command: String, continuing operation: Int64?) throws {
        if let operation {
            operationID = operation
        } else {
            try db.execute(
                sql: "INSERT INTO operation (command, actor, started_at, version) VALUES (?, ?, ?, ?)",
                arguments: [command, NSUserName(), CatalogWriter.timestamp(), Release.version])
            operationID = db.lastInsertedRowID
        }
        super.init(db: db, catalogPath: catalogPath)
        try db.execute(
            sql: "UPDATE current_operation SET operation_id = ?, logging = 1", arguments: [operationID])
    }

    /// One sentence about what the operation did, for the history.
    public func summarize(_ text: String) { summary = text }

    /// Numbers of interest to whoever repeats the operation (JSON), for the history.
    public func setDetails(_ json: String) throws {
        try db.execute(sql: "UPDATE operation SET details = ? WHERE id = ?", arguments: [json, operationID])
    }

    /// The next free id of a table; ids are handed out in order and remembered for the undo.
    func nextID(in table: String) throws -> Int64 {
        try ledger(of: table).nextID()
    }

    /// The record of what this operation inserts into a table; bulk writers hold on to it.
    func ledger(of table: String) throws -> InsertionLedger {
        if let known = ledgers[table] { return known }
        let last = try Int64.fetchOne(db, sql: "SELECT max(rowid) FROM \(table)") ?? 0
        let ledger = InsertionLedger(next: last + 1)
        ledgers[table] = ledger
        return ledger
    }

    /// Notes that a row was inserted (side tables share the id of their instance).
    func recordInsertion(of id: Int64, into table: String) throws { try ledger(of: table).record(id) }

    /// Builds the indexes of labels once at the end instead of row by row, when these are the catalog's first labels: a
    /// sort costs half of a million insertions in random order. Part of the transaction, like all else.
    public func deferIndexesOfFirstInstances() throws {
        guard deferredIndexes.isEmpty, try Int64.fetchOne(db, sql: "SELECT max(id) FROM instance") == nil else {
            return
        }
        for name in try instanceIndexes() {
            let sql = try String.fetchOne(db, sql: "SELECT sql FROM sqlite_schema WHERE name = ?", arguments: [name])
            deferredIndexes.append(sql!)
            try db.execute(sql: "DROP INDEX \(name)")
        }
    }

    func finish() throws {
        for sql in deferredIndexes { try db.execute(sql: sql) }
        for (table, ledger) in ledgers.sorted(by: { $0.key < $1.key }) {
            for range in ledger.ranges {
                try db.execute(
                    sql: "INSERT INTO inserted_rows (operation_id, table_name, first_id, last_id) VALUES (?, ?, ?, ?)",
                    arguments: [operationID, table, range.lowerBound, range.upperBound])
            }
        }
        try facets.flush(to: db)
        try db.execute(sql: "UPDATE operation SET summary = ? WHERE id = ?", arguments: [summary, operationID])
        try db.execute(sql: "UPDATE current_operation SET operation_id = NULL, logging = 1")
    }

    static func timestamp(_ date: Date = Date()) -> String {
        date.formatted(
            .iso8601.year().month().day().time(includingFractionalSeconds: false).timeZone(separator: .omitted))
    }
}
