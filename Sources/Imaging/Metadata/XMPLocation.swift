import Glibc

/// Blanks GPS properties in an XMP packet (ISO 16684-1), keeping its length.
///
/// Properties are found by their local name, which begins with `GPS` in the schema (exif:GPSLatitude and so on), whatever
/// prefix the packet binds; both spellings are known: attributes and elements. White space takes their place.
enum XMPLocation {
    /// - Returns: whether anything was blanked.
    @discardableResult
    static func remove(from packet: inout [UInt8]) -> Bool {
        var found = false
        var position = 0
        while let colon = find(Array(":GPS".utf8), in: packet, from: position) {
            position = colon + 4
            // Back over the prefix to what introduces the name.
            var start = colon
            while start > 0, isNameByte(packet[start - 1]) { start -= 1 }
            var nameEnd = colon + 1
            while nameEnd < packet.count, isNameByte(packet[nameEnd]) { nameEnd += 1 }
            guard start > 0 else { continue }
            let end: Int?
            if packet[start - 1] == UInt8(ascii: "<") {
                end = elementEnd(packet, name: packet[start..<nameEnd], from: nameEnd)
                start -= 1
            } else {
                end = attributeEnd(packet, from: nameEnd)
            }
            guard let end else { continue }
            for i in start..<end { packet[i] = UInt8(ascii: " ") }
            found = true
            position = end
        }
        return found
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D, 0x2E, 0x80...: true
        default: false
        }
    }

    private static func attributeEnd(_ packet: [UInt8], from start: Int) -> Int? {
        var i = start
        let space: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        while i < packet.count, space.contains(packet[i]) { i += 1 }
        guard i < packet.count, packet[i] == UInt8(ascii: "=") else { return nil }
        i += 1
        while i < packet.count, space.contains(packet[i]) { i += 1 }
        guard i < packet.count, packet[i] == 0x22 || packet[i] == 0x27 else { return nil }
        return packet[(i + 1)...].firstIndex(of: packet[i]).map { $0 + 1 }
    }

    private static func elementEnd(_ packet: [UInt8], name: ArraySlice<UInt8>, from start: Int) -> Int? {
        guard let close = packet[start...].firstIndex(of: UInt8(ascii: ">")) else { return nil }
        if packet[close - 1] == UInt8(ascii: "/") { return close + 1 }
        let closing = Array("</".utf8) + name
        guard let last = find(closing, in: packet, from: close) else { return nil }
        return packet[last...].firstIndex(of: UInt8(ascii: ">")).map { $0 + 1 }
    }

    static func find(_ needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard !needle.isEmpty, bytes.count >= needle.count, start <= bytes.count - needle.count else { return nil }
        return bytes.withUnsafeBytes { raw in
            var position = start
            let last = raw.count - needle.count
            // memchr leaps to each candidate's first byte.
            while position <= last,
                let hit = memchr(raw.baseAddress! + position, Int32(needle[0]), last - position + 1)
            {
                position = UnsafeRawPointer(hit) - raw.baseAddress!
                if memcmp(hit, needle, needle.count) == 0 { return position }
                position += 1
            }
            return nil
        }
    }
}
