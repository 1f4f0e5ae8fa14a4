import Foundation

/// Looks for what makes algorithms fail or lie.
public enum MeshCheck {
    /// - Parameter parts: whose density of vertices is told.
    /// - Throws: `MeshError` when faces name vertices that are not there.
    public static func report(on mesh: SurfaceMesh, parts: PartLabels? = nil) throws(MeshError) -> MeshReport {
        let triangulation = try mesh.triangulated()
        var inspection = Inspection(triangulation.mesh, faces: mesh.faces.count, parts: parts)
        return inspection.report()
    }
}

/// One look at a set of triangles, in which anything may be wrong.
private struct Inspection {
    let mesh: TriangleMesh
    let faces: Int
    let parts: PartLabels?
    let table: EdgeTable
    private var problems: [MeshReport.Problem] = []

    init(_ mesh: TriangleMesh, faces: Int, parts: PartLabels?) {
        self.mesh = mesh
        self.faces = faces
        self.parts = parts
        table = EdgeTable(mesh.triangles)
    }

    private mutating func add(
        _ kind: MeshReport.Problem.Kind, _ found: [Int], isError: Bool, isFixable: Bool, _ message: (Int) -> String
    ) {
        guard !found.isEmpty else { return }
        problems.append(
            .init(
                kind: kind, count: found.count, isError: isError, isFixable: isFixable, message: message(found.count),
                examples: Array(found.prefix(8))))
    }

    mutating func report() -> MeshReport {
        faceProblems()
        let edges = edgeProblems()
        vertexProblems(crossing: edges.crossing)
        let (components, componentOf) = components()
        let holes = holes()
        let isClosed = edges.open == 0 && edges.crossing.isEmpty && mesh.triangleCount > 0
        let isManifold = !problems.contains {
            [.nonManifoldEdges, .nonManifoldVertices, .degenerateFaces, .duplicateFaces].contains($0.kind)
        }
        let isOriented = edges.turned.isEmpty
        var volume: Double?
        if isClosed && isOriented {
            let volumes = volumes(componentOf, count: components.count)
            volume = volumes.reduce(0, +)
            let turned = volumes.indices.filter { volumes[$0] < 0 }
            // A hollow inside is inside out by right; a whole mesh is not.
            if let volume, volume < 0 || turned.contains(0) {
                add(.insideOut, turned, isError: false, isFixable: true) { _ in
                    "the surface is inside out: its faces are clockwise seen from outside"
                }
            }
        }
        if components.count > 1 {
            problems.append(
                .init(
                    kind: .severalComponents, count: components.count, isError: false, isFixable: false,
                    message: "the mesh has \(components.count) unconnected components; distances between them go over "
                        + "bridges", examples: []))
        }
        if !holes.isEmpty {
            problems.append(
                .init(
                    kind: .holes, count: holes.count, isError: false, isFixable: false,
                    message: "the surface has \(holes.count) open boundar\(holes.count == 1 ? "y" : "ies")",
                    examples: []
                ))
        }
        let shapes = shapes()
        add(.slivers, shapes.slivers, isError: false, isFixable: false) {
            "\($0) triangles have an angle below 15 degrees (meshmap remesh gives even ones)"
        }
        let (low, high) = mesh.bounds
        let characteristic = components.first?.eulerCharacteristic ?? 0
        return MeshReport(
            vertices: mesh.vertexCount, faces: faces, triangles: mesh.triangleCount, edges: table.count,
            components: components, holes: holes, isManifold: isManifold, isClosed: isClosed, isOriented: isOriented,
            genus: isManifold && isClosed && components.count == 1 ? (2 - characteristic) / 2 : nil, area: mesh.area,
            volume: volume, low: [low.x, low.y, low.z], high: [high.x, high.y, high.z],
            edgeLengths: edgeLengths(), smallestAngle: shapes.smallest,
            shareOfSlivers: mesh.triangleCount > 0 ? Double(shapes.slivers.count) / Double(mesh.triangleCount) : 0,
            densities: densities(), problems: problems)
    }

    // MARK: Faces

    private mutating func faceProblems() {
        let size = length(mesh.bounds.high - mesh.bounds.low)
        let degenerate = mesh.triangles.indices.filter { index in
            let t = mesh.triangles[index]
            // An area that rounding alone could make.
            return t.x == t.y || t.y == t.z || t.z == t.x
                || length(mesh.areaVector(of: index)) <= 1e-14 * size * size
        }
        add(.degenerateFaces, degenerate, isError: true, isFixable: true) { "\($0) triangles have no area" }
        var seen: [SIMD3<Int32>: Int] = [:]
        let duplicate = mesh.triangles.indices.filter { index in
            let t = mesh.triangles[index]
            let sorted = [t.x, t.y, t.z].sorted()
            let key = SIMD3(sorted[0], sorted[1], sorted[2])
            defer { seen[key] = index }
            return seen[key] != nil
        }
        add(.duplicateFaces, duplicate, isError: true, isFixable: true) { "\($0) triangles are there already" }
    }

    // MARK: Edges

    private mutating func edgeProblems() -> (open: Int, crossing: [Int32], turned: [Int]) {
        var open = 0
        var crossing: [Int32] = []
        var turned: [Int] = []
        for edge in 0..<table.count {
            let around = table.halfedges(of: edge)
            switch around.count {
            case 1: open += 1
            case 2:
                let (a, b) = (table.ends(around.first!), table.ends(around.last!))
                if a.tail == b.tail { turned.append(Int(around.first!) / 3) }
            default: crossing.append(around.first!)
            }
        }
        add(.nonManifoldEdges, crossing.map { Int(table.ends($0).tail) }, isError: true, isFixable: true) {
            "\($0) edges belong to more than two triangles"
        }
        add(.inconsistentFaces, turned, isError: true, isFixable: true) {
            "across \($0) edges the triangles are turned against each other"
        }
        return (open, crossing, turned)
    }

    // MARK: Vertices

    private mutating func vertexProblems(crossing: [Int32]) {
        var isUsed = [Bool](repeating: false, count: mesh.vertexCount)
        for t in mesh.triangles { for c in 0..<3 { isUsed[Int(t[c])] = true } }
        add(.unreferencedVertices, isUsed.indices.filter { !isUsed[$0] }, isError: false, isFixable: true) {
            "\($0) vertices belong to no face"
        }
        var first: [SIMD3<Double>: Int] = [:]
        let duplicate = mesh.positions.indices.filter { vertex in
            guard isUsed[vertex] else { return false }
            defer { if first[mesh.positions[vertex]] == nil { first[mesh.positions[vertex]] = vertex } }
            return first[mesh.positions[vertex]] != nil
        }
        add(.duplicateVertices, duplicate, isError: false, isFixable: true) {
            "\($0) vertices lie exactly where another does"
        }
        // Corners that are joined by faces with a common edge at the vertex belong to one fan.
        var fans = UnionFind(3 * mesh.triangleCount)
        for edge in 0..<table.count {
            let around = table.halfedges(of: edge)
            for other in around.dropFirst() {
                let (f, g) = (around.first!, other)
                let (fTail, fHead) = (Int(f), Int(f) / 3 * 3 + (Int(f) + 1) % 3)
                let (gTail, gHead) = (Int(g), Int(g) / 3 * 3 + (Int(g) + 1) % 3)
                let isTurned = table.ends(f).tail == table.ends(g).tail
                fans.unite(fTail, isTurned ? gTail : gHead)
                fans.unite(fHead, isTurned ? gHead : gTail)
            }
        }
        var fanOf = [Int](repeating: -1, count: mesh.vertexCount)
        var split: [Int] = []
        for corner in 0..<(3 * mesh.triangleCount) {
            let vertex = Int(mesh.triangles[corner / 3][corner % 3])
            let fan = fans.find(corner)
            if fanOf[vertex] < 0 {
                fanOf[vertex] = fan
            } else if fanOf[vertex] != fan, split.last != vertex {
                split.append(vertex)
            }
        }
        add(.nonManifoldVertices, Array(Set(split)).sorted(), isError: true, isFixable: true) {
            "at \($0) vertices several fans of faces touch"
        }
    }

    // MARK: Measures

    private func components() -> ([MeshReport.Component], [Int]) {
        var sets = UnionFind(mesh.vertexCount)
        for t in mesh.triangles {
            sets.unite(Int(t.x), Int(t.y))
            sets.unite(Int(t.y), Int(t.z))
        }
        var number = [Int](repeating: -1, count: mesh.vertexCount)
        var found: [MeshReport.Component] = []
        var root = [Int](repeating: -1, count: mesh.vertexCount)
        var isUsed = [Bool](repeating: false, count: mesh.vertexCount)
        for (index, t) in mesh.triangles.enumerated() {
            let set = sets.find(Int(t.x))
            if number[set] < 0 {
                number[set] = found.count
                found.append(.init(vertices: 0, triangles: 0, area: 0, eulerCharacteristic: 0))
            }
            found[number[set]].triangles += 1
            found[number[set]].area += length(mesh.areaVector(of: index)) / 2
            for c in 0..<3 where !isUsed[Int(t[c])] {
                isUsed[Int(t[c])] = true
                root[Int(t[c])] = number[set]
                found[number[set]].vertices += 1
            }
        }
        for component in found.indices {
            found[component].eulerCharacteristic = found[component].vertices + found[component].triangles
        }
        for edge in 0..<table.count {
            found[root[Int(table.ends(table.halfedges(of: edge).first!).tail)]].eulerCharacteristic -= 1
        }
        let order = found.indices.sorted {
            found[$0].area > found[$1].area || (found[$0].area == found[$1].area && $0 < $1)
        }
        var rank = [Int](repeating: 0, count: found.count)
        for (place, component) in order.enumerated() { rank[component] = place }
        return (order.map { found[$0] }, root.map { $0 < 0 ? -1 : rank[$0] })
    }

    private func volumes(_ componentOf: [Int], count: Int) -> [Double] {
        var volumes = [Double](repeating: 0, count: count)
        for (index, t) in mesh.triangles.enumerated() {
            let (a, b, c) = mesh.corners(of: index)
            volumes[componentOf[Int(t.x)]] += dot(a, cross(b, c)) / 6
        }
        return volumes
    }

    /// Loops of open edges, followed from head to tail.
    private func holes() -> [Double] {
        var next: [Int32: [Int32]] = [:]
        var open: [Int32] = []
        for edge in 0..<table.count where table.halfedges(of: edge).count == 1 {
            let h = table.halfedges(of: edge).first!
            open.append(h)
            next[table.ends(h).tail, default: []].append(h)
        }
        var isSeen: Set<Int32> = []
        var lengths: [Double] = []
        for start in open where !isSeen.contains(start) {
            var sum = 0.0
            var h = start
            while isSeen.insert(h).inserted {
                let (tail, head) = table.ends(h)
                sum += distance(mesh.positions[Int(tail)], mesh.positions[Int(head)])
                guard let following = next[head]?.first(where: { !isSeen.contains($0) }) else { break }
                h = following
            }
            lengths.append(sum)
        }
        return lengths.sorted(by: >)
    }

    private func shapes() -> (smallest: Double, slivers: [Int]) {
        var smallest = 180.0
        var slivers: [Int] = []
        for index in mesh.triangles.indices {
            let (a, b, c) = mesh.corners(of: index)
            let angle = [(a, b, c), (b, c, a), (c, a, b)].map { p, q, r in
                atan2(length(cross(q - p, r - p)), dot(q - p, r - p)) * 180 / .pi
            }.min()!
            smallest = min(smallest, angle)
            if angle < 15 { slivers.append(index) }
        }
        return (mesh.triangleCount > 0 ? smallest : 0, slivers)
    }

    private func edgeLengths() -> [Double] {
        guard table.count > 0 else { return [0, 0, 0] }
        var (least, sum, most) = (Double.infinity, 0.0, 0.0)
        for edge in 0..<table.count {
            let (a, b) = table.ends(table.halfedges(of: edge).first!)
            let size = distance(mesh.positions[Int(a)], mesh.positions[Int(b)])
            (least, sum, most) = (min(least, size), sum + size, max(most, size))
        }
        return [least, sum / Double(table.count), most]
    }

    private func densities() -> [MeshReport.Density] {
        guard let parts, parts.labels.count == mesh.vertexCount else { return [] }
        let areas = mesh.vertexAreas()
        return parts.names.indices.map { part in
            let vertices = parts.vertices(of: part)
            let area = vertices.reduce(0) { $0 + areas[$1] }
            return .init(
                part: parts.names[part], vertices: vertices.count, area: area,
                density: area > 0 ? Double(vertices.count) / area : 0)
        }
    }
}
