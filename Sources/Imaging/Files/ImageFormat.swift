/// The file formats that are read and written, told apart by their first bytes, never by the file's name.
public enum ImageFormat: String, Sendable, CaseIterable {
    case png
    case jpeg

    /// - Parameter prefix: at least the first 12 bytes of the file.
    public init?(magic prefix: some Collection<UInt8>) {
        if prefix.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if prefix.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else {
            return nil
        }
    }

    /// Names what a file is that is neither, for the error sentence.
    static func describe(_ prefix: [UInt8]) -> String {
        let known: [(String, [UInt8])] = [
            ("a GIF image", Array("GIF8".utf8)), ("a BMP image", Array("BM".utf8)),
            ("a TIFF image", [0x49, 0x49, 0x2A, 0]), ("a TIFF image", [0x4D, 0x4D, 0, 0x2A]),
            ("a PDF document", Array("%PDF".utf8)), ("a ZIP archive", [0x50, 0x4B, 3, 4]),
            ("a gzip archive", [0x1F, 0x8B]), ("an XML or HTML document", Array("<".utf8)),
        ]
        if prefix.isEmpty { return "an empty file" }
        if prefix.starts(with: Array("RIFF".utf8)) {
            return prefix.dropFirst(8).starts(with: Array("WEBP".utf8)) ? "a WebP image" : "a RIFF (AVI or WAV) file"
        }
        if prefix.dropFirst(4).starts(with: Array("ftyp".utf8)) { return "an MP4, HEIC or AVIF file" }
        return known.first { prefix.starts(with: $0.1) }?.0 ?? "no known image format"
    }
}
