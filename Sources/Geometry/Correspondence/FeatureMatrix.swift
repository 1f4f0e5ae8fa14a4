import CMeshKernel

/// Numbers that describe points: one row a point, single precision.
public struct FeatureMatrix: Hashable, Sendable {
    public let rows: Int
    public let columns: Int
    /// Row after row.
    public var values: [Float]

    /// - Precondition: there are rows times columns values.
    public init(rows: Int, columns: Int, values: [Float]) {
        precondition(values.count == rows * columns, "a matrix has rows times columns values")
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    public init(rows: Int, columns: Int) {
        self.init(rows: rows, columns: columns, values: [Float](repeating: 0, count: rows * columns))
    }

    /// From columns, one number a row each.
    public init(columns list: [[Double]], rows: Int) {
        self.init(rows: rows, columns: list.count)
        for (column, numbers) in list.enumerated() {
            for (row, number) in numbers.enumerated() { values[row * columns + column] = Float(number) }
        }
    }

    public func row(_ index: Int) -> ArraySlice<Float> { values[(index * columns)..<((index + 1) * columns)] }

    /// Some of the rows.
    public func rows(_ indices: [Int]) -> FeatureMatrix {
        var picked = FeatureMatrix(rows: indices.count, columns: columns)
        picked.values.withUnsafeMutableBufferPointer { out in
            values.withUnsafeBufferPointer { source in
                for (row, index) in indices.enumerated() {
                    for c in 0..<columns { out[row * columns + c] = source[index * columns + c] }
                }
            }
        }
        return picked
    }

    /// Both side by side, the other scaled.
    public func joined(_ other: FeatureMatrix, scale: Float = 1) -> FeatureMatrix {
        precondition(rows == other.rows, "matrices of \(rows) and \(other.rows) rows")
        var joined = FeatureMatrix(rows: rows, columns: columns + other.columns)
        let width = joined.columns
        joined.values.withUnsafeMutableBufferPointer { out in
            for r in 0..<rows {
                for c in 0..<columns { out[r * width + c] = values[r * columns + c] }
                for c in 0..<other.columns {
                    out[r * width + columns + c] = other.values[r * other.columns + c] * scale
                }
            }
        }
        return joined
    }

    /// Root of the mean squared length of the rows.
    public var rowScale: Float {
        (values.reduce(0) { $0 + $1 * $1 } / Float(max(rows, 1))).squareRoot()
    }

    public static func * (a: FeatureMatrix, b: FeatureMatrix) -> FeatureMatrix {
        precondition(a.columns == b.rows, "matrices do not fit")
        var product = FeatureMatrix(rows: a.rows, columns: b.columns)
        mesh_product_nn(
            Int64(a.rows), Int64(a.columns), Int64(b.columns), a.values, b.values, &product.values)
        return product
    }

    /// The transpose of this times another.
    public func transposedTimes(_ other: FeatureMatrix) -> FeatureMatrix {
        precondition(rows == other.rows, "matrices do not fit")
        var product = FeatureMatrix(rows: columns, columns: other.columns)
        mesh_product_tn(
            Int64(rows), Int64(columns), Int64(other.columns), values, other.values, &product.values)
        return product
    }

    /// Both matrices in the few directions in which their rows together vary most (principal components), so that distances are nearly
    /// kept.
    /// - Returns: both as they are when they have no more columns, or the components cannot be had.
    static func reduced(
        _ a: FeatureMatrix, _ b: FeatureMatrix, to count: Int
    ) -> (FeatureMatrix, FeatureMatrix) {
        let width = a.columns
        guard width > count, a.rows + b.rows > count else { return (a, b) }
        let total = Float(a.rows + b.rows)
        var mean = [Float](repeating: 0, count: width)
        for matrix in [a, b] {
            for row in 0..<matrix.rows { for c in 0..<width { mean[c] += matrix.values[row * width + c] / total } }
        }
        func centered(_ matrix: FeatureMatrix) -> FeatureMatrix {
            var result = matrix
            result.values.withUnsafeMutableBufferPointer { out in
                for row in 0..<matrix.rows { for c in 0..<width { out[row * width + c] -= mean[c] } }
            }
            return result
        }
        let (x, y) = (centered(a), centered(b))
        let (one, other) = (x.transposedTimes(x), y.transposedTimes(y))
        var covariance = zip(one.values, other.values).map { Double($0 + $1) }
        var sizes = [Double](repeating: 0, count: width)
        mesh_use_one_blas_thread()
        guard mesh_dense_eigenpairs(Int32(width), &covariance, &sizes) == 0 else { return (a, b) }
        // One component a column; they come in ascending order, one a row.
        var axes = FeatureMatrix(rows: width, columns: count)
        for k in 0..<count {
            for c in 0..<width { axes.values[c * count + k] = Float(covariance[(width - 1 - k) * width + c]) }
        }
        return (x * axes, y * axes)
    }

    /// For each row the nearest row of another matrix, the first of equals. At worst O(rows · rows · columns).
    /// - Throws: `MeshError.unsuitable` when memory is exhausted.
    public func nearestRows(in points: FeatureMatrix) throws(MeshError) -> [Int32] {
        precondition(columns == points.columns && points.rows > 0, "no rows to search, or of another width")
        return try RowBalls(self).nearest(in: RowBalls(points))
    }
}
