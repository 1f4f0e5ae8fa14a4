/// Finds which point of one body is which point of another, in both directions.
public struct Matcher: Sendable {
    public struct Result: Sendable {
        /// From the first body's vertices to points of the second.
        public var forward: SurfaceMap
        public var backward: SurfaceMap
    }

    public var method = MatchMethod.functional
    public var geodesics = GeodesicMethod.heat
    /// `semantic` and `semanticInParts`: the parts that distances are taken to.
    public var partList = PartList.charts
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
        var (source, target) = (source, target)
        if method == .semantic || method == .semanticInParts {
            (source.parts, target.parts) = (partList.parts(of: source), partList.parts(of: target))
        }
        let common = source.landmarks.keys.filter { target.landmarks[$0] != nil }.sorted()
        progress("distances", 0)
        let a = try DescribedBody(source, geodesics, landmarks: common)
        progress("distances", 0.5)
        let b = try DescribedBody(target, geodesics, landmarks: common)
        progress("distances", 1)
        switch method {
        case .semantic, .semanticInParts:
            return try vertices(a, b, features: try DescribedBody.semantic(a, b))
        case .borders, .landmarks:
            return try vertices(a, b, features: try DescribedBody.nearness(a, b, sideWeight: sideWeight))
        case .functional:
            let features = try DescribedBody.nearness(a, b, sideWeight: sideWeight)
            let (forward, backward) = try nearest(a, b, features)
            // Hundreds of weights beside the eigenfunctions would cost more than they say.
            let descriptors = FeatureMatrix.reduced(features.0, features.1, to: 64)
            progress("eigenfunctions", 0)
            let count = refinement.sizes.last ?? 200
            let spectra = concurrentMap(2) { side in
                Swift.Result { () throws(MeshError) in
                    try LaplacianSpectrum((side == 0 ? source : target).mesh, count: count)
                }
            }
            let outcome = try refinement.refine(
                .init(try spectra[0].get(), descriptors: descriptors.0),
                .init(try spectra[1].get(), descriptors: descriptors.1),
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
        _ a: DescribedBody, _ b: DescribedBody, features: (FeatureMatrix, FeatureMatrix)
    ) throws(MeshError) -> Result {
        let (forward, backward) = try nearest(a, b, features)
        return Result(
            forward: SurfaceMap(vertices: forward, of: b.body.mesh),
            backward: SurfaceMap(vertices: backward, of: a.body.mesh))
    }

    private func nearest(
        _ a: DescribedBody, _ b: DescribedBody, _ features: (FeatureMatrix, FeatureMatrix)
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
