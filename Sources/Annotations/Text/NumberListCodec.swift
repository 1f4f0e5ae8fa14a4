/// Packs the text of JSON number lists into a few bytes a number, from which the same text can be written again.
///
/// What all lists of a file share (spaces, line breaks, `3.0` or `3`) is the *style*: a short text that the template of
/// the object keeps. A list that mixes styles is read as well, but its text has to be kept (`isExact`).
struct NumberListCodec {
    private typealias Slot = ListStyle.Slot

    /// Numbers of the last text that was read.
    var values: [Double] { isDecimal ? decimals.map(NumberText.value) : doubles }
    /// Numbers in each list of the last text that was read.
    private(set) var counts: [Int] = []
    /// Style of the last text that was read.
    private(set) var style: [UInt8] = []

    private var decimals: [NumberText.Decimal] = []
    /// All numbers, once one of them is no decimal.
    private var doubles: [Double] = []
    private var slots = [Range<Int>?](repeating: nil, count: Slot.allCases.count)
    /// The last text can be written again from its numbers and its style.
    private(set) var isExact = true
    private var isDecimal = true
    private var hasBare = false
    private var hasPointZero = false

    /// Reads `[1, 2]` (depth 1) or `[[1, 2], [3]]` (depth 2).
    /// - Returns: false when the text is something else.
    mutating func read(_ text: UnsafeRawBufferPointer, depth: Int) -> Bool {
        counts.removeAll(keepingCapacity: true)
        decimals.removeAll(keepingCapacity: true)
        for slot in slots.indices { slots[slot] = nil }
        (isExact, isDecimal, hasBare, hasPointZero) = (true, true, false, false)
        var index = 0
        if depth == 1 {
            guard readList(text, &index) else { return false }
        } else {
            guard take(UInt8(ascii: "["), text, &index) else { return false }
            space(.afterOuterOpen, text, &index)
            while true {
                guard readList(text, &index) else { return false }
                space(.beforeOuterComma, .beforeOuterClose, text, &index)
                if take(UInt8(ascii: "]"), text, &index) { break }
                guard take(UInt8(ascii: ","), text, &index) else { return false }
                space(.afterOuterComma, text, &index)
            }
        }
        guard index == text.count else { return false }
        if hasBare && hasPointZero { isExact = false }
        return makeStyle(text)
    }

    private mutating func readList(_ text: UnsafeRawBufferPointer, _ index: inout Int) -> Bool {
        guard take(UInt8(ascii: "["), text, &index) else { return false }
        space(.afterOpen, text, &index)
        var count = 0
        if take(UInt8(ascii: "]"), text, &index) {
            counts.append(0)
            return true
        }
        while true {
            if let decimal = NumberText.decimal(text, &index) {
                hasBare = hasBare || decimal.isBare
                hasPointZero = hasPointZero || decimal.isPointZero
                if isDecimal {
                    decimals.append(decimal)
                } else {
                    doubles.append(NumberText.value(decimal))
                }
            } else {
                // Kept only if the number can be written again exactly as it stands.
                let start = index
                guard let value = NumberText.double(text, &index) else { return false }
                if isDecimal {
                    doubles = decimals.map(NumberText.value)
                    isDecimal = false
                }
                doubles.append(value)
                var again: [UInt8] = []
                NumberText.append(value, bare: false, to: &again)
                if !again.elementsEqual(text[start..<index]) { isExact = false }
                if value == value.rounded(), value.magnitude < 9e15 { hasPointZero = true }
            }
            count += 1
            space(.beforeComma, .beforeClose, text, &index)
            if take(UInt8(ascii: "]"), text, &index) { break }
            guard take(UInt8(ascii: ","), text, &index) else { return false }
            space(.afterComma, text, &index)
        }
        counts.append(count)
        return true
    }

    @inline(__always)
    private func take(_ byte: UInt8, _ text: UnsafeRawBufferPointer, _ index: inout Int) -> Bool {
        guard index < text.count, text[index] == byte else { return false }
        index += 1
        return true
    }

    /// Reads white space that belongs to `slot`, and notes whether it is what this slot always holds.
    @inline(__always)
    private mutating func space(_ slot: Slot, _ text: UnsafeRawBufferPointer, _ index: inout Int) {
        let start = index
        while index < text.count, text[index] <= 0x20 { index += 1 }
        settle(slot, start..<index, text)
    }

    /// As above where the next byte tells which slot it is: `next` before a comma, `last` before a bracket.
    @inline(__always)
    private mutating func space(_ next: Slot, _ last: Slot, _ text: UnsafeRawBufferPointer, _ index: inout Int) {
        let start = index
        while index < text.count, text[index] <= 0x20 { index += 1 }
        let isLast = index < text.count && text[index] == UInt8(ascii: "]")
        settle(isLast ? last : next, start..<index, text)
    }

    @inline(__always)
    private mutating func settle(_ slot: Slot, _ range: Range<Int>, _ text: UnsafeRawBufferPointer) {
        guard let known = slots[slot.rawValue] else {
            slots[slot.rawValue] = range
            return
        }
        guard known.count == range.count else {
            isExact = false
            return
        }
        for offset in 0..<range.count where text[known.lowerBound + offset] != text[range.lowerBound + offset] {
            isExact = false
        }
    }

    private mutating func makeStyle(_ text: UnsafeRawBufferPointer) -> Bool {
        style.removeAll(keepingCapacity: true)
        style.append(hasBare ? UInt8(ascii: "b") : UInt8(ascii: "z"))
        for slot in slots {
            for byte in text[slot ?? 0..<0] {
                guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return false }
                style.append(byte)
            }
            style.append(ListStyle.separator)
        }
        return true
    }

    /// Packs the numbers of the last text; `stride` is 2 for x and y in turn, 1 for one quantity.
    func encode(stride: Int, into blob: inout [UInt8]) {
        if isDecimal, let scale = commonScale {
            NumberListBlob.appendHeader(.decimal(scale: scale), counts: counts, to: &blob)
            var start = 0
            for count in counts {
                for index in start..<start + count {
                    let before = index - stride < start ? 0 : scaled(decimals[index - stride], to: scale)
                    Varint.append(Varint.zigzag(scaled(decimals[index], to: scale) - before), to: &blob)
                }
                start += count
            }
        } else {
            NumberListBlob.append(values, counts: counts, to: &blob)
        }
    }

    /// Decimals that hold every number, if six are enough and no number overflows.
    private var commonScale: Int? {
        var scale = 0
        var largest: UInt64 = 0
        for decimal in decimals {
            scale = max(scale, decimal.digits)
            largest = max(largest, decimal.mantissa.magnitude)
        }
        return scale <= 6 && largest < 1_000_000_000_000 ? scale : nil
    }

    @inline(__always)
    private func scaled(_ decimal: NumberText.Decimal, to scale: Int) -> Int64 {
        decimal.mantissa * NumberText.powers[scale - decimal.digits]
    }
}
