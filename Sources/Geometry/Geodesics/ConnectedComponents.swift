/// The pieces of a mesh that no edge joins. A vertex without triangles is a piece of its own.
struct ConnectedComponents: Sendable {
    /// The piece of each vertex. Pieces are numbered by their lowest vertex.
    let component: [Int32]
    /// The vertices of each piece, ascending.
    let members: [[Int32]]

    init(_ triangles: [SIMD3<Int32>], vertexCount: Int) {
        var parent = Array(0..<Int32(vertexCount))
        func root(_ v: Int32) -> Int32 {
            var v = v
            while parent[Int(v)] != v {
                parent[Int(v)] = parent[Int(parent[Int(v)])]
                v = parent[Int(v)]
            }
            return v
        }
        for t in triangles {
            for (a, b) in [(t.x, t.y), (t.y, t.z)] {
                let (x, y) = (root(a), root(b))
                // The lower number is the root, so that pieces come in the order of their lowest vertices.
                parent[Int(max(x, y))] = min(x, y)
            }
        }
        var component = [Int32](repeating: -1, count: vertexCount)
        var members: [[Int32]] = []
        for v in 0..<Int32(vertexCount) {
            let r = root(v)
            if r == v {
                component[Int(v)] = Int32(members.count)
                members.append([])
            } else {
                component[Int(v)] = component[Int(r)]
            }
            members[Int(component[Int(v)])].append(v)
        }
        self.component = component
        self.members = members
    }
}
