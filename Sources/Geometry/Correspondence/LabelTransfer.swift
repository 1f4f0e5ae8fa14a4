/// Carries what is known of one body to another through a map.
public struct LabelTransfer: Sendable {
    /// The body that gets the labels.
    public let body: LabelledMesh
    /// The body that has them.
    public let other: LabelledMesh
    /// From `body` to `other`.
    public let map: SurfaceMap

    /// - Throws: `MeshError.unsuitable` when the map is between other meshes.
    public init(to body: LabelledMesh, from other: LabelledMesh, map: SurfaceMap) throws(MeshError) {
        guard map.fits(source: body.mesh, target: other.mesh) else {
            throw .unsuitable("the map does not lead from \(body.name) to \(other.name)")
        }
        self.body = body
        self.other = other
        self.map = map
    }

    /// The parts of the other body. A vertex gets the part of the nearest corner; then pieces that are cut off from the largest
    /// of their part take the part that surrounds them.
    public func parts() throws(MeshError) -> PartLabels? {
        guard let parts = other.parts else { return nil }
        var labels = map.vertices(of: other.mesh).map { $0.map { parts.labels[Int($0)] } ?? PartLabels.none }
        try Self.joinPieces(&labels, body.mesh)
        return PartLabels(names: parts.names, labels: labels)
    }

    /// The vertex of this body that comes nearest to each of the other's named points; points that nothing comes near (within two
    /// edges) are left out.
    /// - Parameter back: from `other` to `body`, when it is known.
    public func keyVertices(back: SurfaceMap?) -> [String: Int] {
        var found: [String: Int] = [:]
        let places = map.positions(on: other.mesh)
        for (name, vertex) in other.landmarks {
            if let back, let point = back.points[vertex] {
                found[name] = Int(body.mesh.triangles[Int(point.triangle)][point.nearestCorner])
                continue
            }
            let place = other.mesh.positions[vertex]
            found[name] = places.indices.min {
                (places[$0].map { distance($0, place) } ?? .infinity)
                    < (places[$1].map { distance($0, place) } ?? .infinity)
            }
        }
        return found
    }

    /// The charts of the other body, one a triangle: borders are smoothed over a few edges, and pieces that are cut off join what
    /// surrounds them.
    public func charts(of atlas: ChartAtlas) throws(MeshError) -> [UInt8] {
        let faces = atlas.faces(of: other.mesh)
        let numbers = atlas.chartNumbers
        guard let last = numbers.last else { return [UInt8](repeating: 0, count: body.mesh.triangleCount) }
        // How much of each chart there is at a vertex, spread to the neighbours.
        let width = Int(last) + 1
        var shares = [Float](repeating: 0, count: body.mesh.vertexCount * width)
        for (vertex, point) in map.points.enumerated() {
            guard let point, faces[Int(point.triangle)].face >= 0 else { continue }
            shares[vertex * width + Int(atlas.charts[Int(faces[Int(point.triangle)].face)])] = 1
        }
        let topology = try MeshTopology(body.mesh)
        let neighbors = (0..<body.mesh.vertexCount).map { topology.neighbors(of: $0) }
        for _ in 0..<6 {
            var spread = shares
            for (vertex, around) in neighbors.enumerated() where !around.isEmpty {
                for chart in 0..<width {
                    let sum = around.reduce(Float(0)) { $0 + shares[Int($1) * width + chart] }
                    spread[vertex * width + chart] =
                        (shares[vertex * width + chart] + sum / Float(around.count)) / 2
                }
            }
            shares = spread
        }
        var charts = body.mesh.triangles.map { t -> UInt8 in
            let own = (0..<width).map { chart in (0..<3).reduce(Float(0)) { $0 + shares[Int(t[$1]) * width + chart] } }
            let best = own.indices.max { (own[$0], $1) < (own[$1], $0) } ?? 0
            return own[best] > 0 ? UInt8(best) : 0
        }
        try ChartRegions.clean(&charts, body.mesh)
        return charts
    }

    /// (chart, u, v) of the other body at each vertex of this one: annotations on this body become annotations on the other's
    /// charts, as the paper evaluates chimpanzees on people's charts.
    public func chartPoints(of lookup: ChartLookup) -> [ChartPoint?] {
        map.points.map { $0.flatMap { lookup.chartPoint(at: $0) } }
    }

    private static func joinPieces(_ labels: inout [UInt16], _ mesh: TriangleMesh) throws(MeshError) {
        let topology = try MeshTopology(mesh)
        let areas = mesh.vertexAreas()
        for _ in 0..<8 {
            var sets = UnionFind(labels.count)
            for t in mesh.triangles {
                for c in 0..<3 where labels[Int(t[c])] == labels[Int(t[(c + 1) % 3])] {
                    sets.unite(Int(t[c]), Int(t[(c + 1) % 3]))
                }
            }
            var sizes: [Int: Double] = [:]
            for v in labels.indices { sizes[sets.find(v), default: 0] += areas[v] }
            var largest: [UInt16: (root: Int, size: Double)] = [:]
            for (root, size) in sizes.sorted(by: { $0.key < $1.key }) where size > largest[labels[root]]?.size ?? -1 {
                largest[labels[root]] = (root, size)
            }
            let stray = labels.indices.filter {
                labels[$0] == PartLabels.none || largest[labels[$0]]!.root != sets.find($0)
            }
            guard !stray.isEmpty else { return }
            // From the border inwards: what has neighbours that stay takes the label that most of them have.
            let isStray = stray.reduce(into: [Bool](repeating: false, count: labels.count)) { $0[$1] = true }
            let old = labels
            for v in stray {
                var votes: [UInt16: Int] = [:]
                for n in topology.neighbors(of: v) where !isStray[Int(n)] { votes[old[Int(n)], default: 0] += 1 }
                if let best = votes.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) { labels[v] = best.key }
            }
        }
    }
}
