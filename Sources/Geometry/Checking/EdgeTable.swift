/// The edges of any set of triangles, manifold or not.
struct EdgeTable {
    /// Half-edges (3 * triangle + corner), those of one edge in a row, edges in the order of their ends.
    let halfedges: [Int32]
    /// Where each edge begins in `halfedges`, and at the end their number.
    let starts: [Int32]
    private let triangles: [SIMD3<Int32>]

    init(_ triangles: [SIMD3<Int32>]) {
        self.triangles = triangles
        var keys: [(key: UInt64, halfedge: Int32)] = []
        keys.reserveCapacity(3 * triangles.count)
        for (f, t) in triangles.enumerated() {
            for c in 0..<3 {
                let (a, b) = (UInt64(t[c]), UInt64(t[(c + 1) % 3]))
                // A face that names a vertex twice has no such edge.
                if a != b { keys.append((min(a, b) << 32 | max(a, b), Int32(3 * f + c))) }
            }
        }
        keys.sort { $0.key < $1.key || ($0.key == $1.key && $0.halfedge < $1.halfedge) }
        halfedges = keys.map(\.halfedge)
        var starts: [Int32] = []
        for i in keys.indices where i == 0 || keys[i].key != keys[i - 1].key { starts.append(Int32(i)) }
        starts.append(Int32(keys.count))
        self.starts = starts
    }

    var count: Int { starts.count - 1 }

    func halfedges(of edge: Int) -> ArraySlice<Int32> { halfedges[Int(starts[edge])..<Int(starts[edge + 1])] }

    func ends(_ halfedge: Int32) -> (tail: Int32, head: Int32) {
        let t = triangles[Int(halfedge) / 3]
        return (t[Int(halfedge) % 3], t[(Int(halfedge) + 1) % 3])
    }
}

/// Sets that grow together; the smallest member stands for each.
struct UnionFind {
    private var parent: [Int32]

    init(_ count: Int) { parent = Array(0..<Int32(count)) }

    mutating func find(_ x: Int) -> Int {
        var x = x
        while Int(parent[x]) != x {
            parent[x] = parent[Int(parent[x])]
            x = Int(parent[x])
        }
        return x
    }

    mutating func unite(_ a: Int, _ b: Int) {
        let (x, y) = (find(a), find(b))
        parent[max(x, y)] = Int32(min(x, y))
    }
}
