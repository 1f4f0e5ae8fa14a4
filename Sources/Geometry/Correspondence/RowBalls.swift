import CMeshKernel

/// The rows of a matrix gathered in small balls: a search for the nearest looks only into balls that may hold it.
///
/// Exact, by the triangle inequality on centres and radii; what is left is compared by matrix products, which beyond a few dimensions
/// are faster than any tree.
final class RowBalls: Sendable {
    let count: Int
    // Sound: never changed after it is made.
    private nonisolated(unsafe) let handle: OpaquePointer

    /// - Parameter order: of the rows, such that neighbours are near each other; nil to find one.
    /// - Throws: `MeshError.unsuitable` when memory is exhausted.
    init(_ matrix: FeatureMatrix, order: [Int32]? = nil) throws(MeshError) {
        count = matrix.rows
        var places = order ?? []
        if order == nil { places = try Self.order(of: matrix) }
        guard let handle = mesh_row_balls_make(matrix.values, Int64(matrix.rows), Int32(matrix.columns), places) else {
            throw Self.exhausted
        }
        self.handle = handle
    }

    deinit { mesh_row_balls_free(handle) }

    /// Rows in an order in which neighbours are near each other.
    static func order(of matrix: FeatureMatrix) throws(MeshError) -> [Int32] {
        var order = [Int32](repeating: 0, count: matrix.rows)
        guard mesh_row_order(matrix.values, Int64(matrix.rows), Int32(matrix.columns), &order) == 0 else {
            throw exhausted
        }
        return order
    }

    /// For each row the nearest row of another matrix, the first of equals; on all processors.
    /// - Precondition: the matrices have equal widths, and the other has rows.
    func nearest(in points: RowBalls) throws(MeshError) -> [Int32] {
        var nearest = [Int32](repeating: 0, count: count)
        let balls = mesh_row_balls_count(handle)
        // More shares than processors: some balls are lonelier than others.
        let shares = min(Int(balls), 8 * Processors.count)
        var status: [Int32] = []
        nearest.withUnsafeMutableBufferPointer { nearest in
            nonisolated(unsafe) let nearest = nearest.baseAddress
            status = concurrentMap(shares) { share in
                mesh_nearest_rows(
                    handle, Int32(share * Int(balls) / shares), Int32((share + 1) * Int(balls) / shares),
                    points.handle, nearest)
            }
        }
        guard status.allSatisfy({ $0 == 0 }) else { throw Self.exhausted }
        return nearest
    }

    private static var exhausted: MeshError { .unsuitable("not enough memory to compare points") }
}
