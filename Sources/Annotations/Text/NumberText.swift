/// Numbers between JSON text and values such that the same text comes back.
///
/// Python's `json` writes `3.0` for a whole double, JavaScript and C write `3`. Either is kept as long as one list does
/// not mix them; all other texts are the shortest that read back as the same double.
package enum NumberText {
    /// A number of at most 15 significant digits: `mantissa / 10^digits`, exact, and unique for its text.
    struct Decimal {
        var mantissa: Int64
        var digits: Int
        /// `3`, with no fraction.
        var isBare: Bool
        /// `3.0`.
        var isPointZero: Bool
    }

    /// Reads a decimal in its shortest form at `position` and moves past it; nil for exponents, needless zeros, negative
    /// zero and more digits, which have another way (`double`).
    @inline(__always)
    static func decimal(_ text: UnsafeRawBufferPointer, _ position: inout Int) -> Decimal? {
        var index = position
        let end = text.count
        var negative = false
        if index < end, text[index] == UInt8(ascii: "-") {
            negative = true
            index += 1
        }
        let first = index
        var mantissa: Int64 = 0
        while index < end {
            let digit = text[index] &- 0x30
            guard digit < 10 else { break }
            mantissa = mantissa &* 10 &+ Int64(digit)
            index += 1
            if index - first > 15 { return nil }
        }
        let whole = index - first
        guard whole > 0, whole == 1 || text[first] != 0x30 else { return nil }
        var digits = 0
        var last: UInt8 = 1
        let isBare = !(index < end && text[index] == UInt8(ascii: "."))
        if !isBare {
            index += 1
            let start = index
            while index < end {
                let digit = text[index] &- 0x30
                guard digit < 10 else { break }
                mantissa = mantissa &* 10 &+ Int64(digit)
                last = digit
                index += 1
                if index - start > 15 { return nil }
            }
            digits = index - start
            guard digits > 0, whole + digits <= 15 else { return nil }
        }
        if index < end {
            let next = text[index] | 0x20
            if next == UInt8(ascii: "e") { return nil }
        }
        var isPointZero = false
        if digits > 0, last == 0 {
            guard digits == 1 else { return nil }
            isPointZero = true
            mantissa /= 10
            digits = 0
        }
        // Below 1e-4 the shortest text has an exponent; and zero has no sign here.
        if mantissa == 0 ? negative : (digits > 4 && whole == 1 && mantissa < powers[digits - 4]) { return nil }
        position = index
        return Decimal(
            mantissa: negative ? -mantissa : mantissa, digits: digits, isBare: isBare, isPointZero: isPointZero)
    }

    static let powers: [Int64] = (0...18).map { exponent in (0..<exponent).reduce(1) { power, _ in power * 10 } }

    /// Exact: both parts are below 2^53 and 10^22, so that one division rounds once.
    static func value(_ decimal: Decimal) -> Double {
        decimal.digits == 0 ? Double(decimal.mantissa) : Double(decimal.mantissa) / Double(powers[decimal.digits])
    }

    /// Reads any JSON number at `position` and moves past it; nil where there is none.
    package static func double(_ text: UnsafeRawBufferPointer, _ position: inout Int) -> Double? {
        if let decimal = decimal(text, &position) { return value(decimal) }
        var index = position
        while index < text.count {
            switch text[index] {
            case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"),
                UInt8(ascii: "E"):
                index += 1
                continue
            default: break
            }
            break
        }
        let token = String(decoding: text[position..<index], as: UTF8.self)
        guard let first = token.utf8.first, first == UInt8(ascii: "-") || (first &- 0x30) < 10,
            token.utf8.last != UInt8(ascii: "."), let value = Double(token), value.isFinite
        else { return nil }
        position = index
        return value
    }

    /// Writes `mantissa / 10^digits` in its shortest form.
    static func append(_ mantissa: Int64, digits: Int, bare: Bool, to text: inout [UInt8]) {
        var magnitude = mantissa.magnitude
        if mantissa < 0 { text.append(UInt8(ascii: "-")) }
        var digits = digits
        while digits > 0, magnitude % 10 == 0 {
            magnitude /= 10
            digits -= 1
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 40) { scratch in
            var start = 40
            var written = 0
            while magnitude > 0 || written <= digits {
                if written == digits, digits > 0 {
                    start -= 1
                    scratch[start] = UInt8(ascii: ".")
                }
                start -= 1
                scratch[start] = 0x30 + UInt8(truncatingIfNeeded: magnitude % 10)
                magnitude /= 10
                written += 1
            }
            text.append(contentsOf: UnsafeBufferPointer(rebasing: scratch[start..<40]))
        }
        if digits == 0, !bare { text.append(contentsOf: [UInt8(ascii: "."), 0x30]) }
    }

    /// Writes the shortest text that reads back as `value`.
    static func append(_ value: Double, bare: Bool, to text: inout [UInt8]) {
        if value == value.rounded(.towardZero), value.magnitude < 9e15, !(value == 0 && value.sign == .minus) {
            append(Int64(value), digits: 0, bare: bare, to: &text)
        } else {
            text.append(contentsOf: value.description.utf8)
        }
    }
}
