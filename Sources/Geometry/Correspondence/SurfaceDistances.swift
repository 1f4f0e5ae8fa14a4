/// The distances on one surface that descriptors are made of, from one pass over all its vertices.
struct SurfaceDistances {
    /// Sum over the vertices of each part: `[parts][vertices]`.
    var partSums: [[Double]]
    /// To the nearest of several sources: `[anchors][vertices]`.
    var anchors: [[Double]]

    /// - Parameter anchors: each a set of vertices with offsets.
    init(
        _ solver: GeodesicSolver, parts: PartLabels?, anchors: [[PartGeometry.Source]]
    ) throws(MeshError) {
        let count = solver.mesh.vertexCount
        var sums = [[Double]](repeating: [Double](repeating: 0, count: count), count: parts?.names.count ?? 0)
        var nearest = [[Double]](repeating: [Double](repeating: .infinity, count: count), count: anchors.count)
        var uses: [[(anchor: Int, offset: Double)]] = .init(repeating: [], count: count)
        for (index, anchor) in anchors.enumerated() {
            for source in anchor { uses[Int(source.vertex)].append((index, source.offset)) }
        }
        let sources = (0..<count).filter { vertex in
            !uses[vertex].isEmpty || parts.map { $0.labels[vertex] != PartLabels.none } ?? false
        }
        try solver.forEachTile(sources: sources) { (tile) throws(MeshError) in
            for row in tile.sources.indices {
                let source = tile.sources[row]
                let distances = tile.row(row)
                if let parts, parts.labels[source] != PartLabels.none {
                    tile.add(row, to: &sums[Int(parts.labels[source])])
                }
                for (anchor, offset) in uses[source] {
                    nearest[anchor].withUnsafeMutableBufferPointer { line in
                        for v in 0..<count { line[v] = min(line[v], distances[v] + offset) }
                    }
                }
            }
        }
        partSums = sums
        self.anchors = nearest
    }
}
