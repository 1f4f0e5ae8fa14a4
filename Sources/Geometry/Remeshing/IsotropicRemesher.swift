/// Gives a surface new vertices, evenly spread, and says where on the old surface each of them lies.
///
/// Botsch and Kobbelt, "A remeshing approach to multiresolution modeling", 2004: edges are split and collapsed towards one length,
/// flipped towards six a vertex, and vertices slide along the surface. Every vertex is put back onto the old surface, so that
/// truth that is known there stays known.
public struct IsotropicRemesher: Sendable {
    /// The length that edges should have.
    public var edgeLength: Double
    public var iterations = 8

    public struct Result: Sendable {
        public var mesh: TriangleMesh
        /// For each new vertex the point of the old surface where it lies.
        public var origins: [SurfacePoint]
    }

    public init(edgeLength: Double) {
        self.edgeLength = edgeLength
    }

    /// Remeshes to about this many vertices (within some per cent).
    /// - Throws: `MeshError` when the mesh is not manifold or has no area.
    public static func remesh(_ mesh: TriangleMesh, vertices wanted: Int) throws(MeshError) -> Result {
        guard mesh.triangleCount > 0, mesh.area > 0 else { throw .empty }
        guard wanted >= 4 else { throw .unsuitable("a surface needs at least 4 vertices, \(wanted) are asked for") }
        // Equilateral triangles: two a vertex, each of √3/4 L².
        var remesher = IsotropicRemesher(edgeLength: (mesh.area / Double(wanted) * 2 / 3.0.squareRoot()).squareRoot())
        var best = try remesher.remesh(mesh)
        var last = best
        func miss(_ result: Result) -> Double { abs(Double(result.mesh.vertexCount) / Double(wanted) - 1) }
        for _ in 0..<5 where miss(best) > 0.01 {
            remesher.edgeLength *= (Double(last.mesh.vertexCount) / Double(wanted)).squareRoot()
            last = try remesher.remesh(mesh)
            if miss(last) < miss(best) { best = last }
        }
        return best
    }

    /// - Throws: `MeshError` when the mesh is not manifold or has no triangles.
    public func remesh(_ mesh: TriangleMesh) throws(MeshError) -> Result {
        guard mesh.triangleCount > 0 else { throw .empty }
        let tree = TriangleTree(mesh)
        var work = try EditableMesh(mesh)
        for _ in 0..<iterations {
            splitLongEdges(&work)
            collapseShortEdges(&work)
            equalizeValences(&work)
            relax(&work, onto: tree, of: mesh)
        }
        let (result, _) = try work.compacted()
        let origins = result.positions.map { tree.nearest(to: $0).point }
        return Result(mesh: try result.moved(to: origins.map { mesh.position(of: $0) }), origins: origins)
    }

    private func splitLongEdges(_ work: inout EditableMesh) {
        let limit = edgeLength * 4 / 3
        var edge = 0
        // New edges join the queue; each split halves a length, so that this ends.
        while edge < work.edgeCount {
            if work.isLive(edge: edge), work.length(edge: edge) > limit {
                let middle =
                    (work.positions[Int(work.to[2 * edge])] + work.positions[Int(work.to[2 * edge + 1])]) / 2
                work.split(edge: edge, at: middle)
                continue
            }
            edge += 1
        }
    }

    private func collapseShortEdges(_ work: inout EditableMesh) {
        let (short, long) = (edgeLength * 4 / 5, edgeLength * 4 / 3)
        for edge in 0..<work.edgeCount where work.isLive(edge: edge) && work.length(edge: edge) < short {
            var h = Int32(2 * edge)
            // A vertex of the boundary stays on it, and its corners stay where they are.
            func firmness(_ vertex: Int32) -> Int {
                work.isBoundary(vertex: vertex) ? (work.isCorner(vertex) ? 2 : 1) : 0
            }
            let (tail, head) = (firmness(work.tail(h)), firmness(work.to[Int(h)]))
            if tail == 2, head == 2 { continue }
            if tail > head { h ^= 1 }
            let (a, b) = (work.tail(h), work.to[Int(h)])
            let target = tail == head ? (work.positions[Int(a)] + work.positions[Int(b)]) / 2 : work.positions[Int(b)]
            guard work.canCollapse(h), work.staysUnfolded(a, movedTo: target, longest: long, ignoring: b),
                work.staysUnfolded(b, movedTo: target, longest: long, ignoring: a)
            else { continue }
            work.positions[Int(b)] = target
            work.collapse(h)
        }
    }

    private func equalizeValences(_ work: inout EditableMesh) {
        for edge in 0..<work.edgeCount where work.isLive(edge: edge) && !work.isBoundary(edge: edge) {
            let h = Int32(2 * edge)
            let one = work.corners(h)
            let d = work.corners(h ^ 1).z
            func excess(_ vertex: Int32, _ change: Int) -> Int {
                let ideal = work.isBoundary(vertex: vertex) ? 4 : 6
                return (work.valence(of: vertex) + change - ideal) * (work.valence(of: vertex) + change - ideal)
            }
            let before = excess(one.x, 0) + excess(one.y, 0) + excess(one.z, 0) + excess(d, 0)
            let after = excess(one.x, -1) + excess(one.y, -1) + excess(one.z, 1) + excess(d, 1)
            guard after < before, work.canFlip(edge: edge) else { continue }
            work.flip(edge: edge)
        }
    }

    /// Moves vertices towards the middle of their neighbours along the surface, then onto the old surface.
    private func relax(_ work: inout EditableMesh, onto tree: TriangleTree, of mesh: TriangleMesh) {
        var moved = work.positions
        for v in work.outgoing.indices where work.outgoing[v] >= 0 {
            let vertex = Int32(v)
            var (sum, count, normal, isBoundary) = (SIMD3<Double>.zero, 0.0, SIMD3<Double>.zero, false)
            work.forEachOutgoing(of: vertex) { h in
                sum += work.positions[Int(work.to[Int(h)])]
                count += 1
                if work.face[Int(h)] >= 0 { normal += work.areaVector(h) } else { isBoundary = true }
            }
            guard !isBoundary else { continue }
            let unit = normalized(normal)
            let step = sum / count - work.positions[v]
            moved[v] = work.positions[v] + (step - unit * dot(step, unit)) * 0.8
        }
        for v in work.outgoing.indices where work.outgoing[v] >= 0 {
            let (point, _) = tree.nearest(to: moved[v])
            work.positions[v] = mesh.position(of: point)
        }
    }
}

extension EditableMesh {
    /// Whether the boundary bends by more than 20 degrees at a vertex that lies on it.
    func isCorner(_ vertex: Int32) -> Bool {
        var bends = false
        forEachOutgoing(of: vertex) { h in
            guard face[Int(h)] < 0 else { return }
            let here = positions[Int(vertex)]
            let ahead = normalized(positions[Int(to[Int(h)])] - here)
            let behind = normalized(here - positions[Int(tail(previous[Int(h)]))])
            if dot(ahead, behind) < 0.94 { bends = true }
        }
        return bends
    }

    /// Twice the area of the face to the left of a half-edge, along its normal.
    func areaVector(_ h: Int32) -> SIMD3<Double> {
        let c = corners(h)
        let (p, q, r) = (positions[Int(c.x)], positions[Int(c.y)], positions[Int(c.z)])
        return cross(q - p, r - p)
    }

    /// Whether the faces around a vertex keep their side, and their edges stay short enough, when it moves.
    /// - Parameter other: the faces that hold this vertex too are about to vanish.
    func staysUnfolded(
        _ vertex: Int32, movedTo target: SIMD3<Double>, longest: Double, ignoring other: Int32
    ) -> Bool {
        var isFine = true
        forEachOutgoing(of: vertex) { h in
            guard isFine else { return }
            let c = corners(h)
            if to[Int(h)] != other, distance(positions[Int(to[Int(h)])], target) > longest { isFine = false }
            guard face[Int(h)] >= 0, c.y != other, c.z != other else { return }
            let (q, r) = (positions[Int(c.y)], positions[Int(c.z)])
            let (before, after) = (areaVector(h), cross(q - target, r - target))
            if dot(before, after) <= 0.3 * Geometry.length(before) * Geometry.length(after) { isFine = false }
        }
        return isFine
    }

    /// Whether turning an inner edge keeps the surface manifold and unfolded.
    func canFlip(edge: Int) -> Bool {
        let h = Int32(2 * edge)
        let one = corners(h)
        let (a, b, c, d) = (one.x, one.y, one.z, corners(h ^ 1).z)
        guard c != d, valence(of: a) > 3, valence(of: b) > 3 else { return false }
        var isJoined = false
        forEachOutgoing(of: c) { if to[Int($0)] == d { isJoined = true } }
        guard !isJoined else { return false }
        let p = [a, b, c, d].map { positions[Int($0)] }
        let old = normalized(areaVector(h) + areaVector(h ^ 1))
        let (first, second) = (cross(p[0] - p[3], p[2] - p[3]), cross(p[1] - p[2], p[3] - p[2]))
        // The new faces look the old ones' way.
        return dot(first, old) > 0.5 * Geometry.length(first) && dot(second, old) > 0.5 * Geometry.length(second)
            && dot(areaVector(h), old) > 0 && dot(areaVector(h ^ 1), old) > 0
    }
}
