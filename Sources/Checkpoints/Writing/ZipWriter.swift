import CZlib

/// Writes a zip file of stored members whose data begin at multiples of 64 bytes, as PyTorch's readers like them.
struct ZipWriter {
    private struct Member {
        let name: String
        let header: Int
        let size: Int
        let checksum: UInt32
    }

    private static let alignment = 64
    private let file: DraftFile
    /// Sizes and offsets from here on are 64-bit fields (zip64). Tests lower it.
    private let limit: Int
    private var members: [Member] = []

    init(_ file: DraftFile, limit: Int = 0xffff_ffff) { (self.file, self.limit) = (file, limit) }

    /// Adds a member whose bytes come in pieces and are `size` in all.
    mutating func add(
        _ name: String, size: Int, _ produce: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        let header = file.count
        var extra: [UInt8] = []
        if size >= limit { extra += Self.little(1 as UInt16, 16 as UInt16) + Self.little(size, size) }
        // What remains to the alignment is an extra field that readers skip ("FB", as PyTorch names it).
        let unpadded = header + 30 + name.utf8.count + extra.count + 4
        let padding = (Self.alignment - unpadded % Self.alignment) % Self.alignment
        extra += Self.little(0x4246 as UInt16, UInt16(padding)) + [UInt8](repeating: 0, count: padding)
        let size32 = size >= limit ? UInt32.max : UInt32(size)
        try file.write(
            Self.little(ZipDirectory.localHeader) + Self.common(size >= limit)
                + Self.little(0 as UInt32, size32, size32)
                + Self.little(UInt16(name.utf8.count), UInt16(extra.count)) + Array(name.utf8) + extra)
        let start = file.count
        var checksum: UInt = 0
        try produce { chunk in
            checksum = crc32_z(checksum, chunk.baseAddress, chunk.count)
            try file.write(chunk)
        }
        precondition(file.count - start == size)
        try file.patch(Self.little(UInt32(checksum)), at: header + 14)
        members.append(Member(name: name, header: header, size: size, checksum: UInt32(checksum)))
    }

    mutating func add(_ name: String, _ bytes: [UInt8]) throws {
        try add(name, size: bytes.count) { write in try bytes.withUnsafeBytes { try write($0) } }
    }

    /// Writes the directory; the file is complete then.
    func finish() throws {
        let start = file.count
        for member in members {
            var extra: [UInt8] = []
            if member.size >= limit { extra += Self.little(member.size, member.size) }
            if member.header >= limit { extra += Self.little(member.header) }
            let isLarge = !extra.isEmpty
            if isLarge { extra = Self.little(1 as UInt16, UInt16(extra.count)) + extra }
            let size = member.size >= limit ? UInt32.max : UInt32(member.size)
            try file.write(
                Self.little(ZipDirectory.centralHeader) + Self.little(isLarge ? 45 : 20 as UInt16)
                    + Self.common(isLarge) + Self.little(member.checksum, size, size)
                    + Self.little(UInt16(member.name.utf8.count), UInt16(extra.count), 0, 0, 0)
                    + Self.little(0 as UInt32, member.header >= limit ? UInt32.max : UInt32(member.header))
                    + Array(member.name.utf8) + extra)
        }
        let (end, size) = (file.count, file.count - start)
        let isLarge = start >= limit || members.count >= 0xffff
        if isLarge {
            try file.write(
                Self.little(ZipDirectory.end64) + Self.little(44) + Self.little(45 as UInt16, 45)
                    + Self.little(0 as UInt32, 0) + Self.little(members.count, members.count, size, start)
                    + Self.little(ZipDirectory.locator64, 0) + Self.little(end) + Self.little(1 as UInt32))
        }
        let count = isLarge ? UInt16.max : UInt16(members.count)
        try file.write(
            Self.little(ZipDirectory.end) + Self.little(0 as UInt16, 0, count, count)
                + Self.little(UInt32(clamping: size), isLarge ? UInt32.max : UInt32(start)) + Self.little(0 as UInt16))
    }

    /// Version, flags (names are UTF-8), method (stored), time and date (1 January 1980: the same weights, the same bytes).
    private static func common(_ isLarge: Bool) -> [UInt8] {
        little(isLarge ? 45 : 20, 0x0800, 0, 0, 0x0021 as UInt16)
    }

    private static func little<Number: FixedWidthInteger>(_ numbers: Number...) -> [UInt8] {
        numbers.flatMap { number in withUnsafeBytes(of: number.littleEndian) { Array($0) } }
    }
}
