import Foundation
internal import GRDB
import Hashing

/// A named collection of media and labels, most often one imported file.
public struct DatasetRecord: Sendable, Codable, Equatable {
    public let id: Int64
    public let name: String
    public let format: String
}

/// A file that was imported, with what is needed to write it again.
public struct DocumentRecord: Sendable {
    public let id: Int64
    public let datasetID: Int64
    public let runID: Int64
    public let format: String
    public let path: String
    public let bytes: Int
    public let sha256: ContentHash
    /// Text of the document with gaps for its arrays; nil for formats that are not kept byte for byte.
    public let layout: String?
    public let problems: Int
}

extension CatalogReader {
    public func datasets() throws -> [DatasetRecord] {
        try Row.fetchAll(db, sql: "SELECT id, name, format FROM dataset ORDER BY id").map { row in
            DatasetRecord(id: row["id"], name: row["name"], format: row["format"])
        }
    }

    /// - Throws: `CatalogError.unknown`, with the names that exist.
    public func dataset(named name: String) throws -> DatasetRecord {
        let id = try id(named: name, in: "dataset", kind: "dataset")
        return try datasets().first { $0.id == id }!
    }

    public func hasDataset(named name: String) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM dataset WHERE name = ?)", arguments: [name])!
    }

    public func documents(of datasetID: Int64) throws -> [DocumentRecord] {
        try Row.fetchAll(db, sql: "SELECT * FROM document WHERE dataset_id = ? ORDER BY id", arguments: [datasetID])
            .compactMap { row in
                ContentHash(bytes: [UInt8](row["sha256"] as Data)).map { digest in
                    DocumentRecord(
                        id: row["id"], datasetID: row["dataset_id"], runID: row["run_id"], format: row["format"],
                        path: row["path"], bytes: row["bytes"], sha256: digest, layout: row["layout"],
                        problems: row["problems"])
                }
            }
    }
}

extension CatalogWriter {
    /// - Throws: `CatalogError.duplicate` when the name is taken.
    public func addDataset(named name: String, format: String) throws -> Int64 {
        guard !name.isEmpty else { throw CatalogError.unnamed(kind: "dataset") }
        guard try !hasDataset(named: name) else { throw CatalogError.duplicate(kind: "dataset", name: name) }
        let id = try nextID(in: "dataset")
        try db.execute(sql: "INSERT INTO dataset VALUES (?, ?, ?)", arguments: [id, name, format])
        return id
    }

    /// The dataset of this name, made if it is new.
    public func dataset(named name: String, orAddWithFormat format: String) throws -> DatasetRecord {
        if try hasDataset(named: name) { return try dataset(named: name) }
        return DatasetRecord(id: try addDataset(named: name, format: format), name: name, format: format)
    }

    public func addDocument(
        dataset: Int64, run: Int64, format: String, path: String, bytes: Int, sha256: ContentHash, layout: String?,
        problems: Int
    ) throws {
        try db.execute(
            sql: "INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                try nextID(in: "document"), dataset, run, format, path, bytes, Data(sha256.bytes), layout, problems,
            ])
    }
}
