/// The directories (IFDs) of the TIFF structure in which EXIF is kept (TIFF 6.0, section 2), with every offset checked.
///
/// Only what the header reader and the removal of locations need; values are read with libexif (`ImageMetadata`).
struct TIFFDirectory {
    struct Entry {
        let tag: Int
        let type: Int
        let count: Int
        /// Offset of the 12-byte entry in `bytes`.
        let position: Int
        /// Where the value lies in `bytes`: in the entry, or elsewhere when longer than 4 bytes.
        let value: Range<Int>?
    }

    static let orientationTag = 0x0112
    static let locationTag = 0x8825
    /// Entries that point to further directories: Exif and interoperability.
    static let directoryTags = [0x8769, 0xA005]

    let bytes: [UInt8]
    /// Offset of the TIFF header in `bytes`; all stored offsets count from it.
    let base: Int
    let isBigEndian: Bool

    /// - Returns: nil when no TIFF header stands at `base`.
    init?(_ bytes: [UInt8], from base: Int) {
        guard base + 8 <= bytes.count else { return nil }
        switch (bytes[base], bytes[base + 1]) {
        case (0x49, 0x49): isBigEndian = false
        case (0x4D, 0x4D): isBigEndian = true
        default: return nil
        }
        self.bytes = bytes
        self.base = base
        guard number(at: base + 2, size: 2) == 42 else { return nil }
    }

    /// The offset of the first directory.
    var first: Int? { number(at: base + 4, size: 4).map { base + $0 } }

    func number(at position: Int, size: Int) -> Int? {
        guard position >= 0, position + size <= bytes.count else { return nil }
        let digits = bytes[position..<position + size]
        return isBigEndian
            ? digits.reduce(0) { $0 << 8 | Int($1) } : digits.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// The entries of the directory at a position, and the position of the next directory.
    func entries(at position: Int) -> (entries: [Entry], next: Int?) {
        guard let count = number(at: position, size: 2) else { return ([], nil) }
        var entries: [Entry] = []
        for index in 0..<count {
            guard let entry = entry(at: position + 2 + 12 * index) else { return (entries, nil) }
            entries.append(entry)
        }
        let link = number(at: position + 2 + 12 * count, size: 4) ?? 0
        return (entries, link == 0 ? nil : base + link)
    }

    private func entry(at position: Int) -> Entry? {
        guard let tag = number(at: position, size: 2), let type = number(at: position + 2, size: 2),
            let count = number(at: position + 4, size: 4), let inline = number(at: position + 8, size: 4)
        else { return nil }
        let sizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]
        let length = (type < sizes.count ? sizes[type] : 0) * count
        let start = length <= 4 ? position + 8 : base + inline
        let inside = start >= base && start + length <= bytes.count
        return Entry(
            tag: tag, type: type, count: count, position: position, value: inside ? start..<start + length : nil)
    }

    var orientation: Orientation? {
        guard let first, let entry = entries(at: first).entries.first(where: { $0.tag == Self.orientationTag }),
            entry.type == 3, let value = entry.value, let raw = number(at: value.lowerBound, size: 2)
        else { return nil }
        return Orientation(rawValue: raw)
    }
}
