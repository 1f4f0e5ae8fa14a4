/// Edits of a PNG's metadata that leave its pixels untouched.
public enum PNGMetadata {
    /// A copy without GPS positions: in the eXIf chunk and in an XMP packet. Only those chunks and their CRCs change.
    /// - Throws: `ImageError`; `.unsupported` for compressed or hex-coded EXIF and XMP text, which may hide a position.
    public static func removingLocation(from bytes: [UInt8], name: String = "image") throws -> [UInt8] {
        guard ImageFormat(magic: bytes.prefix(12)) == .png else {
            throw ImageError(name, .unknownFormat(found: ImageFormat.describe(Array(bytes.prefix(12)))))
        }
        var result = bytes
        var offset = 8
        while offset + 8 <= bytes.count {
            let head = ByteSource.memory(Array(bytes[offset..<offset + 8]))
            guard let chunk = PNGChunks.chunk(at: 0, in: head) else { break }
            let start = offset + 8
            let end = start + chunk.length
            guard end + 4 <= bytes.count else {
                throw ImageError(name, .truncated("its \(chunk.type) chunk runs past the end of the file"))
            }
            var data = Array(bytes[start..<end])
            switch chunk.type {
            case "eXIf": try ExifLocation.remove(from: &data, base: 0, name: name)
            case "iTXt": try removeFromText(&data, name: name)
            case "tEXt", "zTXt":
                if data.starts(with: Array("Raw profile type ".utf8)) {
                    throw ImageError(
                        name,
                        .unsupported(
                            "its metadata is coded as a raw profile, which may hold a location; strip it first"))
                }
            default: break
            }
            if data != Array(bytes[start..<end]) {
                result.replaceSubrange(start..<end, with: data)
                let crc = PNGChunks.checksum(result[(start - 4)..<end])
                result.replaceSubrange(
                    end..<end + 4, with: (0..<4).map { UInt8(truncatingIfNeeded: crc >> (24 - 8 * $0)) })
            }
            offset = end + 4
        }
        return result
    }

    private static func removeFromText(_ data: inout [UInt8], name: String) throws {
        let keyword = Array("XML:com.adobe.xmp\0".utf8)
        guard data.starts(with: keyword), data.count > keyword.count else { return }
        guard data[keyword.count] == 0 else {
            throw ImageError(name, .unsupported("its XMP is compressed and may hold a location; strip it first"))
        }
        XMPLocation.remove(from: &data)
    }
}
