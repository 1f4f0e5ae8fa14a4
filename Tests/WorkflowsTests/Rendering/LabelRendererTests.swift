import Annotations
import Catalog
import Foundation
import Imaging
import Testing

@testable import Workflows

struct LabelRendererTests {
    private let grey = Color(hex: 0x808080)

    /// A colour blended over the grey ground as the canvas does.
    private func over(_ color: Color, _ opacity: Double) -> [UInt16] {
        let alpha = Int((opacity * 255).rounded())
        return [color.red, color.green, color.blue].map { UInt16((128 * (255 - alpha) + Int($0) * alpha + 127) / 255) }
    }

    private func pixel(_ image: Image, _ x: Int, _ y: Int) -> [UInt16] { (0..<3).map { image[x, y, $0] } }

    private func label(
        _ box: Box?, _ parts: InstanceParts = InstanceParts(), score: Double? = nil
    ) -> LabelledPicture.Label {
        var record = InstanceRecord(datasetID: 1, runID: 1, mediumID: 1, categoryID: 1)
        (record.id, record.box, record.score) = (5, box, score)
        return .init(record: record, parts: parts, category: "ape")
    }

    private func render(
        _ labels: [LabelledPicture.Label], layers: RenderLayers, width: Int = 300, height: Int = 200,
        orientation: Int = 1, coloring: RenderColoring = .instance, maximumSide: Int = 1024,
        file: MediaFile = .missing
    ) throws -> LabelRenderer.Result {
        var medium = MediumRecord(rootID: 1, path: "a.jpg", width: width, height: height)
        medium.orientation = orientation
        var style = RenderStyle()
        (style.layers, style.coloring, style.maximumSide) = (layers, coloring, maximumSide)
        return try LabelRenderer(style: style).render(LabelledPicture(medium: medium, labels: labels), file: file)
    }

    @Test func `a box is a line in the colour of its instance over a grey ground`() throws {
        let result = try render(
            [label(Box(x: 100, y: 60, width: 300, height: 200))], layers: .boxes, width: 900, height: 600)
        let image = try #require(result.image)
        #expect(result.isGround)
        #expect((image.width, image.height) == (900, 600))
        // The line is 2 pixels wide: it covers columns 99 and 100.
        #expect(pixel(image, 100, 150) == [0x00, 0x72, 0xB2])
        #expect(pixel(image, 99, 150) == [0x00, 0x72, 0xB2])
        #expect(pixel(image, 250, 150) == [128, 128, 128])
        #expect(pixel(image, 90, 150) == [128, 128, 128])
    }

    @Test func `polygons and run lengths tint the same pixels`() throws {
        var polygon = InstanceParts()
        polygon.mask = MaskRecord(polygons: [[50, 50, 150, 50, 150, 120, 50, 120]])
        var runs = InstanceParts()
        runs.mask = MaskRecord(
            try RunLengthMask(polygons: [[50, 50, 150, 50, 150, 120, 50, 120]], height: 200, width: 300))
        for parts in [polygon, runs] {
            let image = try #require(try render([label(nil, parts)], layers: .masks).image)
            #expect(pixel(image, 100, 80) == over(Palette.instance(0), 0.4))
            #expect(pixel(image, 40, 80) == [128, 128, 128])
        }
    }

    @Test func `an IUV map lies at the whole pixel of its box in the colours of the parts`() throws {
        var map = Image(width: 20, height: 10, channels: 3)
        for y in 0..<10 { for x in 0..<20 { map[x, y, 0] = x < 10 ? 2 : 0 } }
        var parts = InstanceParts()
        parts.denseMap = try map.pngBytes()
        let image = try #require(
            try render([label(Box(x: 40.9, y: 30.9, width: 20, height: 10), parts)], layers: .maps).image)
        #expect(pixel(image, 40, 30) == over(Palette.parts[1], 0.8))
        #expect(pixel(image, 49, 39) == over(Palette.parts[1], 0.8))
        #expect(pixel(image, 39, 30) == [128, 128, 128])
        #expect(pixel(image, 50, 35) == [128, 128, 128])
    }

    @Test func `part masks are stretched over the box, and the later part wins`() throws {
        let whole = try RunLengthMask(box: Box(x: 0, y: 0, width: 256, height: 256), height: 256, width: 256)
        let left = try RunLengthMask(box: Box(x: 0, y: 0, width: 128, height: 256), height: 256, width: 256)
        func json(_ mask: RunLengthMask) -> String {
            let text = String(decoding: mask.compressedBytes(), as: UTF8.self)
            return #"{"size": [256, 256], "counts": "\#(text.replacing(#"\"#, with: #"\\"#))"}"#
        }
        var parts = InstanceParts()
        parts.partMasks = Array("[\(json(whole)), [], [], [], \(json(left))]".utf8)
        let image = try #require(
            try render([label(Box(x: 100, y: 50, width: 100, height: 100), parts)], layers: .parts).image)
        // The torso has the colour of chart 1; the right foot, part 5, that of chart 6.
        #expect(pixel(image, 180, 100) == over(Palette.parts[0], 0.6))
        let torso = over(Palette.parts[0], 0.6).map { Int($0) }
        let foot = [Palette.parts[5].red, Palette.parts[5].green, Palette.parts[5].blue].map { Int($0) }
        #expect(pixel(image, 120, 100) == zip(torso, foot).map { UInt16(($0 * 102 + $1 * 153 + 127) / 255) })
    }

    @Test func `dense points lie at 256ths of the box in the colour of their chart`() throws {
        var parts = InstanceParts()
        parts.points = densePoints(x: [128, 0], y: [64, 0], charts: [24, 3])
        let image = try #require(
            try render([label(Box(x: 100.5, y: 20.5, width: 100, height: 160), parts)], layers: .points).image)
        #expect(pixel(image, 150, 60) == [0x87, 0xFF, 0xF0])
        #expect(pixel(image, 100, 20) == [0xA5, 0xD2, 0x00])
        #expect(pixel(image, 150, 100) == [128, 128, 128])
    }

    @Test func `a person's left side has its own colour, and absent keypoints have no bones`() throws {
        var values = [Double](repeating: 0, count: 51)
        values.replaceSubrange(15..<18, with: [200.5, 100, 2])
        values.replaceSubrange(33..<36, with: [200.5, 300, 2])
        var parts = InstanceParts()
        parts.keypoints = NumberListBlob.packed([values])
        let image = try #require(try render([label(nil, parts)], layers: .keypoints, width: 900, height: 600).image)
        #expect(pixel(image, 200, 200) == [0x56, 0xB4, 0xE9])
        #expect(pixel(image, 2, 2) == [128, 128, 128])
    }

    @Test func `scores choose colours of viridis, and labels without one are grey`() throws {
        #expect(label(nil, score: 1).color(.score, index: 0) == Color(hex: 0xFDE725))
        #expect(label(nil, score: 0).color(.score, index: 3) == Color(hex: 0x440154))
        #expect(label(nil).color(.score, index: 0) == Color(hex: 0x9A9A9A))
        let image = try #require(
            try render([], layers: .boxes, width: 400, height: 300, coloring: .score).image)
        let yellow = (0..<300).contains { y in
            let color = pixel(image, 370, y)
            return color[0] > 240 && color[1] > 220 && color[2] < 60
        }
        #expect(yellow, "the upper end of the bar")
    }

    @Test func `names tell category and score`() {
        #expect(label(nil, score: 0.934).caption == "ape 0.93")
        #expect(label(nil, score: 0.999).caption == "ape 1.00")
        #expect(label(nil).caption == "ape")
    }

    @Test func `names at the upper border stand side by side inside the picture`() throws {
        let box = Box(x: 100, y: 0, width: 200, height: 150)
        let image = try #require(
            try render([label(box), label(box)], layers: .names, width: 400, height: 300).image)
        #expect(pixel(image, 101, 7) == [0x00, 0x72, 0xB2])
        #expect(pixel(image, 298, 7) == [0xE6, 0x9F, 0x00])
    }

    @Test func `labels turn with the picture`() throws {
        let box = Box(x: 600, y: 60, width: 200, height: 100)
        let image = try #require(
            try render([label(box)], layers: .boxes, width: 900, height: 600, orientation: 6).image)
        #expect((image.width, image.height) == (600, 900))
        // The left edge, x = 600, becomes the upper edge; y = 60...160 is seen at x = 440...540.
        #expect(pixel(image, 500, 600) == [0x00, 0x72, 0xB2])
        #expect(pixel(image, 500, 590) == [128, 128, 128])
        #expect(pixel(image, 430, 600) == [128, 128, 128])
    }

    @Test func `large pictures are shrunk and tiny ones enlarged by a whole factor`() throws {
        let large = try #require(try render([], layers: .boxes, width: 4000, height: 1000).image)
        #expect((large.width, large.height) == (1024, 256))
        let tiny = try #require(try render([], layers: .boxes, width: 106, height: 60).image)
        #expect((tiny.width, tiny.height) == (318, 180))
        let bounded = try #require(try render([], layers: .boxes, width: 106, height: 60, maximumSide: 120).image)
        #expect((bounded.width, bounded.height) == (106, 60))
    }

    @Test func `what cannot be drawn is reported and the rest is drawn`() throws {
        var damaged = InstanceParts()
        damaged.denseMap = [1, 2, 3]
        var foreign = InstanceParts()
        foreign.mask = MaskRecord(try RunLengthMask.empty(height: 5, width: 5))
        let box = Box(x: 100, y: 60, width: 300, height: 200)
        let result = try render(
            [label(box, damaged), label(nil, foreign), label(Box(x: 1e300, y: 0, width: 1, height: 1))],
            layers: .all.subtracting(.names), width: 900, height: 600)
        #expect(result.problems.count == 3)
        #expect(result.problems.contains { $0.message.contains("5x5 pixels, expected the picture's 900x600") })
        #expect(result.problems.contains { $0.message == "its box is beyond 2^28 pixels" })
        #expect(pixel(try #require(result.image), 100, 150) == [0x00, 0x72, 0xB2])
    }

    @Test func `a picture of unknown size without a file gives nothing`() throws {
        let medium = MediumRecord(rootID: 1, path: "../secret.png")
        let result = try LabelRenderer().render(LabelledPicture(medium: medium, labels: []), file: .unsafe)
        #expect(result.image == nil)
        #expect(result.problems.map(\.kind) == ["path"])
    }
}
