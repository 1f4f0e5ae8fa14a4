/// What an image file holds, told from its first bytes only: no pixel is decoded.
///
/// `channels` and `bitDepth` are those of the `Image` that decoding gives (a palette counts as RGB, or as RGBA when it has
/// transparent entries). `width` and `height` are as stored, before `orientation`.
public struct ImageHeader: Equatable, Sendable {
    public let format: ImageFormat
    public let width: Int
    public let height: Int
    public let channels: Int
    public let bitDepth: Int
    /// From EXIF; a PNG's only when its eXIf chunk precedes the pixels.
    public let orientation: Orientation

    /// Reads a few kilobytes of a file.
    /// - Throws: `ImageError`
    public static func read(fileAt path: String) throws -> ImageHeader {
        try ByteSource.withFile(at: path) { try read($0, name: path) }
    }

    /// - Parameter name: stands for the file in errors.
    public static func read(_ bytes: [UInt8], name: String = "image") throws -> ImageHeader {
        try read(.memory(bytes), name: name)
    }

    static func read(_ source: ByteSource, name: String) throws -> ImageHeader {
        let prefix = source.read(at: 0, count: 2048)
        switch ImageFormat(magic: prefix) {
        case .png: return try PNGChunks.header(source, prefix: prefix, name: name)
        case .jpeg: return try JPEGSegments.header(source, prefix: prefix, name: name)
        case nil: throw ImageError(name, .unknownFormat(found: ImageFormat.describe(prefix)))
        }
    }

    /// Width and height once the orientation is applied.
    public var uprightSize: (width: Int, height: Int) {
        orientation.swapsAxes ? (height, width) : (width, height)
    }
}
