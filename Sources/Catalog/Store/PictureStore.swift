import Foundation
internal import GRDB

/// A picture at which a model has looked, and what it said of the objects there.
public struct StoredPicture: Sendable {
    public let id: Int64
    public let mediumID: Int64
    /// The first object's instance; the others follow.
    public let firstInstance: Int64
    public let detections: [StoredDetection]
}

/// Adds pictures to the store of a run, by the million points a second.
public final class StoreInserter {
    private let picture, points: Statement
    private let ledgers: [InsertionLedger]
    private let runID: Int64
    private var confidences: [UInt8] = []
    private var packed: [UInt8] = []
    private let codec = PointCodec()

    /// - Parameter points: the most that an object may have.
    public static let pointLimit = 65_535

    public init(_ writer: CatalogWriter, run: Int64) throws {
        runID = run
        ledgers = try Schema.undoableTables5.map { try writer.ledger(of: $0) }
        picture = try writer.statement("INSERT INTO stored_picture VALUES (?, ?, ?, ?, ?, ?)")
        points = try writer.statement("INSERT INTO stored_points VALUES (?, ?)")
    }

    /// - Parameters:
    ///   - firstInstance: of the objects, which have been added one after the other; whatever where there are none.
    ///   - objects: each with at most `pointLimit` points, of charts 1...24.
    /// - Throws: `CatalogError` where the run has this picture already.
    public func add(
        medium: Int64, firstInstance: Int64, _ objects: [(detection: StoredDetection, points: [CandidatePoint])]
    ) throws {
        confidences.removeAll(keepingCapacity: true)
        for object in objects {
            precondition(object.points.count <= Self.pointLimit && object.points.allSatisfy { 1...24 ~= $0.chart })
            var detection = object.detection
            detection.pointCount = object.points.count
            StoredBytes.append(detection, to: &confidences)
        }
        let id = ledgers[0].nextID()
        picture.bind(1, id)
        picture.bind(2, runID)
        picture.bind(3, medium)
        picture.bind(4, firstInstance)
        picture.bind(5, objects.count)
        try confidences.withUnsafeBytes { bytes in
            picture.bindBorrowedBlob(6, bytes)
            try picture.execute()
        }
        guard !objects.isEmpty else { return }
        codec.encode(objects.lazy.map(\.points), into: &packed)
        points.bind(1, id)
        try packed.withUnsafeBytes { bytes in
            points.bindBorrowedBlob(2, bytes)
            try points.execute()
        }
        ledgers[1].record(id)
    }
}

extension CatalogReader {
    /// Pictures of a run that are stored; 0 where the run keeps no candidates.
    public func storedPictureCount(ofRun run: Int64) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM stored_picture WHERE run_id = ?", arguments: [run])!
    }

    /// Walks what a run has stored, in the order in which it came.
    public func forEachStoredPicture(ofRun run: Int64, _ body: (StoredPicture) throws -> Void) throws {
        try forEachStored(run) { id, medium, first, bytes in
            let detections = (0..<bytes.count / StoredBytes.perDetection).map { place in
                let start = place * StoredBytes.perDetection
                return StoredBytes.detection(
                    UnsafeRawBufferPointer(rebasing: bytes[start..<start + StoredBytes.perDetection]))
            }
            try body(StoredPicture(id: id, mediumID: medium, firstInstance: first, detections: detections))
        }
    }

    private func forEachStored(
        _ run: Int64, _ body: (Int64, Int64, Int64, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        // In order of id: rows and their pages are visited once.
        let rows = try statement(
            "SELECT id, medium_id, first_instance, confidences FROM stored_picture WHERE +run_id = ? AND id BETWEEN ? AND ?"
        )
        let bounds = try Row.fetchOne(
            db, sql: "SELECT min(id) AS low, max(id) AS high FROM stored_picture WHERE run_id = ?", arguments: [run])
        guard let low = bounds?["low"] as Int64?, let high = bounds?["high"] as Int64? else { return }
        rows.bind(1, run)
        rows.bind(2, low)
        rows.bind(3, high)
        while try rows.step() {
            try rows.withBytes(3) { bytes in try body(rows.int64(0), rows.int64(1), rows.int64(2), bytes) }
        }
    }

    /// Counts detections that reach thresholds, and their points.
    public func storedCounts(ofRun run: Int64, where condition: (StoredDetection) -> Bool) throws -> StoredCounts {
        var counts = StoredCounts()
        try forEachStored(run) { _, _, _, bytes in
            counts.pictures += 1
            for start in stride(from: 0, to: bytes.count, by: StoredBytes.perDetection) {
                let detection = StoredBytes.detection(
                    UnsafeRawBufferPointer(rebasing: bytes[start..<start + StoredBytes.perDetection]))
                guard condition(detection) else { continue }
                counts.detections += 1
                counts.points += detection.pointCount
            }
        }
        return counts
    }

    /// The points of a stored picture's objects, in their order.
    /// - Throws: `CatalogError.failed` where the bytes are damaged.
    public func storedPoints(ofPicture id: Int64, detections: Int) throws -> [[CandidatePoint]] {
        guard detections > 0 else { return [] }
        let row = try statement("SELECT data FROM stored_points WHERE picture_id = ?")
        row.bind(1, id)
        guard try row.step() else { return Array(repeating: [], count: detections) }
        defer { row.reset() }
        return try row.withBytes(0) { bytes in
            guard let points = pointCodec.decode(bytes, objects: detections) else {
                throw CatalogError.failed(path: catalogPath, reason: "the points of stored picture \(id) are damaged")
            }
            return points
        }
    }

    /// Datasets that have labels of a run.
    public func datasets(ofRun run: Int64) throws -> [DatasetRecord] {
        let ids = Set(
            try Int64.fetchAll(
                db, sql: "SELECT DISTINCT dataset_id FROM facet_count WHERE run_id = ? AND n > 0", arguments: [run]))
        return try datasets().filter { ids.contains($0.id) }
    }

    /// What is known of how far a run's confidences are to be trusted, as JSON.
    public func calibration(ofRun run: Int64) throws -> String? {
        try String.fetchOne(db, sql: "SELECT data FROM calibration WHERE run_id = ?", arguments: [run])
    }
}

/// How much a run has stored.
public struct StoredCounts: Sendable, Codable, Equatable {
    public var pictures = 0
    public var detections = 0
    public var points = 0

    public init() {}
}

extension RunRecorder {
    /// Keeps a calibration with a run, in place of an earlier one.
    public func setCalibration(_ json: String, ofRun run: Int64) throws {
        try db.execute(sql: "INSERT OR REPLACE INTO calibration VALUES (?, ?)", arguments: [run, json])
    }
}

extension CatalogWriter {
    /// Removes what a run has stored; its labels stay, and those that were chosen from it.
    public func dropStore(ofRun run: Int64) throws { try removeStore(ofRun: run) }

    /// Says of labels what a reviewer thinks of them.
    /// - Returns: how many have changed.
    public func setReview(_ state: ReviewState, of instances: some Sequence<Int64>) throws -> Int {
        let update = try statement("UPDATE instance SET review = ?1 WHERE id = ?2 AND review <> ?1")
        var changed = 0
        update.bind(1, state.rawValue)
        for id in instances {
            update.bind(2, id)
            try update.execute()
            changed += db.changesCount
        }
        return changed
    }
}

extension RunRecorder {
    /// Removes what a run has stored for good: the history, which would keep twice the bytes, does not know of it.
    public func dropStore(ofRun run: Int64) throws { try removeStore(ofRun: run) }
}

extension CatalogReader {
    fileprivate func removeStore(ofRun run: Int64) throws {
        try db.execute(
            sql: "DELETE FROM stored_points WHERE picture_id IN (SELECT id FROM stored_picture WHERE run_id = ?)",
            arguments: [run])
        try db.execute(sql: "DELETE FROM stored_picture WHERE run_id = ?", arguments: [run])
    }
}
