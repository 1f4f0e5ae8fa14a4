import Annotations
import Testing

@Suite struct OutlineTests {
    @Test func `an outline goes round through pixel corners`() throws {
        let mask = try RunLengthMask(rowMajor: [0, 1, 1, 0, 1, 0, 0, 0, 0], height: 3, width: 3)
        #expect(mask.outlines() == [[3, 0, 3, 1, 2, 1, 2, 2, 1, 2, 1, 0]])
        let diagonal = try RunLengthMask(rowMajor: [1, 0, 0, 1], height: 2, width: 2)
        #expect(diagonal.outlines() == [[1, 0, 1, 1, 0, 1, 0, 0], [2, 1, 2, 2, 1, 2, 1, 1]])
    }

    @Test func `outlines drawn again give the mask with its holes filled`() throws {
        var random = FixedRandom(state: 8)
        for round in 0..<30 {
            var pixels = (0..<(20 * 30)).map { _ in
                UInt8(Int.random(in: 0..<10, using: &random) < 3 + round % 5 ? 1 : 0)
            }
            let mask = try RunLengthMask(rowMajor: pixels, height: 20, width: 30)
            let drawn = try RunLengthMask(polygons: mask.outlines(), height: 20, width: 30)
            Self.fillHoles(&pixels, height: 20, width: 30)
            #expect((drawn.rowMajorPixels() == pixels) as Bool)
        }
    }

    @Test func `simplifying keeps corners and drops points on edges`() {
        let square: [Double] = [0, 0, 5, 0.1, 10, 0, 10, 10, 5, 10, 0, 10]
        #expect(RunLengthMask.simplified(square, tolerance: 0.5) == [0, 0, 10, 0, 10, 10, 0, 10])
        #expect(RunLengthMask.simplified(square, tolerance: 0.05).count == 10)
    }

    /// Sets what the background cannot reach from the border by steps in eight directions.
    private static func fillHoles(_ pixels: inout [UInt8], height: Int, width: Int) {
        var reached = [Bool](repeating: false, count: pixels.count)
        var open: [(Int, Int)] = []
        for y in -1...height {
            for x in -1...width where y == -1 || x == -1 || y == height || x == width { open.append((x, y)) }
        }
        while let (x, y) = open.popLast() {
            for dy in -1...1 {
                for dx in -1...1 {
                    let (u, v) = (x + dx, y + dy)
                    guard u >= 0, v >= 0, u < width, v < height, pixels[v * width + u] == 0, !reached[v * width + u]
                    else { continue }
                    reached[v * width + u] = true
                    open.append((u, v))
                }
            }
        }
        for index in pixels.indices where !reached[index] { pixels[index] = 1 }
    }
}
