/// The smallest sound PNG writer: 8-bit RGB in stored (uncompressed) blocks of zlib.
enum StoredPNG {
    /// - Parameter pixels: RGB, row after row: `3 * width * height` bytes.
    static func encode(_ pixels: [UInt8], width: Int, height: Int) -> [UInt8] {
        var rows: [UInt8] = []
        rows.reserveCapacity((3 * width + 1) * height)
        for row in 0..<height {
            rows.append(0)
            rows += pixels[(3 * width * row)..<(3 * width * (row + 1))]
        }
        var stream: [UInt8] = [0x78, 0x01]
        var offset = 0
        while offset < rows.count {
            let length = min(rows.count - offset, 65535)
            stream.append(offset + length == rows.count ? 1 : 0)
            for value in [length, ~length] { stream += [UInt8(value & 255), UInt8(value >> 8 & 255)] }
            stream += rows[offset..<(offset + length)]
            offset += length
        }
        var (low, high): (UInt32, UInt32) = (1, 0)
        for (index, byte) in rows.enumerated() {
            low &+= UInt32(byte)
            high &+= low
            // Before either can overflow.
            if index & 2047 == 2047 {
                low %= 65521
                high %= 65521
            }
        }
        low %= 65521
        high %= 65521
        stream += bigEndian(high << 16 | low)
        var file: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
        // Eight bits a channel, RGB, the only compression, the only filter method, not interlaced.
        file += chunk("IHDR", bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 2, 0, 0, 0])
        file += chunk("IDAT", stream)
        file += chunk("IEND", [])
        return file
    }

    private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + content
        var remainder = UInt32.max
        for byte in body { remainder = table[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)] ^ remainder >> 8 }
        return bigEndian(UInt32(content.count)) + body + bigEndian(~remainder)
    }

    /// CRC-32 (ISO 3309), reflected.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xedb8_8320 ^ value >> 1 : value >> 1 }
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
