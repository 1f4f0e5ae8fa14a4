/// Parses the JSON header of a safetensors file, which knows three shapes only: an object of entries, an entry with `dtype`,
/// `shape` and `data_offsets`, and `__metadata__` with texts.
struct SafetensorsHeader {
    struct Entry {
        let name: String
        var elementType = ""
        var shape: [Int] = []
        var begin = 0
        var end = 0
    }

    private let bytes: UnsafeRawBufferPointer
    private let file: String
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer, file: String) { (self.bytes, self.file) = (bytes, file) }

    mutating func parse() throws -> (entries: [Entry], metadata: [(String, String)]) {
        var entries: [Entry] = []
        var metadata: [(String, String)] = []
        try members { parser, name in
            if name == "__metadata__" {
                try parser.members { metadata.append(($1, try $0.string())) }
            } else {
                guard name.utf8.count <= Checkpoint.maximumNameBytes else {
                    throw parser.error(
                        "a name of \(name.utf8.count) bytes, expected at most \(Checkpoint.maximumNameBytes)")
                }
                entries.append(try parser.entry(name))
            }
        }
        skipSpace()
        guard position == bytes.count else { throw error("something follows the header's object") }
        return (entries, metadata)
    }

    private mutating func entry(_ name: String) throws -> Entry {
        var entry = Entry(name: name)
        var found: Set<String> = []
        try members { parser, key in
            found.insert(key)
            switch key {
            case "dtype": entry.elementType = try parser.string()
            case "shape": entry.shape = try parser.integers()
            case "data_offsets":
                let offsets = try parser.integers()
                guard offsets.count == 2 else {
                    throw parser.error("data_offsets of \(CheckpointError.quote(name)) are no pair")
                }
                (entry.begin, entry.end) = (offsets[0], offsets[1])
            default:
                throw parser.error(
                    "\(CheckpointError.quote(name)) has the unknown member \(CheckpointError.quote(key))")
            }
        }
        guard found.count == 3 else {
            throw error("\(CheckpointError.quote(name)) lacks one of dtype, shape and data_offsets")
        }
        return entry
    }

    // MARK: JSON

    private func error(_ reason: String) -> CheckpointError {
        CheckpointError(file, at: "header, byte \(position)", reason)
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
    }

    /// Passes a character, with the space before it; whether it was there.
    private mutating func pass(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws {
        guard pass(character) else { throw error("expected “\(character)” here; the header is damaged") }
    }

    private mutating func members(_ body: (inout SafetensorsHeader, String) throws -> Void) throws {
        var names: Set<String> = []
        try expect("{")
        if pass("}") { return }
        repeat {
            let name = try string()
            guard names.insert(name).inserted else { throw error("\(CheckpointError.quote(name)) is there twice") }
            try expect(":")
            try body(&self, name)
        } while pass(",")
        try expect("}")
    }

    private mutating func integers() throws -> [Int] {
        var values: [Int] = []
        try expect("[")
        if pass("]") { return values }
        repeat {
            skipSpace()
            let start = position
            while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
            guard let value = Int(String(decoding: bytes[start..<min(position, start + 20)], as: UTF8.self)) else {
                throw error("expected an integer of at most 63 bits that is not negative")
            }
            values.append(value)
            guard values.count <= StoredTensor.maximumDimensions else { throw error("a list is too long") }
        } while pass(",")
        try expect("]")
        return values
    }

    private mutating func string() throws -> String {
        try expect("\"")
        let start = position
        var isPlain = true
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\") {
                isPlain = false
                position += 1
            }
            position += 1
        }
        guard position < bytes.count else { throw error("a text does not end; the header is damaged") }
        defer { position += 1 }
        guard let text = String(validating: bytes[start..<position], as: UTF8.self) else {
            throw error("a text is no UTF-8")
        }
        return isPlain ? text : try unescape(text)
    }

    private func unescape(_ text: String) throws -> String {
        var units: [UInt16] = []
        var rest = text.utf16[...]
        while let unit = rest.popFirst() {
            guard unit == 0x5c, let kind = rest.popFirst() else {
                units.append(unit)
                continue
            }
            switch Unicode.Scalar(kind) {
            case "n": units.append(0x0a)
            case "t": units.append(0x09)
            case "r": units.append(0x0d)
            case "b": units.append(0x08)
            case "f": units.append(0x0c)
            case "\"", "\\", "/": units.append(kind)
            case "u":
                guard rest.count >= 4, let value = UInt16(String(decoding: rest.prefix(4), as: UTF16.self), radix: 16)
                else {
                    throw error("a text has a wrong escape")
                }
                units.append(value)
                rest = rest.dropFirst(4)
            default: throw error("a text has a wrong escape")
            }
        }
        return String(decoding: units, as: UTF16.self)
    }
}
