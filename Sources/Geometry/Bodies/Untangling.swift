/// Moves the vertices of needles and folds until their triangles are sound: a search by trial steps (Hooke and Jeeves,
/// J. ACM 8, 1961) that goes through the vertices in their order, so that it gives the same everywhere.
///
/// What it lowers, around a vertex: the squares of what sharp corners lack to `sharpest` and of what folded edges lack to
/// `flattest`, and of the way from where the flesh had the vertex. Only the left half is worked on; the right is its image.
struct Untangling {
    /// Sines of angles below which corners count as sharp, and cosines of bends below which edges count as folded.
    private static let sharpest = 0.42
    private static let needle = 0.22
    private static let flattest = 0.1
    private static let foldWeight = 1.2

    private let triangles: [SIMD3<Int32>]
    /// The triangle behind each edge (corner c to c + 1), -1 where that is the triangle's own image.
    private let across: [SIMD3<Int32>]
    private let around: [[Int32]]
    private let mirror: [Int32]

    /// - Parameter quads: of the left half, in the order in which they are cut into triangles.
    init(leftQuads quads: [SIMD4<Int32>], mirror: [Int32]) {
        self.mirror = mirror
        triangles = quads.flatMap { [SIMD3($0.x, $0.y, $0.z), SIMD3($0.x, $0.z, $0.w)] }
        var owner: [SIMD2<Int32>: Int32] = [:]
        var around = [[Int32]](repeating: [], count: mirror.count)
        for (t, corners) in triangles.enumerated() {
            for c in 0..<3 {
                owner[[corners[c], corners[(c + 1) % 3]]] = Int32(t)
                around[Int(corners[c])].append(Int32(t))
            }
        }
        self.around = around
        across = triangles.map { t in
            SIMD3(owner[[t.y, t.x]] ?? -1, owner[[t.z, t.y]] ?? -1, owner[[t.x, t.z]] ?? -1)
        }
    }

    func apply(to positions: inout [SIMD3<Double>], rounds: Int) {
        let start = positions
        let active = mirror.indices.filter { !around[$0].isEmpty }
        let edges = mirror.indices.map { v in
            around[v].reduce(0.0) { sum, t in
                let p = triangles[Int(t)]
                return sum + length(start[Int(p.x)] - start[Int(p.y)]) + length(start[Int(p.y)] - start[Int(p.z)])
            } / Double(max(1, 2 * around[v].count))
        }
        var step = mirror.indices.map { 0.4 * edges[$0] }
        positions.withUnsafeMutableBufferPointer { places in
            for round in 0..<rounds {
                // Out of narrow valleys, in which all steps had become short.
                if round > 0, round.isMultiple(of: 15) { step = edges.map { 0.4 * $0 } }
                for v in active where step[v] > 0.004 * edges[v] {
                    let isMiddle = Int(mirror[v]) == v
                    let home = places[v]
                    var best = strain(v, places, start[v], edges[v])
                    if best < 1e-4 { continue }
                    var bestPlace = home
                    for direction in Self.directions {
                        var trial = home + direction * step[v]
                        if isMiddle { trial.x = 0 }
                        // Nothing passes through the plane of symmetry.
                        if !isMiddle, trial.x < min(home.x, 0.05 * edges[v]) { continue }
                        places[v] = trial
                        let value = strain(v, places, start[v], edges[v])
                        if value < best - 1e-9 { (best, bestPlace) = (value, trial) }
                    }
                    places[v] = bestPlace
                    step[v] *= bestPlace == home ? 0.5 : 1.2
                }
            }
        }
        for v in mirror.indices where around[v].isEmpty {
            positions[v] = positions[Int(mirror[v])] * SIMD3(-1, 1, 1)
        }
    }

    private static let directions: [SIMD3<Double>] = {
        var all: [SIMD3<Double>] = []
        for x in [-1.0, 0, 1] {
            for y in [-1.0, 0, 1] {
                for z in [-1.0, 0, 1] where [x, y, z] != [0, 0, 0] { all.append(normalized([x, y, z])) }
            }
        }
        return all
    }()

    private func strain(
        _ v: Int, _ places: UnsafeMutableBufferPointer<SIMD3<Double>>, _ start: SIMD3<Double>, _ edge: Double
    ) -> Double {
        func area(_ t: SIMD3<Int32>) -> SIMD3<Double> {
            cross(places[Int(t.y)] - places[Int(t.x)], places[Int(t.z)] - places[Int(t.x)])
        }
        let way = (places[v] - start) / max(edge, 1e-12)
        var sum = 0.004 * dot(way, way)
        for index in around[v] {
            let t = triangles[Int(index)]
            let normal = area(t)
            let size = length(normal)
            let (a, b, c) = (places[Int(t.x)], places[Int(t.y)], places[Int(t.z)])
            let (d, e, f) = (distance(a, b), distance(b, c), distance(c, a))
            // The sine of the smallest angle: twice the area over the two longest sides.
            let sine = size * min(d, e, f) / max(d * e * f, 1e-30)
            let lack = max(0, Self.sharpest - sine)
            // Real needles outweigh any number of corners that are merely sharp.
            let need = max(0, Self.needle - sine)
            sum += lack * lack + 20 * need * need
            for side in 0..<3 {
                let other = across[Int(index)][side]
                let second = other < 0 ? normal * SIMD3(-1, 1, 1) : area(triangles[Int(other)])
                let bend = dot(normal, second) / max(size * length(second), 1e-30)
                let fold = max(0, Self.flattest - bend)
                sum += Self.foldWeight * fold * fold
            }
        }
        return sum
    }
}
