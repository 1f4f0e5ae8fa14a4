/// Edits of a JPEG's metadata that leave its pixels untouched.
public enum JPEGMetadata {
    private static let xmpMagic = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
    private static let extendedXMPMagic = Array("http://ns.adobe.com/xmp/extension/\0".utf8)

    /// A copy without GPS positions: the GPS directory of every Exif block and the GPS properties of XMP packets.
    ///
    /// The copy has the same length; pixels and all other metadata are the same bytes. Pictures appended after the first
    /// (multi-picture files) are treated too. Places named in words (IPTC city) and maker notes are left.
    /// - Throws: `ImageError`; a file that cannot be cleaned for certain is refused.
    public static func removingLocation(from bytes: [UInt8], name: String = "image") throws -> [UInt8] {
        guard ImageFormat(magic: bytes.prefix(12)) == .jpeg else {
            throw ImageError(name, .unknownFormat(found: ImageFormat.describe(Array(bytes.prefix(12)))))
        }
        var result = bytes
        var start: Int? = 0
        while let picture = start {
            let end = try removeLocation(from: &result, pictureAt: picture, name: name)
            start = XMPLocation.find([0xFF, 0xD8, 0xFF], in: bytes, from: end)
        }
        try checkNoLocation(in: result, name: name)
        return result
    }

    /// A damaged file may hide a block from the walk over its segments that another reader stumbles upon.
    private static func checkNoLocation(in bytes: [UInt8], name: String) throws {
        var position = 0
        while let block = XMPLocation.find(JPEGSegments.exifMagic, in: bytes, from: position) {
            if ExifReader.hasLocationTags(Array(bytes[block..<min(bytes.count, block + 65_533)])) {
                throw ImageError(name, .damaged("an EXIF block at byte \(block) holds a location outside its segments"))
            }
            position = block + JPEGSegments.exifMagic.count
        }
    }

    /// - Returns: the offset after the picture's end marker.
    private static func removeLocation(from bytes: inout [UInt8], pictureAt start: Int, name: String) throws -> Int {
        var offset = start + 2
        var extended: [Range<Int>] = []
        while let segment = JPEGSegments.segment(at: offset, { $0 < bytes.count ? bytes[$0] : nil }) {
            guard segment.end <= bytes.count else { break }
            if segment.marker == 0xD9 {
                offset = segment.end
                break
            }
            if segment.marker == 0xE1 {
                let payload = Array(bytes[segment.start..<segment.end])
                if payload.starts(with: JPEGSegments.exifMagic) {
                    var edited = payload
                    try ExifLocation.remove(from: &edited, base: JPEGSegments.exifMagic.count, name: name)
                    bytes.replaceSubrange(segment.start..<segment.end, with: edited)
                } else if payload.starts(with: xmpMagic) {
                    var edited = payload
                    if XMPLocation.remove(from: &edited) {
                        bytes.replaceSubrange(segment.start..<segment.end, with: edited)
                    }
                } else if payload.starts(with: extendedXMPMagic) {
                    // A digest, the full length and this part's offset stand before the text.
                    let text = min(segment.end, segment.start + extendedXMPMagic.count + 40)
                    extended.append(text..<segment.end)
                }
            }
            offset = segment.end
            if segment.marker == 0xDA { offset = endOfScan(bytes, from: offset) }
        }
        // A property may straddle two parts of an extended packet.
        var text = extended.flatMap { bytes[$0] }
        if XMPLocation.remove(from: &text) {
            var position = 0
            for range in extended {
                bytes.replaceSubrange(range, with: text[position..<position + range.count])
                position += range.count
            }
        }
        return max(offset, start + 2)
    }

    /// The next marker that is neither a restart nor a stuffed 0xFF.
    private static func endOfScan(_ bytes: [UInt8], from start: Int) -> Int {
        var i = start
        while i + 1 < bytes.count {
            if bytes[i] == 0xFF, bytes[i + 1] != 0, bytes[i + 1] != 0xFF, !(0xD0...0xD7).contains(bytes[i + 1]) {
                return i
            }
            i += 1
        }
        return bytes.count
    }
}
