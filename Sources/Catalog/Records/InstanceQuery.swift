import Foundation
internal import GRDB

/// Which instances a walk visits.
public struct InstanceQuery: Sendable {
    public var datasetID: Int64?
    /// Runs whose labels count; all where nil.
    public var runIDs: [Int64]?
    public var mediumID: Int64?
    public var filter: Filter?
    /// Only instances with an id above this one (a page of a list).
    public var after: Int64?
    public var limit: Int?

    public init(
        datasetID: Int64? = nil, runIDs: [Int64]? = nil, mediumID: Int64? = nil, filter: Filter? = nil,
        after: Int64? = nil, limit: Int? = nil
    ) {
        (self.datasetID, self.runIDs, self.mediumID) = (datasetID, runIDs, mediumID)
        (self.filter, self.after, self.limit) = (filter, after, limit)
    }
}

extension CatalogReader {
    /// Walks instances in order of id. `parts` says whether masks, points and the like are read too.
    public func forEachInstance(
        _ query: InstanceQuery, parts: Bool = true, _ body: (InstanceRecord, InstanceParts) throws -> Void
    ) throws {
        let (source, arguments) = try source(of: query)
        let side = parts ? Self.sideColumns : ""
        let joins = parts ? Self.sideJoins : ""
        let rows = try statement(
            """
            SELECT instance.id, instance.dataset_id, instance.run_id, instance.medium_id, instance.category_id,
                instance.review, instance.source_id, instance.x, instance.y, instance.w, instance.h, instance.area,
                instance.crowd, instance.score, instance.priority, instance.track, instance.points,
                instance.template_id, instance.extra \(side)
            FROM instance \(joins) \(source) ORDER BY instance.id \(query.limit.map { "LIMIT \($0)" } ?? "")
            """)
        for (index, value) in arguments.enumerated() {
            let place = Int32(index + 1)
            switch value.storage {
            case .int64(let number): rows.bind(place, number)
            case .double(let number): rows.bind(place, number)
            case .string(let text): rows.bind(place, text)
            case .blob(let data): rows.bindBlob(place, [UInt8](data))
            case .null: rows.bindNull(place)
            }
        }
        while try rows.step() { try body(Self.instance(rows), parts ? Self.parts(rows) : InstanceParts()) }
    }

    private static let sideColumns = """
        , mask.encoding, mask.height, mask.width, mask.data, dense_points.columns, dense_points.mesh,
        dense_points.data, part_masks.data, dense_map.data, keypoints.data, keypoints.visible
        """

    private static let sideJoins = ["mask", "dense_points", "part_masks", "dense_map", "keypoints"]
        .map { "LEFT JOIN \($0) ON \($0).instance_id = instance.id" }.joined(separator: " ")

    /// The WHERE clause; media are joined only when the filter asks about them.
    private func source(of query: InstanceQuery) throws -> (sql: String, arguments: [DatabaseValue]) {
        var conditions: [String] = []
        var arguments: [DatabaseValue] = []
        if let dataset = query.datasetID {
            conditions.append("instance.dataset_id = ?")
            arguments.append(dataset.databaseValue)
        }
        if let runs = query.runIDs {
            // The unary plus keeps SQLite from walking the queue's index and sorting: rows are visited in order of id.
            conditions.append("+instance.run_id IN (\(runs.map(String.init).joined(separator: ", ")))")
        }
        if let medium = query.mediumID {
            conditions.append("instance.medium_id = ?")
            arguments.append(medium.databaseValue)
        }
        if let after = query.after {
            conditions.append("instance.id > ?")
            arguments.append(after.databaseValue)
        }
        var join = ""
        if let filter = query.filter {
            join = "JOIN medium ON medium.id = instance.medium_id"
            conditions.append(try sql(of: filter, for: .instances))
            arguments += filter.arguments
        }
        let clause = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return ("\(join) \(clause)", arguments)
    }

    private static func instance(_ rows: Statement) -> InstanceRecord {
        var record = InstanceRecord(
            datasetID: rows.int64(1), runID: rows.int64(2), mediumID: rows.int64(3), categoryID: rows.int64(4))
        record.id = rows.int64(0)
        record.review = ReviewState(rawValue: rows.int(5)) ?? .unreviewed
        record.sourceID = rows.optionalInt64(6)
        if !rows.isNull(9) {
            record.box = Box(x: rows.double(7), y: rows.double(8), width: rows.double(9), height: rows.double(10))
        }
        record.area = rows.optionalDouble(11)
        record.isCrowd = rows.int(12) != 0
        record.score = rows.optionalDouble(13)
        record.priority = rows.optionalDouble(14)
        record.track = rows.optionalInt64(15)
        record.points = rows.int(16)
        record.templateID = rows.optionalInt64(17)
        record.extra = rows.text(18)
        return record
    }

    private static func parts(_ rows: Statement) -> InstanceParts {
        var parts = InstanceParts()
        if let encoding = rows.text(19).flatMap(MaskEncoding.init), let data = rows.bytes(22) {
            parts.mask = MaskRecord(
                encoding: encoding, height: rows.optionalInt(20), width: rows.optionalInt(21), data: data)
        }
        if let columns = rows.text(23), let data = rows.bytes(25) {
            parts.points = DensePointsRecord(columns: columns, mesh: rows.text(24), data: data)
        }
        parts.partMasks = rows.bytes(26)
        parts.denseMap = rows.bytes(27)
        parts.keypoints = rows.bytes(28)
        parts.visibleKeypoints = rows.int(29)
        return parts
    }
}

extension CatalogReader {
    /// The largest id that a dataset's file gave to an instance, of those that JSON's doubles hold exactly: one more is
    /// free to use.
    public func largestSourceID(of datasetID: Int64) throws -> Int64 {
        try Int64.fetchOne(
            db, sql: "SELECT max(source_id) FROM instance WHERE dataset_id = ? AND source_id < 9007199254740991",
            arguments: [datasetID])
            ?? 0
    }

    /// Labels of a dataset that operations in force have changed or deleted since they came in.
    public func changedInstances(of datasetID: Int64) throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT count(DISTINCT c.row_id) FROM change c JOIN operation o ON o.id = c.operation_id
                WHERE o.undone_by IS NULL AND o.undoes IS NULL
                    AND c.table_name IN ('instance', 'mask', 'dense_points', 'part_masks', 'dense_map', 'keypoints')
                    AND (EXISTS (SELECT 1 FROM instance WHERE id = c.row_id AND dataset_id = ?1)
                        OR EXISTS (SELECT 1 FROM change d WHERE d.table_name = 'instance' AND d.row_id = c.row_id
                            AND json_extract(d.before, '$.dataset_id') = ?1))
                """, arguments: [datasetID]) ?? 0
    }
}
