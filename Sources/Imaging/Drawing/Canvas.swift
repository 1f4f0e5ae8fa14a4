/// Draws antialiased shapes, text and annotations on an 8-bit RGB or RGBA image.
///
/// Coordinates are pixels from the top left corner (see `PixelPoint`). Anything may lie outside; it is clipped. Copies are
/// independent images.
public struct Canvas {
    public internal(set) var image: Image
    let rasterizer = OutlineRasterizer()
    private var typefaceCache: Typeface?

    /// Starts from an image; grey becomes RGB, 16 bits become 8.
    public init(_ image: Image) {
        let eight = image.eightBit()
        self.image = eight.channels == 1 ? eight.rgb() : eight
    }

    public init(width: Int, height: Int, background: Color = .white) {
        image = Image(width: width, height: height, color: background)
    }

    public var width: Int { image.width }
    public var height: Int { image.height }

    /// The font, opened at first use.
    mutating func typeface() throws -> Typeface {
        if let typefaceCache { return typefaceCache }
        let face = try Typeface(rasterizer: rasterizer)
        typefaceCache = face
        return face
    }

    /// Lays another image over this one, its top left pixel at (x, y), clipped.
    public mutating func overlay(_ other: Image, x: Int, y: Int, opacity: Double = 1) {
        image.composite(other, x: x, y: y, opacity: opacity)
    }

    /// Blends a colour where a shape covers the image.
    mutating func paint(_ coverage: Coverage?, _ color: Color) {
        guard let coverage, color.alpha > 0 else { return }
        let channels = image.channels
        let imageWidth = image.width
        let ink = (Int32(color.red), Int32(color.green), Int32(color.blue))
        let opacity = Int32(color.alpha)
        image.bytes.withUnsafeMutableBufferPointer { pixels in
            coverage.values.withUnsafeBufferPointer { values in
                for row in 0..<coverage.height {
                    var at = ((coverage.y + row) * imageWidth + coverage.x) * channels
                    for column in 0..<coverage.width {
                        let value = Int32(values[row * coverage.width + column])
                        if value > 0 {
                            Self.blend(pixels.baseAddress! + at, channels, ink, (value * opacity + 127) / 255)
                        }
                        at += channels
                    }
                }
            }
        }
    }

    /// Blends a colour into one pixel ("over"), alpha 0...255.
    @inline(__always)
    static func blend(
        _ pixel: UnsafeMutablePointer<UInt8>, _ channels: Int, _ ink: (Int32, Int32, Int32), _ alpha: Int32
    ) {
        var share = alpha
        if channels == 4 {
            // Over a translucent pixel the ink's share of the colour is larger than its alpha.
            let under = Int32(pixel[3])
            let total = alpha * 255 + under * (255 - alpha)
            guard total > 0 else { return }
            share = (alpha * 65_025 + total / 2) / total
            pixel[3] = UInt8((total + 127) / 255)
        }
        func mix(_ old: UInt8, _ new: Int32) -> UInt8 {
            UInt8(truncatingIfNeeded: (Int32(old) * (255 - share) + new * share + 127) / 255)
        }
        pixel[0] = mix(pixel[0], ink.0)
        pixel[1] = mix(pixel[1], ink.1)
        pixel[2] = mix(pixel[2], ink.2)
    }

    /// Blends a colour into the pixel at (x, y), which must be inside. For maps that colour pixel by pixel.
    @inline(__always)
    mutating func blend(x: Int, y: Int, _ color: Color) {
        let channels = image.channels
        let index = (y * image.width + x) * channels
        image.bytes.withUnsafeMutableBufferPointer { pixels in
            Self.blend(
                pixels.baseAddress! + index, channels, (Int32(color.red), Int32(color.green), Int32(color.blue)),
                Int32(color.alpha))
        }
    }
}
