/// Makes the charts of a surface disks, as far as changing the chart of single triangles can.
public enum ChartRegions {
    /// Gives triangles whose chart does not hang together, or that make it touch itself or fray, to a neighbour's chart, until nothing
    /// changes.
    /// - Throws: `MeshError` for a mesh that is not manifold.
    public static func clean(_ charts: inout [UInt8], _ mesh: TriangleMesh) throws(MeshError) {
        let topology = try MeshTopology(mesh)
        let areas = mesh.triangles.indices.map { length(mesh.areaVector(of: $0)) / 2 }
        for _ in 0..<40 {
            var changed = joinPieces(&charts, topology, areas)
            changed += smooth(&charts, topology)
            changed += separate(&charts, topology)
            if changed == 0 { break }
        }
        openRings(&charts, topology)
    }

    /// Cuts charts that go around a limb open: the shortest strip of triangles from one of their boundaries to another goes to the chart
    /// beyond the first.
    private static func openRings(_ charts: inout [UInt8], _ topology: MeshTopology) {
        for chart in Set(charts).sorted() where chart > 0 {
            for _ in 0..<8 {
                guard let strip = strip(across: chart, charts, topology) else { break }
                for triangle in strip.triangles { charts[triangle] = strip.chart }
            }
        }
    }

    private static func strip(
        across chart: UInt8, _ charts: [UInt8], _ topology: MeshTopology
    ) -> (triangles: [Int], chart: UInt8)? {
        var loops = UnionFind(topology.vertexCount)
        var border: [Int32] = []
        for h in 0..<Int32(3 * charts.count) where charts[Int(h) / 3] == chart {
            let twin = topology.twin[Int(h)]
            guard twin < 0 || charts[Int(twin) / 3] != chart else { continue }
            border.append(h)
            loops.unite(Int(topology.tail(h)), Int(topology.head(h)))
        }
        guard let first = border.first else { return nil }
        let start = loops.find(Int(topology.tail(first)))
        var came = [Int: Int]()
        var beyond = [Int: UInt8]()
        var queue: [Int] = []
        var goals: Set<Int> = []
        for h in border {
            let triangle = Int(h) / 3
            if loops.find(Int(topology.tail(h))) != start {
                goals.insert(triangle)
            } else if topology.twin[Int(h)] >= 0, came[triangle] == nil {
                came[triangle] = triangle
                beyond[triangle] = charts[Int(topology.twin[Int(h)]) / 3]
                queue.append(triangle)
            }
        }
        guard !goals.isEmpty else { return nil }
        var at = 0
        while at < queue.count {
            let triangle = queue[at]
            at += 1
            if goals.contains(triangle) {
                var path = [triangle]
                while came[path[path.count - 1]]! != path[path.count - 1] { path.append(came[path[path.count - 1]]!) }
                let other = beyond[path[path.count - 1]]!
                return other > 0 ? (path, other) : nil
            }
            for next in neighbors(triangle, topology) where charts[next] == chart && came[next] == nil {
                came[next] = triangle
                queue.append(next)
            }
        }
        return nil
    }

    private static func neighbors(_ triangle: Int, _ topology: MeshTopology) -> [Int] {
        (0..<3).compactMap { c in
            let twin = topology.twin[3 * triangle + c]
            return twin < 0 ? nil : Int(twin) / 3
        }
    }

    private static func most(_ votes: [UInt8]) -> UInt8? {
        var count: [UInt8: Int] = [:]
        for vote in votes where vote > 0 { count[vote, default: 0] += 1 }
        return count.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    /// All but the largest piece of each chart, and triangles without a chart, join what is around them.
    private static func joinPieces(_ charts: inout [UInt8], _ topology: MeshTopology, _ areas: [Double]) -> Int {
        var sets = UnionFind(charts.count)
        for triangle in charts.indices {
            for other in neighbors(triangle, topology) where charts[other] == charts[triangle] {
                sets.unite(triangle, other)
            }
        }
        var sizes = [Double](repeating: 0, count: charts.count)
        for triangle in charts.indices { sizes[sets.find(triangle)] += areas[triangle] }
        var largest = [Int](repeating: -1, count: 256)
        for root in charts.indices where sets.find(root) == root {
            let chart = Int(charts[root])
            if largest[chart] < 0 || sizes[root] > sizes[largest[chart]] { largest[chart] = root }
        }
        let old = charts
        let isStray = charts.indices.map { charts[$0] == 0 || sets.find($0) != largest[Int(charts[$0])] }
        var changed = 0
        for triangle in charts.indices where isStray[triangle] {
            let around = neighbors(triangle, topology).filter { !isStray[$0] }.map { old[$0] }
            guard let best = most(around), best != old[triangle] else { continue }
            charts[triangle] = best
            changed += 1
        }
        return changed
    }

    /// A triangle that has two neighbours of one other chart takes that chart: teeth along a border vanish.
    private static func smooth(_ charts: inout [UInt8], _ topology: MeshTopology) -> Int {
        var changed = 0
        for triangle in charts.indices {
            let around = neighbors(triangle, topology).map { charts[$0] }
            guard around.count(where: { $0 == charts[triangle] }) <= 1,
                let best = most(around.filter { $0 != charts[triangle] }),
                around.count(where: { $0 == best }) >= 2
            else { continue }
            charts[triangle] = best
            changed += 1
        }
        return changed
    }

    /// Where a chart meets itself at a vertex only, the smaller of its fans there is given away.
    private static func separate(_ charts: inout [UInt8], _ topology: MeshTopology) -> Int {
        var changed = 0
        for vertex in 0..<topology.vertexCount where topology.outgoing[vertex] >= 0 {
            var ring: [Int] = []
            topology.forEachOutgoing(of: vertex) { ring.append(Int($0) / 3) }
            // Runs of one chart around the vertex; around an inner vertex the last goes on with the first.
            var runs: [(chart: UInt8, triangles: [Int])] = []
            for triangle in ring {
                if runs.last?.chart == charts[triangle] {
                    runs[runs.count - 1].triangles.append(triangle)
                } else {
                    runs.append((charts[triangle], [triangle]))
                }
            }
            if runs.count > 1, !topology.isBoundary(vertex: vertex), runs[0].chart == runs[runs.count - 1].chart {
                runs[0].triangles = runs.removeLast().triangles + runs[0].triangles
            }
            for chart in Set(runs.map(\.chart)).sorted() {
                let own = runs.indices.filter { runs[$0].chart == chart }
                guard own.count > 1 else { continue }
                let smallest = own.min { runs[$0].triangles.count < runs[$1].triangles.count }!
                let next = runs[(smallest + 1) % runs.count].chart
                for triangle in runs[smallest].triangles { charts[triangle] = next }
                changed += 1
                break
            }
        }
        return changed
    }
}
