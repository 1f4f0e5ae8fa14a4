/// Where the parts of a surface meet: curves between two parts, and corners where three come together.
///
/// Both are named by the parts, so that those of two bodies can be paired. Parts may meet at several places: the front and the back
/// of a shank along its inner and its outer side.
struct PartGeometry {
    /// One vertex of a curve or corner, and how far it is from it.
    struct Source: Hashable {
        var vertex: Int32
        var offset: Double
    }

    /// The pieces of each curve, by the names of its parts, sorted; pieces much shorter than the longest are left out.
    private(set) var curves: [[String]: [[Source]]] = [:]
    /// The places where three parts meet.
    private(set) var corners: [[String]: [[Source]]] = [:]

    init(_ mesh: TriangleMesh, _ parts: PartLabels) {
        var crossings: [[String]: [(a: Int32, b: Int32, triangle: Int32)]] = [:]
        var meetings: [[String]: [Int]] = [:]
        var edge = 0.0
        for (index, t) in mesh.triangles.enumerated() {
            let labels = (0..<3).map { parts.labels[Int(t[$0])] }
            guard !labels.contains(PartLabels.none) else { continue }
            for k in 0..<3 {
                let (i, j) = (k, (k + 1) % 3)
                edge = max(edge, distance(mesh.positions[Int(t[i])], mesh.positions[Int(t[j])]))
                guard labels[i] != labels[j] else { continue }
                let key = [parts.names[Int(labels[i])], parts.names[Int(labels[j])]].sorted()
                crossings[key, default: []].append((min(t[i], t[j]), max(t[i], t[j]), Int32(index)))
            }
            if Set(labels).count == 3 {
                meetings[labels.map { parts.names[Int($0)] }.sorted(), default: []].append(index)
            }
        }
        curves = crossings.mapValues { Self.pieces($0, mesh) }
        corners = meetings.mapValues { Self.places($0, mesh, within: 3 * edge) }
    }

    /// Edges that the curve crosses, joined where it goes from one to the next: through a triangle, or by the same edge.
    private static func pieces(
        _ crossings: [(a: Int32, b: Int32, triangle: Int32)], _ mesh: TriangleMesh
    ) -> [[Source]] {
        var sets = UnionFind(crossings.count)
        var ofEdge: [SIMD2<Int32>: Int] = [:]
        var ofTriangle: [Int32: Int] = [:]
        for (index, crossing) in crossings.enumerated() {
            let key = SIMD2(crossing.a, crossing.b)
            if let other = ofEdge[key] { sets.unite(index, other) } else { ofEdge[key] = index }
            if let other = ofTriangle[crossing.triangle] {
                sets.unite(index, other)
            } else {
                ofTriangle[crossing.triangle] = index
            }
        }
        var members: [Int: [Int]] = [:]
        for index in crossings.indices { members[sets.find(index), default: []].append(index) }
        let longest = members.values.map(\.count).max() ?? 0
        // In the order of their first crossing.
        return members.sorted { $0.key < $1.key }.map(\.value).filter { 4 * $0.count >= longest }.map { indices in
            var offsets: [Int32: Double] = [:]
            for index in indices {
                let (a, b) = (crossings[index].a, crossings[index].b)
                // The curve runs through the middle of the edge.
                let half = distance(mesh.positions[Int(a)], mesh.positions[Int(b)]) / 2
                for vertex in [a, b] { offsets[vertex] = min(offsets[vertex] ?? .infinity, half) }
            }
            return offsets.map { Source(vertex: $0.key, offset: $0.value) }.sorted { $0.vertex < $1.vertex }
        }
    }

    private static func places(_ triangles: [Int], _ mesh: TriangleMesh, within radius: Double) -> [[Source]] {
        let middles = triangles.map { index in
            let (a, b, c) = mesh.corners(of: index)
            return (a + b + c) / 3
        }
        var sets = UnionFind(triangles.count)
        for i in triangles.indices {
            for j in 0..<i where distance(middles[i], middles[j]) < radius { sets.unite(i, j) }
        }
        var members: [Int: [Int]] = [:]
        for i in triangles.indices { members[sets.find(i), default: []].append(i) }
        return members.sorted { $0.key < $1.key }.map { _, group in
            group.flatMap { i -> [Source] in
                let t = mesh.triangles[triangles[i]]
                return (0..<3).map {
                    Source(vertex: t[$0], offset: distance(mesh.positions[Int(t[$0])], middles[i]))
                }
            }
        }
    }
}
