/// The marker segments of a JPEG (ITU-T T.81, B.1): 0xFF, a code, and for most a length that counts itself.
enum JPEGSegments {
    struct Segment {
        let marker: UInt8
        /// Offset of the payload in the file, after the length.
        let start: Int
        let length: Int
        var end: Int { start + length }
    }

    static let exifMagic = Array("Exif\0\0".utf8)

    /// Whether a marker starts a frame and so holds the image's size.
    static func isFrame(_ marker: UInt8) -> Bool {
        (0xC0...0xCF).contains(marker) && marker != 0xC4 && marker != 0xC8 && marker != 0xCC
    }

    /// The segment whose 0xFF stands at `offset` or after fill bytes; nil when there is none.
    static func segment(at offset: Int, _ byte: (Int) -> UInt8?) -> Segment? {
        var at = offset
        guard byte(at) == 0xFF else { return nil }
        while byte(at + 1) == 0xFF { at += 1 }
        guard let marker = byte(at + 1), marker != 0 else { return nil }
        // SOI, EOI, restarts and TEM stand alone.
        if (0xD0...0xD9).contains(marker) || marker == 0x01 { return Segment(marker: marker, start: at + 2, length: 0) }
        guard let high = byte(at + 2), let low = byte(at + 3) else { return nil }
        let length = Int(high) << 8 | Int(low)
        guard length >= 2 else { return nil }
        return Segment(marker: marker, start: at + 4, length: length - 2)
    }

    static func header(_ source: ByteSource, prefix: [UInt8], name: String) throws -> ImageHeader {
        var window = prefix
        var windowStart = 0
        func byte(_ offset: Int) -> UInt8? {
            if offset < windowStart || offset >= windowStart + window.count {
                window = source.read(at: offset, count: 512)
                windowStart = offset
                if window.isEmpty { return nil }
            }
            return window[offset - windowStart]
        }
        var orientation: Orientation?
        var offset = 2
        while true {
            // Decoders skip bytes between segments; a few cameras pad so.
            var skipped = 0
            while let value = byte(offset), value != 0xFF, skipped < 65_536 {
                offset += 1
                skipped += 1
            }
            guard let segment = segment(at: offset, byte) else {
                throw byte(offset + 3) == nil
                    ? ImageError(name, .truncated("it ends before the JPEG frame header"))
                    : ImageError(name, .damaged("no JPEG segment at byte \(offset)"))
            }
            if isFrame(segment.marker) {
                let frame = (0..<6).compactMap { byte(segment.start + $0) }
                guard frame.count == 6 else { throw ImageError(name, .truncated("it ends in the JPEG frame header")) }
                return try header(frame: frame, orientation: orientation ?? .upright, name: name)
            }
            if segment.marker == 0xDA || segment.marker == 0xD9 {
                throw ImageError(name, .damaged("no JPEG frame header before the pixels"))
            }
            if segment.marker == 0xE1, orientation == nil, segment.length > 14 {
                let payload = source.read(at: segment.start, count: segment.length)
                if payload.starts(with: exifMagic) { orientation = TIFFDirectory(payload, from: 6)?.orientation }
            }
            offset = segment.end
        }
    }

    private static func header(frame: [UInt8], orientation: Orientation, name: String) throws -> ImageHeader {
        let height = Int(frame[1]) << 8 | Int(frame[2])
        let width = Int(frame[3]) << 8 | Int(frame[4])
        guard width > 0, height > 0 else { throw ImageError(name, .damaged("the JPEG frame header gives no size")) }
        guard frame[0] == 8 else {
            throw ImageError(name, .unsupported("the JPEG has \(frame[0]) bits a sample, expected 8"))
        }
        guard [1, 3, 4].contains(frame[5]) else {
            throw ImageError(name, .unsupported("the JPEG has \(frame[5]) components, expected 1, 3 or 4"))
        }
        return ImageHeader(
            format: .jpeg, width: width, height: height, channels: frame[5] == 1 ? 1 : 3, bitDepth: 8,
            orientation: orientation)
    }
}
