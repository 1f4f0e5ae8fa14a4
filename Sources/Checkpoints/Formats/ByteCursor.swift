/// Reads little-endian numbers and spans from a file's bytes, never past their end.
struct ByteCursor {
    let bytes: UnsafeRawBufferPointer
    var position: Int
    private let file: String
    private let place: String

    init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0, file: String, place: String = "") {
        (self.bytes, self.position, self.file, self.place) = (bytes, position, file, place)
    }

    var remaining: Int { bytes.count - position }

    func error(_ reason: String) -> CheckpointError {
        CheckpointError(file, at: place.isEmpty ? "byte \(position)" : "\(place), byte \(position)", reason)
    }

    /// The span of the next bytes.
    mutating func take(_ count: Int) throws -> Range<Int> {
        guard count >= 0, count <= remaining else {
            throw error("\(count) bytes should follow and there are \(remaining); the file is cut short or damaged")
        }
        defer { position += count }
        return position..<position + count
    }

    mutating func little<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type) throws -> Number {
        let span = try take(MemoryLayout<Number>.size)
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: span.lowerBound, as: Number.self))
    }

    mutating func big<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type) throws -> Number {
        try little(Number.self).byteSwapped
    }

    /// A length that must fit in the rest.
    mutating func length<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type) throws -> Int {
        guard let count = Int(exactly: try little(Number.self)) else {
            throw error("a length is negative or beyond 64 bits; the file is damaged")
        }
        return count
    }

    /// The bytes up to the next line feed, which is passed.
    mutating func line() throws -> Range<Int> {
        let start = position
        while position < bytes.count, bytes[position] != 0x0a { position += 1 }
        guard position < bytes.count else { throw error("a line does not end; the file is cut short or damaged") }
        defer { position += 1 }
        return start..<position
    }

    func text(_ span: Range<Int>) -> String? {
        String(validating: UnsafeRawBufferPointer(rebasing: bytes[span]), as: UTF8.self)
    }
}
