/// The paper's descriptor of a point: its mean geodesic distance to each semantic part, over the part's own mean.
///
/// Sanakoyeu, Khalidov, McCarthy, Vedaldi, Neverova, "Transferring Dense Pose to Proximal Animal Classes", CVPR 2020, equation 1
/// and its footnote; after Léon, Bonneel, Lavoué, Vandeborre 2016.
public enum SemanticDescriptor {
    /// One row a vertex, one column a part.
    /// - Parameter sums: for each part the sum of distances to its vertices, a vertex each (`GeodesicSolver.sums`).
    /// - Throws: `MeshError.unsuitable` naming a part without vertices.
    public static func features(sums: [[Double]], parts: PartLabels) throws(MeshError) -> FeatureMatrix {
        var columns: [[Double]] = []
        for part in parts.names.indices {
            let members = parts.vertices(of: part)
            guard !members.isEmpty else { throw .unsuitable("the part \(parts.names[part]) has no vertices") }
            let means = sums[part].map { $0 / Double(members.count) }
            let own = members.reduce(0) { $0 + means[$1] } / Double(members.count)
            // A part of one vertex has no extent of its own.
            columns.append(own > 0 ? means.map { $0 / own } : means)
        }
        return FeatureMatrix(columns: columns, rows: parts.labels.count)
    }
}
