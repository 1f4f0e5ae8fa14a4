import Foundation
internal import GRDB
import Hashing

/// A file that a run read, by its content.
public struct RunInput: Sendable, Equatable {
    /// What it is to the run: `picture`, `weights`, `mesh`, …
    public var role: String
    public var path: String
    public var sha256: ContentHash
    public var bytes: Int

    public init(role: String, path: String, sha256: ContentHash, bytes: Int) {
        (self.role, self.path, self.sha256, self.bytes) = (role, path, sha256, bytes)
    }
}

/// The inputs of one role, in sum.
public struct RunInputSummary: Sendable, Codable, Equatable {
    public let role: String
    public let files: Int
    public let bytes: Int
}

extension CatalogReader {
    /// - Parameter role: only these; all where nil.
    public func inputs(of run: Int64, role: String? = nil) throws -> [RunInput] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT role, path, sha256, bytes FROM run_input WHERE run_id = ?1 AND (?2 IS NULL OR role = ?2) ORDER BY id
                """, arguments: [run, role]
        ).compactMap { row in
            ContentHash(bytes: [UInt8](row["sha256"] as Data)).map { digest in
                RunInput(role: row["role"], path: row["path"], sha256: digest, bytes: row["bytes"])
            }
        }
    }

    public func inputSummary(of run: Int64) throws -> [RunInputSummary] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT role, count(*) AS files, sum(bytes) AS bytes FROM run_input WHERE run_id = ? GROUP BY role
                ORDER BY min(id)
                """, arguments: [run]
        ).map { row in RunInputSummary(role: row["role"], files: row["files"], bytes: row["bytes"]) }
    }
}

extension RunRecorder {
    /// Adds files that a run reads. Of a file that is there already under this role, the later content counts.
    public func add(_ inputs: [RunInput], to run: Int64) throws {
        let insert = try statement(
            """
            INSERT INTO run_input (run_id, role, path, sha256, bytes) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (run_id, role, path) DO UPDATE SET sha256 = excluded.sha256, bytes = excluded.bytes
            """)
        for input in inputs {
            insert.bind(1, run)
            insert.bind(2, input.role)
            insert.bind(3, input.path)
            insert.bindBlob(4, input.sha256.bytes)
            insert.bind(5, input.bytes)
            try insert.execute()
        }
    }
}
