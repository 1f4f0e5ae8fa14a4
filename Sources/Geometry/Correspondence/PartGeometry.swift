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

    /// A curve, or a piece of one: the vertices beside it, and its course through triangles, from the middle of one edge to that of
    /// another, with the first of its parts on the left.
    struct Piece {
        var sources: [Source]
        var steps: [(from: SIMD2<Int32>, to: SIMD2<Int32>)]

        /// By how much some numbers on the vertices grow from its beginning to its end; zero for a closed curve.
        ///
        /// The inner and the outer side of a limb have the same parts beside them, but run in opposite directions: no map that keeps
        /// the surface's orientation takes one to the other.
        func growth(of features: FeatureMatrix) -> [Float] {
            var growth = [Float](repeating: 0, count: features.columns)
            for step in steps {
                for (edge, sign) in [(step.to, 0.5 as Float), (step.from, -0.5)] {
                    for vertex in [edge.x, edge.y] {
                        for (c, value) in features.row(Int(vertex)).enumerated() { growth[c] += sign * value }
                    }
                }
            }
            return growth
        }
    }

    /// The pieces of each curve, by the names of its parts, sorted; pieces much shorter than the longest are left out.
    private(set) var curves: [[String]: [Piece]] = [:]
    /// The places where three parts meet.
    private(set) var corners: [[String]: [[Source]]] = [:]

    init(_ mesh: TriangleMesh, _ parts: PartLabels) {
        var crossings: [[String]: [Crossing]] = [:]
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
                crossings[key, default: []].append(
                    Crossing(edge: [min(t[i], t[j]), max(t[i], t[j])], triangle: Int32(index)))
            }
            if Set(labels).count == 3 {
                meetings[labels.map { parts.names[Int($0)] }.sorted(), default: []].append(index)
            }
        }
        curves = Dictionary(
            uniqueKeysWithValues: crossings.map { ($0.key, Self.pieces($0.value, $0.key[0], mesh, parts)) })
        corners = meetings.mapValues { Self.places($0, mesh, within: 3 * edge) }
    }

    private struct Crossing {
        var edge: SIMD2<Int32>
        var triangle: Int32
    }

    /// Edges that the curve crosses, joined where it goes from one to the next: through a triangle, or by the same edge.
    private static func pieces(
        _ crossings: [Crossing], _ left: String, _ mesh: TriangleMesh, _ parts: PartLabels
    ) -> [Piece] {
        var sets = UnionFind(crossings.count)
        var ofEdge: [SIMD2<Int32>: Int] = [:]
        var ofTriangle: [Int32: Int] = [:]
        for (index, crossing) in crossings.enumerated() {
            if let other = ofEdge[crossing.edge] { sets.unite(index, other) } else { ofEdge[crossing.edge] = index }
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
            var steps: [(from: SIMD2<Int32>, to: SIMD2<Int32>)] = []
            for index in indices {
                let (a, b) = (crossings[index].edge.x, crossings[index].edge.y)
                // The curve runs through the middle of the edge.
                let half = distance(mesh.positions[Int(a)], mesh.positions[Int(b)]) / 2
                for vertex in [a, b] { offsets[vertex] = min(offsets[vertex] ?? .infinity, half) }
                guard ofTriangle[crossings[index].triangle] == index else { continue }
                if let step = step(mesh.triangles[Int(crossings[index].triangle)], left, parts) { steps.append(step) }
            }
            let sources = offsets.map { Source(vertex: $0.key, offset: $0.value) }.sorted { $0.vertex < $1.vertex }
            return Piece(sources: sources, steps: steps)
        }
    }

    /// The way through a triangle with two labels: around the corner that is alone, which is on the left of a walk from the edge
    /// after it to the edge before it.
    private static func step(
        _ t: SIMD3<Int32>, _ left: String, _ parts: PartLabels
    ) -> (from: SIMD2<Int32>, to: SIMD2<Int32>)? {
        let labels = (0..<3).map { parts.labels[Int(t[$0])] }
        let alone = (0..<3).first { corner -> Bool in
            let (next, last) = (labels[(corner + 1) % 3], labels[(corner + 2) % 3])
            return next == last && labels[corner] != next
        }
        guard let k = alone else { return nil }
        let (after, before) = (SIMD2(t[k], t[(k + 1) % 3]), SIMD2(t[k], t[(k + 2) % 3]))
        return parts.names[Int(labels[k])] == left ? (after, before) : (before, after)
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
