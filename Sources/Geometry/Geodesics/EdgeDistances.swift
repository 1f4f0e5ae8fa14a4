/// Shortest paths along edges (Dijkstra 1959). O(E log V) a source.
struct EdgeDistances: Sendable {
    private let start: [Int32]
    private let neighbor: [Int32]
    private let length: [Double]

    init(_ mesh: TriangleMesh) {
        let n = mesh.vertexCount
        var start = [Int32](repeating: 0, count: n + 1)
        for t in mesh.triangles { for c in 0..<3 { start[Int(t[c]) + 1] += 2 } }
        for v in 0..<n { start[v + 1] += start[v] }
        var fill = start
        var neighbor = [Int32](repeating: 0, count: Int(start[n]))
        for t in mesh.triangles {
            for c in 0..<3 {
                for other in [t[(c + 1) % 3], t[(c + 2) % 3]] {
                    neighbor[Int(fill[Int(t[c])])] = other
                    fill[Int(t[c])] += 1
                }
            }
        }
        var length = [Double](repeating: 0, count: neighbor.count)
        for v in 0..<n {
            for p in Int(start[v])..<Int(start[v + 1]) {
                length[p] = distance(mesh.positions[v], mesh.positions[Int(neighbor[p])])
            }
        }
        self.start = start
        self.neighbor = neighbor
        self.length = length
    }

    /// From vertices that start at given distances; infinite where no edges lead.
    func distances(_ sources: [(vertex: Int, distance: Double)]) -> [Double] {
        var distances = [Double](repeating: .infinity, count: start.count - 1)
        var heap = DistanceHeap()
        for source in sources where source.distance < distances[source.vertex] {
            distances[source.vertex] = source.distance
            heap.push(source.distance, Int32(source.vertex))
        }
        while let (at, v) = heap.pop() {
            guard at == distances[Int(v)] else { continue }
            for p in Int(start[Int(v)])..<Int(start[Int(v) + 1]) {
                let (other, next) = (Int(neighbor[p]), at + length[p])
                if next < distances[other] {
                    distances[other] = next
                    heap.push(next, neighbor[p])
                }
            }
        }
        return distances
    }
}

/// A binary heap of vertices, the nearest first.
private struct DistanceHeap {
    private var items: [(Double, Int32)] = []

    mutating func push(_ distance: Double, _ vertex: Int32) {
        var i = items.count
        items.append((distance, vertex))
        while i > 0, items[(i - 1) / 2].0 > distance {
            items[i] = items[(i - 1) / 2]
            i = (i - 1) / 2
        }
        items[i] = (distance, vertex)
    }

    mutating func pop() -> (Double, Int32)? {
        guard let first = items.first, let last = items.popLast() else { return nil }
        guard !items.isEmpty else { return first }
        var i = 0
        while 2 * i + 1 < items.count {
            var child = 2 * i + 1
            if child + 1 < items.count, items[child + 1].0 < items[child].0 { child += 1 }
            guard items[child].0 < last.0 else { break }
            items[i] = items[child]
            i = child
        }
        items[i] = last
        return first
    }
}
