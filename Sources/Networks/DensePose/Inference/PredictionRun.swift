import Annotations
public import Catalog
import Foundation

/// Writes what was found in a dataset's pictures into the catalog, as the labels of a run.
///
/// A picture's labels are written together and once: a run that was interrupted goes on with the pictures on which it has
/// no labels yet.
public struct PredictionRun {
    public let dataset: String
    public let run: String
    /// Whether candidates are stored, for labels to be chosen from.
    public let keepsCandidates: Bool
    private let datasetID: Int64
    private let runID: Int64
    private let categories: [Int64]

    /// - Parameters:
    ///   - categories: names of the network's classes; made in the dataset where they are new.
    ///   - keepsCandidates: whether candidates are stored; objects have them then.
    ///   - configuration: JSON of the network and its options.
    /// - Throws: `CatalogError` for a dataset that is not there, or a run of this name that is of another configuration.
    public init(
        named run: String, on dataset: String, categories names: [String], keepsCandidates: Bool = false,
        configuration: String, command: String, in catalog: CatalogFile
    ) throws {
        (self.dataset, self.run, self.keepsCandidates) = (dataset, run, keepsCandidates)
        let made = try catalog.write(command: command) { writer -> (Int64, Int64, [Int64]) in
            let dataset = try writer.dataset(named: dataset).id
            let id: Int64
            if let known = try writer.runs(kinds: [.predictions]).first(where: { $0.name == run }) {
                guard known.configuration == configuration else {
                    throw CatalogError.duplicate(kind: "run", name: run)
                }
                id = known.id
            } else {
                id = try writer.addRun(named: run, kind: .predictions, configuration: configuration)
            }
            writer.summarize("predictions “\(run)”")
            return (dataset, id, try names.map { try writer.category(named: $0, in: dataset) })
        }
        (datasetID, runID, categories) = made
    }

    /// Pictures on which the run has labels already or that it has stored, and the highest number of an object there, 0
    /// without.
    public func seen(in catalog: CatalogFile) throws -> [Int64: Int] {
        try catalog.read { reader in
            var media: [Int64: Int] = [:]
            try reader.forEachStoredPicture(ofRun: runID) { media[$0.mediumID] = 0 }
            try reader.forEachInstance(InstanceQuery(datasetID: datasetID, runIDs: [runID]), parts: false) {
                record, _ in
                media[record.mediumID] = max(media[record.mediumID] ?? 0, Int(record.track ?? 0))
            }
            return media
        }
    }

    /// Adds the objects of some pictures in one transaction.
    /// - Returns: how many labels.
    @discardableResult
    public func add(
        _ found: [(medium: Int64, objects: [FoundObject])], command: String, to catalog: CatalogFile,
        continuing operation: inout Int64?
    ) throws -> Int {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return try catalog.write(command: command, continuing: operation) { writer in
            operation = writer.operationID
            let inserter = try InstanceInserter(writer)
            let store = try StoreInserter(writer, run: runID)
            var labels = 0
            for (medium, objects) in found {
                var ids: [Int64] = []
                for object in objects {
                    var record = InstanceRecord(
                        datasetID: datasetID, runID: runID, mediumID: medium, categoryID: categories[object.category])
                    (record.box, record.score) = (object.box, object.score)
                    record.area = object.mask.map { Double($0.area) } ?? object.box.area
                    record.track = object.track.map(Int64.init)
                    // What is stored says the same in fewer bytes.
                    record.extra =
                        try keepsCandidates
                        ? nil : object.statements.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
                    var parts = InstanceParts()
                    parts.mask = object.mask.map(MaskRecord.init)
                    parts.denseMap = try object.chart?.image.pngBytes()
                    ids.append(try inserter.add(record, parts))
                    labels += 1
                }
                guard keepsCandidates else { continue }
                try store.add(
                    medium: medium, firstInstance: ids.first ?? 0,
                    objects.map { ($0.stored!.detection, $0.stored!.points) })
            }
            writer.summarize("predictions “\(run)”")
            return labels
        }
    }
}
