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

    /// The data of a quoted JSON text; nil where it is not base64. Spaces and line ends between letters are passed over.
    ///
    /// Hot: a list of dense results is little else.
    package static func data(_ quoted: UnsafeRawBufferPointer) -> [UInt8]? {
        guard quoted.count >= 2, quoted.first == UInt8(ascii: "\""), quoted.last == UInt8(ascii: "\"") else {
            return nil
        }
        let text = UnsafeRawBufferPointer(rebasing: quoted[1..<(quoted.count - 1)])
        var letters = 0
        var padding = 0
        var isSound = true
        let values = values
        let data = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3 + 3) { bytes, count in
            var word: UInt32 = 0
            var index = 0
            while index < text.count {
                // Four plain letters at a time, until something else comes.
                while letters & 3 == 0, padding == 0, index + 4 <= text.count {
                    let (a, b) = (values[Int(text[index])], values[Int(text[index + 1])])
                    let (c, d) = (values[Int(text[index + 2])], values[Int(text[index + 3])])
                    guard a | b | c | d < 64 else { break }
                    let word = UInt32(a) << 18 | UInt32(b) << 12 | UInt32(c) << 6 | UInt32(d)
                    bytes[count] = UInt8(truncatingIfNeeded: word >> 16)
                    bytes[count + 1] = UInt8(truncatingIfNeeded: word >> 8)
                    bytes[count + 2] = UInt8(truncatingIfNeeded: word)
                    count += 3
                    letters += 4
                    index += 4
                }
                guard index < text.count else { break }
                var letter = text[index]
                index += 1
                if letter == UInt8(ascii: "\\"), index < text.count {
                    letter = text[index]
                    index += 1
                    // Line ends as JSON writes them; a slash may be escaped too.
                    if letter == UInt8(ascii: "n") || letter == UInt8(ascii: "r") || letter == UInt8(ascii: "t") {
                        continue
                    }
                    if letter == UInt8(ascii: "u") { letter = code(text, &index) ?? 0x7f }
                }
                if letter <= 0x20 { continue }
                if letter == UInt8(ascii: "=") {
                    padding += 1
                    continue
                }
                let value = values[Int(letter)]
                guard value < 64, padding == 0 else {
                    isSound = false
                    return
                }
                word = word << 6 | UInt32(value)
                letters += 1
                if letters & 3 == 0 {
                    bytes[count] = UInt8(truncatingIfNeeded: word >> 16)
                    bytes[count + 1] = UInt8(truncatingIfNeeded: word >> 8)
                    bytes[count + 2] = UInt8(truncatingIfNeeded: word)
                    count += 3
                }
            }
            switch letters & 3 {
            case 2:
                bytes[count] = UInt8(truncatingIfNeeded: word >> 4)
                count += 1
            case 3:
                bytes[count] = UInt8(truncatingIfNeeded: word >> 10)
                bytes[count + 1] = UInt8(truncatingIfNeeded: word >> 2)
                count += 2
            default: break
            }
        }
        guard isSound, letters & 3 != 1, padding == (4 - letters & 3) & 3 else { return nil }
        return data
    }

    /// The ASCII character of four hexadecimal digits after `\u`; nil for others.
    private static func code(_ text: UnsafeRawBufferPointer, _ index: inout Int) -> UInt8? {
        guard index + 4 <= text.count,
            let code = UInt8(String(decoding: text[index..<(index + 4)], as: UTF8.self), radix: 16), code < 0x80
        else { return nil }
        index += 4
        return code
    }

    /// Of each letter; 64 for what is none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 64, count: 256)
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, letter) in letters.utf8.enumerated() { values[Int(letter)] = UInt8(value) }
        return values
    }()
}
