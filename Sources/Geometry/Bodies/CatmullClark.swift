/// A cage refined by the rules of Catmull and Clark (Computer-Aided Design 10, 1978), with all that it carries.
struct RefinedCage {
    struct Quad {
        var corners: SIMD4<Int32>
        /// The face of the cage.
        var origin: Int32
        /// Local coordinates of the corners in the cage's face.
        var local: (SIMD2<Double>, SIMD2<Double>, SIMD2<Double>, SIMD2<Double>)
        /// Cut into triangles from the second corner to the fourth instead of from the first to the third.
        var isTurned = false
    }

    private(set) var quads: [Quad]
    var positions: [SIMD3<Double>]
    private(set) var masks: [FleshMask]
    private(set) var weights: [[BoneWeight]]
    private(set) var mirror: [Int32]
    private(set) var quadMirror: [Int32]

    init(_ cage: QuadCage) {
        quads = cage.faces.enumerated().map {
            Quad(corners: $1.corners, origin: Int32($0), local: ([0, 0], [1, 0], [1, 1], [0, 1]))
        }
        positions = cage.vertices.map(\.position)
        masks = cage.vertices.map { $0.isMiddle ? $0.mask : $0.mask }
        weights = cage.vertices.map(\.weights)
        mirror = cage.mirror
        quadMirror = cage.faceMirror
    }

    /// Cuts each quad of the left half along the diagonal that leaves the less sharp triangles in all of these shapes.
    mutating func turnDiagonals(over shapes: [[SIMD3<Double>]]) {
        for q in quads.indices where Int(quadMirror[q]) > q {
            var (straight, turned) = (1.0, 1.0)
            for positions in shapes {
                let p = (0..<4).map { positions[Int(quads[q].corners[$0])] }
                func sharpest(_ a: Int, _ b: Int, _ c: Int) -> Double {
                    let (d, e, f) = (p[b] - p[a], p[c] - p[a], p[c] - p[b])
                    let (x, y, z) = (dot(d, d), dot(e, e), dot(f, f))
                    let area = cross(d, e)
                    return dot(area, area) * min(x, y, z) / max(x * y * z, 1e-300)
                }
                straight = min(straight, sharpest(0, 1, 2), sharpest(0, 2, 3))
                turned = min(turned, sharpest(1, 2, 3), sharpest(1, 3, 0))
            }
            quads[q].isTurned = turned > 1.05 * straight
        }
    }

    /// The next level: old vertices keep their numbers, then one vertex an edge, then one a face.
    func refined() -> RefinedCage {
        let count = positions.count
        var edgeNumber: [Int64: Int32] = [:]
        edgeNumber.reserveCapacity(2 * quads.count)
        var edges: [SIMD2<Int32>] = []
        var edgeFaces: [SIMD2<Int32>] = []
        func name(_ a: Int32, _ b: Int32) -> Int64 { Int64(min(a, b)) << 32 | Int64(max(a, b)) }
        var quadEdges = [SIMD4<Int32>](repeating: .zero, count: quads.count)
        for (q, quad) in quads.enumerated() {
            for c in 0..<4 {
                let (a, b) = (quad.corners[c], quad.corners[(c + 1) % 4])
                if let known = edgeNumber[name(a, b)] {
                    quadEdges[q][c] = known
                    edgeFaces[Int(known)].y = Int32(q)
                } else {
                    let number = Int32(edges.count)
                    edgeNumber[name(a, b)] = number
                    quadEdges[q][c] = number
                    edges.append([a, b])
                    edgeFaces.append([Int32(q), -1])
                }
            }
        }
        var next = self
        let edgeBase = Int32(count)
        let faceBase = edgeBase + Int32(edges.count)
        let facePoints = quads.map { quad in
            (positions[Int(quad.corners.x)] + positions[Int(quad.corners.y)] + positions[Int(quad.corners.z)]
                + positions[Int(quad.corners.w)]) / 4
        }
        var faceSum = [SIMD3<Double>](repeating: .zero, count: count)
        var edgeSum = faceSum
        var valence = [Double](repeating: 0, count: count)
        for (q, quad) in quads.enumerated() {
            for c in 0..<4 { faceSum[Int(quad.corners[c])] += facePoints[q] }
        }
        var edgePoints: [SIMD3<Double>] = []
        for (e, edge) in edges.enumerated() {
            let middle = (positions[Int(edge.x)] + positions[Int(edge.y)]) / 2
            edgeSum[Int(edge.x)] += middle
            edgeSum[Int(edge.y)] += middle
            valence[Int(edge.x)] += 1
            valence[Int(edge.y)] += 1
            edgePoints.append(
                (middle * 2 + facePoints[Int(edgeFaces[e].x)] + facePoints[Int(edgeFaces[e].y)]) / 4)
        }
        for v in 0..<count {
            let n = valence[v]
            next.positions[v] = (faceSum[v] / n + edgeSum[v] * (2 / n) + positions[v] * (n - 3)) / n
        }
        next.positions += edgePoints + facePoints

        func mean(_ vertices: [Int32]) -> [BoneWeight] {
            BoneWeight.mean(vertices.map { weights[Int($0)] })
        }
        for edge in edges {
            next.masks.append(masks[Int(edge.x)].intersection(masks[Int(edge.y)]))
            next.weights.append(mean([edge.x, edge.y]))
            next.mirror.append(edgeBase + edgeNumber[name(mirror[Int(edge.x)], mirror[Int(edge.y)])]!)
        }
        next.quads.removeAll(keepingCapacity: true)
        next.quadMirror.removeAll(keepingCapacity: true)
        for (q, quad) in quads.enumerated() {
            let corners = (0..<4).map { quad.corners[$0] }
            next.masks.append(corners.dropFirst().reduce(masks[Int(corners[0])]) { $0.intersection(masks[Int($1)]) })
            next.weights.append(mean(corners))
            let other = quadMirror[q]
            next.mirror.append(faceBase + other)
            let local = [quad.local.0, quad.local.1, quad.local.2, quad.local.3]
            let center = (local[0] + local[1] + local[2] + local[3]) / 4
            for c in 0..<4 {
                let before = (c + 3) % 4
                next.quads.append(
                    Quad(
                        corners: [
                            corners[c], edgeBase + quadEdges[q][c], faceBase + Int32(q),
                            edgeBase + quadEdges[q][before],
                        ], origin: quad.origin,
                        local: (
                            local[c], (local[c] + local[(c + 1) % 4]) / 2, center, (local[c] + local[before]) / 2
                        )))
                let image = mirror[Int(corners[c])]
                let place = (0..<4).first { quads[Int(other)].corners[$0] == image }!
                next.quadMirror.append(4 * other + Int32(place))
            }
        }
        return next
    }
}
