import Dispatch
import Imaging

/// Carries points in one body's charts to another body's charts: a chimpanzee's (chart, u, v) to a person's, as the paper does to
/// evaluate, and the reverse.
public struct ChartTransfer: Sendable {
    private let from: ChartLookup
    private let to: ChartLookup
    private let source: TriangleMesh
    private let target: TriangleMesh
    private let map: SurfaceMap
    private let tree: TriangleTree

    /// - Parameter map: from the body that points come from to that where they go.
    /// - Throws: `MeshError.unsuitable` when charts or map are of other meshes.
    public init(
        from atlas: ChartAtlas, of source: TriangleMesh, to other: ChartAtlas, of target: TriangleMesh, map: SurfaceMap
    ) throws(MeshError) {
        guard map.fits(source: source, target: target) else {
            throw .unsuitable("the map does not lead from the one mesh to the other")
        }
        from = try ChartLookup(atlas, of: source)
        to = try ChartLookup(other, of: target)
        (self.source, self.target, self.map) = (source, target, map)
        tree = TriangleTree(target)
    }

    /// nil for a chart that is not there, or where there is no counterpart.
    public func callAsFunction(_ point: ChartPoint) -> ChartPoint? {
        guard let place = from.surfacePoint(at: point)?.point,
            let image = map.image(of: place, from: source, on: target, tree: tree)
        else { return nil }
        return to.chartPoint(at: image)
    }

    /// The vertex of the target nearest to where a vertex of the source lies; nil where there is none.
    public func vertex(_ vertex: Int) -> Int? {
        guard map.points.indices.contains(vertex), let point = map.points[vertex] else { return nil }
        return Int(target.triangles[Int(point.triangle)][point.nearestCorner])
    }

    /// The texture of the target, painted onto the source.
    ///
    /// Textures are DensePose's atlas: 24 square tiles, four rows of six, chart 1 at the top left; in each tile u runs to the right and
    /// v down.
    /// - Parameter texture: of the target; its width is a multiple of 6 and its height of 4.
    public func texture(_ texture: Image, tile: Int) -> Image {
        let (width, height) = (6 * tile, 4 * tile)
        let (tileWidth, tileHeight) = (texture.width / 6, texture.height / 4)
        let colors = texture.eightBit().rgb()
        var bytes = [UInt8](repeating: 0, count: width * height * 3)
        bytes.withUnsafeMutableBufferPointer { bytes in
            // Sound: each row is written by one thread.
            nonisolated(unsafe) let output = bytes
            DispatchQueue.concurrentPerform(iterations: height) { y in
                for x in 0..<width {
                    let chart = UInt8(y / tile * 6 + x / tile + 1)
                    let asked = ChartPoint(
                        chart: chart, u: (Double(x % tile) + 0.5) / Double(tile),
                        v: (Double(y % tile) + 0.5) / Double(tile))
                    guard let found = self(asked), (1...24).contains(found.chart) else { continue }
                    let column =
                        Int(found.chart - 1) % 6 * tileWidth + min(Int(found.u * Double(tileWidth)), tileWidth - 1)
                    let row =
                        Int(found.chart - 1) / 6 * tileHeight + min(Int(found.v * Double(tileHeight)), tileHeight - 1)
                    for channel in 0..<3 {
                        output[(y * width + x) * 3 + channel] = UInt8(colors[max(column, 0), max(row, 0), channel])
                    }
                }
            }
        }
        return Image(width: width, height: height, channels: 3, bytes: bytes)
    }
}
