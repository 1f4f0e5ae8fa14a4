import CPNG
import Glibc

/// PNG through libpng. Gamma, colour profiles and text are ignored: samples come as stored.
enum PNGCodec {
    /// Decodes any PNG into 1, 3 or 4 channels of 8 or 16 bits.
    static func decode(_ bytes: [UInt8], name: String, limits: ImageLimits) throws -> Image {
        try read(bytes, asStored: false, name: name, limits: limits).image
    }

    static func read(
        _ bytes: [UInt8], asStored: Bool, name: String, limits: ImageLimits
    ) throws -> (image: Image, info: cpng_info) {
        try limits.check(try ImageHeader.read(bytes, name: name), name: name)
        // The pointer handed to libpng lives as long as the closure, and the reader is closed inside it.
        return try bytes.withUnsafeBufferPointer { source in
            var info = cpng_info()
            guard let reader = cpng_open(source.baseAddress, source.count, asStored ? 1 : 0, &info) else {
                throw failure(info, name: name)
            }
            defer { cpng_close(reader) }
            let width = Int(info.width)
            let height = Int(info.height)
            let header = ImageHeader(
                format: .png, width: width, height: height, channels: Int(info.channels),
                bitDepth: Int(info.bit_depth), orientation: .upright)
            try limits.check(header, name: name)
            // Deflate makes at most 1032 bytes of one; a file that is too small for its claim is refused before memory
            // is set aside.
            guard (width * Int(info.stored_depth) + 7) / 8 * height / 1032 <= bytes.count else {
                throw ImageError(name, .truncated("\(bytes.count) bytes cannot hold \(width) x \(height) pixels"))
            }
            let rowBytes = width * header.channels * header.bitDepth / 8
            var pixels = [UInt8](repeating: 0, count: rowBytes * height)
            let status = pixels.withUnsafeMutableBufferPointer {
                cpng_decode(reader, $0.baseAddress, rowBytes, &info)
            }
            guard status == 0 else { throw failure(info, name: name) }
            return (
                Image(
                    width: width, height: height, channels: header.channels, bitDepth: header.bitDepth, bytes: pixels),
                info
            )
        }
    }

    private static func failure(_ info: cpng_info, name: String) -> ImageError {
        let message = withUnsafeBytes(of: info.message) { text(of: $0) }
        if message == "the file ends early" { return ImageError(name, .truncated(message)) }
        return ImageError(name, message.hasPrefix("the file stores") ? .unsupported(message) : .damaged(message))
    }

    private static func text(of bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    static func encode(_ image: Image, level: Int) throws -> [UInt8] {
        var out: UnsafeMutablePointer<UInt8>?
        var count = 0
        var message = [CChar](repeating: 0, count: Int(CPNG_MESSAGE_SIZE))
        let status = image.bytes.withUnsafeBufferPointer {
            cpng_encode(
                $0.baseAddress, image.bytesPerRow, UInt32(image.width), UInt32(image.height), Int32(image.channels),
                Int32(image.bitDepth), Int32(level), &out, &count, &message)
        }
        guard status == 0 else {
            throw ImageError("image", .cannotWrite(message.withUnsafeBytes { text(of: $0) }))
        }
        defer { free(out) }
        return Array(UnsafeBufferPointer(start: out, count: count))
    }
}

/// A PNG's palette indices or grey levels exactly as stored, for label maps: a 4-bit grey 3 stays 3.
public struct StoredPNG: Sendable, Equatable {
    /// One channel, 8 bits (16 where the file has 16).
    public let image: Image
    /// Bits a sample in the file: 1, 2, 4, 8 or 16.
    public let storedBitDepth: Int
    /// The palette's colours; nil for grey levels.
    public let palette: [Color]?

    /// - Throws: `ImageError`; `.unsupported` for a PNG that stores colours or an alpha channel.
    public init(fileAt path: String, limits: ImageLimits = .standard) throws {
        try self.init(decoding: ByteSource.image(at: path, limits: limits), name: path, limits: limits)
    }

    public init(decoding bytes: [UInt8], name: String = "image", limits: ImageLimits = .standard) throws {
        guard ImageFormat(magic: bytes.prefix(12)) == .png else {
            throw ImageError(name, .unknownFormat(found: ImageFormat.describe(Array(bytes.prefix(12)))))
        }
        var (image, info) = try PNGCodec.read(bytes, asStored: true, name: name, limits: limits)
        self.image = image
        storedBitDepth = Int(info.stored_depth)
        guard info.is_palette != 0 else {
            palette = nil
            return
        }
        let count = Int(info.palette_count)
        palette = withUnsafeBytes(of: &info.palette) { raw in
            (0..<count).map { i in
                Color(red: raw[4 * i], green: raw[4 * i + 1], blue: raw[4 * i + 2], alpha: raw[4 * i + 3])
            }
        }
    }
}
