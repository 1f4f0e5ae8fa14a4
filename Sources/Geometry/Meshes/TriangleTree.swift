/// Finds the point of a surface that is nearest to a point of space: a tree of boxes around triangles.
///
/// O(n log n) to build, about O(log n) a question.
public struct TriangleTree: Sendable {
    private struct Node {
        var low: SIMD3<Double>
        var high: SIMD3<Double>
        /// A leaf's first place in `order`, or the node's second child; the first child follows the node.
        var link: Int32
        /// Triangles of a leaf; 0 for others.
        var count: Int32
    }

    private let mesh: TriangleMesh
    private var nodes: [Node] = []
    private var order: [Int32]

    /// - Precondition: the mesh has a triangle.
    public init(_ mesh: TriangleMesh) {
        precondition(mesh.triangleCount > 0, "a tree needs a triangle")
        self.mesh = mesh
        order = Array(0..<Int32(mesh.triangleCount))
        let middles = mesh.triangles.indices.map { index in
            let (a, b, c) = mesh.corners(of: index)
            return (a + b + c) / 3
        }
        build(0, order.count, middles)
    }

    private mutating func build(_ first: Int, _ last: Int, _ middles: [SIMD3<Double>]) {
        var low = SIMD3<Double>(repeating: .infinity)
        var high = -low
        var (lowMiddle, highMiddle) = (low, high)
        for i in first..<last {
            let (a, b, c) = mesh.corners(of: Int(order[i]))
            low = pointwiseMin(low, pointwiseMin(a, pointwiseMin(b, c)))
            high = pointwiseMax(high, pointwiseMax(a, pointwiseMax(b, c)))
            lowMiddle = pointwiseMin(lowMiddle, middles[Int(order[i])])
            highMiddle = pointwiseMax(highMiddle, middles[Int(order[i])])
        }
        let number = nodes.count
        nodes.append(Node(low: low, high: high, link: Int32(first), count: Int32(last - first)))
        guard last - first > 4 else { return }
        let size = highMiddle - lowMiddle
        let axis = size.x >= size.y && size.x >= size.z ? 0 : size.y >= size.z ? 1 : 2
        let sorted = order[first..<last].sorted {
            let (p, q) = (middles[Int($0)][axis], middles[Int($1)][axis])
            return p < q || (p == q && $0 < $1)
        }
        order.replaceSubrange(first..<last, with: sorted)
        let middle = (first + last) / 2
        nodes[number].count = 0
        build(first, middle, middles)
        nodes[number].link = Int32(nodes.count)
        build(middle, last, middles)
    }

    /// The nearest point of the surface; of equally near ones in several triangles, any (but always the same).
    public func nearest(to point: SIMD3<Double>) -> (point: SurfacePoint, distance: Double) {
        var best = Double.infinity
        var found = SurfacePoint(triangle: 0, barycentric: [1, 0, 0])
        var stack: [(node: Int32, distance: Double)] = [(0, 0)]
        while let (number, bound) = stack.popLast() {
            guard bound < best else { continue }
            let node = nodes[Int(number)]
            if node.count > 0 {
                for i in Int(node.link)..<Int(node.link + node.count) {
                    let triangle = order[i]
                    let (a, b, c) = mesh.corners(of: Int(triangle))
                    let weights = Self.nearestWeights(point, a, b, c)
                    let offset = a * weights.x + b * weights.y + c * weights.z - point
                    let squared = dot(offset, offset)
                    if squared < best {
                        best = squared
                        found = SurfacePoint(triangle: triangle, barycentric: weights)
                    }
                }
            } else {
                let (one, two) = (number + 1, node.link)
                let (d1, d2) = (gap(one, point), gap(two, point))
                // The nearer child is looked at first.
                stack.append(d1 < d2 ? (two, d2) : (one, d1))
                stack.append(d1 < d2 ? (one, d1) : (two, d2))
            }
        }
        return (found, best.squareRoot())
    }

    private func gap(_ node: Int32, _ point: SIMD3<Double>) -> Double {
        let n = nodes[Int(node)]
        let outside = pointwiseMax(pointwiseMax(n.low - point, point - n.high), .zero)
        return dot(outside, outside)
    }

    /// Barycentric weights of the point of a triangle nearest to `p` (Ericson, Real-Time Collision Detection, 5.1.5).
    static func nearestWeights(
        _ p: SIMD3<Double>, _ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>
    ) -> SIMD3<Double> {
        let (ab, ac, ap) = (b - a, c - a, p - a)
        let (d1, d2) = (dot(ab, ap), dot(ac, ap))
        if d1 <= 0, d2 <= 0 { return [1, 0, 0] }
        let bp = p - b
        let (d3, d4) = (dot(ab, bp), dot(ac, bp))
        if d3 >= 0, d4 <= d3 { return [0, 1, 0] }
        let vc = d1 * d4 - d3 * d2
        if vc <= 0, d1 >= 0, d3 <= 0 {
            let share = d1 / max(d1 - d3, .leastNormalMagnitude)
            return [1 - share, share, 0]
        }
        let cp = p - c
        let (d5, d6) = (dot(ab, cp), dot(ac, cp))
        if d6 >= 0, d5 <= d6 { return [0, 0, 1] }
        let vb = d5 * d2 - d1 * d6
        if vb <= 0, d2 >= 0, d6 <= 0 {
            let share = d2 / max(d2 - d6, .leastNormalMagnitude)
            return [1 - share, 0, share]
        }
        let va = d3 * d6 - d5 * d4
        if va <= 0, d4 - d3 >= 0, d5 - d6 >= 0 {
            let share = (d4 - d3) / max((d4 - d3) + (d5 - d6), .leastNormalMagnitude)
            return [0, 1 - share, share]
        }
        let scale = 1 / (va + vb + vc)
        guard scale.isFinite else { return [1, 0, 0] }
        return [1 - (vb + vc) * scale, vb * scale, vc * scale]
    }
}
