/// Removes vertices where they matter least: Garland and Heckbert, "Surface simplification using quadric error metrics", 1997.
public enum QuadricSimplifier {
    /// Collapses edges, cheapest first, until this many vertices are left or no edge can go without folding the surface.
    /// - Returns: the mesh; and for each of its vertices the vertex of the old mesh that it grew from.
    /// - Throws: `MeshError` when the mesh is not manifold.
    public static func simplify(
        _ mesh: TriangleMesh, toVertices wanted: Int
    ) throws(MeshError) -> (mesh: TriangleMesh, vertices: [Int32]) {
        var work = try EditableMesh(mesh)
        var quadrics = [Quadric](repeating: Quadric(), count: mesh.vertexCount)
        for (index, triangle) in mesh.triangles.enumerated() {
            let normal = mesh.areaVector(of: index)
            let plane = Quadric(normal: normalized(normal), through: mesh.corners(of: index).0, weight: length(normal))
            for corner in 0..<3 { quadrics[Int(triangle[corner])] += plane }
        }
        // The boundary is held by planes that stand on it.
        for h in 0..<Int32(2 * work.edgeCount) where work.face[Int(h)] < 0 {
            let inner = h ^ 1
            let (a, b) = (work.positions[Int(work.tail(inner))], work.positions[Int(work.to[Int(inner)])])
            let upright = cross(b - a, normalized(work.areaVector(inner)))
            let plane = Quadric(normal: normalized(upright), through: a, weight: dot(b - a, b - a) * 10)
            quadrics[Int(work.tail(inner))] += plane
            quadrics[Int(work.to[Int(inner)])] += plane
        }
        var queue = EdgeQueue()
        var version = [Int32](repeating: 0, count: work.edgeCount)
        func offer(_ edge: Int) {
            let (a, b) = (Int(work.to[2 * edge + 1]), Int(work.to[2 * edge]))
            let (target, cost) = (quadrics[a] + quadrics[b]).best(between: work.positions[a], work.positions[b])
            queue.push(.init(cost: cost, edge: Int32(edge), version: version[edge], target: target))
        }
        for edge in 0..<work.edgeCount { offer(edge) }
        var left = work.outgoing.count { $0 >= 0 }
        while left > wanted, let entry = queue.pop() {
            let edge = Int(entry.edge)
            guard work.isLive(edge: edge), entry.version == version[edge] else { continue }
            let h = Int32(2 * edge)
            let (a, b) = (work.tail(h), work.to[Int(h)])
            guard work.canCollapse(h),
                work.staysUnfolded(a, movedTo: entry.target, longest: .infinity, ignoring: b),
                work.staysUnfolded(b, movedTo: entry.target, longest: .infinity, ignoring: a)
            else { continue }
            work.positions[Int(b)] = entry.target
            work.collapse(h)
            quadrics[Int(b)] += quadrics[Int(a)]
            left -= 1
            var around: [Int] = []
            work.forEachOutgoing(of: b) { around.append(Int($0) / 2) }
            for edge in around {
                version[edge] += 1
                offer(edge)
            }
        }
        return try work.compacted()
    }
}

/// The weighted sum of squared distances to planes, as a symmetric matrix, a vector and a number.
private struct Quadric {
    var xx = 0.0
    var xy = 0.0
    var xz = 0.0
    var yy = 0.0
    var yz = 0.0
    var zz = 0.0
    var linear = SIMD3<Double>.zero
    var constant = 0.0

    init() {}

    init(normal n: SIMD3<Double>, through p: SIMD3<Double>, weight: Double) {
        let d = -dot(n, p)
        (xx, xy, xz) = (weight * n.x * n.x, weight * n.x * n.y, weight * n.x * n.z)
        (yy, yz, zz) = (weight * n.y * n.y, weight * n.y * n.z, weight * n.z * n.z)
        linear = n * (d * weight)
        constant = d * d * weight
    }

    static func + (a: Quadric, b: Quadric) -> Quadric {
        var sum = a
        sum += b
        return sum
    }

    static func += (a: inout Quadric, b: Quadric) {
        (a.xx, a.xy, a.xz) = (a.xx + b.xx, a.xy + b.xy, a.xz + b.xz)
        (a.yy, a.yz, a.zz) = (a.yy + b.yy, a.yz + b.yz, a.zz + b.zz)
        a.linear += b.linear
        a.constant += b.constant
    }

    private func times(_ p: SIMD3<Double>) -> SIMD3<Double> {
        [xx * p.x + xy * p.y + xz * p.z, xy * p.x + yy * p.y + yz * p.z, xz * p.x + yz * p.y + zz * p.z]
    }

    private func cost(_ p: SIMD3<Double>) -> Double { max(0, dot(p, times(p)) + 2 * dot(linear, p) + constant) }

    /// The cheapest point, or the best of the ends and the middle where the planes leave it open.
    func best(between a: SIMD3<Double>, _ b: SIMD3<Double>) -> (SIMD3<Double>, Double) {
        let (c0, c1, c2) = (SIMD3(xx, xy, xz), SIMD3(xy, yy, yz), SIMD3(xz, yz, zz))
        let determinant = dot(c0, cross(c1, c2))
        let scale = xx + yy + zz
        if abs(determinant) > 1e-6 * scale * scale * scale {
            let r = -linear
            let solution =
                SIMD3(dot(r, cross(c1, c2)), dot(c0, cross(r, c2)), dot(c0, cross(c1, r))) / determinant
            // Nearly parallel planes may meet far away.
            if distance(solution, (a + b) / 2) < 2 * distance(a, b) { return (solution, cost(solution)) }
        }
        return [a, b, (a + b) / 2].map { ($0, cost($0)) }.min { $0.1 < $1.1 }!
    }
}

/// A heap of edges, cheapest first; equal costs in the order of their numbers.
private struct EdgeQueue {
    struct Entry {
        var cost: Double
        var edge: Int32
        var version: Int32
        var target: SIMD3<Double>

        static func < (a: Entry, b: Entry) -> Bool { a.cost < b.cost || (a.cost == b.cost && a.edge < b.edge) }
    }

    private var heap: [Entry] = []

    mutating func push(_ entry: Entry) {
        heap.append(entry)
        var at = heap.count - 1
        while at > 0, heap[at] < heap[(at - 1) / 2] {
            heap.swapAt(at, (at - 1) / 2)
            at = (at - 1) / 2
        }
    }

    mutating func pop() -> Entry? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var at = 0
        while true {
            var least = at
            for child in [2 * at + 1, 2 * at + 2] where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            if least == at { return first }
            heap.swapAt(at, least)
            at = least
        }
    }
}
