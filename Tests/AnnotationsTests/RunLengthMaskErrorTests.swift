import Annotations
import Testing

@Suite struct RunLengthMaskErrorTests {
    @Test func `strings that are no masks are refused with a reason`() throws {
        let cases: [(String, RunLengthMaskError)] = [
            ("4!", .badCharacter(byte: 33, offset: 1)),
            ("4p", .badCharacter(byte: 112, offset: 1)),
            ("4\u{7f}", .badCharacter(byte: 127, offset: 1)),
            ("45", .tooShort(covered: 9, area: 10)),
            ("", .tooShort(covered: 0, area: 10)),
            ("47", .pastEnd(run: 1, covered: 11, area: 10)),
            ("N", .negativeRun(run: 0, length: -2)),
            ("111N", .negativeRun(run: 3, length: -1)),
            ("4o", .unfinishedRun(run: 1)),
            ("4PPPPPPPP0", .runTooLong(run: 1, offset: 8)),
        ]
        for (text, expected) in cases {
            #expect(throws: expected, "\(text)") {
                try RunLengthMask(height: 5, width: 2, compressed: text)
            }
        }
    }

    @Test func `random bytes never crash the parser`() {
        var random = FixedRandom(state: 11)
        var accepted = 0
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...8, using: &random)).map { _ in
                UInt8.random(in: 44...115, using: &random)
            }
            if let mask = try? RunLengthMask(height: 3, width: 3, compressed: bytes) {
                accepted += 1
                #expect(mask.runs.reduce(0, +) == 9)
                #expect(mask.columnMajorPixels().reduce(0) { $0 + Int($1) } == mask.area)
            }
        }
        #expect(accepted > 10)
    }

    @Test func `runs that do not cover the size are refused with a reason`() {
        #expect(throws: RunLengthMaskError.pastEnd(run: 1, covered: 11, area: 10)) {
            try RunLengthMask(height: 5, width: 2, counts: [4, 7])
        }
        #expect(throws: RunLengthMaskError.negativeRun(run: 1, length: -7)) {
            try RunLengthMask(height: 5, width: 2, counts: [4, -7])
        }
        #expect(throws: RunLengthMaskError.tooShort(covered: 4, area: 10)) {
            try RunLengthMask(height: 5, width: 2, runs: [4])
        }
        #expect(throws: RunLengthMaskError.badSize(height: -1, width: 2)) {
            try RunLengthMask.empty(height: -1, width: 2)
        }
        #expect(throws: RunLengthMaskError.badSize(height: 1 << 40, width: 1 << 40)) {
            try RunLengthMask(height: 1 << 40, width: 1 << 40, runs: [])
        }
    }

    @Test func `polygons that cannot be drawn are refused with a reason`() {
        #expect(throws: RunLengthMaskError.oddPolygon(count: 5)) {
            try RunLengthMask(polygon: [1, 2, 3, 4, 5], height: 9, width: 9)
        }
        #expect(throws: RunLengthMaskError.coordinateOutOfRange(index: 2, value: .infinity)) {
            try RunLengthMask(polygon: [1, 2, .infinity, 4, 5, 6], height: 9, width: 9)
        }
        #expect(throws: RunLengthMaskError.self) {
            try RunLengthMask(polygon: [1, .nan, 3, 4, 5, 6], height: 9, width: 9)
        }
        #expect(throws: RunLengthMaskError.coordinateOutOfRange(index: 0, value: -1e300)) {
            try RunLengthMask(polygon: [-1e300, 2, 3, 4, 5, 6], height: 9, width: 9)
        }
    }

    @Test func `a huge polygon around a small image fills it`() throws {
        let far = 268_435_456.0
        let mask = try RunLengthMask(polygon: [-far, -far, far, -far, far, far, -far, far], height: 4, width: 6)
        #expect(mask.runs == [0, 24])
    }

    @Test func `a polygon cannot claim memory without end`() {
        let zigzag = (0..<20_000).flatMap { index -> [Double] in [index % 2 == 0 ? 0 : 5000, Double(index % 7)] }
        #expect(throws: RunLengthMaskError.tooManyCrossings(limit: 1 << 26)) {
            try RunLengthMask(polygon: zigzag, height: 10, width: 5000)
        }
    }

    @Test func `masks of different sizes are not combined`() throws {
        let one = try RunLengthMask.empty(height: 2, width: 3)
        let two = try RunLengthMask.empty(height: 3, width: 2)
        let expected = RunLengthMaskError.sizesDiffer(first: [2, 3], second: [3, 2])
        #expect(throws: expected) { try one.union(two) }
        #expect(throws: expected) { try RunLengthMask.overlaps([one], [two]) }
        #expect(throws: RunLengthMaskError.nothingToMerge) { try RunLengthMask.merge([]) }
        #expect(expected.description.contains("[2, 3] and [3, 2]"))
    }
}
