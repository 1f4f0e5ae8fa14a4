import Annotations
import Catalog
import Testing

@Suite struct RunLengthMaskTests {
    let fixture: MaskFixture

    init() throws { fixture = try MaskFixture.load() }

    @Test func `polygons give the strings of pycocotools`() throws {
        #expect(fixture.polygons.count == 420)
        for sample in fixture.polygons {
            let mask = try RunLengthMask(polygon: sample.polygon, height: sample.size[0], width: sample.size[1])
            #expect(mask.compressedString() == sample.counts, "\(sample.size) \(sample.polygon)")
            #expect(mask.runs.reduce(0) { $0 + Int($1) } == sample.size[0] * sample.size[1])
        }
    }

    @Test func `boxes give the strings of pycocotools`() throws {
        #expect(fixture.boxes.count == 60)
        for sample in fixture.boxes {
            let box = Box(x: sample.box[0], y: sample.box[1], width: sample.box[2], height: sample.box[3])
            let mask = try RunLengthMask(box: box, height: sample.size[0], width: sample.size[1])
            #expect(mask.compressedString() == sample.counts, "\(sample.size) \(sample.box)")
        }
    }

    @Test func `pixels give the strings, areas and boxes of pycocotools and come back`() throws {
        for sample in fixture.masks {
            let pixels = sample.columnMajor
            let mask = try RunLengthMask(columnMajor: pixels, height: sample.size[0], width: sample.size[1])
            #expect(mask.compressedString() == sample.counts, "\(sample.size)")
            #expect(mask.compressedBytes() == Array(sample.counts.utf8))
            #expect(mask.area == sample.area)
            #expect([mask.box.x, mask.box.y, mask.box.width, mask.box.height] == sample.box)
            let read = try RunLengthMask(sample.size, sample.counts)
            #expect(read == mask)
            #expect((read.columnMajorPixels() == pixels) as Bool)
        }
    }

    @Test func `merges give the strings of pycocotools`() throws {
        for sample in fixture.merges {
            let parts = try sample.parts.map { try RunLengthMask(sample.size, $0) }
            #expect(try RunLengthMask.merge(parts).compressedString() == sample.union)
            #expect(try RunLengthMask.merge(parts, intersecting: true).compressedString() == sample.intersection)
        }
    }

    @Test func `overlaps are those of pycocotools to the last bit, with and without crowds`() throws {
        for sample in fixture.overlaps {
            let detections = try sample.detections.map { try RunLengthMask(sample.size, $0) }
            let truths = try sample.truths.map { try RunLengthMask(sample.size, $0) }
            let matrix = try RunLengthMask.overlaps(detections, truths, crowd: sample.crowd)
            #expect(matrix.values == sample.values)
            let last = try detections[detections.count - 1].overlap(with: truths[0], crowd: sample.crowd[0])
            #expect(last == matrix[detections.count - 1, 0])
        }
    }

    @Test(arguments: 0..<60)
    func `decoding undoes encoding in both orders`(seed: UInt64) throws {
        var random = FixedRandom(state: seed)
        let height = Int.random(in: 0...150, using: &random)
        let width = Int.random(in: 0...150, using: &random)
        let density = Double.random(in: 0...1, using: &random)
        let runLength = Int.random(in: 1...80, using: &random)
        var value: UInt8 = 0
        let columnMajor = (0..<(height * width)).map { index -> UInt8 in
            if index % runLength == 0 { value = Double.random(in: 0..<1, using: &random) < density ? 1 : 0 }
            return value
        }
        let rowMajor = (0..<(height * width)).map { columnMajor[$0 % width * height + $0 / width] }
        let mask = try RunLengthMask(columnMajor: columnMajor, height: height, width: width)
        #expect((mask.columnMajorPixels() == columnMajor) as Bool)
        #expect((mask.rowMajorPixels() == rowMajor) as Bool)
        #expect(try RunLengthMask(rowMajor: rowMajor, height: height, width: width) == mask)
        #expect(mask.area == columnMajor.reduce(0) { $0 + Int($1) })
        #expect(mask.runs.dropFirst().allSatisfy { $0 > 0 })
        let text = mask.compressedString()
        #expect(try RunLengthMask(height: height, width: width, compressed: text) == mask)
        var pixels = [UInt8](repeating: 9, count: height * width)
        var span = pixels.mutableSpan
        try mask.decode(into: &span)
        #expect((pixels == columnMajor) as Bool)
    }

    @Test func `any byte but zero is foreground`() throws {
        let bytes = (0..<200).map { UInt8($0 % 3 == 0 ? 0 : $0) }
        let mask = try RunLengthMask(columnMajor: bytes, height: 100, width: 2)
        #expect(mask.columnMajorPixels() == bytes.map { $0 == 0 ? 0 : 1 })
    }

    @Test func `set algebra holds pixel by pixel`() throws {
        var random = FixedRandom(state: 5)
        for _ in 0..<40 {
            let one = (0..<(31 * 17)).map { _ in UInt8.random(in: 0...1, using: &random) }
            let two = (0..<(31 * 17)).map { _ in UInt8.random(in: 0...1, using: &random) }
            let maskOne = try RunLengthMask(columnMajor: one, height: 31, width: 17)
            let maskTwo = try RunLengthMask(columnMajor: two, height: 31, width: 17)
            #expect(try maskOne.union(maskTwo).columnMajorPixels() == zip(one, two).map { $0 | $1 })
            #expect(try maskOne.intersection(maskTwo).columnMajorPixels() == zip(one, two).map { $0 & $1 })
            #expect(try maskOne.subtracting(maskTwo).columnMajorPixels() == zip(one, two).map { $0 & ~$1 })
        }
    }

    @Test func `zero runs from files change no result`() throws {
        let odd = try RunLengthMask(height: 5, width: 2, runs: [2, 0, 1, 4, 0, 1, 2, 0])
        let plain = try RunLengthMask(height: 5, width: 2, runs: [3, 5, 2])
        #expect(odd.runs == [2, 0, 1, 4, 0, 1, 2, 0])
        #expect(odd.columnMajorPixels() == plain.columnMajorPixels())
        #expect(odd.box == plain.box)
        #expect(try odd.union(odd) == plain)
        #expect(try odd.overlap(with: plain) == 1)
    }

    @Test func `a mask is stretched over a box and cut at the image`() throws {
        let mask = try RunLengthMask(rowMajor: [1, 0, 0, 1], height: 2, width: 2)
        let stretched = try mask.resized(height: 4, width: 4)
        #expect(stretched.rowMajorPixels() == [1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1])
        let pasted = try mask.pasted(into: Box(x: 1.9, y: -1, width: 4, height: 4), height: 3, width: 4)
        #expect(pasted.rowMajorPixels() == [0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1])
        #expect(try mask.resized(height: 3, width: 1).rowMajorPixels() == [1, 1, 0])
        #expect(try mask.pasted(into: Box(x: 9, y: 0, width: 2, height: 2), height: 3, width: 4).area == 0)
    }
}
