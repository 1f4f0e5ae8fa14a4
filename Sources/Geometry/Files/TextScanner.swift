import Glibc

/// Reads words and numbers off the lines of a text file, whatever ends its lines.
struct TextScanner {
    private let bytes: [UInt8]
    private(set) var position = 0
    /// The line of the word that was read last, counted from 1.
    private(set) var line = 1

    /// - Parameter bytes: of the file; a zero byte is added, at which numbers end.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes + [0]
    }

    var isAtEnd: Bool { position >= bytes.count - 1 }

    /// The next word of this line; nil at its end.
    mutating func word() -> Range<Int>? {
        skipBlanks()
        let start = position
        while position < bytes.count - 1, !Self.isBlank(bytes[position]), !Self.isLineEnd(bytes[position]) {
            position += 1
        }
        return start < position ? start..<position : nil
    }

    /// What is left of this line, without blanks at its ends.
    mutating func rest() -> String {
        skipBlanks()
        let start = position
        while position < bytes.count - 1, !Self.isLineEnd(bytes[position]) { position += 1 }
        var end = position
        while end > start, Self.isBlank(bytes[end - 1]) { end -= 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// Goes to the beginning of the next line. A backslash at the end of a line joins it to the next.
    mutating func nextLine() {
        while position < bytes.count - 1, !Self.isLineEnd(bytes[position]) { position += 1 }
        lineEnd()
    }

    /// The number in a word; nil when it is none.
    func number(_ word: Range<Int>) -> Double? {
        bytes.withUnsafeBufferPointer { buffer in
            buffer.baseAddress!.withMemoryRebound(to: CChar.self, capacity: buffer.count) { text in
                var end: UnsafeMutablePointer<CChar>?
                let value = strtod(text + word.lowerBound, &end)
                return end == UnsafeMutablePointer(mutating: text + word.upperBound) ? value : nil
            }
        }
    }

    /// The integer in a part of a word; nil when it is none or beyond 32 bits.
    func integer(_ word: Range<Int>) -> Int? {
        var at = word.lowerBound
        let isNegative = at < word.upperBound && bytes[at] == UInt8(ascii: "-")
        if isNegative || (at < word.upperBound && bytes[at] == UInt8(ascii: "+")) { at += 1 }
        guard at < word.upperBound, word.upperBound - at <= 10 else { return nil }
        var value = 0
        while at < word.upperBound {
            let digit = Int(bytes[at]) - 48
            guard (0...9).contains(digit) else { return nil }
            value = value * 10 + digit
            at += 1
        }
        return value <= Int(Int32.max) ? (isNegative ? -value : value) : nil
    }

    func text(_ word: Range<Int>) -> String { String(decoding: bytes[word], as: UTF8.self) }
    subscript(_ index: Int) -> UInt8 { bytes[index] }

    private mutating func skipBlanks() {
        while position < bytes.count - 1 {
            if Self.isBlank(bytes[position]) {
                position += 1
            } else if bytes[position] == UInt8(ascii: "\\"), Self.isLineEnd(bytes[position + 1]) {
                position += 1
                lineEnd()
            } else {
                return
            }
        }
    }

    private mutating func lineEnd() {
        guard position < bytes.count - 1 else { return }
        let isPair = bytes[position] == 13 && bytes[position + 1] == 10
        position += isPair ? 2 : 1
        line += 1
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 10 || byte == 13 }
}
