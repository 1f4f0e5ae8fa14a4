import Catalog
import Foundation

/// A catalog in a folder of its own, removed with it.
final class TemporaryCatalog {
    let folder: String
    let catalog: CatalogFile

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("catalog-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        catalog = try CatalogFile.create(at: folder + "/c.sqlite")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Three pictures at two sites, with a dog, a crowded cat, and a scored prediction of a dog.
    @discardableResult
    func fill(dataset name: String = "pets", into catalog: CatalogFile? = nil) throws -> [Int64] {
        try (catalog ?? self.catalog).write(command: "fill") { writer in
            let dataset = try writer.addDataset(named: name, format: "coco")
            let labels = try writer.addRun(named: "labels of \(name)", kind: .import)
            let predictions = try writer.addRun(named: "baseline of \(name)", kind: .predictions)
            let dog = try writer.add(CategoryRecord(datasetID: dataset, sourceID: 18, name: "dog"))
            let cat = try writer.add(CategoryRecord(datasetID: dataset, sourceID: 17, name: "cat"))
            let root = try writer.root(named: "images of \(name)", path: nil)
            let media = try MediumInserter(writer)
            let pictures = try ["a.jpg", "b.jpg", "c.jpg"].enumerated().map { index, path in
                var medium = MediumRecord(rootID: root, path: path, width: 640, height: 480)
                medium.siteID = try writer.site(named: index < 2 ? "north" : "south")
                medium.capturedAt = "2020-05-3\(index)T10:00:00"
                let id = try media.add(medium).id
                try media.link(id, to: dataset, sourceID: Int64(index + 100))
                return id
            }
            let inserter = try InstanceInserter(writer)
            func add(_ run: Int64, _ medium: Int, _ category: Int64, _ change: (inout InstanceRecord) -> Void) throws
                -> Int64
            {
                var record = InstanceRecord(
                    datasetID: dataset, runID: run, mediumID: pictures[medium], categoryID: category)
                record.box = Box(x: 10, y: 20, width: 30, height: 40)
                change(&record)
                return try inserter.add(record, InstanceParts())
            }
            return [
                try add(labels, 0, dog) {
                    $0.area = 5000
                    $0.points = 3
                },
                try add(labels, 1, cat) {
                    $0.area = 100
                    $0.isCrowd = true
                },
                try add(predictions, 0, dog) { $0.score = 0.25 },
            ]
        }
    }
}
