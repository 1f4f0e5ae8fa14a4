/// A raster of 8- or 16-bit samples: interleaved channels, rows from the top, no padding.
///
/// Channels are grey (1), RGB (3) or RGBA with straight alpha (4). Values are as stored in the file: no gamma and no
/// colour profile is ever applied. 16-bit samples are in the machine's byte order.
public struct Image: Sendable, Equatable {
    public let width: Int
    public let height: Int
    public let channels: Int
    /// 8 or 16.
    public let bitDepth: Int
    /// `height * width * channels * bitDepth / 8` bytes.
    public internal(set) var bytes: [UInt8]

    /// - Precondition: sizes are positive, `channels` is 1, 3 or 4, `bitDepth` 8 or 16, and `bytes` fits them.
    public init(width: Int, height: Int, channels: Int, bitDepth: Int = 8, bytes: [UInt8]) {
        precondition(width > 0 && height > 0, "an image has at least one pixel")
        precondition(channels == 1 || channels == 3 || channels == 4, "an image has 1, 3 or 4 channels")
        precondition(bitDepth == 8 || bitDepth == 16, "an image has 8 or 16 bits per sample")
        precondition(bytes.count == width * height * channels * bitDepth / 8, "the bytes do not fit the image's size")
        self.width = width
        self.height = height
        self.channels = channels
        self.bitDepth = bitDepth
        self.bytes = bytes
    }

    /// An image of zeros: black, or transparent black.
    public init(width: Int, height: Int, channels: Int, bitDepth: Int = 8) {
        self.init(
            width: width, height: height, channels: channels, bitDepth: bitDepth,
            bytes: [UInt8](repeating: 0, count: width * height * channels * bitDepth / 8))
    }

    /// An image of 16-bit samples, `height * width * channels` of them.
    public init(width: Int, height: Int, channels: Int, samples16: [UInt16]) {
        self.init(
            width: width, height: height, channels: channels, bitDepth: 16,
            bytes: samples16.withUnsafeBytes { Array($0) })
    }

    /// An RGB image (RGBA when the colour is translucent) of one colour.
    public init(width: Int, height: Int, color: Color) {
        let pixel = color.alpha == 255 ? [color.red, color.green, color.blue] : color.rgba
        let count = width * height * pixel.count
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            for i in 0..<count { buffer[i] = pixel[i % pixel.count] }
            initialized = count
        }
        self.init(width: width, height: height, channels: pixel.count, bytes: bytes)
    }

    public var bytesPerPixel: Int { channels * bitDepth / 8 }
    public var bytesPerRow: Int { width * bytesPerPixel }

    /// One sample, 0...255 or 0...65535 by bit depth. O(1).
    public subscript(x: Int, y: Int, channel: Int = 0) -> UInt16 {
        get {
            let index = (y * width + x) * channels + channel
            if bitDepth == 8 { return UInt16(bytes[index]) }
            return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self) }
        }
        set {
            let index = (y * width + x) * channels + channel
            if bitDepth == 8 {
                bytes[index] = UInt8(clamping: newValue)
            } else {
                bytes.withUnsafeMutableBytes { $0.storeBytes(of: newValue, toByteOffset: 2 * index, as: UInt16.self) }
            }
        }
    }

    /// The samples in memory, without a copy.
    public func withPixels<T>(_ body: (UnsafeBufferPointer<UInt8>) throws -> T) rethrows -> T {
        try bytes.withUnsafeBufferPointer(body)
    }

    /// The samples in memory, to be changed in place.
    public mutating func withMutablePixels<T>(
        _ body: (UnsafeMutableBufferPointer<UInt8>) throws -> T
    ) rethrows -> T {
        try bytes.withUnsafeMutableBufferPointer { buffer in try body(buffer) }
    }

    /// All samples of a 16-bit image in order; of an 8-bit image widened without scaling.
    public var samples16: [UInt16] {
        if bitDepth == 8 { return bytes.map(UInt16.init) }
        return bytes.withUnsafeBytes { raw in
            (0..<raw.count / 2).map { raw.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self) }
        }
    }
}
