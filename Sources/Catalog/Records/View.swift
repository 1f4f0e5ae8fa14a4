import Foundation
internal import GRDB

/// A way to look at labels without changing them: which count, and what their categories are called.
///
/// The auto-calibrated DensePose work trains on COCO's animals as one class; `categories` says so once, and exports and
/// trainings apply it.
public struct ViewDefinition: Codable, Sendable, Equatable {
    /// One category of the view and the categories that it gathers.
    public struct Class: Codable, Sendable, Equatable {
        public var name: String
        /// Names, numbers or ranges of numbers (`16-25`) of the dataset's categories.
        public var from: [String]

        public init(name: String, from: [String]) { (self.name, self.from) = (name, from) }
    }

    /// Categories that count, in the order of their new numbers; nil keeps all as they are.
    public var categories: [Class]?
    /// A filter on instances.
    public var filter: String?

    public init(categories: [Class]? = nil, filter: String? = nil) {
        (self.categories, self.filter) = (categories, filter)
    }

    /// For each category row of a dataset, the 0-based class of the view; categories that do not count are absent.
    /// - Throws: `CatalogError.unknown` when a class gathers nothing that the dataset has.
    public func classes(of known: [CategoryRecord]) throws -> [Int64: Int] {
        var result: [Int64: Int] = [:]
        guard let categories else { return result }
        for (index, target) in categories.enumerated() {
            for item in target.from {
                let matches = known.filter { Self.matches(item, $0) }
                guard !matches.isEmpty else {
                    throw CatalogError.unknown(kind: "category", name: item, known: known.map(\.name))
                }
                for match in matches { result[match.id] = index }
            }
        }
        return result
    }

    private static func matches(_ item: String, _ category: CategoryRecord) -> Bool {
        if item == category.name { return true }
        let bounds = item.split(separator: "-", maxSplits: 1).map { Int64($0) }
        switch bounds.count {
        case 1: return bounds[0] == category.sourceID
        case 2: return bounds[0].flatMap { low in bounds[1].map { low...max(low, $0) ~= category.sourceID } } ?? false
        default: return false
        }
    }
}

extension CatalogReader {
    public func views() throws -> [(name: String, definition: ViewDefinition)] {
        try Row.fetchAll(db, sql: "SELECT name, definition FROM view_definition ORDER BY id").map { row in
            (row["name"], try JSONDecoder().decode(ViewDefinition.self, from: Data((row["definition"] as String).utf8)))
        }
    }

    /// - Throws: `CatalogError.unknown`, with the names that exist.
    public func view(named name: String) throws -> ViewDefinition {
        _ = try id(named: name, in: "view_definition", kind: "view")
        return try views().first { $0.name == name }!.definition
    }
}

extension CatalogWriter {
    /// - Throws: `CatalogError.duplicate` when the name is taken, `.filter` when the filter cannot be read.
    public func addView(named name: String, _ definition: ViewDefinition) throws {
        if let filter = definition.filter { _ = try Filter(filter) }
        guard try !views().contains(where: { $0.name == name }) else {
            throw CatalogError.duplicate(kind: "view", name: name)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try db.execute(
            sql: "INSERT INTO view_definition VALUES (?, ?, ?)",
            arguments: [
                try nextID(in: "view_definition"), name,
                String(decoding: try encoder.encode(definition), as: UTF8.self),
            ])
    }

    /// - Throws: `CatalogError.unknown`.
    public func removeView(named name: String) throws {
        let id = try id(named: name, in: "view_definition", kind: "view")
        try db.execute(sql: "DELETE FROM view_definition WHERE id = ?", arguments: [id])
    }
}
