/// Who borders on whom: the half-edges of an oriented manifold triangle mesh, with or without boundary.
///
/// Half-edge `3 * f + c` runs in triangle `f` from its corner `c` to the next. O(vertices + triangles) to build and to keep.
public struct MeshTopology: Sendable {
    public let triangles: [SIMD3<Int32>]
    public let vertexCount: Int
    /// The half-edge on the other side; -1 at the boundary.
    public let twin: [Int32]
    /// A half-edge that leaves the vertex, the first in counter-clockwise order where it lies on the boundary; -1 for a
    /// vertex without triangles.
    public let outgoing: [Int32]

    /// - Throws: `MeshError.edgeNotManifold` or `MeshError.vertexNotManifold`.
    public init(_ mesh: TriangleMesh) throws(MeshError) {
        try self.init(triangles: mesh.triangles, vertexCount: mesh.vertexCount)
    }

    public init(triangles: [SIMD3<Int32>], vertexCount: Int) throws(MeshError) {
        self.triangles = triangles
        self.vertexCount = vertexCount
        let count = 3 * triangles.count
        // Half-edges sorted by their lower end; those of one vertex are few, so that they are compared in turn.
        var start = [Int32](repeating: 0, count: vertexCount + 1)
        for triangle in triangles {
            for c in 0..<3 { start[Int(min(triangle[c], triangle[(c + 1) % 3])) + 1] += 1 }
        }
        for v in 0..<vertexCount { start[v + 1] += start[v] }
        var fill = start
        var sorted = [Int32](repeating: 0, count: count)
        for (f, triangle) in triangles.enumerated() {
            for c in 0..<3 {
                let (a, b) = (triangle[c], triangle[(c + 1) % 3])
                if a == b { throw .edgeNotManifold(Int(a), Int(b)) }
                sorted[Int(fill[Int(min(a, b))])] = Int32(3 * f + c)
                fill[Int(min(a, b))] += 1
            }
        }
        func ends(_ h: Int32) -> (Int32, Int32) {
            let triangle = triangles[Int(h) / 3]
            return (triangle[Int(h) % 3], triangle[(Int(h) + 1) % 3])
        }
        var twin = [Int32](repeating: -1, count: count)
        for v in 0..<vertexCount {
            for i in Int(start[v])..<Int(start[v + 1]) {
                let (a, b) = ends(sorted[i])
                for j in (i + 1)..<max(i + 1, Int(start[v + 1])) {
                    let (c, d) = ends(sorted[j])
                    guard max(a, b) == max(c, d) else { continue }
                    guard a == d, twin[Int(sorted[i])] < 0, twin[Int(sorted[j])] < 0 else {
                        throw .edgeNotManifold(Int(a), Int(b))
                    }
                    twin[Int(sorted[i])] = sorted[j]
                    twin[Int(sorted[j])] = sorted[i]
                }
            }
        }
        self.twin = twin
        var outgoing = [Int32](repeating: -1, count: vertexCount)
        var degree = [Int32](repeating: 0, count: vertexCount)
        for h in 0..<Int32(count) {
            let vertex = Int(ends(h).0)
            degree[vertex] += 1
            // The boundary half-edge is where a walk around the vertex must begin.
            if outgoing[vertex] < 0 || twin[Int(h)] < 0 { outgoing[vertex] = h }
        }
        self.outgoing = outgoing
        for vertex in 0..<vertexCount where outgoing[vertex] >= 0 {
            var seen: Int32 = 0
            forEachOutgoing(of: vertex) { _ in seen += 1 }
            if seen != degree[vertex] { throw .vertexNotManifold(vertex) }
        }
    }

    public func next(_ h: Int32) -> Int32 { h % 3 == 2 ? h - 2 : h + 1 }
    public func previous(_ h: Int32) -> Int32 { h % 3 == 0 ? h + 2 : h - 1 }
    public func tail(_ h: Int32) -> Int32 { triangles[Int(h) / 3][Int(h) % 3] }
    public func head(_ h: Int32) -> Int32 { tail(next(h)) }

    public func isBoundary(vertex: Int) -> Bool { outgoing[vertex] >= 0 && twin[Int(outgoing[vertex])] < 0 }

    public var isClosed: Bool { !twin.contains(-1) }

    /// Visits the half-edges that leave a vertex, counter-clockwise.
    public func forEachOutgoing(of vertex: Int, _ visit: (Int32) -> Void) {
        let first = outgoing[vertex]
        guard first >= 0 else { return }
        var h = first
        repeat {
            visit(h)
            h = twin[Int(previous(h))]
        } while h >= 0 && h != first
    }

    /// The vertices at the other ends of a vertex's edges.
    public func neighbors(of vertex: Int) -> [Int32] {
        var found: [Int32] = []
        var last: Int32 = -1
        forEachOutgoing(of: vertex) {
            found.append(head($0))
            last = $0
        }
        // At the boundary the last triangle's third corner has no half-edge from here.
        if last >= 0, twin[Int(previous(last))] < 0 { found.append(tail(previous(last))) }
        return found
    }
}
