/// Where the parts of a surface meet: curves between two parts, and corners where three come together.
///
/// Both are named by the parts, so that those of two bodies can be told apart and paired.
struct PartGeometry {
    /// One vertex of a curve or corner, and how far it is from it.
    struct Source: Hashable {
        var vertex: Int32
        var offset: Double
    }

    /// By the names of the parts, sorted.
    var curves: [[String]: [Source]] = [:]
    /// Corners that occur once; those whose parts meet at several places are left out.
    var corners: [[String]: [Source]] = [:]

    init(_ mesh: TriangleMesh, _ parts: PartLabels) {
        var offsets: [[String]: [Int32: Double]] = [:]
        var found: [[String]: [SIMD3<Double>: [Source]]] = [:]
        var edge = 0.0
        for (index, t) in mesh.triangles.enumerated() {
            let labels = (0..<3).map { parts.labels[Int(t[$0])] }
            guard !labels.contains(PartLabels.none) else { continue }
            let (a, b, c) = mesh.corners(of: index)
            let p = [a, b, c]
            for k in 0..<3 {
                let (i, j) = (k, (k + 1) % 3)
                edge = max(edge, distance(p[i], p[j]))
                guard labels[i] != labels[j] else { continue }
                let key = [parts.names[Int(labels[i])], parts.names[Int(labels[j])]].sorted()
                // The curve runs through the middle of the edge.
                let half = distance(p[i], p[j]) / 2
                for vertex in [t[i], t[j]] {
                    offsets[key, default: [:]][vertex] = min(offsets[key]?[vertex] ?? .infinity, half)
                }
            }
            guard Set(labels).count == 3 else { continue }
            let middle = (a + b + c) / 3
            let key = labels.map { parts.names[Int($0)] }.sorted()
            found[key, default: [:]][middle] = (0..<3).map {
                Source(vertex: t[$0], offset: distance(p[$0], middle))
            }
        }
        curves = offsets.mapValues { vertices in
            vertices.map { Source(vertex: $0.key, offset: $0.value) }.sorted { $0.vertex < $1.vertex }
        }
        for (key, places) in found {
            let middles = Array(places.keys)
            let isOne = middles.allSatisfy { distance($0, middles[0]) < 3 * edge }
            guard isOne else { continue }
            corners[key] = places.values.flatMap { $0 }.sorted {
                ($0.vertex, $0.offset) < ($1.vertex, $1.offset)
            }
        }
    }

    /// Curves and corners that both surfaces have, in the order of their names.
    static func common(_ a: PartGeometry, _ b: PartGeometry) -> (curves: [[String]], corners: [[String]]) {
        func order(_ x: [String], _ y: [String]) -> Bool { x.lexicographicallyPrecedes(y) }
        return (
            a.curves.keys.filter { b.curves[$0] != nil }.sorted(by: order),
            a.corners.keys.filter { b.corners[$0] != nil }.sorted(by: order)
        )
    }
}
