import Foundation

/// Lays charts out in the unit square by convex combinations (Tutte 1963, Floater 1997): every inner vertex lies in the
/// weighted middle of its neighbours and the border on a convex curve, so that no face can turn over and every face is
/// convex. Weights follow the local stretch (Yoshizawa, Belyaev, Seidel 2004), so that fingers are not lost.
///
/// Only the cage's topology enters: the same cage gives the same (u, v) on every species.
struct ConvexChartLayout {
    /// One (u, v) a corner of each quad.
    var uv: [[SIMD2<Double>]]

    /// - Parameter charts: one of 1...24 a quad.
    init(_ mesh: RefinedCage, charts: [Int]) {
        uv = [[SIMD2<Double>]](repeating: [], count: mesh.quads.count)
        var members = [[Int]](repeating: [], count: 25)
        for (q, chart) in charts.enumerated() { members[chart].append(q) }
        // Charts of the right side are the images of those of the left.
        let isRight: Set<Int> = [3, 6, 7, 9, 11, 13, 16, 18, 20, 22, 23]
        for chart in 1...24 where !isRight.contains(chart) && !members[chart].isEmpty {
            let place = Self.layOut(members[chart].map { mesh.quads[$0].corners })
            for q in members[chart] {
                let corners = mesh.quads[q].corners
                uv[q] = (0..<4).map { place[corners[$0]]! }
                let other = Int(mesh.quadMirror[q])
                guard charts[other] != chart else { continue }
                let image = mesh.quads[other].corners
                uv[other] = (0..<4).map { c in
                    let point = place[mesh.mirror[Int(image[c])]]!
                    return [1 - point.x, point.y]
                }
            }
        }
    }

    private static func layOut(_ quads: [SIMD4<Int32>]) -> [Int32: SIMD2<Double>] {
        // Own numbers, in the order of first appearance.
        var number: [Int32: Int] = [:]
        var names: [Int32] = []
        let faces = quads.map { quad in
            (0..<4).map { c -> Int in
                if let known = number[quad[c]] { return known }
                number[quad[c]] = names.count
                names.append(quad[c])
                return names.count - 1
            }
        }
        let border = borderLoop(faces, count: names.count)
        var place = [SIMD2<Double>](repeating: [0.5, 0.5], count: names.count)
        var isFixed = [Bool](repeating: false, count: names.count)
        let share = shares(border, faces)
        for (index, v) in border.enumerated() {
            place[v] = share[index]
            isFixed[v] = true
        }
        var neighbors = [[Int]](repeating: [], count: names.count)
        for face in faces {
            for c in 0..<4 { neighbors[face[c]].append(face[(c + 1) % 4]) }
        }
        var weights = neighbors.map { [Double](repeating: 1, count: $0.count) }
        for round in 0..<8 {
            relax(&place, isFixed, neighbors, weights, sweeps: round == 0 ? 500 : 250)
            if round == 7 { break }
            let stretch = vertexStretch(faces, place)
            for v in weights.indices where !isFixed[v] {
                for (index, n) in neighbors[v].enumerated() {
                    weights[v][index] = min(1e4, max(1e-4, weights[v][index] / stretch[n].squareRoot()))
                }
            }
        }
        return Dictionary(uniqueKeysWithValues: zip(names, place))
    }

    /// The border vertices counter-clockwise.
    private static func borderLoop(_ faces: [[Int]], count: Int) -> [Int] {
        var inner: Set<SIMD2<Int>> = []
        for face in faces { for c in 0..<4 { inner.insert([face[c], face[(c + 1) % 4]]) } }
        var next = [Int](repeating: -1, count: count)
        var first = -1
        for face in faces {
            for c in 0..<4 where !inner.contains([face[(c + 1) % 4], face[c]]) {
                next[face[c]] = face[(c + 1) % 4]
                if first < 0 { first = face[c] }
            }
        }
        var loop = [first]
        while let last = loop.last, next[last] != first, loop.count <= count { loop.append(next[last]) }
        return loop
    }

    /// Where the border goes: along the sides of the square when the chart has just four corners of a single face (a
    /// strip around a limb), else along the circle.
    private static func shares(_ border: [Int], _ faces: [[Int]]) -> [SIMD2<Double>] {
        var degree = [Int: Int](minimumCapacity: border.count)
        for face in faces { for v in face { degree[v, default: 0] += 1 } }
        let corners = border.indices.filter { degree[border[$0]] == 1 }
        let count = border.count
        guard corners.count == 4,
            corners.indices.allSatisfy({ i in
                border.indices.allSatisfy { degree[border[$0], default: 0] <= 2 }
            })
        else {
            return (0..<count).map { i in
                let turn = 2 * Double.pi * (Double(i) + 0.5) / Double(count)
                return [0.5 + 0.5 * cos(turn), 0.5 + 0.5 * sin(turn)]
            }
        }
        let ends: [SIMD2<Double>] = [[0, 0], [1, 0], [1, 1], [0, 1]]
        var place = [SIMD2<Double>](repeating: .zero, count: count)
        for side in 0..<4 {
            let from = corners[side]
            let length = (corners[(side + 1) % 4] - from + count) % count
            for step in 0..<length {
                let t = Double(step) / Double(length)
                place[(from + step) % count] = ends[side] * (1 - t) + ends[(side + 1) % 4] * t
            }
        }
        return place
    }

    /// Successive over-relaxation, a fixed number of sweeps.
    private static func relax(
        _ place: inout [SIMD2<Double>], _ isFixed: [Bool], _ neighbors: [[Int]], _ weights: [[Double]], sweeps: Int
    ) {
        let free = place.indices.filter { !isFixed[$0] }
        // Flat arrays: this loop is most of the work.
        var start = [0]
        var flat: [Int] = []
        var share: [Double] = []
        for v in free {
            let sum = weights[v].reduce(0, +)
            flat += neighbors[v]
            share += weights[v].map { $0 / sum }
            start.append(flat.count)
        }
        place.withUnsafeMutableBufferPointer { place in
            for sweep in 0..<sweeps {
                let factor = sweep + 30 < sweeps ? 1.85 : 1
                for i in free.indices {
                    var mean = SIMD2<Double>.zero
                    for k in start[i]..<start[i + 1] { mean += place[flat[k]] * share[k] }
                    place[free[i]] += (mean - place[free[i]]) * factor
                }
            }
        }
    }

    /// How much a vertex's faces are drawn out or shrunk, against all faces being squares of one size: the mean of the
    /// larger and smaller singular values' squares over area, relative to the chart's mean.
    private static func vertexStretch(_ faces: [[Int]], _ place: [SIMD2<Double>]) -> [Double] {
        var sum = [Double](repeating: 0, count: place.count)
        var count = sum
        var total = 0.0
        for face in faces {
            let p = face.map { place[$0] }
            let d = p[2] - p[0]
            let e = p[3] - p[1]
            // In a square of side s both are s; the surface is stretched where the plane is small.
            let area = max(1e-12, 0.5 * abs(d.x * e.y - d.y * e.x))
            let value = (1 / area).squareRoot()
            total += area
            for v in face {
                sum[v] += value
                count[v] += 1
            }
        }
        let mean = (Double(faces.count) / max(total, 1e-9)).squareRoot()
        return place.indices.map { sum[$0] / max(count[$0], 1) / mean }
    }
}
