import Foundation

/// How well a closed surface is made: its sharpest corner, its folds, and where it passes through itself.
public struct SurfaceQuality: Hashable, Sendable {
    /// Degrees.
    public let smallestAngle: Double
    /// Edges at which the normals of the two triangles differ by more than 120 degrees.
    public let foldedEdges: Int
    /// Pairs of triangles without a common edge of which an edge of one passes through the other.
    public let intersectingPairs: Int

    public init(_ mesh: TriangleMesh) {
        smallestAngle = mesh.triangles.indices.reduce(180) { min($0, Self.smallestAngle(mesh, $1)) }
        foldedEdges = Self.foldedEdges(mesh)
        intersectingPairs = Self.pairs(mesh).count
    }

    private static func smallestAngle(_ mesh: TriangleMesh, _ triangle: Int) -> Double {
        let (a, b, c) = mesh.corners(of: triangle)
        func angle(_ p: SIMD3<Double>, _ q: SIMD3<Double>) -> Double { atan2(length(cross(p, q)), dot(p, q)) }
        return min(angle(b - a, c - a), angle(c - b, a - b), angle(a - c, b - c)) * 180 / .pi
    }

    private static func foldedEdges(_ mesh: TriangleMesh) -> Int {
        var first: [SIMD2<Int32>: SIMD3<Double>] = [:]
        var folds = 0
        for (index, t) in mesh.triangles.enumerated() {
            let normal = normalized(mesh.areaVector(of: index))
            for c in 0..<3 {
                let (a, b) = (t[c], t[(c + 1) % 3])
                if let other = first.updateValue(normal, forKey: [min(a, b), max(a, b)]), dot(normal, other) < -0.5 {
                    folds += 1
                }
            }
        }
        return folds
    }

    /// Triangles are sorted by where they begin along y; each is compared with those that begin before it ends.
    static func pairs(_ mesh: TriangleMesh) -> [(Int, Int)] {
        let boxes = mesh.triangles.indices.map { index -> (low: SIMD3<Double>, high: SIMD3<Double>) in
            let (a, b, c) = mesh.corners(of: index)
            return (pointwiseMin(a, pointwiseMin(b, c)), pointwiseMax(a, pointwiseMax(b, c)))
        }
        let order = boxes.indices.sorted { (boxes[$0].low.y, $0) < (boxes[$1].low.y, $1) }
        var pairs: [(Int, Int)] = []
        for (place, one) in order.enumerated() {
            for next in (place + 1)..<max(place + 1, order.count) {
                let two = order[next]
                if boxes[two].low.y > boxes[one].high.y { break }
                guard boxes[two].low.x <= boxes[one].high.x, boxes[one].low.x <= boxes[two].high.x,
                    boxes[two].low.z <= boxes[one].high.z, boxes[one].low.z <= boxes[two].high.z
                else { continue }
                if meets(mesh, one, two) || meets(mesh, two, one) { pairs.append((one, two)) }
            }
        }
        return pairs
    }

    /// Whether an edge of the first triangle passes through the second; edges that share a corner with it do not count.
    private static func meets(_ mesh: TriangleMesh, _ one: Int, _ two: Int) -> Bool {
        let (s, t) = (mesh.triangles[one], mesh.triangles[two])
        func isCorner(_ v: Int32) -> Bool { v == t.x || v == t.y || v == t.z }
        let (a, b, c) = mesh.corners(of: two)
        for corner in 0..<3 {
            let (from, to) = (s[corner], s[(corner + 1) % 3])
            if isCorner(from) || isCorner(to) { continue }
            let (p, q) = (mesh.positions[Int(from)], mesh.positions[Int(to)])
            func volume(_ u: SIMD3<Double>, _ v: SIMD3<Double>, _ w: SIMD3<Double>, _ x: SIMD3<Double>) -> Double {
                dot(u - x, cross(v - x, w - x))
            }
            guard volume(a, b, c, p) * volume(a, b, c, q) < 0 else { continue }
            let sides = [volume(p, q, a, b), volume(p, q, b, c), volume(p, q, c, a)]
            if sides.allSatisfy({ $0 > 0 }) || sides.allSatisfy({ $0 < 0 }) { return true }
        }
        return false
    }
}
