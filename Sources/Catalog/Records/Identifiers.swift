import Foundation
internal import GRDB

/// Questions about the ids that files give, and about the file that the catalog is.
extension CatalogReader {
    /// Image ids that several entries of a dataset bear, and how many.
    public func repeatedMediumIDs(of datasetID: Int64) throws -> [(id: Int64, count: Int)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT source_id, count(*) AS n FROM dataset_medium WHERE dataset_id = ? AND source_id IS NOT NULL
                GROUP BY source_id HAVING n > 1
                """, arguments: [datasetID]
        ).map { row in (row["source_id"], row["n"]) }
    }

    /// Instances whose annotation id an earlier instance of the same run bears.
    public func repeatedInstanceIDs(of datasetID: Int64) throws -> [(sourceID: Int64, instance: Int64)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT id, source_id FROM (
                    SELECT id, source_id, row_number() OVER (PARTITION BY run_id, source_id ORDER BY id) AS place
                    FROM instance WHERE dataset_id = ? AND source_id IS NOT NULL)
                WHERE place > 1 ORDER BY id
                """, arguments: [datasetID]
        ).map { row in (row["source_id"], row["id"]) }
    }

    public func hasInstance(withSourceID id: Int64, in datasetID: Int64) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM instance WHERE dataset_id = ? AND source_id = ?)",
            arguments: [datasetID, id])!
    }

    /// What SQLite finds wrong with the file: damage, and rows that point nowhere. Empty when all is well.
    public func integrityDefects() throws -> [String] {
        var defects = try String.fetchAll(db, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
        for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").prefix(20) {
            let (table, parent) = (row["table"] as String, row["parent"] as String)
            defects.append("a row of \(table) points to a row of \(parent) that does not exist")
        }
        return defects
    }
}

extension CatalogReader {
    /// Names of the columns of every table.
    func tables() throws -> [String: [String]] {
        let names = try String.fetchAll(
            db,
            sql: """
                SELECT name FROM sqlite_schema
                WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'grdb_migrations'
                """)
        return try names.reduce(into: [:]) { tables, name in tables[name] = try db.columns(in: name).map(\.name) }
    }

    /// Names of the indexes of labels.
    func instanceIndexes() throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                SELECT name FROM sqlite_schema
                WHERE type = 'index' AND tbl_name = 'instance' AND sql IS NOT NULL ORDER BY name
                """)
    }
}
