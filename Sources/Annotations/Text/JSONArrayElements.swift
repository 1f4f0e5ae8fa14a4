/// Splits the text of one JSON array into its elements, without looking into them.
package enum JSONArrayElements {
    /// - Returns: nil when `text` is no array. What stands between the commas is not checked: its reader does that.
    package static func split(_ text: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer]? {
        guard text.count >= 2, text.first == UInt8(ascii: "["), text.last == UInt8(ascii: "]") else { return nil }
        var elements: [UnsafeRawBufferPointer] = []
        var depth = 0
        var start = 1
        var index = 1
        func element(_ end: Int) -> UnsafeRawBufferPointer {
            var (first, last) = (start, end)
            while first < last, isSpace(text[first]) { first += 1 }
            while last > first, isSpace(text[last - 1]) { last -= 1 }
            return UnsafeRawBufferPointer(rebasing: text[first..<last])
        }
        while index < text.count - 1 {
            switch text[index] {
            case UInt8(ascii: "\""):
                index += 1
                while index < text.count - 1, text[index] != UInt8(ascii: "\"") {
                    index += text[index] == UInt8(ascii: "\\") ? 2 : 1
                }
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: ",") where depth == 0:
                elements.append(element(index))
                start = index + 1
            default: break
            }
            index += 1
        }
        let last = element(text.count - 1)
        if !last.isEmpty || !elements.isEmpty { elements.append(last) }
        return elements
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
}
