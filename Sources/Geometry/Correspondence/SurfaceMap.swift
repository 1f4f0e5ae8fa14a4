/// Where each vertex of one surface lies on another.
///
/// Maps have a direction: a map from A to B holds one point of B for each vertex of A.
public struct SurfaceMap: Hashable, Sendable {
    /// A point of the target for each vertex of the source; nil where there is no counterpart.
    public var points: [SurfacePoint?]

    public init(points: [SurfacePoint?]) {
        self.points = points
    }

    /// To vertices of the target.
    public init(vertices: [Int32], of target: TriangleMesh) {
        let corner = target.cornerOfVertex()
        points = vertices.map { corner[Int($0)] }
    }

    /// The nearest corner of each point's triangle.
    public func vertices(of target: TriangleMesh) -> [Int32?] {
        points.map { point in point.map { target.triangles[Int($0.triangle)][$0.nearestCorner] } }
    }

    /// Where the vertices lie in space.
    public func positions(on target: TriangleMesh) -> [SIMD3<Double>?] { points.map { $0.map(target.position) } }

    /// Whether every point lies in a triangle of a surface.
    public func fits(source: TriangleMesh, target: TriangleMesh) -> Bool {
        points.count == source.vertexCount
            && points.allSatisfy { $0.map { $0.triangle >= 0 && Int($0.triangle) < target.triangleCount } ?? true }
    }

    /// Numbers on the target's vertices, taken to the source's vertices; `missing` where there is no counterpart.
    public func pulledBack<T>(
        _ values: [T], on target: TriangleMesh, missing: T, mix: (T, Double, T, Double, T, Double) -> T
    ) -> [T] {
        points.map { point in
            guard let point else { return missing }
            let (t, b) = (target.triangles[Int(point.triangle)], point.barycentric)
            return mix(values[Int(t.x)], b.x, values[Int(t.y)], b.y, values[Int(t.z)], b.z)
        }
    }

    /// Where a point of the source lies: in the triangle's image, as the nearest point of the target to the mean of its
    /// corners' images, weighted. nil where a corner has no counterpart.
    public func image(
        of point: SurfacePoint, from source: TriangleMesh, on target: TriangleMesh, tree: TriangleTree
    ) -> SurfacePoint? {
        let t = source.triangles[Int(point.triangle)]
        var place = SIMD3<Double>.zero
        for c in 0..<3 {
            guard let image = points[Int(t[c])] else { return nil }
            place += target.position(of: image) * point.barycentric[c]
        }
        return tree.nearest(to: place).point
    }
}

extension TriangleMesh {
    /// Each vertex as a point: a corner of the first triangle that has it; nil for a vertex without triangles.
    func cornerOfVertex() -> [SurfacePoint?] {
        var corners = [SurfacePoint?](repeating: nil, count: vertexCount)
        for (index, t) in triangles.enumerated() {
            for c in 0..<3 where corners[Int(t[c])] == nil {
                var weights = SIMD3<Double>.zero
                weights[c] = 1
                corners[Int(t[c])] = SurfacePoint(triangle: Int32(index), barycentric: weights)
            }
        }
        return corners
    }
}
