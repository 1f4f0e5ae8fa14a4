import CSimdJSON
import Foundation

/// Finds the members of one object after another, through simdjson.
package final class JSONObjectReader {
    private let parser: OpaquePointer
    private var fields: UnsafeMutableBufferPointer<csj_field>
    package private(set) var count = 0

    package init() {
        // Fails only when memory is exhausted.
        parser = csj_parser_new()!
        fields = .allocate(capacity: 64)
    }

    deinit {
        csj_parser_free(parser)
        fields.deallocate()
    }

    /// Parses the object; nil, or what is wrong. `text` must be followed by readable padding (`JSONWindow` sees to it).
    package func read(_ text: UnsafeRawBufferPointer) -> String? {
        let base = text.baseAddress!.assumingMemoryBound(to: CChar.self)
        var message: UnsafePointer<CChar>?
        while true {
            let found = csj_object_fields(parser, base, text.count, fields.baseAddress!, Int32(fields.count), &message)
            if found >= 0 {
                count = Int(found)
                return nil
            }
            guard found == -2 else { return message.map { String(cString: $0) } ?? "not JSON" }
            let larger = fields.count * 4
            fields.deallocate()
            fields = .allocate(capacity: larger)
        }
    }

    package func key(_ index: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: fields[index].key, count: Int(fields[index].key_length))
    }

    package func value(_ index: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: fields[index].value, count: Int(fields[index].value_length))
    }

    /// Checks one whole value, inside and out; nil, or what is wrong.
    func defect(of value: UnsafeRawBufferPointer) -> String? {
        csj_validate(parser, value.baseAddress!.assumingMemoryBound(to: CChar.self), value.count)
            .map { String(cString: $0) }
    }
}

/// Reads of small JSON values.
package enum JSONScalar {
    /// A whole number as `json.dumps` writes it.
    @inline(__always)
    package static func integer(_ text: UnsafeRawBufferPointer) -> Int64? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? text.dropFirst() : text[...]
        guard let first = digits.first, digits.count < 20, first != 0x30 || (digits.count == 1 && !isNegative) else {
            return nil
        }
        var value: Int64 = 0
        for byte in digits {
            let digit = Int64(byte) - 0x30
            guard (0...9).contains(digit) else { return nil }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(isNegative ? -digit : digit)
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }

    /// Any JSON number.
    package static func number(_ text: UnsafeRawBufferPointer) -> Double? {
        var index = 0
        guard let value = NumberText.double(text, &index), index == text.count else { return nil }
        return value
    }

    /// The content of a JSON string.
    package static func string(_ text: UnsafeRawBufferPointer) -> String? {
        guard text.count >= 2, text.first == UInt8(ascii: "\""), text.last == UInt8(ascii: "\"") else { return nil }
        let inside = UnsafeRawBufferPointer(rebasing: text.dropFirst().dropLast())
        if !inside.contains(UInt8(ascii: "\\")) { return String(decoding: inside, as: UTF8.self) }
        return try? JSONDecoder().decode(String.self, from: Data(text))
    }

    /// Writes a JSON string as Python's `json.dumps(ensure_ascii=False)` does.
    static func append(_ string: String, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""): text += Array("\\\"".utf8)
            case UInt8(ascii: "\\"): text += Array("\\\\".utf8)
            case 0x0a: text += Array("\\n".utf8)
            case 0x0d: text += Array("\\r".utf8)
            case 0x09: text += Array("\\t".utf8)
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                text += Array("\\u00\(byte < 16 ? "0" : "")\(digits)".utf8)
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }

    /// Whether `append` writes these very bytes for the string that they hold.
    static func isPlainString(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count >= 2, text.first == UInt8(ascii: "\""), text.last == UInt8(ascii: "\"") else { return false }
        return !text.dropFirst().dropLast().contains { $0 == UInt8(ascii: "\\") || $0 < 0x20 }
    }
}
