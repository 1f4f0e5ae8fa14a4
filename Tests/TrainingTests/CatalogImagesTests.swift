import Catalog
import Foundation
import Hashing
import Imaging
import Testing

@testable import Training

@Suite struct CatalogImagesTests {
    /// Four pictures of a dataset, the last two without a file or out of the folder, two of them in a split.
    private final class Traps {
        let folder: String
        let catalog: CatalogFile

        init() throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent("traps-\(UUID())").path
            try FileManager.default.createDirectory(atPath: folder + "/pictures", withIntermediateDirectories: true)
            catalog = try CatalogFile.create(at: folder + "/c.sqlite")
            for (name, level) in [("a.png", 10), ("b.png", 20)] {
                try Image(width: 8, height: 6, channels: 3, bytes: [UInt8](repeating: UInt8(level), count: 144))
                    .write(toFileAt: folder + "/pictures/" + name)
            }
            try catalog.write(command: "fill") { writer in
                let dataset = try writer.addDataset(named: "traps", format: "images")
                let run = try writer.addRun(named: "labels", kind: .import)
                let chimp = try writer.add(CategoryRecord(datasetID: dataset, sourceID: 1, name: "chimp"))
                let root = try writer.root(folder: folder + "/pictures")
                let media = try MediumInserter(writer)
                let labels = try InstanceInserter(writer)
                for (index, path) in ["a.png", "b.png", "gone.png", "../c.sqlite"].enumerated() {
                    var medium = MediumRecord(rootID: root, path: path, width: 8, height: 6)
                    if index == 0 { medium.sha256 = [UInt8](repeating: 7, count: 32) }
                    let id = try media.add(medium).id
                    try media.link(id, to: dataset, sourceID: nil)
                    if index == 1 {
                        try labels.add(
                            InstanceRecord(datasetID: dataset, runID: run, mediumID: id, categoryID: chimp),
                            InstanceParts())
                    }
                }
                try writer.addSplit(named: "main", recipe: "{}", members: [(1, "train"), (2, "train"), (3, "test")])
                try writer.addView(named: "chimps", ViewDefinition(filter: "category = chimp"))
            }
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }
    }

    @Test func `pictures are chosen by split, view and filter, and files that are missing are told`() throws {
        let traps = try Traps()
        func names(_ query: CatalogImageQuery) throws -> [String] {
            try CatalogImages(query, in: traps.catalog).images.map { ($0.path as NSString).lastPathComponent }
        }
        #expect(try names(CatalogImageQuery(dataset: "traps")) == ["a.png", "b.png"])
        #expect(try names(CatalogImageQuery(dataset: "traps", split: "main/train", view: "chimps")) == ["b.png"])
        #expect(try names(CatalogImageQuery(dataset: "traps", split: "train", filter: "path ~ a")) == ["a.png"])
        #expect(throws: CatalogError.self) { try names(CatalogImageQuery(dataset: "traps", split: "training")) }
        #expect(throws: CatalogError.self) { try names(CatalogImageQuery(dataset: "trap")) }

        let images = try CatalogImages(CatalogImageQuery(dataset: "traps"), in: traps.catalog)
        #expect(images.missing.map(\.path) == ["gone.png", "../c.sqlite"])
        let error = #expect(throws: MissingImagesError.self) { try images.requireAll() }
        #expect("\(error!)".contains("2 of 4 pictures have no file (the first: gone.png, "))
        try CatalogImages(CatalogImageQuery(dataset: "traps", split: "train"), in: traps.catalog).requireAll()
    }

    @Test func `inputs take the digests that the catalog has and compute the others`() throws {
        let traps = try Traps()
        let images = try CatalogImages(CatalogImageQuery(dataset: "traps", split: "train"), in: traps.catalog)
        let inputs = try images.inputs()
        #expect(inputs.map(\.role) == ["picture", "picture"])
        #expect(inputs[0].sha256.bytes == [UInt8](repeating: 7, count: 32))
        let file = try Data(contentsOf: URL(fileURLWithPath: traps.folder + "/pictures/b.png"))
        #expect(inputs[1].sha256 == .of(file) && inputs[1].bytes == file.count)
    }

    @Test func `a loader reads the pictures of a catalog`() throws {
        let traps = try Traps()
        let images = try CatalogImages(CatalogImageQuery(dataset: "traps", split: "train"), in: traps.catalog)
        let augmentation = Augmentation([.resize(width: 4, height: 3, .bilinearPillow)])
        let loader = DataLoader(
            count: images.images.count, batchSize: 2, seed: 1, shuffles: false, name: { images.images[$0].path },
            load: { index, generator in try images.picture(index, augmentation, using: &generator).image })
        let batch = try #require(try loader.batches(ofEpoch: 0).next())
        let values = PixelBatch(batch.samples, normalization: .unit).values
        #expect(values.count == 2 * 3 * 3 * 4)
        #expect(Set(values[..<36]) == [10.0 / 255] && Set(values[36...]) == [20.0 / 255])
        try FileManager.default.removeItem(atPath: images.images[1].path)
        let error = #expect(throws: DataLoaderError.self) { try loader.batches(ofEpoch: 0).next() }
        #expect("\(error!)" == "\(images.images[1].path): cannot be read (No such file or directory)")
    }
}
