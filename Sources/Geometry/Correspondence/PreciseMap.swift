/// Takes each vertex to a point inside a triangle instead of to a vertex: Ezuz and Ben-Chen, "Deblurring and denoising of maps between
/// shapes", 2017.
enum PreciseMap {
    /// - Parameters:
    ///   - features: rows of the source's vertices and of the target's, in one space.
    ///   - vertices: the nearest vertex of the target for each of the source; triangles around it and its neighbours are tried.
    static func map(
        features: (source: FeatureMatrix, target: FeatureMatrix), vertices: [Int32], target: TriangleMesh
    ) throws(MeshError) -> SurfaceMap {
        let topology = try MeshTopology(target)
        let width = features.source.columns
        let points = concurrentMap(vertices.count) { row -> SurfacePoint? in
            features.source.values.withUnsafeBufferPointer { source in
                features.target.values.withUnsafeBufferPointer { rows in
                    nearest(
                        source.baseAddress! + row * width, rows.baseAddress!, width, Int(vertices[row]), topology)
                }
            }
        }
        return SurfaceMap(points: points)
    }

    private static func nearest(
        _ query: UnsafePointer<Float>, _ rows: UnsafePointer<Float>, _ width: Int, _ vertex: Int,
        _ topology: MeshTopology
    ) -> SurfacePoint? {
        var triangles: [Int32] = []
        topology.forEachOutgoing(of: vertex) { triangles.append($0 / 3) }
        for neighbor in topology.neighbors(of: vertex) {
            topology.forEachOutgoing(of: Int(neighbor)) { h in
                if !triangles.contains(h / 3) { triangles.append(h / 3) }
            }
        }
        var best: (point: SurfacePoint, distance: Double)?
        for triangle in triangles {
            let t = topology.triangles[Int(triangle)]
            let (a, b, c) = (rows + Int(t.x) * width, rows + Int(t.y) * width, rows + Int(t.z) * width)
            var (ee, ef, ff, eq, fq, qq) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
            for k in 0..<width {
                let (e, f, q) = (Double(b[k] - a[k]), Double(c[k] - a[k]), Double(query[k] - a[k]))
                ee += e * e
                ef += e * f
                ff += f * f
                eq += e * q
                fq += f * q
                qq += q * q
            }
            // The same triangle in a plane, with the query's foot there.
            let base = ee.squareRoot()
            guard base > 0 else { continue }
            let (cx, qx) = (ef / base, eq / base)
            let cy = max(ff - cx * cx, 0).squareRoot()
            let qy = cy > 0 ? (fq - cx * qx) / cy : 0
            let weights = TriangleTree.nearestWeights([qx, qy, 0], .zero, [base, 0, 0], [cx, cy, 0])
            let foot = SIMD2(weights.y * base + weights.z * cx, weights.z * cy)
            let distance =
                (foot.x - qx) * (foot.x - qx) + (foot.y - qy) * (foot.y - qy) + max(qq - qx * qx - qy * qy, 0)
            if distance < best?.distance ?? .infinity {
                best = (SurfacePoint(triangle: triangle, barycentric: weights), distance)
            }
        }
        return best?.point
    }
}
