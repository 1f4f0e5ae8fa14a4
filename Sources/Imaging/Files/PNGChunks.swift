/// The chunks of a PNG (ISO/IEC 15948, 5.3): a length, a four-letter type, data and a CRC.
enum PNGChunks {
    struct Chunk {
        let type: String
        /// Offset of the data in the file.
        let start: Int
        let length: Int
        /// Offset of the next chunk.
        var end: Int { start + length + 4 }
    }

    /// The chunk at an offset; nil at the end of the file.
    static func chunk(at offset: Int, in source: ByteSource) -> Chunk? {
        let head = source.read(at: offset, count: 8)
        guard head.count == 8 else { return nil }
        return chunk(head: head[...], at: offset)
    }

    private static func chunk(head: ArraySlice<UInt8>, at offset: Int) -> Chunk {
        let length = head.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        return Chunk(
            type: String(decoding: head.dropFirst(4).prefix(4), as: UTF8.self), start: offset + 8, length: length)
    }

    static func header(_ source: ByteSource, prefix: [UInt8], name: String) throws -> ImageHeader {
        guard prefix.count >= 33 else {
            throw ImageError(name, .truncated("\(prefix.count) bytes of a PNG header of 33"))
        }
        let first = chunk(head: prefix[8..<16], at: 8)
        guard first.type == "IHDR", first.length == 13 else {
            throw ImageError(name, .damaged("the first PNG chunk is no IHDR of 13 bytes"))
        }
        let width = prefix[16..<20].reduce(0) { $0 << 8 | Int($1) }
        let height = prefix[20..<24].reduce(0) { $0 << 8 | Int($1) }
        let depth = Int(prefix[24])
        let depths: [UInt8: (channels: Int, depths: [Int])] = [
            0: (1, [1, 2, 4, 8, 16]), 2: (3, [8, 16]), 3: (3, [1, 2, 4, 8]), 4: (4, [8, 16]), 6: (4, [8, 16]),
        ]
        guard width > 0, height > 0 else { throw ImageError(name, .damaged("the PNG header gives no size")) }
        guard let kind = depths[prefix[25]], kind.depths.contains(depth) else {
            throw ImageError(name, .damaged("colour type \(prefix[25]) with \(depth) bits is no PNG pixel format"))
        }
        var channels = kind.channels
        var orientation = Orientation.upright
        var offset = first.end
        // Transparency and orientation stand between the header and the pixels.
        while let next = offset + 8 <= prefix.count
            ? chunk(head: prefix[offset..<offset + 8], at: offset) : chunk(at: offset, in: source)
        {
            if next.type == "IDAT" || next.type == "IEND" { break }
            if next.type == "tRNS", next.length > 0 { channels = 4 }
            if next.type == "eXIf" {
                let exif = source.read(at: next.start, count: min(next.length, 1 << 16))
                orientation = TIFFDirectory(exif, from: 0)?.orientation ?? .upright
            }
            offset = next.end
        }
        return ImageHeader(
            format: .png, width: width, height: height, channels: channels, bitDepth: depth == 16 ? 16 : 8,
            orientation: orientation)
    }

    /// CRC-32 of ISO 3309 over type and data.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc = UInt32.max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }
}
