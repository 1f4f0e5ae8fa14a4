/// A binary mask of an image: one value a pixel, true or not zero inside.
public struct PixelMask: Sendable, Equatable {
    public enum Order: Sendable {
        /// Pixel (x, y) at `y * width + x`, as images are stored.
        case rowMajor
        /// Pixel (x, y) at `x * height + y`, as COCO's run lengths unfold.
        case columnMajor
    }

    public let width: Int
    public let height: Int
    /// Row-major, 0 or 1.
    public let values: [UInt8]

    /// - Throws: `ImageError.Problem.mismatch` when the count is not `width * height`.
    public init(width: Int, height: Int, values: [UInt8], order: Order = .rowMajor) throws {
        guard width > 0, height > 0, values.count == width * height else {
            throw ImageError(
                "mask", .mismatch("\(values.count) values, expected \(width) x \(height) = \(width * height)"))
        }
        self.width = width
        self.height = height
        switch order {
        case .rowMajor:
            self.values = values.map { $0 == 0 ? 0 : 1 }
        case .columnMajor:
            var rows = [UInt8](repeating: 0, count: values.count)
            for x in 0..<width {
                for y in 0..<height where values[x * height + y] != 0 { rows[y * width + x] = 1 }
            }
            self.values = rows
        }
    }

    public init(width: Int, height: Int, values: [Bool], order: Order = .rowMajor) throws {
        try self.init(width: width, height: height, values: values.map { $0 ? 1 : 0 }, order: order)
    }

    public var area: Int { values.reduce(0) { $0 + Int($1) } }

    /// The borders of the mask as closed contours, outer ones and holes, with the stairs of the pixels cut at their middle.
    ///
    /// Unit edges between inside and outside are chained with the inside on their right. O(width * height).
    public func outline() -> Path {
        // Bits of directions that leave each pixel corner: east 1, south 2, west 4, north 8.
        let stride = width + 1
        var leaving = [UInt8](repeating: 0, count: stride * (height + 1))
        func isInside(_ x: Int, _ y: Int) -> Bool {
            x >= 0 && y >= 0 && x < width && y < height && values[y * width + x] != 0
        }
        for y in 0..<height {
            for x in 0..<width where values[y * width + x] != 0 {
                if !isInside(x, y - 1) { leaving[y * stride + x] |= 1 }
                if !isInside(x + 1, y) { leaving[y * stride + x + 1] |= 2 }
                if !isInside(x, y + 1) { leaving[(y + 1) * stride + x + 1] |= 4 }
                if !isInside(x - 1, y) { leaving[(y + 1) * stride + x] |= 8 }
            }
        }
        let steps = [1, stride, -1, -stride]
        let moves = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)]
        var path = Path()
        for start in leaving.indices {
            while leaving[start] != 0 {
                var points: [PixelPoint] = []
                var corner = start
                var direction = leaving[start].trailingZeroBitCount
                repeat {
                    leaving[corner] &= ~(1 << UInt8(direction))
                    let (dx, dy) = moves[direction]
                    points.append(
                        PixelPoint(Double(corner % stride) + dx / 2, Double(corner / stride) + dy / 2))
                    corner += steps[direction]
                    // Where two corners touch, turning right keeps diagonal neighbours apart.
                    let turns = [1, 0, 3].map { (direction + $0) % 4 }
                    guard let next = turns.first(where: { leaving[corner] & 1 << UInt8($0) != 0 }) else { break }
                    direction = next
                } while true
                path.append(Self.withoutStraightRuns(points), closed: true)
            }
        }
        return path
    }

    private static func withoutStraightRuns(_ points: [PixelPoint]) -> [PixelPoint] {
        let count = points.count
        return points.indices.filter { i in
            let before = points[(i + count - 1) % count]
            let after = points[(i + 1) % count]
            return (points[i].x - before.x) * (after.y - points[i].y) != (points[i].y - before.y)
                * (after.x - points[i].x)
        }.map { points[$0] }
    }
}
