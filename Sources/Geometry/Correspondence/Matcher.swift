/// Finds which point of one body is which point of another, in both directions.
public struct Matcher: Sendable {
    public struct Result: Sendable {
        /// From the first body's vertices to points of the second.
        public var forward: SurfaceMap
        public var backward: SurfaceMap
    }

    public var method = MatchMethod.functional
    public var geodesics = GeodesicMethod.heat
    public var refinement = SpectralRefinement()
    /// How much a point on the left differs from one on the right, beside descriptors of length 1.
    public var sideWeight: Float = 0.5

    public init(method: MatchMethod = .functional) {
        self.method = method
    }

    /// - Throws: `MeshError` when a mesh is not manifold, or lacks the parts or landmarks that the method needs.
    public func match(
        _ source: LabelledMesh, _ target: LabelledMesh, progress: (String, Double) -> Void = { _, _ in }
    ) throws(MeshError) -> Result {
        try require(source, target)
        progress("distances", 0)
        let a = try Described(source, target, geodesics)
        progress("distances", 0.5)
        let b = try Described(target, source, geodesics)
        progress("distances", 1)
        switch method {
        case .semantic, .semanticInParts:
            return try vertices(a, b, features: (try a.semantic(like: b), try b.semantic(like: a)))
        case .borders, .landmarks:
            return try vertices(a, b, features: (a.nearness(sideWeight), b.nearness(sideWeight)))
        case .functional:
            let features = (a.nearness(sideWeight), b.nearness(sideWeight))
            let (forward, backward) = try nearest(a, b, features)
            progress("eigenfunctions", 0)
            let count = refinement.sizes.last ?? 200
            let spectra = (
                try LaplacianSpectrum(source.mesh, count: count), try LaplacianSpectrum(target.mesh, count: count)
            )
            let outcome = try refinement.refine(
                .init(spectra.0, descriptors: features.0), .init(spectra.1, descriptors: features.1),
                forward: forward, backward: backward, progress: { progress("refinement", $0) })
            return Result(
                forward: try PreciseMap.map(
                    features: outcome.forwardFeatures, vertices: outcome.forward, target: target.mesh),
                backward: try PreciseMap.map(
                    features: outcome.backwardFeatures, vertices: outcome.backward, target: source.mesh))
        }
    }

    private func require(_ source: LabelledMesh, _ target: LabelledMesh) throws(MeshError) {
        for body in [source, target] {
            guard body.mesh.triangleCount > 0 else { throw .empty }
            if let parts = body.parts, parts.labels.count != body.mesh.vertexCount {
                throw .unsuitable(
                    "\(body.name) has \(body.mesh.vertexCount) vertices, its parts are for \(parts.labels.count)")
            }
            if method.needsParts, body.parts == nil {
                throw .unsuitable(
                    "\(body.name) has no parts, which the method \(method.rawValue) compares (meshmap parts gives it some)"
                )
            }
        }
        let common = source.landmarks.keys.filter { target.landmarks[$0] != nil }.count
        let shared = Set(source.parts?.names ?? []).intersection(target.parts?.names ?? []).count
        if method == .landmarks, common < 3 {
            throw .unsuitable("the bodies have \(common) landmarks in common, at least 3 are needed")
        }
        if method != .landmarks, shared < 2, method.needsParts || common < 3 {
            throw .unsuitable(
                "the bodies have \(shared) parts and \(common) landmarks in common by name, which is too little to go by"
            )
        }
    }

    private func vertices(
        _ a: Described, _ b: Described, features: (FeatureMatrix, FeatureMatrix)
    ) throws(MeshError) -> Result {
        let (forward, backward) = try nearest(a, b, features)
        return Result(
            forward: SurfaceMap(vertices: forward, of: b.body.mesh),
            backward: SurfaceMap(vertices: backward, of: a.body.mesh))
    }

    private func nearest(
        _ a: Described, _ b: Described, _ features: (FeatureMatrix, FeatureMatrix)
    ) throws(MeshError) -> (forward: [Int32], backward: [Int32]) {
        guard method == .semanticInParts || method == .borders || method == .functional, let one = a.body.parts,
            let other = b.body.parts
        else {
            return (try features.0.nearestRows(in: features.1), try features.1.nearestRows(in: features.0))
        }
        return (
            try Self.nearestInPart(features.0, one, features.1, other),
            try Self.nearestInPart(features.1, other, features.0, one)
        )
    }

    /// The nearest row among those of the same part; among all for a part that the other body does not have.
    private static func nearestInPart(
        _ queries: FeatureMatrix, _ parts: PartLabels, _ points: FeatureMatrix, _ others: PartLabels
    ) throws(MeshError) -> [Int32] {
        var nearest = [Int32](repeating: 0, count: queries.rows)
        var rest = queries.rows > 0 ? (0..<queries.rows).filter { parts.labels[$0] == PartLabels.none } : []
        for part in parts.names.indices {
            let members = parts.vertices(of: part)
            let candidates = others.names.firstIndex(of: parts.names[part]).map { others.vertices(of: $0) } ?? []
            guard !candidates.isEmpty else {
                rest += members
                continue
            }
            guard !members.isEmpty else { continue }
            let found = try queries.rows(members).nearestRows(in: points.rows(candidates))
            for (member, index) in zip(members, found) { nearest[member] = Int32(candidates[Int(index)]) }
        }
        if !rest.isEmpty {
            let found = try queries.rows(rest).nearestRows(in: points)
            for (member, index) in zip(rest, found) { nearest[member] = index }
        }
        return nearest
    }
}

/// One body with the distances that descriptors need; anchors are those that the other body has too.
private struct Described {
    let body: LabelledMesh
    private let distances: SurfaceDistances
    private let masses: [Double]
    /// How many of the anchors are curves, corners, and landmarks.
    private let counts: (curves: Int, corners: Int, landmarks: Int)

    init(_ body: LabelledMesh, _ other: LabelledMesh, _ method: GeodesicMethod) throws(MeshError) {
        self.body = body
        var anchors: [[PartGeometry.Source]] = []
        var counts = (curves: 0, corners: 0, landmarks: 0)
        if let parts = body.parts, let others = other.parts {
            let (own, their) = (PartGeometry(body.mesh, parts), PartGeometry(other.mesh, others))
            let common = PartGeometry.common(own, their)
            anchors += common.curves.map { own.curves[$0]! } + common.corners.map { own.corners[$0]! }
            (counts.curves, counts.corners) = (common.curves.count, common.corners.count)
        }
        let names = body.landmarks.keys.filter { other.landmarks[$0] != nil }.sorted()
        for name in names {
            let vertex = body.landmarks[name]!
            guard (0..<body.mesh.vertexCount).contains(vertex) else {
                throw .unsuitable("the landmark \(name) of \(body.name) is vertex \(vertex), which is not there")
            }
            anchors.append([.init(vertex: Int32(vertex), offset: 0)])
        }
        counts.landmarks = names.count
        self.counts = counts
        distances = try SurfaceDistances(
            try GeodesicSolver(body.mesh, method: method), parts: body.parts, anchors: anchors)
        masses = body.mesh.vertexAreas()
    }

    /// The paper's descriptor over the parts that both bodies have, in the order of their names.
    func semantic(like other: Described) throws(MeshError) -> FeatureMatrix {
        let parts = body.parts!
        let all = try SemanticDescriptor.features(sums: distances.partSums, parts: parts)
        let common = Set(parts.names).intersection(other.body.parts!.names).sorted()
        let columns = common.map { parts.names.firstIndex(of: $0)! }
        var picked = FeatureMatrix(rows: all.rows, columns: columns.count)
        for r in 0..<all.rows {
            for (c, column) in columns.enumerated() {
                picked.values[r * columns.count + c] = all.values[r * all.columns + column]
            }
        }
        return picked
    }

    /// Nearness to curves and corners, and to landmarks, each as weights; and the side.
    func nearness(_ sideWeight: Float) -> FeatureMatrix {
        let border = counts.curves + counts.corners
        var features = FeatureMatrix(rows: masses.count, columns: 0)
        if border > 0 {
            features = features.joined(
                PartitionWeights.features(Array(distances.anchors[..<border]), masses: masses))
        }
        if counts.landmarks > 0 {
            features = features.joined(
                PartitionWeights.features(Array(distances.anchors[border...]), masses: masses))
        }
        if let sides = body.sides() {
            features = features.joined(
                FeatureMatrix(rows: masses.count, columns: 1, values: sides.map(Float.init)), scale: sideWeight)
        }
        return features
    }
}
