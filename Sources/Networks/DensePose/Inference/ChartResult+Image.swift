public import Annotations
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

    /// The body's pixels, for networks without a mask head of their own.
    /// - Parameters: size of the picture.
    /// - Returns: nil where no pixel belongs to it.
    public func mask(width: Int, height: Int) throws -> RunLengthMask? {
        try PixelBox(x: x, y: y, width: self.width, height: self.height)
            .mask(width: width, height: height) { charts[$0] > 0 }
    }
}

extension PixelBox {
    /// A mask of a picture, from which pixels of the box belong to it; nil where none does.
    func mask(width pictureWidth: Int, height pictureHeight: Int, of isBody: (Int) -> Bool) throws -> RunLengthMask? {
        var pixels = [UInt8](repeating: 0, count: pictureWidth * pictureHeight)
        var isEmpty = true
        for row in max(0, -y)..<max(max(0, -y), min(height, pictureHeight - y)) {
            for column in max(0, -x)..<max(max(0, -x), min(width, pictureWidth - x))
            where isBody(row * width + column) {
                pixels[(x + column) * pictureHeight + y + row] = 1
                isEmpty = false
            }
        }
        return isEmpty ? nil : try RunLengthMask(columnMajor: pixels, height: pictureHeight, width: pictureWidth)
    }
}
