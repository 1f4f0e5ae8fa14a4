import Annotations
import Catalog
import Foundation
import Imaging
import Testing

@testable import Synthesis

@Suite struct SceneDatasetWriterTests {
    /// Draws a small dataset and exports it.
    private func made(
        _ folder: String, _ name: String, pictures: Int = 6, workers: Int,
        change: (inout SceneDatasetWriter.Options) -> Void = { _ in }
    ) throws -> (report: SceneDatasetWriter.Report, labels: Data) {
        let path = "\(folder)/\(name).sqlite"
        let catalog =
            FileManager.default.fileExists(atPath: path)
            ? try CatalogFile.open(at: path) : try CatalogFile.create(at: path)
        var options = SceneDatasetWriter.Options(dataset: "d", recipe: SceneFixture.recipe)
        (options.pictures, options.workers) = (pictures, workers)
        options.folder = "\(folder)/\(name)"
        change(&options)
        let report = try SceneDatasetWriter.run(into: catalog, options: options, command: "test")
        _ = try COCOExport.run("\(folder)/\(name).json", from: catalog, options: .init(dataset: "d"))
        return (report, try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).json")))
    }

    @Test func `one worker and three draw the same bytes and labels, and a broken run goes on to the same`() throws {
        let folder = try SceneFixture.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let one = try made(folder, "one", workers: 1)
        let three = try made(folder, "three", workers: 3)
        #expect(one.report.added == 6 && one.report.instances >= 6)
        #expect(one.labels == three.labels)
        for number in 1...6 {
            let name = "images/00000\(number).jpg"
            let files = try ["one", "three"].map {
                try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)/\(name)"))
            }
            #expect(files[0] == files[1])
        }
        // Four pictures first, as if the rest had been cut off.
        #expect(try made(folder, "parts", pictures: 4, workers: 2).report.added == 4)
        let rest = try made(folder, "parts", workers: 2)
        #expect(rest.report.known == 4 && rest.report.added == 2)
        #expect(rest.labels == one.labels)
        #expect(throws: SceneError.otherRecipe(dataset: "d")) {
            _ = try made(folder, "parts", workers: 2) { $0.seed = 2 }
        }
    }

    @Test func `labels count as the truth, say how they were made, and read back as they are`() throws {
        let folder = try SceneFixture.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let made = try made(folder, "c", workers: 2) {
            $0.output.hasVertices = true
            $0.recipe.keypoints = .body25
        }
        let catalog = try CatalogFile.open(at: folder + "/c.sqlite")
        try catalog.read { reader in
            let run = try reader.run(named: made.report.run)
            #expect(run.kind.makesTruth)
            let text = try #require(run.configuration)
            let configuration = try JSONDecoder().decode(
                SceneDatasetWriter.Configuration.self, from: Data(text.utf8))
            #expect(configuration.seed == 1 && configuration.recipe.keypoints == .body25)
            let dataset = try reader.dataset(named: "d")
            #expect(try reader.categories(of: dataset.id).map(\.name) == SceneFixture.species)
            var labels = 0
            try reader.forEachInstance(InstanceQuery(datasetID: dataset.id, runIDs: [run.id])) { record, parts in
                labels += 1
                #expect(record.box != nil && parts.mask?.encoding == .runs && parts.partMasks != nil)
                #expect(parts.points?.columns == "x y I U V vertex" && parts.points?.mesh != nil)
                #expect(record.points == parts.points?.values("x")?.count)
                let keypoints = try #require(parts.keypoints.flatMap { NumberListBlob($0, stride: 1) }).lists[0]
                #expect(keypoints.count == 75)
                let map = try Image(decoding: try #require(parts.denseMap))
                #expect(Double(map.width) == record.box?.width && Double(map.height) == record.box?.height)
                let masks = try PartMasks(json: try #require(parts.partMasks))
                #expect(!masks.isForegroundOnly && !masks.masks.isEmpty)
            }
            #expect(labels == made.report.instances)
        }
        let copy = try CatalogFile.create(at: folder + "/copy.sqlite")
        _ = try COCOImport.run(
            folder + "/c.json", into: copy,
            options: .init(dataset: "copy", images: folder + "/c"), command: "test")
        _ = try COCOExport.run(folder + "/again.json", from: copy, options: .init(dataset: "copy"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/again.json")) == made.labels)
    }

    @Test func `maps agree with the labels`() throws {
        let folder = try SceneFixture.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try made(folder, "m", pictures: 3, workers: 1) {
            $0.output.hasMaps = true
            $0.output.isPNG = true
        }
        for index in 0..<3 {
            let drawn = try SceneFixture.draw(index)
            let name = "\(folder)/m/maps/00000\(index + 1)"
            #expect(try Image(fileAt: "\(folder)/m/images/00000\(index + 1).png") == drawn.picture)
            let instances = try Image(fileAt: name + ".instances.png")
            let parts = try Image(fileAt: name + ".parts.png")
            let depth = try Image(fileAt: name + ".depth.png")
            #expect(depth.bitDepth == 16)
            for label in drawn.labels {
                let seen = label.mask.rowMajorPixels()
                let full = try Image(fileAt: "\(name).full-\(label.animal + 1).png")
                let whole = label.fullMask.rowMajorPixels()
                for i in seen.indices {
                    let (x, y) = (i % 160, i / 160)
                    #expect((instances[x, y] == label.animal + 1) == (seen[i] == 1))
                    #expect((full[x, y] == 255) == (whole[i] == 1))
                    if seen[i] == 1 {
                        #expect((1...14).contains(parts[x, y]))
                        #expect(abs(Double(depth[x, y]) / 1000 - Double(drawn.renderer.target.depth[i])) <= 0.001)
                    }
                }
            }
        }
    }

    @Test func `photographs stand behind the animals, and a folder without any is refused`() throws {
        let folder = try SceneFixture.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/photos", withIntermediateDirectories: true)
        #expect(throws: SceneError.self) {
            _ = try made(folder, "p", workers: 1) { $0.backgrounds = folder + "/photos" }
        }
        try Image(width: 400, height: 200, color: Color(hex: 0xff0000)).write(toFileAt: folder + "/photos/red.png")
        _ = try made(folder, "q", pictures: 2, workers: 1) {
            $0.backgrounds = folder + "/photos"
            $0.recipe.night = 0
            $0.recipe.noise = 0...0
            $0.recipe.occluders = 0
        }
        let picture = try Image(fileAt: folder + "/q/images/000001.jpg")
        // The picture's upper corners show the photograph.
        #expect(picture[2, 2, 0] > 120 && picture[2, 2, 1] < 60)
    }
}
