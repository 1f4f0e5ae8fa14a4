/// A manifold triangle mesh whose edges can be split, flipped and collapsed.
///
/// Half-edges come in pairs: `h` and `h ^ 1` run along the same edge in opposite directions, and `h >> 1` is the edge. Those along
/// the boundary have no face but are linked as the others are. What is removed leaves a gap in the numbers.
struct EditableMesh {
    var positions: [SIMD3<Double>]
    /// The vertex that a half-edge leads to; -1 where the edge is gone.
    private(set) var to: [Int32]
    private(set) var next: [Int32]
    private(set) var previous: [Int32]
    /// -1 outside the boundary.
    private(set) var face: [Int32]
    /// A half-edge that leaves the vertex; -1 where the vertex is gone or has no faces.
    private(set) var outgoing: [Int32]
    /// A half-edge of the face; -1 where it is gone.
    private(set) var faceEdge: [Int32]

    /// - Throws: `MeshError` when the mesh is not manifold.
    init(_ mesh: TriangleMesh) throws(MeshError) {
        let topology = try MeshTopology(mesh)
        positions = mesh.positions
        outgoing = [Int32](repeating: -1, count: mesh.vertexCount)
        faceEdge = [Int32](repeating: -1, count: mesh.triangleCount)
        // The number that each half-edge of the topology gets here.
        let count = 3 * mesh.triangleCount
        var number = [Int32](repeating: -1, count: count)
        var edges: Int32 = 0
        for h in 0..<count where number[h] < 0 {
            number[h] = 2 * edges
            if topology.twin[h] >= 0 { number[Int(topology.twin[h])] = 2 * edges + 1 }
            edges += 1
        }
        to = [Int32](repeating: -1, count: 2 * Int(edges))
        next = to
        previous = to
        face = to
        for h in 0..<Int32(count) {
            let mine = Int(number[Int(h)])
            to[mine] = topology.head(h)
            next[mine] = number[Int(topology.next(h))]
            previous[mine] = number[Int(topology.previous(h))]
            face[mine] = h / 3
            faceEdge[Int(h) / 3] = Int32(mine)
            outgoing[Int(topology.tail(h))] = Int32(mine)
            if topology.twin[Int(h)] < 0 { to[mine ^ 1] = topology.tail(h) }
        }
        // Along the boundary the half-edge outside continues with the one that leaves its end outside.
        for h in stride(from: 0, to: to.count, by: 1) where face[h] < 0 {
            var inside = Int32(h ^ 1)
            repeat { inside = previous[Int(inside)] ^ 1 } while face[Int(inside)] >= 0
            next[h] = inside
            previous[Int(inside)] = Int32(h)
        }
    }

    var edgeCount: Int { to.count / 2 }

    func isLive(edge: Int) -> Bool { to[2 * edge] >= 0 }
    func tail(_ h: Int32) -> Int32 { to[Int(h ^ 1)] }
    func isBoundary(edge: Int) -> Bool { face[2 * edge] < 0 || face[2 * edge + 1] < 0 }

    func isBoundary(vertex: Int32) -> Bool {
        var found = false
        forEachOutgoing(of: vertex) { if face[Int($0)] < 0 { found = true } }
        return found
    }

    @inline(__always)
    func forEachOutgoing(of vertex: Int32, _ visit: (Int32) -> Void) {
        let first = outgoing[Int(vertex)]
        guard first >= 0 else { return }
        var h = first
        repeat {
            visit(h)
            h = next[Int(h ^ 1)]
        } while h != first
    }

    func valence(of vertex: Int32) -> Int {
        var count = 0
        forEachOutgoing(of: vertex) { _ in count += 1 }
        return count
    }

    func length(edge: Int) -> Double {
        distance(positions[Int(to[2 * edge])], positions[Int(to[2 * edge + 1])])
    }

    /// The corners of the face to the left of a half-edge, from its tail on.
    func corners(_ h: Int32) -> SIMD3<Int32> { [tail(h), to[Int(h)], to[Int(next[Int(h)])]] }

    // MARK: Changes

    private mutating func link(_ a: Int32, _ b: Int32) {
        next[Int(a)] = b
        previous[Int(b)] = a
    }

    private mutating func addEdge(from a: Int32, to b: Int32) -> Int32 {
        let h = Int32(to.count)
        to += [b, a]
        next += [-1, -1]
        previous += [-1, -1]
        face += [-1, -1]
        return h
    }

    /// Makes a triangle of three half-edges.
    private mutating func close(_ a: Int32, _ b: Int32, _ c: Int32, face number: Int32) {
        link(a, b)
        link(b, c)
        link(c, a)
        for h in [a, b, c] { face[Int(h)] = number }
        faceEdge[Int(number)] = a
    }

    /// Puts a vertex on an edge and cuts the faces beside it in two.
    /// - Returns: the vertex.
    @discardableResult
    mutating func split(edge: Int, at position: SIMD3<Double>) -> Int32 {
        let (h, t) = (Int32(2 * edge), Int32(2 * edge + 1))
        let b = to[Int(h)]
        let m = Int32(positions.count)
        positions.append(position)
        let g = addEdge(from: m, to: b)
        outgoing.append(g)
        if outgoing[Int(b)] == t { outgoing[Int(b)] = g ^ 1 }
        let (hNext, hLast, tNext, tLast) = (next[Int(h)], previous[Int(h)], next[Int(t)], previous[Int(t)])
        to[Int(h)] = m
        if face[Int(h)] >= 0 {
            let k = addEdge(from: m, to: to[Int(hNext)])
            close(h, k, hLast, face: face[Int(h)])
            faceEdge.append(g)
            close(g, hNext, k ^ 1, face: Int32(faceEdge.count - 1))
        } else {
            link(h, g)
            link(g, hNext)
        }
        if face[Int(t)] >= 0 {
            let l = addEdge(from: m, to: to[Int(tNext)])
            close(t, tNext, l ^ 1, face: face[Int(t)])
            faceEdge.append(g ^ 1)
            close(g ^ 1, l, tLast, face: Int32(faceEdge.count - 1))
        } else {
            link(tLast, g ^ 1)
            link(g ^ 1, t)
        }
        return m
    }

    /// Turns an inner edge so that it joins the opposite corners of its two faces.
    mutating func flip(edge: Int) {
        let (h, t) = (Int32(2 * edge), Int32(2 * edge + 1))
        let (a, b) = (to[Int(t)], to[Int(h)])
        let (hNext, hLast, tNext, tLast) = (next[Int(h)], previous[Int(h)], next[Int(t)], previous[Int(t)])
        let (one, other) = (face[Int(h)], face[Int(t)])
        to[Int(h)] = to[Int(hNext)]
        to[Int(t)] = to[Int(tNext)]
        if outgoing[Int(a)] == h { outgoing[Int(a)] = tNext }
        if outgoing[Int(b)] == t { outgoing[Int(b)] = hNext }
        close(h, hLast, tNext, face: one)
        close(t, tLast, hNext, face: other)
    }

    /// Whether the half-edge's tail can be drawn into its head without folding the surface onto itself.
    func canCollapse(_ h: Int32) -> Bool {
        let (a, b) = (tail(h), to[Int(h)])
        let isBoundaryEdge = face[Int(h)] < 0 || face[Int(h ^ 1)] < 0
        if !isBoundaryEdge, isBoundary(vertex: a), isBoundary(vertex: b) { return false }
        // The ends may have no neighbours in common but those across the edge's faces.
        var common = 0
        forEachOutgoing(of: a) { x in forEachOutgoing(of: b) { y in if to[Int(x)] == to[Int(y)] { common += 1 } } }
        guard common == (isBoundaryEdge ? 1 : 2) else { return false }
        // A tetrahedron, or a single triangle, would vanish.
        let (valenceA, valenceB) = (valence(of: a), valence(of: b))
        return isBoundaryEdge ? valenceA + valenceB > 4 : max(valenceA, valenceB) > 3
    }

    /// Draws the tail into the head; the edge, its faces and the tail are gone.
    /// - Precondition: `canCollapse(h)`.
    mutating func collapse(_ h: Int32) {
        let t = h ^ 1
        let (a, b) = (to[Int(t)], to[Int(h)])
        var incoming: [Int32] = []
        forEachOutgoing(of: a) { incoming.append($0 ^ 1) }
        for x in incoming { to[Int(x)] = b }
        var anchor: Int32 = -1
        if face[Int(h)] >= 0 {
            let (inner, gone) = (next[Int(h)], previous[Int(h)])
            replace(gone, by: inner)
            outgoing[Int(to[Int(inner)])] = inner ^ 1
            anchor = inner
        } else {
            link(previous[Int(h)], next[Int(h)])
            anchor = next[Int(h)]
        }
        if face[Int(t)] >= 0 {
            let (gone, inner) = (next[Int(t)], previous[Int(t)])
            replace(gone, by: inner)
            outgoing[Int(to[Int(inner ^ 1)])] = inner
            anchor = inner ^ 1
        } else {
            link(previous[Int(t)], next[Int(t)])
        }
        outgoing[Int(b)] = anchor
        outgoing[Int(a)] = -1
        for x in [h, t] { to[Int(x)] = -1 }
    }

    /// Removes the face that two half-edges share, and lets the second take the place of the first's other side.
    private mutating func replace(_ gone: Int32, by inner: Int32) {
        faceEdge[Int(face[Int(gone)])] = -1
        let outer = gone ^ 1
        link(previous[Int(outer)], inner)
        link(inner, next[Int(outer)])
        face[Int(inner)] = face[Int(outer)]
        if face[Int(outer)] >= 0 { faceEdge[Int(face[Int(outer)])] = inner }
        to[Int(gone)] = -1
        to[Int(outer)] = -1
    }

    /// What is left, numbered anew in order.
    /// - Returns: the mesh, and for each of its vertices the number here.
    func compacted() throws(MeshError) -> (mesh: TriangleMesh, vertices: [Int32]) {
        var number = [Int32](repeating: -1, count: positions.count)
        var vertices: [Int32] = []
        for v in outgoing.indices where outgoing[v] >= 0 {
            number[v] = Int32(vertices.count)
            vertices.append(Int32(v))
        }
        var triangles: [SIMD3<Int32>] = []
        for h in faceEdge where h >= 0 {
            let c = corners(h)
            triangles.append([number[Int(c.x)], number[Int(c.y)], number[Int(c.z)]])
        }
        return (try TriangleMesh(positions: vertices.map { positions[Int($0)] }, triangles: triangles), vertices)
    }
}
