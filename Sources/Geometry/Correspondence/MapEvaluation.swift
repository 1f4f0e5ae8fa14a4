import Foundation

/// How far a map is from the truth: the protocol of the Princeton benchmark (Kim, Lipman, Funkhouser 2011).
///
/// Errors are geodesic distances on the target over the square root of its area. Nothing is forgiven for symmetry.
public struct MapEvaluation: Sendable, Codable, Hashable {
    /// In per cent, over the vertices that have a truth.
    public var meanErrorPercent: Double
    public var medianErrorPercent: Double
    public var percentile95ErrorPercent: Double
    /// Share of vertices within 5 and 10 per cent.
    public var within5: Double
    public var within10: Double
    /// Area below the curve of the share of vertices within an error, from 0 to 25 per cent, over 25 per cent: 1 is perfect.
    public var auc: Double
    /// The curve at 0, 0.25, … 25 per cent.
    public var curve: [Double]
    /// Mean error of the vertices of each part of the source, in per cent.
    public var parts: [String: Double]
    public var vertices: Int
    /// Vertices of the source without a truth or without a counterpart: not counted.
    public var leftOut: Int
    /// The error of each vertex in per cent, infinite where there is none.
    public var errors: [Double]

    /// - Parameters:
    ///   - truth: for each vertex of the source its true counterpart.
    ///   - parts: of the source.
    /// - Throws: `MeshError` when nothing can be compared.
    public init(
        _ map: SurfaceMap, truth: SurfaceMap, target: TriangleMesh, parts: PartLabels? = nil,
        geodesics: GeodesicMethod = .heat
    ) throws(MeshError) {
        guard map.points.count == truth.points.count else {
            throw .unsuitable("the map is of \(map.points.count) vertices, the truth of \(truth.points.count)")
        }
        let scale = 100 / target.area.squareRoot()
        errors = try SurfaceMeasure(target, geodesics).distances(from: truth.points, to: map.points).map { $0 * scale }
        let counted = errors.filter(\.isFinite).sorted()
        guard !counted.isEmpty else { throw .unsuitable("no vertex has both a counterpart and a true one") }
        vertices = counted.count
        leftOut = errors.count - counted.count
        meanErrorPercent = counted.reduce(0, +) / Double(counted.count)
        medianErrorPercent = counted[counted.count / 2]
        percentile95ErrorPercent = counted[min(counted.count - 1, counted.count * 95 / 100)]
        func share(_ limit: Double) -> Double { Double(counted.count { $0 <= limit }) / Double(counted.count) }
        within5 = share(5)
        within10 = share(10)
        curve = (0...100).map { share(Double($0) / 4) }
        // Exact: a vertex of error e is within all errors from e to 25.
        auc = counted.reduce(0) { $0 + max(0, 25 - $1) / 25 } / Double(counted.count)
        self.parts = [:]
        if let parts, parts.labels.count == errors.count {
            for part in parts.names.indices {
                let own = parts.vertices(of: part).map { errors[$0] }.filter(\.isFinite)
                if !own.isEmpty { self.parts[parts.names[part]] = own.reduce(0, +) / Double(own.count) }
            }
        }
    }
}

/// detectron2's evaluation of mesh alignment by named vertices (`mesh_alignment_evaluator.py`).
public struct KeyVertexEvaluation: Sendable, Codable, Hashable {
    /// Mean geodesic distance to the true vertex, times 100, in the mesh's unit.
    public var geodesicError: Double
    /// Mean of exp(-d² / (2 · 0.255²)), times 100; d in metres.
    public var geodesicPointSimilarity: Double
    public var keyVertices: Int

    /// - Throws: `MeshError.unsuitable` when the bodies have no key vertex in common.
    public init(
        _ map: SurfaceMap, source: LabelledMesh, target: LabelledMesh, geodesics: GeodesicMethod = .heat
    ) throws(MeshError) {
        let names = source.landmarks.keys.filter { target.landmarks[$0] != nil }.sorted()
        let corners = target.mesh.cornerOfVertex()
        let pairs = names.compactMap { name -> (SurfacePoint?, SurfacePoint)? in
            guard let image = map.points[source.landmarks[name]!] else { return nil }
            return (corners[target.landmarks[name]!], image)
        }
        guard !pairs.isEmpty else { throw .unsuitable("the bodies have no key vertices in common") }
        let distances = try SurfaceMeasure(target.mesh, geodesics).distances(
            from: pairs.map(\.0), to: pairs.map { $0.1 })
        keyVertices = distances.count
        geodesicError = distances.reduce(0, +) / Double(distances.count) * 100
        geodesicPointSimilarity =
            distances.reduce(0) { $0 + exp(-$1 * $1 / (2 * 0.255 * 0.255)) } / Double(distances.count) * 100
    }
}
