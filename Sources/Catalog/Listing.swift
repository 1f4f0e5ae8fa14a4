import Foundation
internal import GRDB

/// Rows for people and programs to read, a page at a time. Pages are sought by id, so that the last is as fast as the
/// first.
public struct MediumRow: Codable, Sendable {
    public var id: Int64
    public var path: String
    public var width: Int?
    public var height: Int?
    public var capturedAt: String?
    public var site: String?
    public var camera: String?
    public var video: String?
    public var frameIndex: Int?
    /// Seconds into the video.
    public var time: Double?
    public var infrared: Bool?
    public var instances: Int
    public var datasets: [String]
}

public struct InstanceRow: Codable, Sendable {
    public var id: Int64
    public var sourceID: Int64?
    public var mediumID: Int64
    public var path: String
    public var category: String
    public var run: String
    public var review: String
    public var box: Box?
    public var area: Double?
    public var score: Double?
    public var points: Int
    public var crowd: Bool
}

public struct VideoRow: Codable, Sendable {
    public var id: Int64
    public var path: String
    public var codec: String?
    public var width: Int?
    public var height: Int?
    public var frameRate: String?
    public var duration: Double?
    public var frames: Int
    public var site: String?
    public var problem: String?
}

extension CatalogReader {
    public func listMedia(
        filter: Filter?, dataset: Int64? = nil, after: Int64 = 0, limit: Int = .max
    ) throws -> [MediumRow] {
        var conditions = ["medium.id > \(after)"]
        if let dataset {
            conditions.append("medium.id IN (SELECT medium_id FROM dataset_medium WHERE dataset_id = \(dataset))")
        }
        if let filter { conditions.append(try sql(of: filter, for: .media)) }
        return try Row.fetchAll(
            db,
            sql: """
                SELECT medium.*, s.name AS site, v.path AS clip, v.time_base,
                    (SELECT count(*) FROM instance WHERE medium_id = medium.id) AS instances,
                    (SELECT group_concat(name, char(31)) FROM (SELECT DISTINCT d.name FROM dataset_medium dm
                        JOIN dataset d ON d.id = dm.dataset_id WHERE dm.medium_id = medium.id)) AS datasets
                FROM medium LEFT JOIN site s ON s.id = medium.site_id LEFT JOIN video v ON v.id = medium.video_id
                WHERE \(conditions.joined(separator: " AND ")) ORDER BY medium.id LIMIT \(limit)
                """, arguments: StatementArguments(filter?.arguments ?? [])
        ).map { row in
            let base = (row["time_base"] as String?)?.split(separator: "/").compactMap { Double($0) } ?? []
            let pts = row["pts"] as Int64?
            return MediumRow(
                id: row["id"], path: row["path"], width: row["width"], height: row["height"],
                capturedAt: row["captured_at"], site: row["site"], camera: row["camera"], video: row["clip"],
                frameIndex: row["frame_index"],
                time: base.count == 2 && base[1] > 0 ? pts.map { Double($0) * base[0] / base[1] } : nil,
                infrared: row["infrared"], instances: row["instances"],
                datasets: (row["datasets"] as String?)?.split(separator: "\u{1f}").map(String.init) ?? [])
        }
    }

    public func listInstances(
        filter: Filter?, dataset: Int64? = nil, after: Int64 = 0, limit: Int = .max
    ) throws -> [InstanceRow] {
        var conditions = ["instance.id > \(after)"]
        if let dataset { conditions.append("instance.dataset_id = \(dataset)") }
        if let filter { conditions.append(try sql(of: filter, for: .instances)) }
        return try Row.fetchAll(
            db,
            sql: """
                SELECT instance.*, medium.path, c.name AS category, r.name AS run_name, s.name AS state
                FROM instance JOIN medium ON medium.id = instance.medium_id
                    JOIN category c ON c.id = instance.category_id JOIN run r ON r.id = instance.run_id
                    JOIN review_state s ON s.id = instance.review
                WHERE \(conditions.joined(separator: " AND ")) ORDER BY instance.id LIMIT \(limit)
                """, arguments: StatementArguments(filter?.arguments ?? [])
        ).map { row in
            let box = (row["w"] as Double?).map { Box(x: row["x"], y: row["y"], width: $0, height: row["h"]) }
            return InstanceRow(
                id: row["id"], sourceID: row["source_id"], mediumID: row["medium_id"], path: row["path"],
                category: row["category"], run: row["run_name"], review: row["state"], box: box, area: row["area"],
                score: row["score"], points: row["points"], crowd: row["crowd"])
        }
    }

    public func listVideos() throws -> [VideoRow] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT v.*, s.name AS site, (SELECT count(*) FROM medium WHERE video_id = v.id) AS frames
                FROM video v LEFT JOIN site s ON s.id = v.site_id ORDER BY v.id
                """
        ).map { row in
            VideoRow(
                id: row["id"], path: row["path"], codec: row["codec"], width: row["width"], height: row["height"],
                frameRate: row["frame_rate"], duration: row["duration"], frames: row["frames"], site: row["site"],
                problem: row["problem"])
        }
    }

    /// Names of the sites and how many pictures each has.
    public func listSites() throws -> [(name: String, media: Int)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT name, (SELECT count(*) FROM medium WHERE site_id = site.id) AS n FROM site ORDER BY name
                """
        ).map { row in (row["name"], row["n"]) }
    }

    /// The operation that added a row.
    public func origin(of id: Int64, in table: String) throws -> HistoryEntry? {
        let operation = try Int64.fetchOne(
            db,
            sql: """
                SELECT operation_id FROM inserted_rows
                WHERE table_name = ?1 AND ?2 BETWEEN first_id AND last_id ORDER BY operation_id DESC LIMIT 1
                """, arguments: [table, id])
        return try operation.flatMap { operation in
            try history(limit: .max).first { $0.id == operation }
        }
    }

    /// Changes to an instance and what belongs to it, the oldest first.
    public func changes(ofInstance id: Int64) throws -> [(operation: Int64?, change: HistoryChange)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM change WHERE row_id = ? AND table_name IN
                    ('instance', 'mask', 'dense_points', 'part_masks', 'dense_map', 'keypoints') ORDER BY id
                """, arguments: [id]
        ).map { row in
            (
                row["operation_id"],
                HistoryChange(table: row["table_name"], row: row["row_id"], before: row["before"], after: row["after"])
            )
        }
    }
}
