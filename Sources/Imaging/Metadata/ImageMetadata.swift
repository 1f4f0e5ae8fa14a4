/// What EXIF says about a photograph. Every field is nil when the file does not say.
public struct ImageMetadata: Equatable, Sendable {
    public var orientation: Orientation?
    /// Local time of capture, ISO 8601: `2015-06-03T04:12:09`, with `.25` and `+01:00` where the camera gives them.
    public var captureTime: String?
    public var make: String?
    public var model: String?
    public var location: Location?

    /// A GPS position (WGS 84).
    public struct Location: Equatable, Sendable {
        /// Degrees, north positive.
        public var latitude: Double
        /// Degrees, east positive.
        public var longitude: Double
        /// Metres above sea level.
        public var altitude: Double?
    }

    /// Reads the EXIF of a JPEG or PNG; all fields are nil when there is none.
    /// - Throws: `ImageError` when the file cannot be read or is no image.
    public static func read(fileAt path: String) throws -> ImageMetadata {
        try ByteSource.withFile(at: path) { try read($0, name: path) }
    }

    public static func read(_ bytes: [UInt8], name: String = "image") throws -> ImageMetadata {
        try read(.memory(bytes), name: name)
    }

    private static func read(_ source: ByteSource, name: String) throws -> ImageMetadata {
        let prefix = source.read(at: 0, count: 16)
        switch ImageFormat(magic: prefix) {
        case .jpeg: return jpegExif(source).map(ExifReader.metadata) ?? ImageMetadata()
        case .png: return pngExif(source).map { ExifReader.metadata(JPEGSegments.exifMagic + $0) } ?? ImageMetadata()
        case nil: throw ImageError(name, .unknownFormat(found: ImageFormat.describe(prefix)))
        }
    }

    /// The first Exif segment's payload, with its magic.
    private static func jpegExif(_ source: ByteSource) -> [UInt8]? {
        var offset = 2
        while true {
            let head = source.read(at: offset, count: 64)
            guard let segment = JPEGSegments.segment(at: 0, { $0 < head.count ? head[$0] : nil }),
                segment.marker != 0xDA, segment.marker != 0xD9
            else { return nil }
            if segment.marker == 0xE1 {
                let payload = source.read(at: offset + segment.start, count: segment.length)
                if payload.starts(with: JPEGSegments.exifMagic) { return payload }
            }
            offset += segment.end
        }
    }

    private static func pngExif(_ source: ByteSource) -> [UInt8]? {
        var offset = 8
        while let chunk = PNGChunks.chunk(at: offset, in: source) {
            if chunk.type == "eXIf" { return source.read(at: chunk.start, count: min(chunk.length, 1 << 16)) }
            if chunk.type == "IEND" { return nil }
            offset = chunk.end
        }
        return nil
    }
}
