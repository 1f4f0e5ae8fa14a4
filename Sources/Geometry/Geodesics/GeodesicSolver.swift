/// Distances on the surface of a mesh, in the mesh's unit.
///
/// Vertices that no path reaches are infinitely far, unless the components are bridged, as an artist's mesh with separate eyes,
/// teeth and nails needs it: starting from the component with the most vertices, the component with a vertex nearest in space
/// to what is joined already is joined by an edge between these two vertices, of their straight distance, until all are joined;
/// among equals the lower vertex wins. A distance across bridges is the sum of the distance to the bridge within the one
/// component, the bridge's length, and the distance from its end within the other.
///
/// What is computed depends on the mesh alone, not on the number of processors.
public struct GeodesicSolver: Sendable {
    public let method: GeodesicMethod
    public let mesh: TriangleMesh
    private let components: ConnectedComponents
    private let backend: Backend
    private let crossings: [[Crossing]]

    private enum Backend: Sendable {
        case exact(ExactGeodesics)
        case heat(HeatMethod)
        case dijkstra(EdgeDistances)
    }

    /// A way out of a component over a bridge.
    private struct Crossing: Sendable {
        let from: Int32
        let to: Int32
        let length: Double
        /// Distances from `to` to the vertices of its component, in their order.
        let beyond: [Double]
    }

    /// - Parameter bridging: whether components are joined, by the rule above.
    /// - Throws: `MeshError` for a mesh without triangles; except for `.dijkstra` also for one that is no oriented manifold.
    public init(_ mesh: TriangleMesh, method: GeodesicMethod, bridging: Bool = true) throws(MeshError) {
        guard mesh.triangleCount > 0 else { throw .empty }
        self.method = method
        self.mesh = mesh
        let components = ConnectedComponents(mesh.triangles, vertexCount: mesh.vertexCount)
        self.components = components
        let backend: Backend =
            switch method {
            case .exact: .exact(try ExactGeodesics(mesh))
            case .heat: .heat(try HeatMethod(mesh, components: components))
            case .dijkstra: .dijkstra(EdgeDistances(mesh))
            }
        self.backend = backend
        var crossings = [[Crossing]](repeating: [], count: components.members.count)
        if bridging, components.members.count > 1 {
            let ways = ComponentBridges(mesh.positions, components).bridges.flatMap {
                [($0.from, $0.to, $0.length), ($0.to, $0.from, $0.length)]
            }
            var lines: [[Double]] = []
            let ends = ways.map { Int($0.1) }
            try Self.forEachTile(backend, components, ends, vertexCount: mesh.vertexCount) { (tile) throws(MeshError) in
                for row in tile.sources.indices {
                    let distances = tile.row(row)
                    let own = Int(components.component[tile.sources[row]])
                    lines.append(components.members[own].map { distances[Int($0)] })
                }
            }
            for (way, line) in zip(ways, lines) {
                crossings[Int(components.component[Int(way.0)])].append(
                    Crossing(from: way.0, to: way.1, length: way.2, beyond: line))
            }
        }
        self.crossings = crossings
    }

    /// Distances from a vertex to all.
    public func distances(from vertex: Int) throws(MeshError) -> [Double] {
        try distances(fromSet: [vertex])
    }

    /// Distances to the nearest of some vertices.
    ///
    /// The heat method takes the least of the single vertices' distances: heat from all at once would be wrong between them.
    /// - Precondition: the set is not empty and its vertices are the mesh's.
    public func distances(fromSet vertices: [Int]) throws(MeshError) -> [Double] {
        precondition(!vertices.isEmpty, "the distance to no vertex")
        var result = [Double](repeating: .infinity, count: mesh.vertexCount)
        func take(_ row: UnsafeBufferPointer<Double>) {
            for v in result.indices { result[v] = min(result[v], row[v]) }
        }
        if case .heat = backend {
            try forEachTile(sources: vertices) { (tile) throws(MeshError) in
                for row in tile.sources.indices { take(tile.row(row)) }
            }
            return result
        }
        // The others find the distance to a set as fast as to one vertex, but a component at a time where bridges follow.
        for group in Dictionary(grouping: vertices, by: { components.component[$0] }).sorted(by: { $0.key < $1.key }) {
            var row: [Double] =
                switch backend {
                case .exact(let exact): try exact.distances(from: group.value)
                case .dijkstra(let edges): edges.distances(group.value.map { ($0, 0) })
                case .heat: []
                }
            row.withUnsafeMutableBufferPointer { row in
                cross(from: Int(group.key), row.baseAddress!)
                take(UnsafeBufferPointer(row))
            }
        }
        return result
    }

    /// Distances from a point in a triangle.
    public func distances(from point: SurfacePoint) throws(MeshError) -> [Double] {
        var row: [Double]
        switch backend {
        case .exact(let exact): row = try exact.distances(from: point)
        case .dijkstra(let edges):
            let triangle = mesh.triangles[Int(point.triangle)]
            let position = mesh.position(of: point)
            row = edges.distances(
                (0..<3).map { (Int(triangle[$0]), distance(mesh.positions[Int(triangle[$0])], position)) })
        case .heat(let heat):
            row = [Double](repeating: 0, count: mesh.vertexCount)
            row.withUnsafeMutableBufferPointer {
                heat.distances(from: point, scratch: heat.scratch(), rows: $0.baseAddress!)
            }
        }
        let own = Int(components.component[Int(mesh.triangles[Int(point.triangle)].x)])
        row.withUnsafeMutableBufferPointer { cross(from: own, $0.baseAddress!) }
        return row
    }

    /// Distances from every vertex, or from some, to all vertices, in tiles of 32 sources: computed on all processors, given
    /// in order to one caller at a time. Only the tiles in work are in memory.
    /// - Throws: what `body` throws, which also ends the work.
    public func forEachTile(
        sources: [Int]? = nil, _ body: (GeodesicTile) throws(MeshError) -> Void
    ) throws(MeshError) {
        try Self.forEachTile(
            backend, components, sources ?? Array(0..<mesh.vertexCount), vertexCount: mesh.vertexCount, crossing: cross,
            body)
    }

    /// For each part l the sum Σ g(p, s) over its vertices s, for every vertex p: `[parts][vertexCount]`. Vertices without
    /// a part are no sources. Nothing else of all pairs is kept.
    public func sums(overParts labels: PartLabels) throws(MeshError) -> [[Double]] {
        var sums = [[Double]](
            repeating: [Double](repeating: 0, count: mesh.vertexCount), count: labels.names.count)
        let sources = labels.labels.indices.filter { labels.labels[$0] != PartLabels.none }
        try forEachTile(sources: sources) { (tile) throws(MeshError) in
            for row in tile.sources.indices {
                tile.add(row, to: &sums[Int(labels.labels[tile.sources[row]])])
            }
        }
        return sums
    }

    /// Completes a row that is right within the component of its source.
    private func cross(from own: Int, _ row: UnsafeMutablePointer<Double>) {
        guard components.members.count > 1 else { return }
        for v in 0..<mesh.vertexCount where Int(components.component[v]) != own { row[v] = .infinity }
        // Bridges make a tree of the components, so that each is entered once.
        var reached = [own]
        var isReached = [Bool](repeating: false, count: crossings.count)
        isReached[own] = true
        while let component = reached.popLast() {
            for crossing in crossings[component] {
                let next = Int(components.component[Int(crossing.to)])
                guard !isReached[next] else { continue }
                isReached[next] = true
                reached.append(next)
                let start = row[Int(crossing.from)] + crossing.length
                for (v, distance) in zip(components.members[next], crossing.beyond) { row[Int(v)] = start + distance }
            }
        }
    }

    private static func forEachTile(
        _ backend: Backend, _ components: ConnectedComponents, _ sources: [Int], vertexCount: Int,
        crossing: ((Int, UnsafeMutablePointer<Double>) -> Void)? = nil,
        _ body: (GeodesicTile) throws(MeshError) -> Void
    ) throws(MeshError) {
        let workers = Processors.count
        let width = HeatMethod.width
        let tiles = (0..<workers).map { _ in GeodesicTile.Storage(count: width * vertexCount) }
        let scratches: [HeatMethod.Scratch] =
            if case .heat(let heat) = backend { (0..<workers).map { _ in heat.scratch() } } else { [] }
        var first = 0
        while first < sources.count {
            let ranges = (0..<workers).map { worker in
                let start = min(first + worker * width, sources.count)
                return start..<min(start + width, sources.count)
            }
            let failures = concurrentMap(workers) { worker -> MeshError? in
                let own = sources[ranges[worker]]
                guard !own.isEmpty else { return nil }
                let rows = tiles[worker].rows
                do throws(MeshError) {
                    switch backend {
                    case .heat(let heat): heat.distances(from: own, scratch: scratches[worker], rows: rows)
                    case .exact(let exact):
                        for (row, source) in own.enumerated() {
                            (rows + row * vertexCount).update(
                                from: try exact.distances(from: [source]), count: vertexCount)
                        }
                    case .dijkstra(let edges):
                        for (row, source) in own.enumerated() {
                            (rows + row * vertexCount).update(from: edges.distances([(source, 0)]), count: vertexCount)
                        }
                    }
                    for (row, source) in own.enumerated() {
                        crossing?(Int(components.component[source]), rows + row * vertexCount)
                    }
                    return nil
                } catch {
                    return error
                }
            }
            if let failure = failures.compactMap({ $0 }).first { throw failure }
            for worker in 0..<workers where !ranges[worker].isEmpty {
                try body(
                    GeodesicTile(
                        sources: Array(sources[ranges[worker]]), vertexCount: vertexCount, storage: tiles[worker]))
            }
            first += workers * width
        }
    }
}
