import Catalog
import Foundation

/// Which pictures of a dataset a command works on.
public struct MediaSelection: Sendable {
    public var dataset: String
    /// On pictures by what they and their labels are; labels that do not fulfil it do not count.
    public var filter: String?
    /// A split's part: `train`, or `name/train` where there are several splits.
    public var split: String?
    /// Name of the run whose labels count; all but predictions where nil.
    public var run: String?
    /// At most so many pictures, the first.
    public var limit: Int?

    public init(
        dataset: String, filter: String? = nil, split: String? = nil, run: String? = nil, limit: Int? = nil
    ) {
        (self.dataset, self.filter, self.split, self.run, self.limit) = (dataset, filter, split, run, limit)
    }

    /// The labels that count.
    /// - Throws: `CatalogError` for an unknown dataset or run, or a filter that cannot be read.
    public func labels(_ reader: CatalogReader) throws -> InstanceQuery {
        let runs =
            try run.map { [try reader.run(named: $0).id] }
            ?? reader.runs().filter { $0.kind.makesTruth }.map(\.id)
        return InstanceQuery(
            datasetID: try reader.dataset(named: dataset).id, runIDs: runs, filter: try filter.map { try Filter($0) })
    }

    /// The pictures, in order of id. With a run: those on which it has labels that count.
    /// - Throws: as `labels`, and `CatalogError.unknown` for a part that no split has.
    public func media(_ reader: CatalogReader) throws -> [MediumRecord] {
        let query = try labels(reader)
        let part = try split.map { try members(of: $0, reader) }
        var labelled: Set<Int64>?
        if run != nil {
            var found: Set<Int64> = []
            try reader.forEachInstance(query, parts: false) { instance, _ in found.insert(instance.mediumID) }
            labelled = found
        }
        var media: [MediumRecord] = []
        let chosen = try query.filter.flatMap { filter in
            try query.datasetID.map { try reader.chosenMedia(of: $0, filter: filter) }
        }
        try reader.forEachMedium(dataset: query.datasetID) { medium in
            guard media.count < limit ?? .max, chosen?.contains(medium.id) ?? true, part?.contains(medium.id) ?? true,
                labelled?.contains(medium.id) ?? true
            else { return }
            media.append(medium)
        }
        return media
    }

    private func members(of part: String, _ reader: CatalogReader) throws -> Set<Int64> {
        let splits = try reader.splits()
        var members: Set<Int64> = []
        var isKnown = false
        for split in splits {
            for name in split.parts.keys where part == name || part == "\(split.name)/\(name)" {
                isKnown = true
                for (medium, its) in try reader.parts(ofSplit: split.name) where its == name { members.insert(medium) }
            }
        }
        guard isKnown else {
            let known = splits.flatMap { split in split.parts.keys.sorted().map { "\(split.name)/\($0)" } }
            throw CatalogError.unknown(kind: "split part", name: part, known: known)
        }
        return members
    }
}
