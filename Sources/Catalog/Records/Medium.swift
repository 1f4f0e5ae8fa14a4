import Foundation
internal import GRDB

/// An image, or one frame of a video.
public struct MediumRecord: Sendable, Equatable {
    public var id: Int64 = 0
    public var rootID: Int64
    /// Path below the root.
    public var path: String
    /// Size in pixels as stored, before any EXIF rotation.
    public var width: Int?
    public var height: Int?
    public var bytes: Int?
    /// 32 bytes; of the file, or of a frame's pixels.
    public var sha256: [UInt8]?
    /// 64 bits; pictures that look alike differ in few.
    public var perceptualHash: Int64?
    /// EXIF orientation, 1...8.
    public var orientation = 1
    /// ISO 8601, local time of the camera unless it carries a zone.
    public var capturedAt: String?
    public var camera: String?
    /// Degrees, WGS 84.
    public var latitude: Double?
    public var longitude: Double?
    public var siteID: Int64?
    public var deploymentID: Int64?
    /// Taken in infra-red light (no colour), if known.
    public var infrared: Bool?
    public var license: String?
    public var videoID: Int64?
    /// 0-based ordinal of the decoder.
    public var frameIndex: Int?
    /// Presentation time in units of the video's time base.
    public var pts: Int64?
    public var isKeyframe: Bool?

    public init(rootID: Int64, path: String, width: Int? = nil, height: Int? = nil) {
        (self.rootID, self.path, self.width, self.height) = (rootID, path, width, height)
    }

    static let columns = [
        "id", "root_id", "path", "width", "height", "bytes", "sha256", "perceptual_hash", "orientation", "captured_at",
        "camera", "latitude", "longitude", "site_id", "deployment_id", "infrared", "license", "video_id", "frame_index",
        "pts", "keyframe",
    ]

    init(_ row: Row) {
        rootID = row["root_id"]
        path = row["path"]
        id = row["id"]
        (width, height, bytes) = (row["width"], row["height"], row["bytes"])
        sha256 = (row["sha256"] as Data?).map { [UInt8]($0) }
        (perceptualHash, orientation) = (row["perceptual_hash"], row["orientation"])
        (capturedAt, camera) = (row["captured_at"], row["camera"])
        (latitude, longitude) = (row["latitude"], row["longitude"])
        (siteID, deploymentID, infrared, license) = (
            row["site_id"], row["deployment_id"], row["infrared"], row["license"]
        )
        (videoID, frameIndex, pts, isKeyframe) = (row["video_id"], row["frame_index"], row["pts"], row["keyframe"])
    }

    func bind(to statement: Statement, from first: Int32) {
        statement.bind(first, id)
        statement.bind(first + 1, rootID)
        statement.bind(first + 2, path)
        statement.bind(first + 3, width)
        statement.bind(first + 4, height)
        statement.bind(first + 5, bytes)
        statement.bindBlob(first + 6, sha256)
        statement.bind(first + 7, perceptualHash)
        statement.bind(first + 8, orientation)
        statement.bind(first + 9, capturedAt)
        statement.bind(first + 10, camera)
        statement.bind(first + 11, latitude)
        statement.bind(first + 12, longitude)
        statement.bind(first + 13, siteID)
        statement.bind(first + 14, deploymentID)
        statement.bind(first + 15, infrared.map { $0 ? 1 : 0 } as Int?)
        statement.bind(first + 16, license)
        statement.bind(first + 17, videoID)
        statement.bind(first + 18, frameIndex)
        statement.bind(first + 19, pts)
        statement.bind(first + 20, isKeyframe.map { $0 ? 1 : 0 } as Int?)
    }
}

/// A folder that media paths start from.
public struct RootRecord: Sendable, Equatable {
    public let id: Int64
    public let name: String
    /// Absolute, or relative to the catalog's folder; nil while nobody has said where the pictures are.
    public let path: String?
}

extension CatalogReader {
    public func roots() throws -> [RootRecord] {
        try Row.fetchAll(db, sql: "SELECT * FROM root ORDER BY id").map { row in
            RootRecord(id: row["id"], name: row["name"], path: row["path"])
        }
    }

    /// Absolute path of a root, or nil while it is not located.
    public func folder(of root: RootRecord) -> String? {
        guard let path = root.path else { return nil }
        if path.hasPrefix("/") { return path }
        let folder = URL(fileURLWithPath: catalogPath).deletingLastPathComponent()
        return folder.appendingPathComponent(path).standardizedFileURL.path
    }

    /// Absolute path of every medium's file, by root; media of roots that are not located have none.
    public func rootFolders() throws -> [Int64: String] {
        var folders: [Int64: String] = [:]
        for root in try roots() { folders[root.id] = folder(of: root) }
        return folders
    }

    public func medium(_ id: Int64) throws -> MediumRecord? {
        try Row.fetchOne(db, sql: "SELECT * FROM medium WHERE id = ?", arguments: [id]).map(MediumRecord.init)
    }

    /// Walks media in order of id.
    public func forEachMedium(
        matching filter: Filter? = nil, dataset: Int64? = nil, _ body: (MediumRecord) throws -> Void
    ) throws {
        var conditions: [String] = []
        var arguments: [any DatabaseValueConvertible] = []
        if let dataset {
            conditions.append("medium.id IN (SELECT medium_id FROM dataset_medium WHERE dataset_id = ?)")
            arguments.append(dataset)
        }
        if let filter {
            conditions.append(try sql(of: filter, for: .media))
            arguments += filter.arguments
        }
        let filterText = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let cursor = try Row.fetchCursor(
            db, sql: "SELECT * FROM medium \(filterText) ORDER BY id", arguments: StatementArguments(arguments))
        while let row = try cursor.next() { try body(MediumRecord(row)) }
    }
}

extension CatalogWriter {
    /// The root of this folder, made if it is new. A folder below the catalog's is kept relative, so that both can move.
    public func root(folder: String) throws -> Int64 {
        let folder = URL(fileURLWithPath: folder).standardizedFileURL.path
        let home = URL(fileURLWithPath: catalogPath).deletingLastPathComponent().path
        let path =
            folder == home ? "." : folder.hasPrefix(home + "/") ? String(folder.dropFirst(home.count + 1)) : folder
        return try root(named: path, path: path)
    }

    /// The root of this name, made if it is new.
    public func root(named name: String, path: String?) throws -> Int64 {
        if let id = try Int64.fetchOne(db, sql: "SELECT id FROM root WHERE name = ?", arguments: [name]) { return id }
        try db.execute(sql: "INSERT INTO root (name, path) VALUES (?, ?)", arguments: [name, path])
        return db.lastInsertedRowID
    }

    /// Says where the pictures of a root are now.
    /// - Throws: `CatalogError.unknown`.
    public func relocate(root name: String, to path: String) throws {
        let id = try id(named: name, in: "root", kind: "root")
        try db.execute(sql: "UPDATE root SET path = ? WHERE id = ?", arguments: [path, id])
    }

    /// The site of this name, made if it is new; a position fills one that was not known.
    public func site(named name: String, latitude: Double? = nil, longitude: Double? = nil) throws -> Int64 {
        if let id = try Int64.fetchOne(db, sql: "SELECT id FROM site WHERE name = ?", arguments: [name]) {
            if let latitude, let longitude {
                try db.execute(
                    sql: "UPDATE site SET latitude = ?, longitude = ? WHERE id = ? AND latitude IS NULL",
                    arguments: [latitude, longitude, id])
            }
            return id
        }
        try db.execute(
            sql: "INSERT INTO site (name, latitude, longitude) VALUES (?, ?, ?)",
            arguments: [name, latitude, longitude])
        return db.lastInsertedRowID
    }
}

/// Adds media by the hundred thousand. A picture that is in the catalog already, by root and path, is used again.
public final class MediumInserter {
    private let writer: CatalogWriter
    private let insert: Statement
    private let find: Statement
    private let link: Statement

    public init(_ writer: CatalogWriter) throws {
        self.writer = writer
        let columns = MediumRecord.columns
        insert = try writer.statement(
            "INSERT INTO medium (\(columns.joined(separator: ", "))) VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))"
        )
        find = try writer.statement("SELECT id FROM medium WHERE root_id = ? AND path = ? AND video_id IS NULL")
        link = try writer.statement("INSERT INTO dataset_medium VALUES (?, ?, ?, ?, ?, ?)")
    }

    /// The id of the picture, and whether it is new.
    public func add(_ medium: MediumRecord) throws -> (id: Int64, isNew: Bool) {
        if let id = try existing(root: medium.rootID, path: medium.path), medium.videoID == nil { return (id, false) }
        var medium = medium
        medium.id = try writer.nextID(in: "medium")
        medium.bind(to: insert, from: 1)
        try insert.execute()
        return (medium.id, true)
    }

    public func existing(root: Int64, path: String) throws -> Int64? {
        find.bind(1, root)
        find.bind(2, path)
        guard try find.step() else { return nil }
        defer { find.reset() }
        return find.int64(0)
    }

    /// Makes the medium a member of a dataset.
    public func link(
        _ medium: Int64, to dataset: Int64, sourceID: Int64?, templateID: Int64? = nil, extra: [UInt8]? = nil
    ) throws {
        link.bind(1, try writer.nextID(in: "dataset_medium"))
        link.bind(2, dataset)
        link.bind(3, medium)
        link.bind(4, sourceID)
        link.bind(5, templateID)
        if let extra { extra.withUnsafeBytes { link.bindText(6, $0) } } else { link.bindNull(6) }
        try link.execute()
    }
}
