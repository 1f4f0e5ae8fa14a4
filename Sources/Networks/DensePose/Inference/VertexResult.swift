public import Annotations
public import Geometry
public import Imaging

/// Vertices of a mesh drawn into the pixels of a box.
public struct VertexResult: Sendable, Hashable {
    public let mesh: String
    /// The box in whole pixels, as `ChartResult` has it.
    public let x, y, width, height: Int
    /// The vertex of each pixel, in rows; -1 on the background.
    public let vertices: [Int32]

    public init(mesh: String, x: Int, y: Int, width: Int, height: Int, vertices: [Int32]) {
        (self.mesh, self.x, self.y, self.width, self.height) = (mesh, x, y, width, height)
        self.vertices = vertices
    }

    /// The body's pixels; nil where there are none.
    /// - Parameters: size of the picture.
    public func mask(width: Int, height: Int) throws -> RunLengthMask? {
        try PixelBox(x: x, y: y, width: self.width, height: self.height)
            .mask(width: width, height: height) { vertices[$0] >= 0 }
    }

    /// The same in charts.
    /// - Parameter points: where each vertex lies in its chart; chart 0 becomes background.
    public func charted(_ points: [ChartPoint]) -> ChartResult {
        let places = vertices.map { $0 < 0 ? ChartPoint(chart: 0, u: 0, v: 0) : points[Int($0)] }
        return ChartResult(
            x: x, y: y, width: width, height: height, charts: places.map(\.chart), u: places.map { Float($0.u) },
            v: places.map { Float($0.v) })
    }

    /// 1 + the vertex as red + 256 green + 65,536 blue, 0 on the background: what `vertex_data` holds as PNG.
    public var image: Image {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(3 * vertices.count)
        for vertex in vertices {
            let number = UInt32(vertex + 1)
            bytes += [UInt8(number & 255), UInt8(number >> 8 & 255), UInt8(number >> 16 & 255)]
        }
        return Image(width: width, height: height, channels: 3, bytes: bytes)
    }

    /// Each pixel in its vertex's colour, the background transparent.
    /// - Parameter colors: one a vertex.
    public func colored(_ colors: [SIMD3<UInt8>]) -> Image {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * vertices.count)
        for vertex in vertices {
            let color = vertex < 0 ? .zero : colors[Int(vertex)]
            bytes += [color.x, color.y, color.z, vertex < 0 ? 0 : 255]
        }
        return Image(width: width, height: height, channels: 4, bytes: bytes)
    }
}
