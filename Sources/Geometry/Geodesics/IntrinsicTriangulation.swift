/// A surface as edge lengths alone: triangles that may be flipped without changing the surface.
///
/// After `flipToDelaunay` two vertices may share several edges, and an edge may return to its own vertex. Half-edge
/// `3 * f + c` runs in triangle `f` from its corner `c` to the next.
public struct IntrinsicTriangulation: Sendable {
    public let vertexCount: Int
    public private(set) var triangles: [SIMD3<Int32>]
    /// One a half-edge, in the unit of the mesh.
    public private(set) var lengths: [Double]
    /// The half-edge on the other side; -1 at the boundary.
    public private(set) var twin: [Int32]

    /// - Throws: `MeshError` for a mesh that is empty, not an oriented manifold, or without extent.
    public init(_ mesh: TriangleMesh) throws(MeshError) {
        guard mesh.triangleCount > 0 else { throw .empty }
        let topology = try MeshTopology(mesh)
        vertexCount = mesh.vertexCount
        triangles = mesh.triangles
        twin = topology.twin
        lengths = (0..<Int32(3 * mesh.triangleCount)).map {
            distance(mesh.positions[Int(topology.tail($0))], mesh.positions[Int(topology.head($0))])
        }
        // Beyond these, squares of areas leave the range of numbers.
        let edge = meanEdgeLength
        guard edge > 1e-60, edge < 1e60 else {
            throw .unsuitable(
                edge == 0
                    ? "all vertices of the mesh lie in one place"
                    : "the mesh's edges are \(edge) long on average, which is outside of 1e-60 to 1e60; scale it")
        }
        mollify()
    }

    /// Makes every edge longer by one small length, so that in every triangle two sides exceed the third by 1e-5 of the mean
    /// edge: then degenerate triangles have an area (Sharp, Crane 2020, section 4.5). Changes nothing when all do already.
    private mutating func mollify() {
        let slack = 1e-5 * meanEdgeLength
        var missing = 0.0
        for f in triangles.indices {
            let (a, b, c) = (lengths[3 * f], lengths[3 * f + 1], lengths[3 * f + 2])
            missing = max(missing, slack - (a + b - c), slack - (b + c - a), slack - (c + a - b))
        }
        if missing > 0 { for h in lengths.indices { lengths[h] += missing } }
    }

    /// Of edges, each counted once.
    public var meanEdgeLength: Double {
        var (sum, count) = (0.0, 0)
        for h in lengths.indices where Int(twin[h]) < h {
            sum += lengths[h]
            count += 1
        }
        return sum / Double(max(count, 1))
    }

    /// By Heron's formula in Kahan's stable order.
    public func area(of face: Int) -> Double {
        let (p, q, r) = (lengths[3 * face], lengths[3 * face + 1], lengths[3 * face + 2])
        let c = min(p, q, r)
        let a = max(p, q, r)
        let b = max(min(p, q), min(max(p, q), r))
        return max(0, (a + (b + c)) * (c - (a - b)) * (c + (a - b)) * (a + (b - c))).squareRoot() / 4
    }

    /// Cotangents of the angles at the corners.
    public func cotangents(of face: Int) -> SIMD3<Double> {
        let (ab, bc, ca) = (lengths[3 * face], lengths[3 * face + 1], lengths[3 * face + 2])
        let squares = SIMD3(ab * ab + ca * ca - bc * bc, ab * ab + bc * bc - ca * ca, bc * bc + ca * ca - ab * ab)
        return squares / (4 * max(area(of: face), .leastNormalMagnitude))
    }

    /// Cotangent of the angle across from a half-edge.
    private func cotangent(across h: Int) -> Double { cotangents(of: h / 3)[(h % 3 + 2) % 3] }

    /// Flips edges until no circle through a triangle's corners holds another vertex (Bobenko, Springborn 2007). In a
    /// fixed order, so that the same mesh gives the same triangulation.
    /// - Returns: how many edges were flipped.
    @discardableResult
    public mutating func flipToDelaunay() -> Int {
        var waiting = (0..<lengths.count).reversed().filter { Int(twin[$0]) > $0 }
        var flips = 0
        // Ends by theory; the bound is for rounding.
        let limit = 1000 * triangles.count
        while let h = waiting.popLast(), flips < limit {
            let t = Int(twin[h])
            guard t >= 0, t / 3 != h / 3 else { continue }
            guard cotangent(across: h) + cotangent(across: t) < -1e-9, let length = flippedLength(h) else { continue }
            flip(h, length)
            flips += 1
            for outer in [3 * (h / 3) + 1, 3 * (h / 3) + 2, 3 * (t / 3) + 1, 3 * (t / 3) + 2] where twin[outer] >= 0 {
                waiting.append(outer)
            }
        }
        return flips
    }

    /// The other diagonal of the two triangles, laid into the plane; nil where it would have no triangle on one side.
    private func flippedLength(_ h: Int) -> Double? {
        let t = Int(twin[h])
        let base = lengths[h]
        func apex(_ h: Int) -> (x: Double, y: Double) {
            let (right, left) = (lengths[next(h)], lengths[previous(h)])
            return ((base * base + left * left - right * right) / (2 * base), 2 * area(of: h / 3) / base)
        }
        let (p, q) = (apex(h), apex(t))
        let (dx, dy) = (p.x - (base - q.x), p.y + q.y)
        let length = (dx * dx + dy * dy).squareRoot()
        // The new triangles must be triangles.
        let (ha, hb) = (lengths[previous(h)], lengths[next(h)])
        let (ta, tb) = (lengths[next(t)], lengths[previous(t)])
        guard length > 0, ha + ta > length, hb + tb > length, length + min(ha, ta) > max(ha, ta),
            length + min(hb, tb) > max(hb, tb)
        else { return nil }
        return length
    }

    private mutating func flip(_ h: Int, _ length: Double) {
        let t = Int(twin[h])
        let (f, g) = (h / 3, t / 3)
        let (a, b) = (triangles[f][h % 3], triangles[g][t % 3])
        let (p, q) = (triangles[f][(h % 3 + 2) % 3], triangles[g][(t % 3 + 2) % 3])
        // q -> b, b -> p, p -> a, a -> q keep their length and neighbour and move to new places.
        let old = [previous(t), next(h), previous(h), next(t)]
        let new = [3 * f + 1, 3 * f + 2, 3 * g + 1, 3 * g + 2]
        let kept = old.map { (twin[$0], lengths[$0]) }
        triangles[f] = SIMD3(p, q, b)
        triangles[g] = SIMD3(q, p, a)
        (twin[3 * f], twin[3 * g]) = (Int32(3 * g), Int32(3 * f))
        (lengths[3 * f], lengths[3 * g]) = (length, length)
        for (place, (neighbor, length)) in zip(new, kept) {
            lengths[place] = length
            // Two of the four may be glued to each other.
            let moved = old.firstIndex(of: Int(neighbor)).map { Int32(new[$0]) } ?? neighbor
            twin[place] = moved
            if moved >= 0 { twin[Int(moved)] = Int32(place) }
        }
    }

    private func next(_ h: Int) -> Int { h % 3 == 2 ? h - 2 : h + 1 }
    private func previous(_ h: Int) -> Int { h % 3 == 0 ? h + 2 : h - 1 }
}
