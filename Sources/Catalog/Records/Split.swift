import Foundation
internal import GRDB

/// A named division of media into parts such as `train`, `val` and `test`.
public struct SplitRecord: Sendable, Codable, Equatable {
    public let id: Int64
    public let name: String
    /// How it was made, as JSON: the same recipe over the same media gives the same split.
    public let recipe: String
    /// Number of media in each part.
    public let parts: [String: Int]
}

/// What a splitter needs to know of a medium.
public struct SplitCandidate: Sendable {
    public let mediumID: Int64
    public let path: String
    public let videoID: Int64?
    public let siteID: Int64?
    public let sha256: [UInt8]?
    /// Ids of the categories of its labels, each once.
    public let categories: Set<Int64>

    public init(
        mediumID: Int64, path: String, videoID: Int64?, siteID: Int64?, sha256: [UInt8]?, categories: Set<Int64>
    ) {
        (self.mediumID, self.path, self.videoID) = (mediumID, path, videoID)
        (self.siteID, self.sha256, self.categories) = (siteID, sha256, categories)
    }
}

extension CatalogReader {
    public func splits() throws -> [SplitRecord] {
        try Row.fetchAll(db, sql: "SELECT * FROM split ORDER BY id").map { row in
            let counts = try Row.fetchAll(
                db, sql: "SELECT part, count(*) AS n FROM split_member WHERE split_id = ? GROUP BY part",
                arguments: [row["id"] as Int64])
            return SplitRecord(
                id: row["id"], name: row["name"], recipe: row["recipe"],
                parts: counts.reduce(into: [:]) { parts, row in parts[row["part"]] = row["n"] })
        }
    }

    /// Media of a dataset (of all where nil) that fulfil a filter, in order of id, with their categories.
    public func splitCandidates(dataset: Int64?, filter: Filter?) throws -> [SplitCandidate] {
        var categories: [Int64: Set<Int64>] = [:]
        let rows = try statement(
            """
            SELECT DISTINCT medium_id, category_id FROM instance JOIN run ON run.id = instance.run_id
            WHERE \(RunKind.makesTruth("run.kind"))
            """)
        while try rows.step() { categories[rows.int64(0), default: []].insert(rows.int64(1)) }
        var candidates: [SplitCandidate] = []
        try forEachMedium(matching: filter, dataset: dataset) { medium in
            candidates.append(
                SplitCandidate(
                    mediumID: medium.id, path: medium.path, videoID: medium.videoID, siteID: medium.siteID,
                    sha256: medium.sha256, categories: categories[medium.id] ?? []))
        }
        return candidates
    }

    /// The part of each medium in a split.
    public func parts(ofSplit name: String) throws -> [Int64: String] {
        let id = try id(named: name, in: "split", kind: "split")
        let rows = try statement("SELECT medium_id, part FROM split_member WHERE split_id = ?")
        rows.bind(1, id)
        var parts: [Int64: String] = [:]
        while try rows.step() { parts[rows.int64(0)] = rows.text(1) }
        return parts
    }
}

extension CatalogWriter {
    /// - Throws: `CatalogError.duplicate` when the name is taken.
    public func addSplit(named name: String, recipe: String, members: [(medium: Int64, part: String)]) throws {
        guard try Int64.fetchOne(db, sql: "SELECT id FROM split WHERE name = ?", arguments: [name]) == nil else {
            throw CatalogError.duplicate(kind: "split", name: name)
        }
        let id = try nextID(in: "split")
        try db.execute(sql: "INSERT INTO split VALUES (?, ?, ?)", arguments: [id, name, recipe])
        let insert = try statement("INSERT INTO split_member VALUES (?, ?, ?, ?)")
        for (medium, part) in members {
            insert.bind(1, try nextID(in: "split_member"))
            insert.bind(2, id)
            insert.bind(3, medium)
            insert.bind(4, part)
            try insert.execute()
        }
    }

    /// - Throws: `CatalogError.unknown`.
    public func removeSplit(named name: String) throws {
        let id = try id(named: name, in: "split", kind: "split")
        try db.execute(sql: "DELETE FROM split_member WHERE split_id = ?", arguments: [id])
        try db.execute(sql: "DELETE FROM split WHERE id = ?", arguments: [id])
    }
}
