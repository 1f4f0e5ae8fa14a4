import Foundation

/// Distances from a few sources to all vertices; valid only while it is shown.
public struct GeodesicTile {
    final class Storage: @unchecked Sendable {
        // Written by one worker, then read by the caller, never at once.
        let rows: UnsafeMutablePointer<Double>
        init(count: Int) { rows = .allocate(capacity: count) }
        deinit { rows.deallocate() }
    }

    /// The vertices from which the rows are measured.
    public let sources: [Int]
    public let vertexCount: Int
    let storage: Storage

    /// Distances from `sources[index]` to each vertex.
    public func row(_ index: Int) -> UnsafeBufferPointer<Double> {
        precondition(sources.indices.contains(index))
        return UnsafeBufferPointer(start: storage.rows + index * vertexCount, count: vertexCount)
    }

    /// Adds a row to a sum.
    public func add(_ index: Int, to sum: inout [Double]) {
        let row = row(index)
        precondition(sum.count == row.count)
        for v in sum.indices { sum[v] += row[v] }
    }
}

enum Processors {
    /// Processors that this process may use.
    static let count = max(1, ProcessInfo.processInfo.activeProcessorCount)
}
