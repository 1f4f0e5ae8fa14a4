internal import GRDB

/// A consistent view of the catalog, valid inside `CatalogFile.read` or `.write`.
public class CatalogReader {
    let db: Database
    /// Absolute path of the catalog; relative media roots start at its folder.
    public let catalogPath: String
    lazy var pointCodec = PointCodec()

    init(db: Database, catalogPath: String) {
        (self.db, self.catalogPath) = (db, catalogPath)
    }

    /// A statement for rows by the hundred thousand.
    func statement(_ sql: String) throws -> Statement { try Statement(db, sql) }

    /// The id of the row of `table` that bears `name`.
    /// - Throws: `CatalogError.unknown`, with the names that exist.
    func id(named name: String, in table: String, kind: String) throws -> Int64 {
        if let id = try Int64.fetchOne(db, sql: "SELECT id FROM \(table) WHERE name = ?", arguments: [name]) {
            return id
        }
        let known = try String.fetchAll(db, sql: "SELECT name FROM \(table) ORDER BY id LIMIT 20")
        throw CatalogError.unknown(kind: kind, name: name, known: known)
    }
}
