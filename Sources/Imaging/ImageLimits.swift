/// How large an image may claim to be before memory is set aside for it.
///
/// The defaults admit every camera on sale and stop decompression bombs; raise them for stitched or satellite images.
public struct ImageLimits: Equatable, Sendable, CustomStringConvertible {
    public var maximumPixels: Int
    /// Bytes of the decoded samples.
    public var maximumBytes: Int

    public static let standard = ImageLimits()

    public init(maximumPixels: Int = 268_435_456, maximumBytes: Int = 1 << 30) {
        self.maximumPixels = maximumPixels
        self.maximumBytes = maximumBytes
    }

    public var description: String { "\(maximumPixels) pixels and \(maximumBytes >> 20) MiB" }

    /// - Throws: `ImageError.Problem.tooLarge`
    func check(_ header: ImageHeader, name: String) throws {
        let (pixels, overflow) = header.width.multipliedReportingOverflow(by: header.height)
        guard !overflow, pixels <= maximumPixels,
            pixels <= maximumBytes / (header.channels * header.bitDepth / 8)
        else {
            throw ImageError(name, .tooLarge(width: header.width, height: header.height, limits: self))
        }
    }
}
