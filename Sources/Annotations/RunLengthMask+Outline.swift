extension RunLengthMask {
    /// The outer outlines of the 4-connected pieces of foreground, as polygons x0, y0, x1, y1, … through pixel corners,
    /// clockwise on a screen. Holes have none.
    ///
    /// Drawn again by `init(polygons:height:width:)` they give this mask with its holes filled. Linear in the pixels.
    public func outlines() -> [[Double]] {
        let pixels = rowMajorPixels()
        let width = width
        let height = height
        func isSet(_ x: Int, _ y: Int) -> Bool {
            x >= 0 && y >= 0 && x < width && y < height && pixels[y * width + x] != 0
        }
        // Upper edges of pixels that an outline has passed; each outline has one at least.
        var passed = [Bool](repeating: false, count: pixels.count)
        var outlines: [[Double]] = []
        for start in pixels.indices where pixels[start] != 0 && !passed[start] {
            let (startX, startY) = (start % width, start / width)
            guard !isSet(startX, startY - 1) else { continue }
            var corners: [Double] = []
            var (x, y) = (startX, startY)
            // The heading: east, south, west, north; foreground is to the right.
            var heading = 0
            repeat {
                if heading == 0 { passed[y * width + x] = true }
                x += [1, 0, -1, 0][heading]
                y += [0, 1, 0, -1][heading]
                // The pixels ahead, as offsets from the corner that was reached.
                let right = [(0, 0), (-1, 0), (-1, -1), (0, -1)][heading]
                let left = [(0, -1), (0, 0), (-1, 0), (-1, -1)][heading]
                var turn = 0
                if !isSet(x + right.0, y + right.1) {
                    turn = 1
                } else if isSet(x + left.0, y + left.1) {
                    turn = 3
                }
                if turn != 0 { corners += [Double(x), Double(y)] }
                heading = (heading + turn) & 3
            } while x != startX || y != startY || heading != 0
            // An outline of a hole runs the other way round.
            if PolygonDefects.signedArea(of: corners) > 0 { outlines.append(corners) }
        }
        return outlines
    }

    /// Leaves out points of a closed polygon that lie within `tolerance` of the line between those kept (Douglas and
    /// Peucker 1973, between the first point and the one farthest from it).
    public static func simplified(_ polygon: [Double], tolerance: Double) -> [Double] {
        let count = polygon.count / 2
        guard count > 3 else { return polygon }
        func point(_ index: Int) -> SIMD2<Double> {
            SIMD2(polygon[2 * (index % count)], polygon[2 * (index % count) + 1])
        }
        func squared(_ vector: SIMD2<Double>) -> Double { (vector * vector).sum() }
        let farthest = (1..<count).max { squared(point($0) - point(0)) < squared(point($1) - point(0)) } ?? 1
        var isKept = [Bool](repeating: false, count: count + 1)
        isKept[0] = true
        isKept[farthest] = true
        var spans = [(0, farthest), (farthest, count)]
        while let (first, last) = spans.popLast() {
            guard last - first > 1 else { continue }
            let along = point(last) - point(first)
            let length = squared(along)
            var worst = (index: first, distance: tolerance * tolerance)
            for index in (first + 1)..<last {
                let away = point(index) - point(first)
                let share = length == 0 ? 0 : min(max((away * along).sum() / length, 0), 1)
                let distance = squared(away - share * along)
                if distance > worst.distance { worst = (index, distance) }
            }
            guard worst.index != first else { continue }
            isKept[worst.index] = true
            spans += [(first, worst.index), (worst.index, last)]
        }
        let kept = (0..<count).filter { isKept[$0] }
        return kept.count < 3 ? polygon : kept.flatMap { [polygon[2 * $0], polygon[2 * $0 + 1]] }
    }
}
