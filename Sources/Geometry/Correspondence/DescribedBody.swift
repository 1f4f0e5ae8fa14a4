/// One body with the distances that descriptors are made of.
struct DescribedBody {
    let body: LabelledMesh
    private let masses: [Double]
    private let distances: SurfaceDistances
    /// How far from each anchor its own vertices lie at most.
    private let offsets: [Double]
    /// Where the pieces of each curve and the places of each corner lie in `distances.anchors`.
    private var curves: [[String]: [PartGeometry.Piece]] = [:]
    private var anchorsOfCurve: [[String]: [Int]] = [:]
    private var anchorsOfCorner: [[String]: [Int]] = [:]
    private var anchorsOfLandmarks: [Int] = []

    /// - Parameter landmarks: the names of those that count.
    init(_ body: LabelledMesh, _ method: GeodesicMethod, landmarks: [String]) throws(MeshError) {
        self.body = body
        masses = body.mesh.vertexAreas()
        var anchors: [[PartGeometry.Source]] = []
        func add(_ named: [[String]: [[PartGeometry.Source]]]) -> [[String]: [Int]] {
            var places: [[String]: [Int]] = [:]
            for (key, pieces) in named.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                places[key] = pieces.indices.map { anchors.count + $0 }
                anchors += pieces
            }
            return places
        }
        if let parts = body.parts {
            let geometry = PartGeometry(body.mesh, parts)
            curves = geometry.curves
            anchorsOfCurve = add(geometry.curves.mapValues { $0.map(\.sources) })
            anchorsOfCorner = add(geometry.corners)
        }
        for name in landmarks {
            let vertex = body.landmarks[name]!
            guard (0..<body.mesh.vertexCount).contains(vertex) else {
                throw .unsuitable("the landmark \(name) of \(body.name) is vertex \(vertex), which is not there")
            }
            anchorsOfLandmarks.append(anchors.count)
            anchors.append([.init(vertex: Int32(vertex), offset: 0)])
        }
        offsets = anchors.map { $0.map(\.offset).max() ?? 0 }
        distances = try SurfaceDistances(
            try GeodesicSolver(body.mesh, method: method), parts: body.parts, anchors: anchors)
    }

    // MARK: The paper's descriptor

    /// Over the parts that both bodies have, in the order of their names.
    static func semantic(
        _ a: DescribedBody, _ b: DescribedBody
    ) throws(MeshError) -> (FeatureMatrix, FeatureMatrix) {
        let common = commonParts(a, b)
        return (try a.semantic(common), try b.semantic(common))
    }

    private static func commonParts(_ a: DescribedBody, _ b: DescribedBody) -> [String] {
        a.partsWithExtent.intersection(b.partsWithExtent).sorted()
    }

    /// A coarse mesh may have no vertex in a small part, or so few that their mean distance, by which all others are divided, is
    /// chance.
    private var partsWithExtent: Set<String> {
        guard let parts = body.parts else { return [] }
        var count = [Int](repeating: 0, count: parts.names.count)
        for label in parts.labels where label != PartLabels.none { count[Int(label)] += 1 }
        return Set(parts.names.indices.filter { count[$0] >= 4 }.map { parts.names[$0] })
    }

    private func semantic(_ names: [String]) throws(MeshError) -> FeatureMatrix {
        let parts = body.parts!
        return try SemanticDescriptor.features(
            sums: distances.partSums, parts: parts, columns: names.map { parts.names.firstIndex(of: $0)! })
    }

    // MARK: Nearness

    /// Nearness to curves and corners, and to landmarks, each as weights; and the side.
    static func nearness(
        _ a: DescribedBody, _ b: DescribedBody, sideWeight: Float
    ) throws(MeshError) -> (FeatureMatrix, FeatureMatrix) {
        let pairs = try borders(a, b)
        func features(_ body: DescribedBody, _ border: [[Double]]) -> FeatureMatrix {
            var features = FeatureMatrix(rows: body.masses.count, columns: 0)
            if !border.isEmpty {
                features = features.joined(PartitionWeights.features(border, masses: body.masses))
            }
            if !body.anchorsOfLandmarks.isEmpty {
                let lines = body.anchorsOfLandmarks.map { body.distances.anchors[$0] }
                features = features.joined(PartitionWeights.features(lines, masses: body.masses))
            }
            if a.body.parts != nil, b.body.parts != nil, let sides = body.body.sides() {
                let column = FeatureMatrix(rows: body.masses.count, columns: 1, values: sides.map(Float.init))
                features = features.joined(column, scale: sideWeight)
            }
            return features
        }
        return (features(a, pairs.map(\.0)), features(b, pairs.map(\.1)))
    }

    /// Distances to the curves and corners that both have, piece by piece.
    private static func borders(
        _ a: DescribedBody, _ b: DescribedBody
    ) throws(MeshError) -> [([Double], [Double])] {
        guard a.body.parts != nil, b.body.parts != nil else { return [] }
        var paired: [(own: [Int], their: [Int])] = []
        var open: [AnchorPairing.Candidate] = []
        let common = commonParts(a, b)
        let semantic = (try a.semantic(common), try b.semantic(common))
        for (own, their) in [(a.anchorsOfCurve, b.anchorsOfCurve), (a.anchorsOfCorner, b.anchorsOfCorner)] {
            for key in own.keys.filter({ their[$0] != nil }).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                let (pieces, others) = (own[key]!, their[key]!)
                if pieces.count == others.count, (2...4).contains(pieces.count) {
                    var candidate = AnchorPairing.Candidate(own: pieces, their: others)
                    if let curves = (a.curves[key], b.curves[key]) as? ([PartGeometry.Piece], [PartGeometry.Piece]),
                        key.count == 2
                    {
                        candidate.growth = (
                            curves.0.map { $0.growth(of: semantic.0).map(Double.init) },
                            curves.1.map { $0.growth(of: semantic.1).map(Double.init) }
                        )
                    }
                    open.append(candidate)
                } else {
                    // One piece each; or who is who cannot be told, and together they are one.
                    paired.append((pieces, others))
                }
            }
        }
        let known =
            zip(a.anchorsOfLandmarks, b.anchorsOfLandmarks).map { ($0, $1) }
            + paired.filter { $0.own.count == 1 && $0.their.count == 1 }.map { ($0.own[0], $0.their[0]) }
        let pairing = AnchorPairing(own: a.anchorTable(), their: b.anchorTable())
        let resolved = pairing.resolve(open, known: known)
        return paired.map { (a.nearest(of: $0.own), b.nearest(of: $0.their)) }
            + resolved.map { (a.distances.anchors[$0.0], b.distances.anchors[$0.1]) }
    }

    private func nearest(of anchors: [Int]) -> [Double] {
        anchors.dropFirst().reduce(distances.anchors[anchors[0]]) { line, anchor in
            zip(line, distances.anchors[anchor]).map(min)
        }
    }

    /// The mean distance of each anchor's own vertices to every anchor, over that anchor's mean on the surface.
    private func anchorTable() -> [[Double]] {
        let total = masses.reduce(0, +)
        let means = distances.anchors.map { line in zip(line, masses).reduce(0) { $0 + $1.0 * $1.1 } / total }
        return distances.anchors.indices.map { anchor in
            let own = vertices(of: anchor)
            return distances.anchors.indices.map { other in
                own.reduce(0) { $0 + distances.anchors[other][$1] } / Double(own.count) / max(means[other], 1e-300)
            }
        }
    }

    /// Those that lie along an anchor: at most half an edge away.
    private func vertices(of anchor: Int) -> [Int] {
        let line = distances.anchors[anchor]
        let limit = offsets[anchor] * (1 + 1e-9)
        return line.indices.filter { line[$0] <= limit }
    }
}

/// Tells the pieces of curves with the same name apart: the inner side of a forearm from the outer.
///
/// What is certain comes first (pieces of which there is one, pieces that lead different ways, landmarks); then, again and again, the name whose pieces are best told
/// apart by how near they are to what is known already.
struct AnchorPairing {
    struct Candidate {
        var own: [Int]
        var their: [Int]
        /// Where each piece leads, on both bodies; nil for corners.
        var growth: (own: [[Double]], their: [[Double]])?
    }

    let own: [[Double]]
    let their: [[Double]]

    func resolve(_ candidates: [Candidate], known: [(Int, Int)]) -> [(Int, Int)] {
        var open: [Candidate] = []
        var known = known
        var resolved: [(Int, Int)] = []
        // Pieces that lead different ways are told apart by that alone.
        for candidate in candidates {
            guard let growth = candidate.growth else {
                open.append(candidate)
                continue
            }
            let (order, margin) = assignment(growth.own, growth.their)
            let size = (growth.own + growth.their).joined().reduce(0) { $0 + $1 * $1 }
            guard margin > 0.25 * size else {
                open.append(candidate)
                continue
            }
            resolved += order.enumerated().map { (candidate.own[$0.offset], candidate.their[$0.element]) }
        }
        known += resolved
        while !open.isEmpty {
            var best: (index: Int, order: [Int], margin: Double)?
            for (index, candidate) in open.enumerated() {
                let (order, margin) = assignment(
                    candidate.own.map { nearness(own[$0], known.map(\.0)) },
                    candidate.their.map { nearness(their[$0], known.map(\.1)) })
                if margin > best?.margin ?? -1 { best = (index, order, margin) }
            }
            let (index, order, _) = best!
            let candidate = open.remove(at: index)
            let pairs = order.enumerated().map { (candidate.own[$0.offset], candidate.their[$0.element]) }
            known += pairs
            resolved += pairs
        }
        return resolved
    }

    /// Weights as in `PartitionWeights`: what is near counts most.
    private func nearness(_ line: [Double], _ anchors: [Int]) -> [Double] {
        let weights = anchors.map { 1 / ((line[$0] + 0.02) * (line[$0] + 0.02)) }
        let sum = weights.reduce(0, +)
        return weights.map { ($0 / max(sum, 1e-300)).squareRoot() }
    }

    /// The pairing with the least sum of squared differences, and by how much the next best is worse.
    private func assignment(_ x: [[Double]], _ y: [[Double]]) -> (order: [Int], margin: Double) {
        func cost(_ order: [Int]) -> Double {
            order.enumerated().reduce(0) { sum, pair in
                zip(x[pair.offset], y[pair.element]).reduce(sum) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            }
        }
        func orders(_ left: [Int]) -> [[Int]] {
            left.isEmpty ? [[]] : left.flatMap { first in orders(left.filter { $0 != first }).map { [first] + $0 } }
        }
        let ranked = orders(Array(y.indices)).map { ($0, cost($0)) }.sorted { $0.1 < $1.1 }
        return (ranked[0].0, ranked[1].1 - ranked[0].1)
    }
}
