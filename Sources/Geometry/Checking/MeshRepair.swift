/// Mends what can be mended without guessing: nothing is moved, and no face is added.
public struct MeshRepair: Sendable {
    /// Vertices nearer than this become one; 0 joins only those that coincide exactly.
    public var tolerance = 0.0

    public init() {}

    public struct Result: Sendable {
        public var mesh: TriangleMesh
        /// The old vertex that each vertex was.
        public var vertices: [Int32]
        /// The old triangle that each triangle was.
        public var triangles: [Int32]
        /// What was done, in words, for those who ask.
        public var steps: [String]
    }

    /// Joins vertices that coincide, drops faces without area or that are there twice, turns neighbours the same way and each
    /// component outwards, separates sheets that share an edge or touch in a vertex, and drops vertices without faces.
    /// The result is manifold and oriented.
    public func repaired(_ mesh: TriangleMesh) throws(MeshError) -> Result {
        var steps: [String] = []
        var corners = joined(mesh, &steps)
        let kept = sound(corners, mesh, &steps)
        corners = kept.map { corners[Int($0)] }
        turn(&corners, &steps)
        turnOutwards(&corners, mesh, &steps)
        // Separation may leave two faces back to back; they are kept: each is a sheet.
        let (triangles, origin) = separated(corners, mesh.vertexCount, &steps)
        let dropped = mesh.vertexCount - Set(origin).count
        if dropped > 0 { steps.append("dropped \(dropped) vertices without faces or joined with others") }
        return Result(
            mesh: try TriangleMesh(positions: origin.map { mesh.positions[Int($0)] }, triangles: triangles),
            vertices: origin, triangles: kept, steps: steps)
    }

    /// The triangles, with the first of several coinciding vertices in place of each.
    private func joined(_ mesh: TriangleMesh, _ steps: inout [String]) -> [SIMD3<Int32>] {
        var first: [SIMD3<Double>: Int32] = [:]
        var number = [Int32](repeating: 0, count: mesh.vertexCount)
        var cells: [SIMD3<Int>: [Int32]] = [:]
        var count = 0
        for (vertex, position) in mesh.positions.enumerated() {
            number[vertex] = Int32(vertex)
            if tolerance > 0 {
                let scaled = (position / tolerance).clamped(
                    lowerBound: SIMD3(repeating: -1e15), upperBound: SIMD3(repeating: 1e15))
                let cell = SIMD3<Int>(scaled.rounded(.down))
                var found: Int32?
                for offset in 0..<27 {
                    let near = cell &+ SIMD3(offset % 3 - 1, offset / 3 % 3 - 1, offset / 9 - 1)
                    found = cells[near]?.first { distance(mesh.positions[Int($0)], position) <= tolerance } ?? found
                }
                if let found {
                    number[vertex] = found
                } else {
                    cells[cell, default: []].append(Int32(vertex))
                }
            } else if let known = first[position] {
                number[vertex] = known
            } else {
                first[position] = Int32(vertex)
            }
            if number[vertex] != vertex { count += 1 }
        }
        if count > 0 { steps.append("joined \(count) vertices with others at the same place") }
        return mesh.triangles.map { [number[Int($0.x)], number[Int($0.y)], number[Int($0.z)]] }
    }

    /// Faces that have an area and are there once.
    private func sound(_ corners: [SIMD3<Int32>], _ mesh: TriangleMesh, _ steps: inout [String]) -> [Int32] {
        let size = length(mesh.bounds.high - mesh.bounds.low)
        var seen: Set<SIMD3<Int32>> = []
        let kept = corners.indices.filter { index in
            let t = corners[index]
            guard t.x != t.y, t.y != t.z, t.z != t.x else { return false }
            let p = (0..<3).map { mesh.positions[Int(t[$0])] }
            guard length(cross(p[1] - p[0], p[2] - p[0])) > 1e-14 * size * size else { return false }
            let sorted = [t.x, t.y, t.z].sorted()
            return seen.insert([sorted[0], sorted[1], sorted[2]]).inserted
        }
        if kept.count < corners.count {
            steps.append("dropped \(corners.count - kept.count) faces without area or that were there already")
        }
        return kept.map { Int32($0) }
    }

    /// Turns faces so that across every edge of two faces both run the same way round, starting from the first face of each
    /// connected set. A one-sided surface is left with a seam.
    private func turn(_ corners: inout [SIMD3<Int32>], _ steps: inout [String]) {
        let table = EdgeTable(corners)
        var neighbors = [[(face: Int32, isTurned: Bool)]](repeating: [], count: corners.count)
        for edge in 0..<table.count {
            let around = table.halfedges(of: edge)
            guard around.count == 2 else { continue }
            let (f, g) = (around.first!, around.last!)
            let isTurned = table.ends(f).tail == table.ends(g).tail
            neighbors[Int(f) / 3].append((g / 3, isTurned))
            neighbors[Int(g) / 3].append((f / 3, isTurned))
        }
        var state = [Int8](repeating: 0, count: corners.count)
        var count = 0
        for start in corners.indices where state[start] == 0 {
            state[start] = 1
            var members = [start]
            var at = 0
            while at < members.count {
                let face = members[at]
                at += 1
                for (other, isTurned) in neighbors[face] where state[Int(other)] == 0 {
                    state[Int(other)] = isTurned ? -state[face] : state[face]
                    members.append(Int(other))
                }
            }
            // The way of most faces is kept.
            let turned = members.filter { state[$0] < 0 }
            let minority = 2 * turned.count > members.count ? members.filter { state[$0] > 0 } : turned
            for face in minority { corners[face] = [corners[face].x, corners[face].z, corners[face].y] }
            count += minority.count
        }
        if count > 0 { steps.append("turned \(count) faces that were against their neighbours") }
    }

    private func turnOutwards(_ corners: inout [SIMD3<Int32>], _ mesh: TriangleMesh, _ steps: inout [String]) {
        let table = EdgeTable(corners)
        var sets = UnionFind(corners.count)
        var isOpen = [Bool](repeating: false, count: corners.count)
        for edge in 0..<table.count {
            let around = table.halfedges(of: edge)
            if around.count == 2 {
                sets.unite(Int(around.first!) / 3, Int(around.last!) / 3)
            } else {
                for h in around { isOpen[Int(h) / 3] = true }
            }
        }
        var volume = [Double](repeating: 0, count: corners.count)
        var isOpenSet = isOpen
        for face in corners.indices {
            let p = (0..<3).map { mesh.positions[Int(corners[face][$0])] }
            volume[sets.find(face)] += dot(p[0], cross(p[1], p[2]))
            if isOpen[face] { isOpenSet[sets.find(face)] = true }
        }
        var count = 0
        for face in corners.indices {
            let set = sets.find(face)
            guard volume[set] < 0, !isOpenSet[set] else { continue }
            corners[face] = [corners[face].x, corners[face].z, corners[face].y]
            count += 1
        }
        if count > 0 { steps.append("turned \(count) faces of closed surfaces outwards") }
    }

    /// Gives every fan of faces around a vertex a vertex of its own; only edges with two faces that run opposite ways join.
    private func separated(
        _ corners: [SIMD3<Int32>], _ vertexCount: Int, _ steps: inout [String]
    ) -> ([SIMD3<Int32>], [Int32]) {
        let table = EdgeTable(corners)
        var fans = UnionFind(3 * corners.count)
        for edge in 0..<table.count {
            let around = table.halfedges(of: edge)
            guard around.count == 2, let f = around.first, let g = around.last,
                table.ends(f).tail == table.ends(g).head
            else { continue }
            fans.unite(Int(f), Int(g) / 3 * 3 + (Int(g) + 1) % 3)
            fans.unite(Int(g), Int(f) / 3 * 3 + (Int(f) + 1) % 3)
        }
        // Vertices in their old order; the further fans of one follow at the end.
        var firstFan = [Int](repeating: -1, count: vertexCount)
        for corner in 0..<(3 * corners.count) {
            let vertex = Int(corners[corner / 3][corner % 3])
            if firstFan[vertex] < 0 { firstFan[vertex] = fans.find(corner) }
        }
        var number = [Int32](repeating: -1, count: 3 * corners.count)
        var origin: [Int32] = []
        for vertex in 0..<vertexCount where firstFan[vertex] >= 0 {
            number[firstFan[vertex]] = Int32(origin.count)
            origin.append(Int32(vertex))
        }
        let before = origin.count
        var triangles = corners
        for corner in 0..<(3 * corners.count) {
            let fan = fans.find(corner)
            if number[fan] < 0 {
                number[fan] = Int32(origin.count)
                origin.append(corners[corner / 3][corner % 3])
            }
            triangles[corner / 3][corner % 3] = number[fan]
        }
        if origin.count > before {
            steps.append("gave sheets that shared edges or vertices \(origin.count - before) vertices of their own")
        }
        return (triangles, origin)
    }
}
