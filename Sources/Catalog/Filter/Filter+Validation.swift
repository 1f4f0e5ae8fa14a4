internal import GRDB

extension CatalogReader {
    /// The SQL of a filter, after its names have been looked up: a mistyped name would quietly find nothing.
    /// - Throws: `CatalogError.unknown` for a name that the catalog does not have; `.ambiguous` for the part of a split
    ///   that several splits have.
    func sql(of filter: Filter, for target: Filter.Target) throws -> String {
        for (field, comparison, values) in filter.comparisons where comparison == "= ?" || comparison.hasPrefix("IN") {
            for value in values.compactMap({ String.fromDatabaseValue($0) }) { try check(field, value) }
        }
        return filter.sql(for: target)
    }

    private func check(_ field: FilterField, _ value: String) throws {
        switch field {
        case .category, .dataset, .run, .site:
            guard
                try Int64.fetchOne(
                    db, sql: "SELECT 1 FROM \(field.rawValue) WHERE name = ? LIMIT 1", arguments: [value])
                    == nil
            else { return }
            let known = try String.fetchAll(db, sql: "SELECT DISTINCT name FROM \(field.rawValue) ORDER BY id LIMIT 20")
            throw CatalogError.unknown(kind: field.rawValue, name: value, known: known)
        case .review:
            guard !ReviewState.allCases.contains(where: { $0.name == value }) else { return }
            throw CatalogError.unknown(
                kind: "review state", name: value, known: ReviewState.allCases.map(\.name))
        case .split: try checkPart(value)
        case .outcome:
            guard !Outcome.allCases.contains(where: { value == $0.rawValue || value.hasSuffix("/\($0.rawValue)") })
            else {
                return
            }
            throw CatalogError.unknown(kind: "outcome", name: value, known: Outcome.allCases.map(\.rawValue))
        default: return
        }
    }

    private func checkPart(_ value: String) throws {
        let parts = try Row.fetchAll(
            db,
            sql: """
                SELECT DISTINCT name, part FROM split JOIN split_member ON split_id = split.id ORDER BY split.id, part
                """
        ).map { row in (split: row["name"] as String, part: row["part"] as String) }
        let full = parts.map { "\($0.split)/\($0.part)" }
        let splits = parts.filter { $0.part == value }.map(\.split)
        if splits.count > 1, !full.contains(value) {
            throw CatalogError.ambiguous(
                name: value, choices: splits.map { "\($0)/\(value)" })
        }
        if splits.isEmpty, !full.contains(value) {
            throw CatalogError.unknown(kind: "part of a split", name: value, known: full)
        }
    }

    /// The media of a dataset that a filter leaves: those that fulfil it, and those of every label that does. So no label
    /// that is chosen is without its picture, also where a filter denies something of labels.
    public func chosenMedia(of datasetID: Int64, filter: Filter) throws -> Set<Int64> {
        var media = Set(
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT id FROM medium WHERE id IN (SELECT medium_id FROM dataset_medium WHERE dataset_id = ?)
                        AND \(try sql(of: filter, for: .media))
                    """, arguments: StatementArguments([datasetID.databaseValue] + filter.arguments)))
        try forEachInstance(InstanceQuery(datasetID: datasetID, filter: filter), parts: false) { instance, _ in
            media.insert(instance.mediumID)
        }
        return media
    }
}

extension Filter {
    /// Whether it says which runs' labels are meant; without, those of models are not.
    public var choosesRuns: Bool { comparisons.contains { $0.field == .run } }

    /// Every comparison in the filter.
    var comparisons: [(field: FilterField, comparison: String, values: [DatabaseValue])] {
        func walk(_ node: Node) -> [(FilterField, String, [DatabaseValue])] {
            switch node {
            case .and(let terms), .or(let terms): terms.flatMap(walk)
            case .not(let inner): walk(inner)
            case .compare(let field, let comparison, let values): [(field, comparison, values)]
            case .has: []
            }
        }
        return walk(root)
    }
}
