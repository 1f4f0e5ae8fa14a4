import CMeshKernel

/// The fill-reducing order and elimination tree of a sparse symmetric pattern, for many factorisations of it.
final class SymbolicFactorization: @unchecked Sendable {
    // Never written after `init`.
    let handle: OpaquePointer
    let order: Int

    /// - Throws: `MeshError.unsuitable` when memory is exhausted.
    init(_ matrix: SparseSymmetricMatrix) throws(MeshError) {
        order = matrix.order
        guard let handle = mesh_symbolic_make(Int32(matrix.order), matrix.columnStart, matrix.rows) else {
            throw .unsuitable("not enough memory to factorise a matrix of order \(matrix.order)")
        }
        self.handle = handle
    }

    deinit { mesh_symbolic_free(handle) }

    /// The old number of each new row.
    var permutation: [Int32] {
        Array(UnsafeBufferPointer(start: mesh_symbolic_permutation(handle), count: order))
    }

    /// Entries of L below the diagonal.
    var nonzeroCount: Int { Int(mesh_symbolic_nonzeros(handle)) }
}

/// L D Lᵀ of a sparse symmetric matrix, definite or not (without pivoting).
final class SparseFactorization: @unchecked Sendable {
    // Never written after `init`.
    let handle: OpaquePointer
    let symbolic: SymbolicFactorization

    /// Of `matrix - shift * diag(diagonal)`; nil when a pivot vanishes, or memory is exhausted.
    /// - Precondition: `matrix` has the pattern of `symbolic`.
    init?(
        _ matrix: SparseSymmetricMatrix, symbolic: SymbolicFactorization, shift: Double = 0, diagonal: [Double]? = nil
    ) {
        precondition(diagonal == nil || diagonal?.count == matrix.order)
        let made =
            diagonal.map { mesh_factor_make(symbolic.handle, matrix.values, $0, shift) }
            ?? mesh_factor_make(symbolic.handle, matrix.values, nil, 0)
        guard let made else { return nil }
        handle = made
        self.symbolic = symbolic
    }

    deinit { mesh_factor_free(handle) }

    /// The eigenvalues below the shift, by Sylvester's law of inertia.
    var negativePivots: Int { Int(mesh_factor_negative_pivots(handle)) }

    /// Solves for one right-hand side.
    func solve(_ right: [Double]) -> [Double] {
        let permutation = symbolic.permutation
        var x = permutation.map { right[Int($0)] }
        mesh_factor_solve(handle, &x, 1)
        var solution = right
        for (new, old) in permutation.enumerated() { solution[Int(old)] = x[new] }
        return solution
    }
}
