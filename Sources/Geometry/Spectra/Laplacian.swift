/// Which triangles the Laplacian of a mesh is made of.
public enum LaplacianKind: String, Sendable, CaseIterable, Codable {
    /// The mesh's own. Obtuse triangles give negative weights.
    case cotangent
    /// Those of the intrinsic Delaunay triangulation of the same surface: no weight is negative, whatever the mesh.
    case intrinsicDelaunay
}

/// The Laplacian of linear finite elements (Pinkall, Polthier 1993) on a triangle mesh, with its mass matrices.
public struct Laplacian: Sendable {
    /// ∫ ∇φᵢ·∇φⱼ: positive semidefinite, rows sum to zero. No unit.
    public let stiffness: SparseSymmetricMatrix
    /// A third of the area of the triangles around each vertex; zero for a vertex without triangles.
    public let lumpedMass: [Double]
    /// ∫ φᵢ φⱼ (Galerkin).
    public let mass: SparseSymmetricMatrix

    /// - Throws: `MeshError` for a mesh that is empty or not an oriented manifold.
    public init(_ mesh: TriangleMesh, kind: LaplacianKind = .intrinsicDelaunay) throws(MeshError) {
        var triangulation = try IntrinsicTriangulation(mesh)
        if kind == .intrinsicDelaunay { triangulation.flipToDelaunay() }
        self.init(triangulation)
    }

    init(_ triangulation: IntrinsicTriangulation) {
        let n = triangulation.vertexCount
        var lumped = [Double](repeating: 0, count: n)
        var stiffness: [(row: Int32, column: Int32, value: Double)] = []
        var mass: [(row: Int32, column: Int32, value: Double)] = []
        stiffness.reserveCapacity(6 * triangulation.triangles.count)
        mass.reserveCapacity(6 * triangulation.triangles.count)
        for (f, corners) in triangulation.triangles.enumerated() {
            let area = triangulation.area(of: f)
            let weights = triangulation.cotangents(of: f) / 2
            for c in 0..<3 {
                let (i, j) = (corners[(c + 1) % 3], corners[(c + 2) % 3])
                lumped[Int(corners[c])] += area / 3
                mass.append((corners[c], corners[c], area / 6))
                // An edge that returns to its vertex is on the diagonal, where both of its entries fall.
                mass.append((i, j, i == j ? area / 6 : area / 12))
                guard i != j else { continue }
                stiffness.append((i, j, -weights[c]))
                stiffness.append((i, i, weights[c]))
                stiffness.append((j, j, weights[c]))
            }
        }
        self.stiffness = SparseSymmetricMatrix(order: n, entries: stiffness)
        self.mass = SparseSymmetricMatrix(order: n, entries: mass)
        lumpedMass = lumped
    }
}
