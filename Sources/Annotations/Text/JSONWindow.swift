import CSimdJSON
import Foundation
import Hashing

/// A sliding window over a JSON file: memory stays at a few megabytes however large the file is, unless one single value
/// is larger. All bytes that pass are hashed once.
final class JSONWindow {
    let path: String
    private let descriptor: Int32
    private var buffer: UnsafeMutableRawPointer
    private var capacity: Int
    private var filled = 0
    /// Place of the next byte in the window.
    private(set) var position = 0
    /// Place of the window's first byte in the file.
    private var base = 0
    private var reachedEnd = false
    private var hashed = 0
    private var hasher: ContentHasher? = ContentHasher()
    /// Size of the file in bytes.
    let size: Int
    /// The largest single value (an annotation, an image) that is read.
    private let valueLimit: Int
    private let chunk = 1 << 20

    /// - Throws: `FormatError` when the file is missing, a folder, or cannot be read.
    init(path: String, valueLimit: Int = 1 << 30) throws {
        self.path = path
        self.valueLimit = valueLimit
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw FormatError(file: path, reason: String(cString: strerror(errno)).lowercased())
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            throw FormatError(file: path, reason: "it is a folder, expected a JSON file")
        }
        size = Int(status.st_size)
        capacity = 4 * chunk
        buffer = .allocate(byteCount: capacity + Int(CSJ_PADDING), alignment: 64)
    }

    deinit {
        buffer.deallocate()
        close(descriptor)
    }

    /// Place of the next byte in the file.
    var offset: Int { base + position }

    /// Digest of the whole file; reads what has not passed yet.
    func finishHash() throws -> ContentHash {
        while try fill() { position = filled }
        return hasher.take()!.finish()
    }

    /// Goes back (or forward) to a place in the file.
    func seek(to offset: Int) throws {
        guard lseek(descriptor, off_t(offset), SEEK_SET) == off_t(offset) else {
            throw FormatError(file: path, reason: "cannot be read again from byte \(offset) (is it a pipe?)")
        }
        (base, position, filled, reachedEnd) = (offset, 0, 0, false)
    }

    /// Reads more of the file; false at its end.
    @discardableResult
    private func fill(keepingFrom keep: Int? = nil) throws -> Bool {
        guard !reachedEnd else { return false }
        let keep = keep ?? position
        if keep > 0 {
            memmove(buffer, buffer + keep, filled - keep)
            base += keep
            position -= keep
            filled -= keep
        }
        if capacity - filled < chunk {
            guard capacity < valueLimit else {
                throw FormatError(
                    file: path, place: "byte \(offset)", reason: "one value is larger than \(valueLimit >> 20) MiB")
            }
            let larger = UnsafeMutableRawPointer.allocate(
                byteCount: capacity * 2 + Int(CSJ_PADDING), alignment: 64)
            larger.copyMemory(from: buffer, byteCount: filled)
            buffer.deallocate()
            buffer = larger
            capacity *= 2
        }
        let count = read(descriptor, buffer + filled, chunk)
        guard count >= 0 else {
            throw FormatError(file: path, reason: String(cString: strerror(errno)).lowercased())
        }
        if base + filled == hashed, hasher != nil {
            hasher!.update(UnsafeRawBufferPointer(start: buffer + filled, count: count))
            hashed += count
        }
        filled += count
        reachedEnd = count == 0
        return count > 0
    }

    // MARK: Reading

    /// The next byte that is not white space, not consumed; nil at the end. `space` receives the white space.
    func peek(space: inout [UInt8]) throws -> UInt8? {
        space.removeAll(keepingCapacity: true)
        while true {
            while position < filled {
                let byte = buffer.load(fromByteOffset: position, as: UInt8.self)
                guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return byte }
                space.append(byte)
                position += 1
            }
            guard try fill() else { return nil }
        }
    }

    func skip() { position += 1 }

    /// Consumes one whole value and gives its text, which stays in place until the next call; padded for simdjson.
    func value() throws -> UnsafeRawBufferPointer {
        var end = position
        var scanner = ValueScanner()
        while true {
            let bytes = UnsafeRawBufferPointer(start: buffer, count: filled)
            if scanner.scan(bytes, &end) { break }
            let start = position
            let more = try fill(keepingFrom: start)
            end -= start - position
            guard more else {
                if scanner.isScalar, end > position { break }
                throw FormatError(file: path, place: "byte \(base + filled)", reason: "the file ends inside a value")
            }
        }
        defer { position = end }
        return UnsafeRawBufferPointer(start: buffer + position, count: end - position)
    }
}

/// Finds the end of a JSON value, across refills of the window.
private struct ValueScanner {
    private var depth = 0
    private var inString = false
    private(set) var isScalar = false
    private var isStarted = false

    /// Moves `index` past the value; false when the bytes end first, with `index` where to go on.
    mutating func scan(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> Bool {
        if !isStarted, index < bytes.count {
            isStarted = true
            let byte = bytes[index]
            isScalar = byte != UInt8(ascii: "{") && byte != UInt8(ascii: "[") && byte != UInt8(ascii: "\"")
        }
        return isScalar ? scanScalar(bytes, &index) : scanNested(bytes, &index)
    }

    private func scanScalar(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> Bool {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0x20, 0x0a, 0x0d, 0x09: return true
            default: index += 1
            }
        }
        return false
    }

    private mutating func scanNested(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> Bool {
        while true {
            skipPlain(bytes, &index)
            guard index < bytes.count else { return false }
            let byte = bytes[index]
            if inString {
                if byte == UInt8(ascii: "\\") {
                    // The escaped byte may be in the next part of the file.
                    guard index + 1 < bytes.count else { return false }
                    index += 1
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
            } else {
                switch byte {
                case UInt8(ascii: "\""): inString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                default: break
                }
            }
            index += 1
            if depth <= 0, !inString { return true }
        }
    }

    /// Passes eight bytes at a time over digits, commas and letters, which most of a file is.
    @inline(__always)
    private func skipPlain(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) {
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            var found = Self.bytes(of: word, equalTo: UInt8(ascii: "\""))
            if inString {
                found |= Self.bytes(of: word, equalTo: UInt8(ascii: "\\"))
            } else {
                // `[` and `{`, `]` and `}` differ in one bit.
                let folded = word | 0x2020_2020_2020_2020
                found |= Self.bytes(of: folded, equalTo: UInt8(ascii: "{"))
                found |= Self.bytes(of: folded, equalTo: UInt8(ascii: "}"))
            }
            if found != 0 {
                index += found.trailingZeroBitCount / 8
                return
            }
            index += 8
        }
    }

    /// The top bit of each byte that equals `byte`; exact up to the first (Mycroft's zero-byte test).
    @inline(__always)
    private static func bytes(of word: UInt64, equalTo byte: UInt8) -> UInt64 {
        let difference = word ^ (0x0101_0101_0101_0101 &* UInt64(byte))
        return (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
    }
}
