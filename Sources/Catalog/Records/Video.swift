import Foundation
internal import GRDB

/// A clip that frames come from, or that observations speak of.
public struct VideoRecord: Sendable, Equatable {
    public var id: Int64 = 0
    public var rootID: Int64
    /// Path below the root.
    public var path: String
    /// 32 bytes, of the file; nil while nobody has read it.
    public var sha256: [UInt8]?
    public var bytes: Int?
    public var codec: String?
    /// Size in pixels as displayed.
    public var width: Int?
    public var height: Int?
    /// Seconds a tick, as `1/15360`.
    public var timeBase: String?
    /// Frames a second, as `30000/1001`.
    public var frameRate: String?
    /// Seconds.
    public var duration: Double?
    /// ISO 8601, as the container or a table says.
    public var capturedAt: String?
    public var siteID: Int64?
    public var deploymentID: Int64?
    /// Why not all of it could be read.
    public var problem: String?

    public init(rootID: Int64, path: String) { (self.rootID, self.path) = (rootID, path) }

    init(_ row: Row) {
        (rootID, path, id) = (row["root_id"], row["path"], row["id"])
        sha256 = (row["sha256"] as Data?).map { [UInt8]($0) }
        (bytes, codec, width, height) = (row["bytes"], row["codec"], row["width"], row["height"])
        (timeBase, frameRate, duration) = (row["time_base"], row["frame_rate"], row["duration"])
        (capturedAt, siteID, deploymentID) = (row["captured_at"], row["site_id"], row["deployment_id"])
        problem = row["problem"]
    }

    /// Every column but the id, in the order of the table.
    var values: StatementArguments {
        [
            rootID, path, sha256.map { Data($0) }, bytes, codec, width, height, timeBase, frameRate, duration,
            capturedAt, siteID, deploymentID, problem,
        ]
    }
}

/// A clip in a dataset.
public struct VideoMember: Sendable {
    public let video: VideoRecord
    public let sourceID: Int64?
    /// Texts of the selections whose frames were taken (`1s`, `keyframes`), separated by commas.
    public let selection: String?
    /// JSON of what the dataset's file says beside.
    public let extra: String?
}

extension CatalogReader {
    /// The clip at a path below a root.
    public func video(root: Int64, path: String) throws -> VideoRecord? {
        try Row.fetchOne(db, sql: "SELECT * FROM video WHERE root_id = ? AND path = ?", arguments: [root, path])
            .map(VideoRecord.init)
    }

    /// All clips, in order of id.
    public func videos() throws -> [VideoRecord] {
        try Row.fetchAll(db, sql: "SELECT * FROM video ORDER BY id").map(VideoRecord.init)
    }

    /// The clips of a dataset, in the order in which they came.
    public func videoMembers(of datasetID: Int64) throws -> [VideoMember] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT v.*, d.source_id, d.selection, d.extra FROM dataset_video d JOIN video v ON v.id = d.video_id
                WHERE d.dataset_id = ? ORDER BY d.id
                """, arguments: [datasetID]
        ).map { row in
            VideoMember(
                video: VideoRecord(row), sourceID: row["source_id"], selection: row["selection"], extra: row["extra"])
        }
    }

    /// Frames of a clip, by decoder ordinal.
    public func frames(of videoID: Int64) throws -> [MediumRecord] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM medium WHERE video_id = ? ORDER BY frame_index", arguments: [videoID]
        ).map(MediumRecord.init)
    }

    /// Media that a dataset has already, among frames of one clip.
    public func frames(of videoID: Int64, in datasetID: Int64) throws -> Set<Int64> {
        try Int64.fetchSet(
            db,
            sql: """
                SELECT m.id FROM medium m JOIN dataset_medium d ON d.medium_id = m.id
                WHERE m.video_id = ? AND d.dataset_id = ?
                """, arguments: [videoID, datasetID])
    }
}

extension CatalogWriter {
    public func add(_ video: VideoRecord) throws -> Int64 {
        let id = try nextID(in: "video")
        try db.execute(
            sql: "INSERT INTO video VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: StatementArguments([id]) + video.values)
        return id
    }

    /// Writes what was learned of a clip.
    public func update(_ video: VideoRecord) throws {
        try db.execute(
            sql: """
                UPDATE video SET root_id = ?, path = ?, sha256 = ?, bytes = ?, codec = ?, width = ?, height = ?,
                    time_base = ?, frame_rate = ?, duration = ?, captured_at = ?, site_id = ?, deployment_id = ?,
                    problem = ? WHERE id = ?
                """, arguments: video.values + [video.id])
    }

    /// Makes a clip a member of a dataset, or adds a selection to one that is.
    public func link(
        video: Int64, to dataset: Int64, sourceID: Int64? = nil, selection: String? = nil, extra: String? = nil
    ) throws {
        let row = try Row.fetchOne(
            db, sql: "SELECT id, selection FROM dataset_video WHERE dataset_id = ? AND video_id = ?",
            arguments: [dataset, video])
        guard let row else {
            return try db.execute(
                sql: "INSERT INTO dataset_video VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [try nextID(in: "dataset_video"), dataset, video, sourceID, selection, extra])
        }
        let taken = (row["selection"] as String?)?.split(separator: ",").map(String.init) ?? []
        let all = taken + (selection.map { taken.contains($0) ? [] : [$0] } ?? [])
        try db.execute(
            sql: """
                UPDATE dataset_video SET selection = ?, source_id = ifnull(?, source_id), extra = ifnull(?, extra)
                WHERE id = ?
                """,
            arguments: [all.isEmpty ? nil : all.joined(separator: ","), sourceID, extra, row["id"] as Int64])
    }
}
