internal import GRDB

/// A class of things, as one dataset names and numbers it.
public struct CategoryRecord: Sendable, Codable, Equatable {
    public var id: Int64 = 0
    public var datasetID: Int64
    /// The id that the dataset's file gives it.
    public var sourceID: Int64
    public var name: String
    public var supercategory: String?
    /// False for a category that labels use and no list declares.
    public var isDeclared = true
    public var templateID: Int64?
    public var extra: String?

    public init(
        datasetID: Int64, sourceID: Int64, name: String, supercategory: String? = nil, isDeclared: Bool = true,
        templateID: Int64? = nil, extra: String? = nil
    ) {
        (self.datasetID, self.sourceID, self.name, self.supercategory) = (datasetID, sourceID, name, supercategory)
        (self.isDeclared, self.templateID, self.extra) = (isDeclared, templateID, extra)
    }
}

extension CatalogReader {
    /// In the order of the file.
    public func categories(of datasetID: Int64) throws -> [CategoryRecord] {
        try Row.fetchAll(db, sql: "SELECT * FROM category WHERE dataset_id = ? ORDER BY id", arguments: [datasetID])
            .map { row in
                var category = CategoryRecord(
                    datasetID: row["dataset_id"], sourceID: row["source_id"], name: row["name"],
                    supercategory: row["supercategory"], isDeclared: row["declared"], templateID: row["template_id"],
                    extra: row["extra"])
                category.id = row["id"]
                return category
            }
    }
}

extension CatalogWriter {
    @discardableResult
    public func add(_ category: CategoryRecord) throws -> Int64 {
        let id = try nextID(in: "category")
        try db.execute(
            sql: "INSERT INTO category VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                id, category.datasetID, category.sourceID, category.name, category.supercategory, category.isDeclared,
                category.templateID, category.extra,
            ])
        return id
    }

    /// The category of this name, made with the next free number if it is new.
    public func category(named name: String, in datasetID: Int64) throws -> Int64 {
        guard !name.isEmpty else { throw CatalogError.unnamed(kind: "category") }
        if let id = try Int64.fetchOne(
            db, sql: "SELECT id FROM category WHERE dataset_id = ? AND name = ?", arguments: [datasetID, name])
        {
            return id
        }
        let last = try Int64.fetchOne(
            db, sql: "SELECT max(source_id) FROM category WHERE dataset_id = ? AND source_id < 9007199254740991",
            arguments: [datasetID])
        return try add(CategoryRecord(datasetID: datasetID, sourceID: (last ?? 0) + 1, name: name))
    }
}
