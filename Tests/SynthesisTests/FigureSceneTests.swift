import Annotations
import Foundation
import Synthesis
import Testing

@Suite struct FigureSceneTests {
    @Test func `the same seed draws the same scene and another seed another`() {
        let scene = FigureScene(seed: 7, width: 120, height: 90)
        #expect((scene.pixels == FigureScene(seed: 7, width: 120, height: 90).pixels) as Bool)
        #expect(scene.figures == FigureScene(seed: 7, width: 120, height: 90).figures)
        #expect((scene.pixels != FigureScene(seed: 8, width: 120, height: 90).pixels) as Bool)
        #expect(scene.pixels.count == 3 * 120 * 90)
    }

    @Test(arguments: 0..<4)
    func `labels agree with each other`(seed: UInt64) throws {
        let scene = FigureScene(seed: seed, width: 160, height: 120, people: 2)
        #expect(!scene.figures.isEmpty)
        for figure in scene.figures {
            #expect(figure.box == figure.mask.box)
            let drawn = try RunLengthMask(polygons: figure.polygons, height: scene.height, width: scene.width)
            #expect(try drawn.overlap(with: figure.mask) > 0.85)
            #expect(figure.keypoints.count == 17)
            #expect(figure.parts.count == 14)
            #expect(figure.points.count == 100)
            let pixels = figure.mask.rowMajorPixels()
            let parts = figure.parts.map { $0?.columnMajorPixels() }
            for point in figure.points {
                let x = Int(figure.box.x + point.x * figure.box.width / 256)
                let y = Int(figure.box.y + point.y * figure.box.height / 256)
                #expect(pixels[y * scene.width + x] == 1)
                #expect((1...24).contains(point.chart))
                #expect((0...1).contains(point.u) && (0...1).contains(point.v))
                // The chart lies on a part that the coarse masks have at that place.
                let part = Self.partOfChart[point.chart - 1]
                let coarse = try #require(parts[part - 1])
                #expect(coarse[Int(point.x) * 256 + Int(point.y)] == 1)
            }
            let union = try RunLengthMask.merge(figure.parts.compactMap { $0 })
            #expect(union.area == figure.parts.reduce(0) { $0 + ($1?.area ?? 0) })
            for keypoint in figure.keypoints where keypoint.visibility == 2 {
                #expect(keypoint.x >= figure.box.x - 1 && keypoint.x <= figure.box.x + figure.box.width + 1)
            }
        }
    }

    @Test func `both sides of the body are seen over some seeds`() {
        var charts: Set<Int> = []
        for seed in 0..<20 {
            for figure in FigureScene(seed: UInt64(seed), width: 64, height: 48, people: 2).figures {
                charts.formUnion(figure.points.map(\.chart))
            }
        }
        #expect(charts == Set(1...24))
    }

    @Test func `a crowd is one label without points`() throws {
        let scene = FigureScene(seed: 3, width: 160, height: 120, people: 1, crowd: true)
        let crowd = try #require(scene.figures.first)
        #expect(crowd.isCrowd && crowd.points.isEmpty && crowd.polygons.isEmpty)
        #expect(crowd.mask.area > 50)
        #expect(scene.figures.count == 2)
    }

    /// Coarse part of each fine chart.
    private static let partOfChart = [
        1, 1, 2, 3, 4, 5, 6, 7, 6, 7, 8, 9, 8, 9, 10, 11, 10, 11, 12, 13, 12, 13, 14, 14,
    ]
}

@Suite struct FigureDatasetWriterTests {
    @Test func `a data set reads back as COCO with dense labels`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("figures-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var writer = FigureDatasetWriter(seed: 5)
        (writer.width, writer.height) = (120, 90)
        let path = try writer.write(4, to: folder)
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let text = String(decoding: data, as: UTF8.self)
        #expect(
            text.hasPrefix("{\"info\": {\"description\": \"Drawn figures with dense labels\", \"version\": \"1.0\""))
        let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let images = try #require(file["images"] as? [[String: Any]])
        let annotations = try #require(file["annotations"] as? [[String: Any]])
        #expect(images.map { $0["file_name"] as? String } == (1...4).map { "00000000000\($0).png" })
        #expect(annotations.count { $0["iscrowd"] as? Int == 1 } == 1)
        for annotation in annotations where annotation["iscrowd"] as? Int == 0 {
            #expect((annotation["dp_x"] as? [Double])?.count == 100)
            #expect((annotation["dp_masks"] as? [Any])?.count == 14)
            #expect((annotation["keypoints"] as? [Int])?.count == 51)
        }
        let again = folder + "/again"
        let second = try Data(contentsOf: URL(fileURLWithPath: try writer.write(4, to: again)))
        #expect((second == data) as Bool)
        let picture = try Data(contentsOf: URL(fileURLWithPath: folder + "/images/000000000001.png"))
        #expect(picture.prefix(8).elementsEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
    }
}
