import CMeshKernel

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
        return features.source.values.withUnsafeBufferPointer { source in
            features.target.values.withUnsafeBufferPointer { target in
                let search = Search(
                    source: source.baseAddress!, target: target.baseAddress!, width: width, topology: topology)
                return SurfaceMap(
                    points: concurrentMap(vertices.count) { search.nearest(to: $0, around: Int(vertices[$0])) })
            }
        }
    }

    /// Triangles are laid into a plane by their edges' lengths, and the query by its distances to their corners.
    private struct Search {
        let source: UnsafePointer<Float>
        let target: UnsafePointer<Float>
        let width: Int
        let topology: MeshTopology
        /// Squared lengths of the edges from the first corner to the second, the second to the third, the third to the first.
        let edges: [SIMD3<Double>]

        init(source: UnsafePointer<Float>, target: UnsafePointer<Float>, width: Int, topology: MeshTopology) {
            (self.source, self.target, self.width, self.topology) = (source, target, width, topology)
            nonisolated(unsafe) let rows = target
            edges = concurrentMap(topology.triangles.count) { index in
                let t = topology.triangles[index]
                func squared(_ a: Int32, _ b: Int32) -> Double {
                    Double(mesh_squared_distance(rows + Int(a) * width, rows + Int(b) * width, Int32(width)))
                }
                return [squared(t.x, t.y), squared(t.y, t.z), squared(t.z, t.x)]
            }
        }

        func nearest(to row: Int, around vertex: Int) -> SurfacePoint? {
            var triangles: [Int32] = []
            topology.forEachOutgoing(of: vertex) { triangles.append($0 / 3) }
            for neighbor in topology.neighbors(of: vertex) {
                topology.forEachOutgoing(of: Int(neighbor)) { h in
                    if !triangles.contains(h / 3) { triangles.append(h / 3) }
                }
            }
            var known: [(vertex: Int32, squared: Double)] = []
            func squared(_ vertex: Int32) -> Double {
                if let found = known.first(where: { $0.vertex == vertex }) { return found.squared }
                let value = Double(
                    mesh_squared_distance(source + row * width, target + Int(vertex) * width, Int32(width)))
                known.append((vertex, value))
                return value
            }
            var best: (point: SurfacePoint, distance: Double)?
            for triangle in triangles {
                let t = topology.triangles[Int(triangle)]
                let (ee, gg, ff) = (edges[Int(triangle)].x, edges[Int(triangle)].y, edges[Int(triangle)].z)
                let base = ee.squareRoot()
                guard base > 0 else { continue }
                let qq = squared(t.x)
                let (cx, qx) = ((ee + ff - gg) / (2 * base), (ee + qq - squared(t.y)) / (2 * base))
                let cy = max(ff - cx * cx, 0).squareRoot()
                let fq = (ff + qq - squared(t.z)) / 2
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
}
