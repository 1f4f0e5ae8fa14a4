/// One edge of a polygon on the grid of fifths of a pixel, from its lower to its upper end along the longer axis.
struct OutlineEdge {
    private let x0: Int
    private let y0: Int
    private let x1: Int
    private let y1: Int
    private let isFlat: Bool

    var left: Int { min(x0, x1) }
    var right: Int { max(x0, x1) }

    init(x0: Int, y0: Int, x1: Int, y1: Int) {
        isFlat = abs(x1 - x0) >= abs(y1 - y0)
        let swap = isFlat ? x0 > x1 : y0 > y1
        self.x0 = swap ? x1 : x0
        self.y0 = swap ? y1 : y0
        self.x1 = swap ? x0 : x1
        self.y1 = swap ? y0 : y1
    }

    /// Calls `body` with each pixel column whose middle the edge crosses and the first row below the crossing.
    @inline(__always)
    func forEachCrossing(of columns: Range<Int>, height: Int, _ body: (_ column: Int, _ row: Int) -> Void) {
        guard !columns.isEmpty else { return }
        if isFlat {
            // A point a fifth; a crossing lies between two neighbours and takes the upper one's ordinate.
            let slope = Double(y1 - y0) / Double(x1 - x0)
            let shift = slope < 0 ? 3 : 2
            for column in columns {
                let step = Double(5 &* column &+ shift &- x0)
                body(column, Self.row(Self.truncated(Double(y0) + slope * step + 0.5), height: height))
            }
        } else {
            let slope = Double(x1 - x0) / Double(y1 - y0)
            let inverse = 1 / slope
            for column in columns {
                // The first step whose abscissa is beyond the middle. The estimate is off by one at most; the test
                // repeats the rounding of the original.
                let border = Double(5 &* column &+ 3)
                var step = Self.truncated((border - 0.5 - Double(x0)) * inverse) &+ 1
                if slope > 0 {
                    while Double(x0) + slope * Double(step) + 0.5 < border { step &+= 1 }
                    while Double(x0) + slope * Double(step &- 1) + 0.5 >= border { step &-= 1 }
                } else {
                    while Double(x0) + slope * Double(step) + 0.5 >= border { step &+= 1 }
                    while Double(x0) + slope * Double(step &- 1) + 0.5 < border { step &-= 1 }
                }
                body(column, Self.row(step &- 1 &+ y0, height: height))
            }
        }
    }

    /// The first pixel row whose middle is at or below `ordinate`, within 0...height.
    private static func row(_ ordinate: Int, height: Int) -> Int {
        // Division of a number known to be small and positive: one multiplication.
        let fifths = UInt32(truncatingIfNeeded: max(ordinate, -2) &+ 2)
        return min(Int(fifths / 5), height)
    }

    /// C's conversion to int; the caller's coordinates are bounded, so that it cannot trap.
    private static func truncated(_ value: Double) -> Int { Int(value) }
}
