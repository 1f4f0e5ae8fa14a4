internal import GRDB

/// What was seen over an event or in a clip, and not in one picture: labels of single pictures are instances.
public struct ObservationRecord: Sendable, Equatable {
    public var id: Int64 = 0
    public var datasetID: Int64
    public var runID: Int64
    public var deploymentID: Int64?
    public var videoID: Int64?
    public var categoryID: Int64
    /// The number that the dataset's file gives it.
    public var sourceID: Int64?
    /// JSON of what the file says beside.
    public var extra: String?

    public init(datasetID: Int64, runID: Int64, categoryID: Int64) {
        (self.datasetID, self.runID, self.categoryID) = (datasetID, runID, categoryID)
    }
}

extension CatalogReader {
    /// In the order of the file.
    public func observations(of datasetID: Int64, runs: [Int64]) throws -> [ObservationRecord] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM observation WHERE dataset_id = ? AND run_id IN (\(runs.map(String.init).joined(separator: ", ")))
                ORDER BY id
                """, arguments: [datasetID]
        ).map { row in
            var record = ObservationRecord(
                datasetID: row["dataset_id"], runID: row["run_id"], categoryID: row["category_id"])
            (record.id, record.deploymentID, record.videoID) = (row["id"], row["deployment_id"], row["video_id"])
            (record.sourceID, record.extra) = (row["source_id"], row["extra"])
            return record
        }
    }
}

extension CatalogWriter {
    public func add(_ record: ObservationRecord) throws {
        try db.execute(
            sql: "INSERT INTO observation VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                try nextID(in: "observation"), record.datasetID, record.runID, record.deploymentID, record.videoID,
                record.categoryID, record.sourceID, record.extra,
            ])
    }
}
