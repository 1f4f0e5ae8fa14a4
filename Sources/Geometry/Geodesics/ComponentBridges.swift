/// Edges that join the connected components of a mesh into one piece.
///
/// The rule: starting from the component with the most vertices (among equals the one with the lowest vertex), the component
/// with a vertex nearest in space to what is joined already is joined by an edge between these two vertices, of their straight
/// distance; until all are (Prim). Among equally near vertices the lower numbers win.
struct ComponentBridges: Sendable {
    struct Bridge: Hashable, Sendable {
        /// A vertex of the part that was joined before.
        let from: Int32
        /// A vertex of the component that it joins.
        let to: Int32
        let length: Double
    }
    /// One fewer than components.
    let bridges: [Bridge]

    init(_ positions: [SIMD3<Double>], _ components: ConnectedComponents) {
        let count = components.members.count
        var largest = 0
        for i in 0..<count where components.members[i].count > components.members[largest].count { largest = i }
        var nearest = [(squared: Double, from: Int32)](repeating: (.infinity, -1), count: positions.count)
        var isJoined = [Bool](repeating: false, count: count)
        var outside = components.component.indices.filter { Int(components.component[$0]) != largest }
        var bridges: [Bridge] = []
        var added = largest
        isJoined[largest] = true
        while bridges.count < count - 1 {
            // Only the component that came in last can be nearer than what was near before.
            let line = SortedAlongX(components.members[added], positions)
            for v in outside { line.nearest(to: positions[v], improve: &nearest[v]) }
            var best = outside[0]
            for v in outside where (nearest[v].squared, nearest[v].from) < (nearest[best].squared, nearest[best].from) {
                best = v
            }
            added = Int(components.component[best])
            isJoined[added] = true
            bridges.append(
                Bridge(from: nearest[best].from, to: Int32(best), length: nearest[best].squared.squareRoot()))
            outside.removeAll { Int(components.component[$0]) == added }
        }
        self.bridges = bridges
    }
}

/// Points in the order of their x, where a search ends as soon as x alone is too far.
private struct SortedAlongX {
    private let points: [(position: SIMD3<Double>, vertex: Int32)]

    init(_ vertices: [Int32], _ positions: [SIMD3<Double>]) {
        points = vertices.map { (positions[Int($0)], $0) }
            .sorted { ($0.position.x, $0.vertex) < ($1.position.x, $1.vertex) }
    }

    func nearest(to p: SIMD3<Double>, improve best: inout (squared: Double, from: Int32)) {
        var (low, high) = (0, points.count)
        while low < high {
            let middle = (low + high) / 2
            if points[middle].position.x < p.x { low = middle + 1 } else { high = middle }
        }
        func consider(_ index: Int) -> Bool {
            let dx = points[index].position.x - p.x
            if dx * dx > best.squared { return false }
            let d = points[index].position - p
            let squared = dot(d, d)
            if (squared, points[index].vertex) < (best.squared, best.from) || best.from < 0 {
                best = (squared, points[index].vertex)
            }
            return true
        }
        var i = low
        while i < points.count, consider(i) { i += 1 }
        i = low - 1
        while i >= 0, consider(i) { i -= 1 }
    }
}
