import CMeshKernel

/// The lowest eigenpairs of a surface's Laplacian: S φ = λ M φ with the lumped mass M.
///
/// Eigenvalues ascend. Eigenfunctions are orthonormal (φᵢᵀ M φⱼ = δᵢⱼ), and turned so that the first vertex where one comes to
/// half of its largest magnitude is positive: the same mesh gives the same functions. The functions of eigenvalue zero are
/// constant on one connected component each, components in the order of their lowest vertices.
public struct LaplacianSpectrum: Sendable {
    /// What proves that no eigenvalue is missing: a factorisation whose inertia counts those below a bound (Sylvester).
    public struct Certificate: Hashable, Sendable, Codable {
        /// Every eigenvalue below this bound has been computed; nil where all eigenvalues of the matrix were.
        public let bound: Double?
        /// How many there are, by inertia.
        public let counted: Int
        /// How many were computed. Equal to `counted`, or the spectrum would not have been given.
        public let found: Int
    }

    public let vertexCount: Int
    /// In 1 / area.
    public let eigenvalues: [Double]
    /// One eigenfunction after the other, `vertexCount` numbers each; zero at vertices without triangles.
    public let eigenfunctions: [Double]
    /// The lumped mass of each vertex.
    public let masses: [Double]
    public let certificate: Certificate

    /// The lowest `count` eigenpairs, or all when the mesh has fewer vertices with triangles.
    ///
    /// By spectrum slicing: block Lanczos around several shifts, on all processors, with the same result on any number of
    /// them. Small matrices, and those of which a third or more is asked for, go to LAPACK instead.
    /// - Throws: `MeshError` for a mesh that is empty or not an oriented manifold, or when the eigenpairs cannot be had.
    public init(
        _ mesh: TriangleMesh, count: Int, kind: LaplacianKind = .intrinsicDelaunay
    ) throws(MeshError) {
        try self.init(Laplacian(mesh, kind: kind), triangles: mesh.triangles, count: count)
    }

    init(_ laplacian: Laplacian, triangles: [SIMD3<Int32>], count: Int) throws(MeshError) {
        precondition(count > 0, "a spectrum of \(count) eigenpairs")
        let problem = EigenProblem(laplacian, triangles: triangles)
        let count = min(count, problem.order)
        let isDense = problem.order <= 400 || (count > problem.order / 3 && problem.order <= 4000)
        let pairs =
            isDense
            ? try problem.densePairs()
            : try SpectrumSlicing(problem).pairs(max(1, count - problem.components.members.count))
        certificate = pairs.certificate
        vertexCount = laplacian.lumpedMass.count
        masses = laplacian.lumpedMass
        let constant = problem.constantFunctions.prefix(count)
        let rest = pairs.values.prefix(count - constant.count)
        eigenvalues = [Double](repeating: 0, count: constant.count) + rest
        var functions = [Double](repeating: 0, count: count * vertexCount)
        for (index, vector) in (constant + pairs.vectors.prefix(rest.count)).enumerated() {
            let sign = Self.sign(of: vector, problem.rootMass)
            for (row, vertex) in problem.vertices.enumerated() {
                functions[index * vertexCount + Int(vertex)] = sign * vector[row] / problem.rootMass[row]
            }
        }
        eigenfunctions = functions
    }

    public var count: Int { eigenvalues.count }

    /// One eigenfunction, a number a vertex.
    public func eigenfunction(_ index: Int) -> ArraySlice<Double> {
        eigenfunctions[(index * vertexCount)..<((index + 1) * vertexCount)]
    }

    private static func sign(of vector: [Double], _ rootMass: [Double]) -> Double {
        var largest = 0.0
        for (x, m) in zip(vector, rootMass) { largest = max(largest, abs(x / m)) }
        for (x, m) in zip(vector, rootMass) where abs(x / m) >= largest / 2 { return x < 0 ? -1 : 1 }
        return 1
    }
}

/// The eigenproblem on the vertices that have triangles, in the form M^(-1/2) S M^(-1/2) y = λ y.
struct EigenProblem: Sendable {
    /// The vertex of each row.
    let vertices: [Int32]
    let stiffness: SparseSymmetricMatrix
    let masses: [Double]
    let rootMass: [Double]
    let components: ConnectedComponents

    struct Pairs {
        /// Without the eigenvalue zero.
        var values: [Double]
        /// M^(1/2) φ, orthonormal.
        var vectors: [[Double]]
        var certificate: LaplacianSpectrum.Certificate
    }

    init(_ laplacian: Laplacian, triangles: [SIMD3<Int32>]) {
        let lumped = laplacian.lumpedMass
        vertices = lumped.indices.filter { lumped[$0] > 0 }.map(Int32.init)
        var row = [Int32](repeating: -1, count: lumped.count)
        for (new, old) in vertices.enumerated() { row[Int(old)] = Int32(new) }
        var entries: [(row: Int32, column: Int32, value: Double)] = []
        let full = laplacian.stiffness
        for (new, old) in vertices.enumerated() {
            for p in Int(full.columnStart[Int(old)])..<Int(full.columnStart[Int(old) + 1]) {
                entries.append((row[Int(full.rows[p])], Int32(new), full.values[p]))
            }
        }
        stiffness = SparseSymmetricMatrix(order: vertices.count, entries: entries)
        masses = vertices.map { lumped[Int($0)] }
        rootMass = masses.map { $0.squareRoot() }
        components = ConnectedComponents(
            triangles.map { SIMD3(row[Int($0.x)], row[Int($0.y)], row[Int($0.z)]) }, vertexCount: vertices.count)
    }

    var order: Int { vertices.count }

    /// M^(1/2) φ of the functions that are constant on one component.
    var constantFunctions: [[Double]] {
        components.members.map { members in
            let area = members.reduce(0) { $0 + masses[Int($1)] }
            var vector = [Double](repeating: 0, count: order)
            for v in members { vector[Int(v)] = rootMass[Int(v)] / area.squareRoot() }
            return vector
        }
    }

    /// All eigenpairs by LAPACK (dsyevd). O(order³).
    func densePairs() throws(MeshError) -> Pairs {
        let n = order
        var matrix = [Double](repeating: 0, count: n * n)
        for j in 0..<n {
            for p in Int(stiffness.columnStart[j])..<Int(stiffness.columnStart[j + 1]) {
                let i = Int(stiffness.rows[p])
                let value = stiffness.values[p] / (rootMass[i] * rootMass[j])
                matrix[i * n + j] = value
                matrix[j * n + i] = value
            }
        }
        // The constant functions are known; moved to the far end of the spectrum, they cannot mix with others.
        let far = 4 * (0..<n).reduce(0.0) { max($0, matrix[$1 * n + $1]) } * Double(n)
        for vector in constantFunctions {
            let support = vector.indices.filter { vector[$0] != 0 }
            for i in support { for j in support { matrix[i * n + j] += far * vector[i] * vector[j] } }
        }
        var values = [Double](repeating: 0, count: n)
        mesh_use_one_blas_thread()
        let status = mesh_dense_eigenpairs(Int32(n), &matrix, &values)
        guard status == 0 else {
            throw .unsuitable("the eigenvalues of a mesh of \(n) vertices could not be computed (LAPACK: \(status))")
        }
        let kept = n - components.members.count
        return Pairs(
            values: Array(values.prefix(kept)), vectors: (0..<kept).map { Array(matrix[($0 * n)..<(($0 + 1) * n)]) },
            certificate: .init(bound: nil, counted: n, found: n))
    }
}
