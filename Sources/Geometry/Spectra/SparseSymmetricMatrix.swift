/// A sparse symmetric matrix: its lower triangle by columns, rows ascending, the diagonal first in each column.
public struct SparseSymmetricMatrix: Hashable, Sendable {
    public let order: Int
    /// order + 1
    public let columnStart: [Int32]
    public let rows: [Int32]
    public var values: [Double]

    /// Sums the entries that fall on one place, in their order; diagonal places that none names are zero. Entries may lie on
    /// either side of the diagonal, but each pair of places is named once. O(order + entries).
    init(order: Int, entries: [(row: Int32, column: Int32, value: Double)]) {
        self.order = order
        let all = (0..<Int32(order)).map { ($0, $0, 0.0) } + entries.map { ($0.row, $0.column, $0.value) }
        // Two stable passes of counting sort: by row, then by column.
        func sorted(_ list: [(Int32, Int32, Double)], by key: ((Int32, Int32, Double)) -> Int32) -> [(
            Int32, Int32, Double
        )] {
            var start = [Int](repeating: 0, count: order + 1)
            for entry in list { start[Int(key(entry)) + 1] += 1 }
            for i in 0..<order { start[i + 1] += start[i] }
            return [(Int32, Int32, Double)](unsafeUninitializedCapacity: list.count) { buffer, count in
                for entry in list {
                    buffer[start[Int(key(entry))]] = entry
                    start[Int(key(entry))] += 1
                }
                count = list.count
            }
        }
        let lower = sorted(sorted(all, by: { max($0.0, $0.1) }), by: { min($0.0, $0.1) })
        var columnStart = [Int32](repeating: 0, count: order + 1)
        var rows: [Int32] = []
        var values: [Double] = []
        rows.reserveCapacity(lower.count)
        values.reserveCapacity(lower.count)
        var column: Int32 = -1
        for entry in lower {
            let (i, j) = (max(entry.0, entry.1), min(entry.0, entry.1))
            if j == column, rows.last == i {
                values[values.count - 1] += entry.2
            } else {
                rows.append(i)
                values.append(entry.2)
                columnStart[Int(j) + 1] += 1
            }
            column = j
        }
        for i in 0..<order { columnStart[i + 1] += columnStart[i] }
        self.columnStart = columnStart
        self.rows = rows
        self.values = values
    }

    public subscript(row: Int, column: Int) -> Double {
        let (i, j) = (max(row, column), min(row, column))
        for p in Int(columnStart[j])..<Int(columnStart[j + 1]) where Int(rows[p]) == i { return values[p] }
        return 0
    }

    /// The matrix times a vector.
    public func times(_ x: [Double]) -> [Double] {
        precondition(x.count == order, "a vector of \(x.count) for a matrix of order \(order)")
        var y = [Double](repeating: 0, count: order)
        for j in 0..<order {
            for p in Int(columnStart[j])..<Int(columnStart[j + 1]) {
                let i = Int(rows[p])
                y[i] += values[p] * x[j]
                if i != j { y[j] += values[p] * x[i] }
            }
        }
        return y
    }
}
