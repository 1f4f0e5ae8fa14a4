internal import GRDB

/// A camera at a place for a while.
public struct DeploymentRecord: Sendable, Equatable {
    public var id: Int64 = 0
    public var datasetID: Int64
    /// Unique in the dataset.
    public var name: String
    public var siteID: Int64?
    /// ISO 8601, as the file says.
    public var startedAt: String?
    public var endedAt: String?
    /// JSON of what the file says beside.
    public var extra: String?

    public init(datasetID: Int64, name: String) { (self.datasetID, self.name) = (datasetID, name) }
}

/// A place where cameras stand.
public struct SiteRecord: Sendable, Equatable {
    public let id: Int64
    public let name: String
    /// Degrees, WGS 84.
    public let latitude: Double?
    public let longitude: Double?

    init(_ row: Row) {
        (id, name, latitude, longitude) = (row["id"], row["name"], row["latitude"], row["longitude"])
    }
}

extension CatalogReader {
    public func sites() throws -> [SiteRecord] {
        try Row.fetchAll(db, sql: "SELECT * FROM site ORDER BY id").map(SiteRecord.init)
    }

    public func site(_ id: Int64) throws -> SiteRecord? {
        try Row.fetchOne(db, sql: "SELECT * FROM site WHERE id = ?", arguments: [id]).map(SiteRecord.init)
    }

    /// In the order of the file.
    public func deployments(of datasetID: Int64) throws -> [DeploymentRecord] {
        try Row.fetchAll(db, sql: "SELECT * FROM deployment WHERE dataset_id = ? ORDER BY id", arguments: [datasetID])
            .map { row in
                var deployment = DeploymentRecord(datasetID: row["dataset_id"], name: row["name"])
                (deployment.id, deployment.siteID) = (row["id"], row["site_id"])
                (deployment.startedAt, deployment.endedAt) = (row["started_at"], row["ended_at"])
                deployment.extra = row["extra"]
                return deployment
            }
    }

    /// What a run was told when it was made (JSON).
    public func configuration(ofRun id: Int64) throws -> String? {
        try String.fetchOne(db, sql: "SELECT configuration FROM run WHERE id = ?", arguments: [id])
    }
}

extension CatalogWriter {
    public func add(_ deployment: DeploymentRecord) throws -> Int64 {
        let id = try nextID(in: "deployment")
        try db.execute(
            sql: "INSERT INTO deployment VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                id, deployment.datasetID, deployment.name, deployment.siteID, deployment.startedAt,
                deployment.endedAt, deployment.extra,
            ])
        return id
    }
}
