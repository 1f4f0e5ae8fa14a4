import Foundation
internal import GRDB

/// What a catalog holds, from counts that are kept as it changes: milliseconds however many labels there are.
public struct Overview: Codable, Sendable {
    public struct Dataset: Codable, Sendable {
        public var name: String
        public var format: String
        public var media: Int
        public var instances: Int
        public var predictions: Int
        public var withPoints: Int
        public var categories: Int
    }

    public struct Run: Codable, Sendable {
        public var name: String
        public var kind: RunKind
        public var instances: Int
        public var createdAt: String
        /// How a program's run goes, or went.
        public var state: ExecutionState?
    }

    public var path: String
    public var bytes: Int
    public var schemaVersion: Int
    public var sqliteVersion: String
    public var media: Int
    public var videos: Int
    public var instances: Int
    public var review: [String: Int]
    public var datasets: [Dataset]
    public var runs: [Run]
    public var splits: [String]
    public var views: [String]
    public var sites: Int
    public var operations: Int
    /// Roots of pictures that nobody has said the place of.
    public var unlocatedRoots: [String]
}

/// Number of instances of one kind.
public struct Facet: Codable, Sendable, Equatable {
    public var dataset: String
    public var run: String
    public var category: String
    public var review: String
    public var withPoints: Bool
    public var count: Int
}

extension CatalogReader {
    public func overview() throws -> Overview {
        func count(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: sql) ?? 0 }
        var review: [String: Int] = [:]
        for row in try Row.fetchAll(
            db,
            sql: """
                SELECT s.name AS state, sum(n) AS n FROM facet_count f JOIN review_state s ON s.id = f.review GROUP BY 1
                """)
        {
            review[row["state"]] = row["n"]
        }
        let isTruth = RunKind.makesTruth("r.kind")
        let datasets = try Row.fetchAll(
            db,
            sql: """
                SELECT d.name, d.format,
                    (SELECT count(*) FROM dataset_medium WHERE dataset_id = d.id) AS media,
                    (SELECT count(*) FROM category WHERE dataset_id = d.id) AS categories,
                    ifnull(sum(iif(\(isTruth), n, 0)), 0) AS instances,
                    ifnull(sum(iif(\(isTruth), 0, n)), 0) AS predictions,
                    ifnull(sum(iif(\(isTruth), n * with_points, 0)), 0) AS with_points
                FROM dataset d LEFT JOIN facet_count f ON f.dataset_id = d.id LEFT JOIN run r ON r.id = f.run_id
                GROUP BY d.id ORDER BY d.id
                """
        ).map { row in
            Overview.Dataset(
                name: row["name"], format: row["format"], media: row["media"], instances: row["instances"],
                predictions: row["predictions"], withPoints: row["with_points"], categories: row["categories"])
        }
        let runCounts = try Row.fetchAll(db, sql: "SELECT run_id, sum(n) AS n FROM facet_count GROUP BY 1")
            .reduce(into: [Int64: Int]()) { counts, row in counts[row["run_id"]] = row["n"] }
        return Overview(
            path: catalogPath,
            bytes: (try? FileManager.default.attributesOfItem(atPath: catalogPath)[.size] as? Int) ?? 0,
            schemaVersion: try count("PRAGMA user_version"), sqliteVersion: CatalogFile.sqliteVersion,
            media: try count("SELECT count(*) FROM medium"), videos: try count("SELECT count(*) FROM video"),
            instances: try count("SELECT ifnull(sum(n), 0) FROM facet_count"), review: review, datasets: datasets,
            runs: try runs().map {
                Overview.Run(
                    name: $0.name, kind: $0.kind, instances: runCounts[$0.id] ?? 0, createdAt: $0.createdAt,
                    state: $0.execution?.state)
            },
            splits: try String.fetchAll(db, sql: "SELECT name FROM split ORDER BY id"), views: try views().map(\.name),
            sites: try count("SELECT count(*) FROM site"), operations: try count("SELECT count(*) FROM operation"),
            unlocatedRoots: try roots().filter { $0.path == nil }.map(\.name))
    }

    /// Counts by dataset, run, category, review state and possession of dense points.
    public func facets(dataset: Int64? = nil) throws -> [Facet] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT d.name AS dataset, r.name AS run, c.name AS category, s.name AS review, f.with_points, f.n
                FROM facet_count f JOIN dataset d ON d.id = f.dataset_id JOIN run r ON r.id = f.run_id
                    JOIN category c ON c.id = f.category_id JOIN review_state s ON s.id = f.review
                WHERE f.n > 0 AND (?1 IS NULL OR f.dataset_id = ?1)
                ORDER BY f.dataset_id, f.run_id, f.n DESC
                """, arguments: [dataset]
        ).map { row in
            Facet(
                dataset: row["dataset"], run: row["run"], category: row["category"], review: row["review"],
                withPoints: row["with_points"], count: row["n"])
        }
    }

    /// One page of what waits for review in a run: lowest priority first, then by id.
    /// - Parameter after: the last entry of the page before.
    public func reviewQueue(
        run: Int64, state: ReviewState = .unreviewed, after: (priority: Double?, id: Int64)? = nil, limit: Int = 50
    ) throws -> [(id: Int64, mediumID: Int64, priority: Double?)] {
        // Absent priorities come first in the index; each page is one seek, two where it passes their end.
        var arguments: [any DatabaseValueConvertible] = [run, state.rawValue]
        func page(_ condition: String, limit: Int) throws -> [(id: Int64, mediumID: Int64, priority: Double?)] {
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, medium_id, priority FROM instance WHERE run_id = ? AND review = ? \(condition)
                    ORDER BY priority, id LIMIT \(limit)
                    """, arguments: StatementArguments(arguments)
            ).map { row in (row["id"], row["medium_id"], row["priority"]) }
        }
        guard let after else { return try page("", limit: limit) }
        if let priority = after.priority {
            arguments += [priority, after.id]
            return try page("AND (priority, id) > (?, ?)", limit: limit)
        }
        arguments.append(after.id)
        let absent = try page("AND priority IS NULL AND id > ?", limit: limit)
        arguments.removeLast()
        return try absent.count == limit
            ? absent : absent + page("AND priority IS NOT NULL", limit: limit - absent.count)
    }
}
