/// How an image file is read.
public struct ImageReadOptions: OptionSet, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Turn the image upright by its EXIF orientation.
    public static let applyOrientation = ImageReadOptions(rawValue: 1)
    /// Take what can be decoded of a damaged or shortened JPEG (the rest is grey) instead of an error.
    public static let tolerateTruncation = ImageReadOptions(rawValue: 2)
}

/// How hard a PNG is compressed. The same image, level and zlib give the same bytes.
public enum PNGCompression: Sendable, Equatable {
    /// deflate level 1.
    case fast
    /// deflate level 9 and the best filter of each row: 10 to 20% smaller, several times slower.
    case small
    /// deflate level 0...9.
    case level(Int)

    var level: Int {
        switch self {
        case .fast: 1
        case .small: 9
        case .level(let value): min(9, max(0, value))
        }
    }
}

extension Image {
    /// Reads a PNG or JPEG, told apart by its content.
    /// - Throws: `ImageError`
    public init(
        fileAt path: String, options: ImageReadOptions = [], limits: ImageLimits = .standard
    ) throws {
        try self.init(
            decoding: ByteSource.image(at: path, limits: limits), name: path, options: options, limits: limits)
    }

    /// Decodes a PNG or JPEG in memory.
    /// - Parameter name: stands for the file in errors.
    /// - Throws: `ImageError`
    public init(
        decoding bytes: [UInt8], name: String = "image", options: ImageReadOptions = [],
        limits: ImageLimits = .standard
    ) throws {
        var decoded: Image
        switch ImageFormat(magic: bytes.prefix(12)) {
        case .png:
            decoded = try PNGCodec.decode(bytes, name: name, limits: limits)
        case .jpeg:
            decoded = try JPEGCodec.decode(
                bytes, name: name, limits: limits, toleratesTruncation: options.contains(.tolerateTruncation))
        case nil:
            throw ImageError(name, .unknownFormat(found: ImageFormat.describe(Array(bytes.prefix(12)))))
        }
        if options.contains(.applyOrientation) {
            decoded = decoded.oriented(try ImageHeader.read(bytes, name: name).orientation)
        }
        self = decoded
    }

    /// Encodes as PNG, with the image's channels and bit depth.
    public func pngBytes(compression: PNGCompression = .fast) throws -> [UInt8] {
        try PNGCodec.encode(self, level: compression.level)
    }

    /// Encodes as JPEG: grey or YCbCr, 8 bits, alpha flattened over white.
    /// - Parameter quality: 1...100.
    public func jpegBytes(quality: Int = 90, subsampling: ChromaSubsampling = .quarter) throws -> [UInt8] {
        try JPEGCodec.encode(self, quality: quality, subsampling: subsampling)
    }

    /// Writes a PNG, or a JPEG where the path ends in .jpg or .jpeg. The file appears whole or not at all.
    /// - Parameter quality: of a JPEG, 1...100.
    /// - Throws: `ImageError`
    public func write(toFileAt path: String, compression: PNGCompression = .fast, quality: Int = 90) throws {
        let ending = path.split(separator: "/").last?.split(separator: ".").last?.lowercased()
        let isJPEG = ending == "jpg" || ending == "jpeg"
        do {
            try ByteSource.write(
                isJPEG ? jpegBytes(quality: quality) : pngBytes(compression: compression), toFileAt: path)
        } catch var error as ImageError {
            error.file = path
            throw error
        }
    }

    /// Writes the bytes of an encoded image. The file appears whole or not at all.
    /// - Throws: `ImageError`
    public static func write(encoded bytes: [UInt8], toFileAt path: String) throws {
        try ByteSource.write(bytes, toFileAt: path)
    }
}
