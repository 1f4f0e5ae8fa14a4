/// The members of a zip file, from its central directory (PKWARE APPNOTE 6.3: 4.3.12, 4.3.14-16, 4.5.3), zip64 included.
///
/// Only stored members are offered: PyTorch never compresses, and a stored member cannot be larger than its file.
struct ZipDirectory {
    struct Member {
        let name: String
        /// The data, in the file.
        let span: Range<Int>
        let checksum: UInt32
    }

    static let localHeader: UInt32 = 0x0403_4b50
    static let centralHeader: UInt32 = 0x0201_4b50
    static let end: UInt32 = 0x0605_4b50
    static let end64: UInt32 = 0x0606_4b50
    static let locator64: UInt32 = 0x0706_4b50

    let members: [String: Member]
    private let file: String

    init(_ bytes: UnsafeRawBufferPointer, file: String) throws {
        self.file = file
        var cursor = ByteCursor(bytes, at: try Self.directory(bytes, file), file: file, place: "zip directory")
        var members: [String: Member] = [:]
        while cursor.remaining >= 46 {
            let start = cursor.position
            guard try cursor.little(UInt32.self) == Self.centralHeader else { break }
            let member = try Self.member(&cursor, start: start, bytes, file)
            guard members.updateValue(member, forKey: member.name) == nil else {
                throw CheckpointError(file, at: CheckpointError.quote(member.name), "is in the zip file twice")
            }
        }
        self.members = members
    }

    /// Where the central directory begins.
    private static func directory(_ bytes: UnsafeRawBufferPointer, _ file: String) throws -> Int {
        // The end record is followed by a comment of at most 65,535 bytes.
        var position = bytes.count - 22
        let last = max(0, position - 65_535)
        while position >= last, load32(bytes, position) != end { position -= 1 }
        guard position >= last else {
            throw CheckpointError(
                file, "begins as a zip file and has no directory at its end; it is cut short (an unfinished download?)")
        }
        var cursor = ByteCursor(bytes, at: position + 16, file: file, place: "zip directory")
        var offset = Int(try cursor.little(UInt32.self))
        if position >= 20, load32(bytes, position - 20) == locator64 {
            cursor.position = position - 12
            let record = try cursor.length(UInt64.self)
            guard record <= bytes.count - 56, load32(bytes, record) == end64 else {
                throw CheckpointError(file, at: "zip directory", "the 64-bit end record is missing")
            }
            cursor.position = record + 48
            offset = try cursor.length(UInt64.self)
        }
        guard offset <= position else {
            throw CheckpointError(
                file, at: "zip directory", "begins at byte \(offset), expected one before \(position)")
        }
        return offset
    }

    private static func member(
        _ cursor: inout ByteCursor, start: Int, _ bytes: UnsafeRawBufferPointer, _ file: String
    ) throws -> Member {
        cursor.position = start + 8
        let flags = try cursor.little(UInt16.self)
        let method = try cursor.little(UInt16.self)
        cursor.position += 4
        let checksum = try cursor.little(UInt32.self)
        var stored = Int(try cursor.little(UInt32.self))
        var size = Int(try cursor.little(UInt32.self))
        let nameCount = try cursor.length(UInt16.self)
        let extraCount = try cursor.length(UInt16.self)
        let commentCount = try cursor.length(UInt16.self)
        cursor.position += 8
        var header = Int(try cursor.little(UInt32.self))
        guard nameCount <= Checkpoint.maximumNameBytes, let name = cursor.text(try cursor.take(nameCount)) else {
            throw cursor.error("a member's name is too long or no UTF-8")
        }
        let extra = try cursor.take(extraCount)
        _ = try cursor.take(commentCount)
        var field = ByteCursor(
            UnsafeRawBufferPointer(rebasing: bytes[..<extra.upperBound]), at: extra.lowerBound, file: file,
            place: CheckpointError.quote(name))
        while field.remaining >= 4 {
            let (kind, count) = (try field.little(UInt16.self), try field.length(UInt16.self))
            let next = try field.take(count).upperBound
            if kind == 1 {
                field.position = next - count
                if size == 0xffff_ffff { size = try field.length(UInt64.self) }
                if stored == 0xffff_ffff { stored = try field.length(UInt64.self) }
                if header == 0xffff_ffff { header = try field.length(UInt64.self) }
            }
            field.position = next
        }
        let place = CheckpointError.quote(name)
        guard flags & 1 == 0 else { throw CheckpointError(file, at: place, "is encrypted") }
        guard method == 0, stored == size else {
            throw CheckpointError(file, at: place, "is compressed (method \(method)), expected stored members")
        }
        // The local header has a name and extra fields of its own.
        guard header <= bytes.count - 30, load32(bytes, header) == localHeader else {
            throw CheckpointError(file, at: place, "its header is not at byte \(header)")
        }
        var local = ByteCursor(bytes, at: header + 26, file: file, place: place)
        let skipped = try local.length(UInt16.self) + (try local.length(UInt16.self))
        _ = try local.take(skipped)
        return Member(name: name, span: try local.take(size), checksum: checksum)
    }

    private static func load32(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> UInt32? {
        guard position >= 0, position <= bytes.count - 4 else { return nil }
        return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
    }
}
