import Foundation

/// Base64 in JSON strings, as a single line or in Python's lines of 76 characters (`base64.encodebytes`, which the
/// published DensePose results use).
package enum Base64Text {
    enum Style: UInt8, CaseIterable {
        case oneLine = 0x31  // 1
        case lines = 0x4c  // L
    }

    /// The quoted JSON text of some data.
    static func quoted(_ data: [UInt8], style: Style) -> [UInt8] {
        let text = Array(Data(data).base64EncodedString().utf8)
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        quoted.reserveCapacity(text.count + text.count / 38 + 4)
        switch style {
        case .oneLine: quoted += text
        case .lines:
            for start in stride(from: 0, to: text.count, by: 76) {
                quoted += text[start..<min(start + 76, text.count)]
                quoted += "\\n".utf8
            }
        }
        quoted.append(UInt8(ascii: "\""))
        return quoted
    }

    /// The data of a quoted JSON text, and the style that gives the same text again (nil where none does).
    static func read(_ quoted: UnsafeRawBufferPointer) -> (data: [UInt8], style: Style?)? {
        guard let data = data(quoted) else { return nil }
        return (data, Style.allCases.first { Self.quoted(data, style: $0).elementsEqual(quoted) })
    }

    /// The data of a quoted JSON text.
    package static func data(_ quoted: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let text = JSONScalar.string(quoted) else { return nil }
        let letters = text.utf8.filter { $0 > 0x20 }
        return Data(base64Encoded: Data(letters)).map { [UInt8]($0) }
    }
}
