/// How a file writes its lists of numbers: white space in eight places, and `3` or `3.0`.
struct ListStyle {
    /// White space around the parts of `[[a, b], [c]]`.
    enum Slot: Int, CaseIterable {
        case afterOuterOpen, afterOpen, beforeComma, afterComma, beforeClose, beforeOuterComma, afterOuterComma,
            beforeOuterClose
    }

    /// Ends each slot in the text of a style; control characters stand in no JSON text.
    static let separator: UInt8 = 0x04

    let isBare: Bool
    private let slots: [[UInt8]]

    /// Python's `json.dumps` with its defaults.
    static let pythonText = Array("z\u{4}\u{4}\u{4} \u{4}\u{4}\u{4} \u{4}\u{4}".utf8)
    static let python = ListStyle(style: pythonText)

    /// Reads the text that `NumberListCodec.style` gives.
    init(style: some Collection<UInt8>) {
        isBare = style.first == UInt8(ascii: "b")
        slots = style.dropFirst().split(separator: Self.separator, omittingEmptySubsequences: false).map { Array($0) }
    }

    private func append(_ slot: Slot, to text: inout [UInt8]) {
        if slot.rawValue < slots.count { text.append(contentsOf: slots[slot.rawValue]) }
    }

    /// Writes `[a, b]`.
    func append(_ values: some Collection<Double>, to text: inout [UInt8]) {
        appendList(count: values.count, to: &text) { index, text in
            NumberText.append(values[values.index(values.startIndex, offsetBy: index)], bare: isBare, to: &text)
        }
    }

    /// Writes the lists of a blob at `depth` 1 or 2.
    func append(_ blob: NumberListBlob, depth: Int, to text: inout [UInt8]) {
        if depth == 2 {
            text.append(UInt8(ascii: "["))
            append(.afterOuterOpen, to: &text)
        }
        var cursor = blob.makeCursor()
        for (index, count) in blob.counts.enumerated() {
            if index > 0 {
                append(.beforeOuterComma, to: &text)
                text.append(UInt8(ascii: ","))
                append(.afterOuterComma, to: &text)
            }
            cursor.startList()
            appendList(count: count, to: &text) { _, text in cursor.appendNext(bare: isBare, to: &text) }
        }
        if depth == 2 {
            append(.beforeOuterClose, to: &text)
            text.append(UInt8(ascii: "]"))
        }
    }

    private func appendList(count: Int, to text: inout [UInt8], number: (Int, inout [UInt8]) -> Void) {
        text.append(UInt8(ascii: "["))
        append(.afterOpen, to: &text)
        for index in 0..<count {
            if index > 0 {
                append(.beforeComma, to: &text)
                text.append(UInt8(ascii: ","))
                append(.afterComma, to: &text)
            }
            number(index, &text)
        }
        if count > 0 { append(.beforeClose, to: &text) }
        text.append(UInt8(ascii: "]"))
    }
}
