import Annotations
public import Catalog
public import Hashing
import Imaging
public import Training

/// A picture on its way into a batch.
public struct DensePoseSample: Sendable {
    public let image: Image
    public let truth: PictureTruth
}

/// The pictures and labels that a DensePose R-CNN is trained on, out of several parts of a catalog.
public struct DensePoseSamples: Sendable {
    public let sources: [DensePoseSource]
    /// The pictures of each source.
    public let images: [CatalogImages]
    /// Names of the network's classes.
    public let categories: [String]
    private let catalog: CatalogFile
    /// For each source, the network's class of each category, and which labels count.
    private let selections: [Selection]
    private let mixture: SourceMixture
    private let reader: LabelReader

    private struct Selection: Sendable {
        let classes: [Int64: Int]
        let query: InstanceQuery
    }

    /// - Parameters:
    ///   - configuration: of the network; a single class takes every label as the same thing.
    ///   - target: what annotated points are learnt as; vertices where the network embeds them.
    /// - Throws: `CatalogError` for names that the catalog does not have, `MissingImagesError`.
    public init(
        _ sources: [DensePoseSource], for configuration: DensePoseConfiguration, _ target: PointTarget,
        in catalog: CatalogFile
    ) throws {
        let categories = configuration.categories
        (self.sources, self.categories, self.catalog) = (sources, categories, catalog)
        images = try sources.map { source in
            let images = try CatalogImages(source.query, in: catalog)
            try images.requireAll()
            guard !images.images.isEmpty else { throw DensePoseDataError.empty(source.query.dataset) }
            return images
        }
        selections = try sources.map { source in
            try catalog.read { try Self.selection(source, categories: categories, $0) }
        }
        mixture = SourceMixture(pictures: images.map(\.images.count), ratios: sources.map(\.ratio))
        reader = LabelReader(
            target: target, isClassAgnostic: categories.count == 1,
            readsParts: configuration.dense.map { !$0.usesInstanceMasks } ?? false)
    }

    private static func selection(
        _ source: DensePoseSource, categories: [String], _ reader: CatalogReader
    ) throws -> Selection {
        let dataset = try reader.dataset(named: source.query.dataset)
        let known = try reader.categories(of: dataset.id)
        let view = try source.query.view.map { try reader.view(named: $0) }
        let names: [(id: Int64, name: String)]
        if let view, let classes = view.categories {
            names = try view.classes(of: known).map { ($0.key, classes[$0.value].name) }
        } else {
            names = known.map { ($0.id, $0.name) }
        }
        var classes: [Int64: Int] = [:]
        for (id, name) in names {
            // One class takes all that the view lets through.
            if categories.count == 1 { classes[id] = 0 } else { classes[id] = categories.firstIndex(of: name) }
        }
        guard !classes.isEmpty else {
            throw DensePoseDataError.noCategory(source.query.dataset, known: names.map(\.name), wanted: categories)
        }
        let conditions = [view?.filter, source.query.filter].compactMap { $0 }.map { "(\($0))" }
        let filter = try conditions.isEmpty ? nil : Filter(conditions.joined(separator: " and "))
        // What models have said is learnt only where a filter or view names their run.
        let runs =
            try filter?.choosesRuns ?? false ? nil : reader.runs().filter(\.kind.makesTruth).map(\.id)
        return Selection(classes: classes, query: InstanceQuery(datasetID: dataset.id, runIDs: runs, filter: filter))
    }

    /// Places in an epoch.
    public var count: Int { mixture.count }

    /// What a place's picture is called in errors.
    public func name(_ place: Int) -> String {
        let (source, picture) = mixture[place]
        return images[source].images[picture].path
    }

    /// Reads a picture and its labels and augments both.
    /// - Throws: `ImageError`, `CatalogError`, or what a broken mask says.
    public func sample(
        _ place: Int, _ augmentation: Augmentation, using generator: inout SeededGenerator
    ) throws -> DensePoseSample {
        let (source, index) = mixture[place]
        let picture = try images[source].picture(index, augmentation, reduces: true, using: &generator)
        var query = selections[source].query
        query.mediumID = images[source].images[index].mediumID
        let labels = try catalog.read { reader in
            var labels: [(record: InstanceRecord, parts: InstanceParts)] = []
            try reader.forEachInstance(query) { labels.append(($0, $1)) }
            return labels
        }
        return DensePoseSample(
            image: picture.image,
            truth: try reader.truth(
                labels, classes: selections[source].classes, source: sources[source], picture: picture))
    }

    /// The pictures by content, for the record of a run.
    public func inputs() throws -> [RunInput] {
        try zip(sources, images).flatMap { try $1.inputs(role: $0.role.rawValue) }
    }
}

/// Data that a network cannot learn from.
public enum DensePoseDataError: Error, Equatable, CustomStringConvertible {
    case empty(String)
    case noCategory(String, known: [String], wanted: [String])

    public var description: String {
        switch self {
        case .empty(let dataset): "no picture of dataset “\(dataset)” is chosen"
        case .noCategory(let dataset, let known, let wanted):
            "dataset “\(dataset)” has the categories \(known.joined(separator: ", ")), and the network knows "
                + "\(wanted.joined(separator: ", ")): make a view that maps them (annotate view)"
        }
    }
}
