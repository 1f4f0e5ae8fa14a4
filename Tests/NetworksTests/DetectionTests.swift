import Tensors
import Testing

@testable import Networks

@Suite struct DetectionTests {
    @Test func deviationsOfBoxesAreThoseOfTheirDeltas() throws {
        let coder = BoxCoder(weights: [10, 10, 5, 5])
        let reference = try Tensor([10, 20, 50, 100] as [Float], shape: [1, 4])
        let deltas: [Float] = [0.3, -0.2, 0.1, 0.4]
        let deviations: [Float] = [0.02, 0.03, 0.01, 0.005]
        func box(_ deltas: [Float]) throws -> [Float] {
            let corners: [Float] = try coder.decode(Tensor(deltas, shape: [1, 4]), from: reference).array()
            return [corners[0], corners[1], corners[2] - corners[0], corners[3] - corners[1]]
        }
        let middle = try box(deltas)
        // What each delta alone does; independent errors add up in squares.
        var squares = [Float](repeating: 0, count: 4)
        for index in 0..<4 {
            var moved = deltas
            moved[index] += deviations[index]
            for (value, place) in zip(try box(moved), 0..<4) {
                squares[place] += (value - middle[place]) * (value - middle[place])
            }
        }
        let found: [Float] = try coder.deviations(
            Tensor(deviations.map { $0 * $0 }, shape: [1, 4]), from: reference,
            decoded: coder.decode(Tensor(deltas, shape: [1, 4]), from: reference)
        ).array()
        for index in 0..<4 { #expect(abs(found[index] / squares[index].squareRoot() - 1) < 0.01) }
    }

    @Test func boxesComeBackFromTheirDeltas() throws {
        let references = try Tensor([10, 20, 40, 60, 0, 0, 5, 9] as [Float], shape: [2, 4])
        let boxes = try Tensor([12, 18, 50, 55, 1, 2, 3, 4] as [Float], shape: [2, 4])
        let coder = BoxCoder(weights: [10, 10, 5, 5])
        let back = try coder.decode(coder.encode(boxes, from: references), from: references)
        #expect(try back.isClose(to: boxes, relative: 1e-5, absolute: 1e-4))
    }

    @Test func aHugeDeltaOfSizeIsLimited() throws {
        let reference = try Tensor([0, 0, 10, 10] as [Float], shape: [1, 4])
        let deltas = try Tensor([0, 0, 100, 100] as [Float], shape: [1, 4])
        let box: [Float] = try BoxCoder(weights: [1, 1, 1, 1]).decode(deltas, from: reference).array()
        #expect(abs(box[2] - box[0] - 625) < 0.1)
    }

    @Test func overlapsAreThoseOfTheBoxes() throws {
        let a = try Tensor([0, 0, 10, 10, 5, 5, 5, 5] as [Float], shape: [2, 4])
        let b = try Tensor([5, 0, 15, 10, 20, 20, 30, 30, 0, 0, 10, 10] as [Float], shape: [3, 4])
        let overlap: [Float] = try Boxes.overlap(a, b).array()
        #expect(zip(overlap, [1.0 / 3, 0, 1, 0, 0, 0]).allSatisfy { abs($0 - Float($1)) < 1e-6 })
    }

    @Test func candidatesAreObjectsBackgroundOrNeither() throws {
        // Two true boxes, four candidates.
        let overlap = try Tensor([0.8, 0.5, 0.1, 0.25, 0.1, 0.4, 0.0, 0.25] as [Float], shape: [2, 4])
        let plain = try BoxMatcher(low: 0.3, high: 0.7, keepsBest: false).match(overlap)
        #expect(try plain.labels.array(of: Int.self) == [1, -1, 0, 0])
        #expect(try plain.truth.array(of: Int.self) == [0, 0, 0, 0])
        // The second box's best candidate overlaps it by 0.4 only, and counts all the same.
        let kept = try BoxMatcher(low: 0.3, high: 0.7, keepsBest: true).match(overlap)
        #expect(try kept.labels.array(of: Int.self) == [1, 1, 0, 0])
    }

    @Test func withoutTrueBoxesAllIsBackground() throws {
        let match = try BoxMatcher(low: 0.3, high: 0.7, keepsBest: true).match(Tensor.zeros([0, 5]))
        #expect(try match.labels.array(of: Int.self) == [0, 0, 0, 0, 0])
    }

    @Test func aSampleHasAtMostItsShareOfObjects() throws {
        let labels = try Tensor([Int](repeating: 1, count: 30) + [Int](repeating: 0, count: 70) + [-1, -1])
        let (objects, background) = try BoxMatcher.sample(labels, count: 40, share: 0.25)
        #expect(objects.count == 10)
        #expect(background.count == 30)
        #expect(try objects.array(of: Int.self).allSatisfy { $0 < 30 })
        #expect(try background.array(of: Int.self).allSatisfy { (30..<100).contains($0) })
    }

    @Test func anchorsHaveTheirAreaAndRatioAndBeginAtTheCorner() throws {
        let feature = try Tensor.zeros([1, 1, 2, 3])
        let anchors: [Float] = try AnchorGenerator(sizes: [32], ratios: [0.5, 1, 2]).anchors([feature], strides: [8])[0]
            .array()
        #expect(anchors.count == 2 * 3 * 3 * 4)
        for index in 0..<3 {
            let box = anchors[4 * index..<4 * index + 4].map { Double($0) }
            let (width, height) = (box[2] - box[0], box[3] - box[1])
            #expect(abs(width * height - 1024) < 0.01)
            #expect(abs(height / width - [0.5, 1, 2][index]) < 1e-5)
            #expect(abs(box[0] + box[2]) < 1e-4)
        }
        // The second cell lies one stride to the right.
        #expect(anchors[12] - anchors[0] == 8)
    }

    @Test func regionsArePooledFromTheLevelOfTheirSize() throws {
        // Each level holds its own number everywhere.
        let levels = try (0..<4).map { try Tensor.full([1, 1, 64 >> $0, 64 >> $0], Double($0)) }
        let regions = try Tensor(
            [0, 0, 0, 20, 20, 0, 0, 0, 224, 224, 0, 0, 0, 112, 112, 0, 0, 0, 250, 250, 0, 3, 3, 3, 3] as [Float],
            shape: [5, 5])
        let pooler = RegionPooler(size: 1, samplingRatio: 2, isAligned: true, canonicalSize: 224)
        let values: [Float] = try pooler(levels, strides: [4, 8, 16, 32], regions: regions).array()
        #expect(values.map { Int($0.rounded()) } == [0, 2, 1, 2, 0])
    }

    @Test func aMaskCoversTheCellsOverIt() throws {
        let mask = ObjectMask(x: 4, y: 2, width: 4, height: 4, pixels: [UInt8](repeating: 1, count: 16))
        let grids = try MaskTargets.coverage(
            [mask, mask], regions: [BoxCorners(4, 2, 8, 6), BoxCorners(0, 2, 8, 6)], side: 4, device: .cpu)
        let values: [Float] = try grids.array()
        #expect(values[0..<16].allSatisfy { abs($0 - 1) < 1e-6 })
        for row in 0..<4 {
            let cells = values[16 + 4 * row..<20 + 4 * row].map { $0 >= 0.5 }
            #expect(cells == [false, false, true, true])
        }
    }

    @Test func aPastedMaskIsTheHalfLevelInPixels() throws {
        var found = Detections(
            boxes: [BoxCorners(2, 1, 6, 5)], scores: [1], classes: [0], classConfidences: [], boxConfidences: [])
        found.masks = try Tensor([1, 0, 1, 0] as [Float], shape: [1, 2, 2])
        let mask = try #require(try found.pastedMask(0, box: found.boxes[0], width: 8, height: 6))
        let pixels = mask.rowMajorPixels()
        // The left half of the box.
        for y in 0..<6 {
            for x in 0..<8 { #expect((pixels[y * 8 + x] == 1) == ((1..<5).contains(y) && (2..<4).contains(x))) }
        }
    }

    @Test func aMaskOutsideThePictureIsNone() throws {
        var found = Detections(
            boxes: [BoxCorners(20, 20, 26, 25)], scores: [1], classes: [0], classConfidences: [], boxConfidences: [])
        found.masks = try Tensor.ones([1, 2, 2])
        #expect(try found.pastedMask(0, box: found.boxes[0], width: 8, height: 6) == nil)
    }
}
