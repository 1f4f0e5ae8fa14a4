/// One label of one thing in one picture.
public struct InstanceRecord: Sendable {
    public var id: Int64 = 0
    public var datasetID: Int64
    public var runID: Int64
    public var mediumID: Int64
    public var categoryID: Int64
    public var review = ReviewState.unreviewed
    /// The id that the dataset's file gives it.
    public var sourceID: Int64?
    /// Pixels, 0-based, of the picture as stored.
    public var box: Box?
    /// Pixels, as the file says.
    public var area: Double?
    public var isCrowd = false
    public var score: Double?
    public var priority: Double?
    public var track: Int64?
    /// Number of dense points.
    public var points = 0
    public var templateID: Int64?
    public var extra: String?

    public init(datasetID: Int64, runID: Int64, mediumID: Int64, categoryID: Int64) {
        (self.datasetID, self.runID, self.mediumID, self.categoryID) = (datasetID, runID, mediumID, categoryID)
    }
}

/// An axis-aligned box: left, top, width, height in pixels, 0-based.
public struct Box: Sendable, Codable, Hashable {
    public var x: Double
    public var y: Double
    public var width: Double
    public var height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    /// Square pixels.
    public var area: Double { width * height }
}

public enum ReviewState: Int, Sendable, Codable, CaseIterable {
    case unreviewed, accepted, rejected, flagged

    public var name: String { String(describing: self) }
}

/// How a mask is stored.
public enum MaskEncoding: String, Sendable {
    /// `NumberListBlob` of x and y in turn, one list a ring, stride 2.
    case polygons
    /// COCO's compressed run-length string.
    case runs
    /// The text of the file, which is neither.
    case text
}

public struct MaskRecord: Sendable {
    public var encoding: MaskEncoding
    /// Size in pixels of a run-length mask.
    public var height: Int?
    public var width: Int?
    public var data: [UInt8]

    public init(encoding: MaskEncoding, height: Int? = nil, width: Int? = nil, data: [UInt8]) {
        (self.encoding, self.height, self.width, self.data) = (encoding, height, width, data)
    }
}

public struct DensePointsRecord: Sendable {
    /// Names of the columns in `data`, separated by spaces: `x y I U V` or `x y vertex`.
    public var columns: String
    /// Reference mesh of `vertex`.
    public var mesh: String?
    /// One list a column, stride 1.
    public var data: [UInt8]

    public init(columns: String, mesh: String?, data: [UInt8]) {
        (self.columns, self.mesh, self.data) = (columns, mesh, data)
    }
}

/// What belongs to an instance beside its row.
public struct InstanceParts: Sendable {
    public var mask: MaskRecord?
    public var points: DensePointsRecord?
    /// JSON text of `dp_masks`.
    public var partMasks: [UInt8]?
    /// PNG with chart, u and v.
    public var denseMap: [UInt8]?
    /// x, y and visibility in turn; one list, stride 1.
    public var keypoints: [UInt8]?
    public var visibleKeypoints = 0

    public init() {}

    public mutating func removeAll() { self = InstanceParts() }
}

/// Adds instances by the million.
public final class InstanceInserter {
    private let ledgers: [InsertionLedger]
    private let facets: FacetTally
    private let instance: Statement
    private let mask: Statement
    private let points: Statement
    private let partMasks: Statement
    private let denseMap: Statement
    private let keypoints: Statement

    public init(_ writer: CatalogWriter) throws {
        ledgers = try ["instance", "mask", "dense_points", "part_masks", "dense_map", "keypoints"].map {
            try writer.ledger(of: $0)
        }
        facets = writer.facets
        instance = try writer.statement(
            "INSERT INTO instance VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        mask = try writer.statement("INSERT INTO mask VALUES (?, ?, ?, ?, ?)")
        points = try writer.statement("INSERT INTO dense_points VALUES (?, ?, ?, ?)")
        partMasks = try writer.statement("INSERT INTO part_masks VALUES (?, ?)")
        denseMap = try writer.statement("INSERT INTO dense_map VALUES (?, 'iuv-png', ?)")
        keypoints = try writer.statement("INSERT INTO keypoints VALUES (?, ?, ?)")
    }

    /// Adds one instance and what belongs to it; returns its id.
    @discardableResult
    public func add(_ record: InstanceRecord, _ parts: InstanceParts) throws -> Int64 {
        let id = ledgers[0].nextID()
        instance.bind(1, id)
        instance.bind(2, record.datasetID)
        instance.bind(3, record.runID)
        instance.bind(4, record.mediumID)
        instance.bind(5, record.categoryID)
        instance.bind(6, record.review.rawValue)
        instance.bind(7, record.sourceID)
        instance.bind(8, record.box?.x)
        instance.bind(9, record.box?.y)
        instance.bind(10, record.box?.width)
        instance.bind(11, record.box?.height)
        instance.bind(12, record.area)
        instance.bind(13, record.isCrowd ? 1 : 0)
        instance.bind(14, record.score)
        instance.bind(15, record.priority)
        instance.bind(16, record.track)
        instance.bind(17, record.points)
        instance.bind(18, record.templateID)
        instance.bind(19, record.extra)
        try instance.execute()
        facets.add(record)
        try add(parts, to: id)
        return id
    }

    /// Adds masks, points and the like to an instance that has none.
    public func add(_ parts: InstanceParts, to id: Int64) throws {
        if let record = parts.mask {
            mask.bind(1, id)
            mask.bind(2, record.encoding.rawValue)
            mask.bind(3, record.height)
            mask.bind(4, record.width)
            try record.data.withUnsafeBytes { data in
                mask.bindBorrowedBlob(5, data)
                try mask.execute()
            }
            ledgers[1].record(id)
        }
        if let record = parts.points {
            points.bind(1, id)
            points.bind(2, record.columns)
            points.bind(3, record.mesh)
            points.bindBlob(4, record.data)
            try points.execute()
            ledgers[2].record(id)
        }
        if let text = parts.partMasks {
            partMasks.bind(1, id)
            text.withUnsafeBytes { partMasks.bindText(2, $0) }
            try partMasks.execute()
            ledgers[3].record(id)
        }
        if let map = parts.denseMap {
            denseMap.bind(1, id)
            denseMap.bindBlob(2, map)
            try denseMap.execute()
            ledgers[4].record(id)
        }
        if let data = parts.keypoints {
            keypoints.bind(1, id)
            keypoints.bind(2, parts.visibleKeypoints)
            keypoints.bindBlob(3, data)
            try keypoints.execute()
            ledgers[5].record(id)
        }
    }
}
