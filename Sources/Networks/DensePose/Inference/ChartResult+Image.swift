public import Imaging

extension ChartResult {
    /// The IUV map: red the chart (0...24), green ⌊255·u⌋, blue ⌊255·v⌋, as DensePose's challenge and the catalog have it.
    public var image: Image {
        var bytes = [UInt8](repeating: 0, count: 3 * width * height)
        for pixel in charts.indices where charts[pixel] > 0 {
            bytes[3 * pixel] = charts[pixel]
            bytes[3 * pixel + 1] = Self.byte(u[pixel])
            bytes[3 * pixel + 2] = Self.byte(v[pixel])
        }
        return Image(width: width, height: height, channels: 3, bytes: bytes)
    }

    private static func byte(_ value: Float) -> UInt8 { value.isNaN ? 0 : UInt8(min(max(value * 255, 0), 255)) }
}
