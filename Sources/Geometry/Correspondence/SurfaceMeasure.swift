/// Measures many pairs of points on one surface.
///
/// Points near each other in space and on the surface are measured straight; others by the distances between the corners of their
/// triangles, weighted.
struct SurfaceMeasure {
    private let mesh: TriangleMesh
    private let solver: GeodesicSolver
    /// The mean edge's length.
    private let edge: Double

    init(_ mesh: TriangleMesh, _ method: GeodesicMethod) throws(MeshError) {
        self.mesh = mesh
        solver = try GeodesicSolver(mesh, method: method)
        var sum = 0.0
        for index in mesh.triangles.indices {
            let (a, b, c) = mesh.corners(of: index)
            sum += distance(a, b) + distance(b, c) + distance(c, a)
        }
        edge = sum / Double(3 * max(mesh.triangleCount, 1))
    }

    /// The distance of each pair; infinite where a point is missing.
    func distances(from starts: [SurfacePoint?], to ends: [SurfacePoint?]) throws(MeshError) -> [Double] {
        var sums = [Double](repeating: .infinity, count: starts.count)
        // Which pairs each vertex is a corner of, as a start.
        var uses: [[(pair: Int32, weight: Double)]] = .init(repeating: [], count: mesh.vertexCount)
        for (pair, (start, end)) in zip(starts, ends).enumerated() {
            guard let start, end != nil else { continue }
            sums[pair] = 0
            let t = mesh.triangles[Int(start.triangle)]
            for c in 0..<3 where start.barycentric[c] > 0 {
                uses[Int(t[c])].append((Int32(pair), start.barycentric[c]))
            }
        }
        try solver.forEachTile(sources: uses.indices.filter { !uses[$0].isEmpty }) { (tile) throws(MeshError) in
            for row in tile.sources.indices {
                let line = tile.row(row)
                for (pair, weight) in uses[tile.sources[row]] {
                    let end = ends[Int(pair)]!
                    let t = mesh.triangles[Int(end.triangle)]
                    for c in 0..<3 where end.barycentric[c] > 0 {
                        sums[Int(pair)] += weight * end.barycentric[c] * line[Int(t[c])]
                    }
                }
            }
        }
        for pair in sums.indices {
            guard let start = starts[pair], let end = ends[pair] else { continue }
            let straight = distance(mesh.position(of: start), mesh.position(of: end))
            // Between corners every distance is too long by a part of an edge; points that are also near on the surface are
            // measured straight, not those on two fingers side by side.
            let isNear = straight < 2 * edge && sums[pair] < straight + 2 * edge
            sums[pair] = isNear ? straight : max(sums[pair], straight)
        }
        return sums
    }
}
