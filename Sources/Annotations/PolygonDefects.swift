import Catalog

/// What can be wrong with a polygon of an annotation.
public enum PolygonDefect: Hashable, Sendable, CustomStringConvertible {
    case oddCount(Int)
    /// The number at `index` is NaN or infinite.
    case notFinite(index: Int)
    case fewPoints(Int)
    case zeroArea
    /// Edges are numbered by their first point, from 0; the last edge leads back to the first point.
    case selfCrossing(edge: Int, otherEdge: Int)

    public var description: String {
        switch self {
        case .oddCount(let count): "has \(count) numbers, expected pairs of x and y"
        case .notFinite(let index): "has a number that is not finite at index \(index)"
        case .fewPoints(let count): "has \(count) points, expected at least 3"
        case .zeroArea: "has no area"
        case .selfCrossing(let edge, let other): "crosses itself: edge \(edge) crosses edge \(other)"
        }
    }
}

/// Checks of polygons given as x0, y0, x1, y1, …; the last point is joined to the first. Units are those of the input.
public enum PolygonDefects {
    /// All defects, gravest first; where numbers are missing or not finite, only those are reported.
    public static func find(in polygon: [Double]) -> [PolygonDefect] {
        if polygon.count % 2 != 0 { return [.oddCount(polygon.count)] }
        if let index = polygon.firstIndex(where: { !$0.isFinite }) { return [.notFinite(index: index)] }
        if polygon.count < 6 { return [.fewPoints(polygon.count / 2)] }
        var defects: [PolygonDefect] = []
        if area(of: polygon) == 0 { defects.append(.zeroArea) }
        if let (edge, other) = firstSelfCrossing(of: polygon) {
            defects.append(.selfCrossing(edge: edge, otherEdge: other))
        }
        return defects
    }

    /// The shoelace area, at least 0. Parts that wind the other way are subtracted where the polygon crosses itself.
    public static func area(of polygon: [Double]) -> Double { abs(signedArea(of: polygon)) }

    /// The shoelace area; positive where the outline runs clockwise on a screen (y down).
    public static func signedArea(of polygon: [Double]) -> Double {
        let count = polygon.count / 2
        guard count > 2 else { return 0 }
        // Relative to the first point, lest large offsets cost the small differences.
        let originX = polygon[0]
        let originY = polygon[1]
        var doubled = 0.0
        for index in 1..<(count - 1) {
            let x0 = polygon[2 * index] - originX
            let y0 = polygon[2 * index + 1] - originY
            let x1 = polygon[2 * index + 2] - originX
            let y1 = polygon[2 * index + 3] - originY
            doubled += x0 * y1 - x1 * y0
        }
        return doubled / 2
    }

    /// The smallest box around all points; nil without a point.
    public static func boundingBox(of polygon: [Double]) -> Box? {
        guard polygon.count >= 2 else { return nil }
        var (left, top, right, bottom) = (polygon[0], polygon[1], polygon[0], polygon[1])
        for index in stride(from: 2, to: polygon.count - 1, by: 2) {
            left = min(left, polygon[index])
            right = max(right, polygon[index])
            top = min(top, polygon[index + 1])
            bottom = max(bottom, polygon[index + 1])
        }
        return Box(x: left, y: top, width: right - left, height: bottom - top)
    }

    /// Two edges that properly cross, if any: each has the other's ends strictly on its two sides. Touching is not
    /// crossing. The pair whose later edge comes first along the sweep is given, lower number first.
    ///
    /// A sweep along the axis on which the edges are shorter: O(n log n) plus one test for each two edges that share an
    /// abscissa.
    public static func firstSelfCrossing(of polygon: [Double]) -> (edge: Int, otherEdge: Int)? {
        let count = polygon.count / 2
        guard count > 3, polygon.allSatisfy(\.isFinite) else { return nil }
        let points = (0..<count).map { SIMD2(polygon[2 * $0], polygon[2 * $0 + 1]) }
        let edges = (0..<count).map { PolygonEdge(start: points[$0], end: points[($0 + 1) % count]) }
        let extent = edges.reduce(SIMD2<Double>()) { $0 + ($1.upper - $1.lower) }
        let axis = extent.x <= extent.y ? 0 : 1
        let order = edges.indices.sorted { (edges[$0].lower[axis], $0) < (edges[$1].lower[axis], $1) }
        var active: [Int] = []
        for index in order {
            let edge = edges[index]
            var kept = 0
            for place in active.indices where edges[active[place]].upper[axis] >= edge.lower[axis] {
                let other = active[place]
                active[kept] = other
                kept += 1
                if edge.crosses(edges[other]) { return (min(index, other), max(index, other)) }
            }
            active.removeLast(active.count - kept)
            active.append(index)
        }
        return nil
    }
}

private struct PolygonEdge {
    let start: SIMD2<Double>
    let end: SIMD2<Double>
    let lower: SIMD2<Double>
    let upper: SIMD2<Double>

    init(start: SIMD2<Double>, end: SIMD2<Double>) {
        self.start = start
        self.end = end
        lower = pointwiseMin(start, end)
        upper = pointwiseMax(start, end)
    }

    func crosses(_ other: PolygonEdge) -> Bool {
        guard upper.x >= other.lower.x, other.upper.x >= lower.x, upper.y >= other.lower.y, other.upper.y >= lower.y
        else { return false }
        return side(of: other.start) * side(of: other.end) < 0 && other.side(of: start) * other.side(of: end) < 0
    }

    /// -1, 0 or 1: on which side of the line through this edge a point lies.
    private func side(of point: SIMD2<Double>) -> Int {
        let along = end - start
        let away = point - start
        let left = along.x * away.y
        let right = along.y * away.x
        return left > right ? 1 : left < right ? -1 : 0
    }
}
