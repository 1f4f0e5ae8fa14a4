import Glibc

/// Whether equal steps along an axis are equal differences or equal factors.
public enum AxisScale: Sendable {
    case linear
    case logarithmic
}

/// Round positions along an axis and the numbers written at them.
struct AxisTicks {
    let values: [Double]
    let labels: [String]

    /// Multiples of 1, 2 or 5 times a power of ten that lie in a range, about `count` of them.
    init(linear range: ClosedRange<Double>, count: Int = 6) {
        let span = max(range.upperBound - range.lowerBound, .leastNormalMagnitude)
        let rough = span / Double(max(1, count))
        let power = pow(10, log10(rough).rounded(.down))
        let step = power * ([1, 2, 5, 10].first { $0 * power >= rough * 0.999 } ?? 10)
        // Beyond this a double cannot tell one tick from the next.
        guard max(abs(range.lowerBound), abs(range.upperBound)) / step < 1e12 else {
            values = [range.lowerBound]
            labels = [Self.text(range.lowerBound)]
            return
        }
        let first = Int((range.lowerBound / step - 1e-6).rounded(.up))
        let last = Int((range.upperBound / step + 1e-6).rounded(.down))
        values = first <= last ? (first...last).map { Double($0) * step } : [range.lowerBound]
        let decimals = max(0, Int((-log10(step) - 1e-9).rounded(.up)))
        labels = values.map { Self.text($0, decimals: decimals) }
    }

    /// Powers of ten in a range of positive numbers, with 2 and 5 between when there are fewer than three.
    init(logarithmic range: ClosedRange<Double>) {
        let first = Int(log10(range.lowerBound).rounded(.down))
        let last = Int(log10(range.upperBound).rounded(.up))
        func steps(_ factors: [Double]) -> [Double] {
            (first...max(first, last)).flatMap { power in factors.map { $0 * pow(10, Double(power)) } }
                .filter { $0 >= range.lowerBound * 0.999_999 && $0 <= range.upperBound * 1.000_001 }
        }
        let decades = steps([1])
        values = decades.count >= 3 ? decades : steps([1, 2, 5])
        labels = values.map { Self.text($0, decimals: max(0, Int((-log10($0) - 1e-9).rounded(.up)))) }
    }

    /// A number with a fixed count of decimals and commas between thousands; very large and small ones as powers.
    static func text(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return "\(value)" }
        if value != 0, abs(value) >= 1e7 || decimals > 6 {
            let exponent = log10(abs(value)).rounded(.down)
            let mantissa = (value / pow(10, exponent) * 10).rounded() / 10
            let digits = mantissa == mantissa.rounded() ? "\(Int(mantissa))" : "\(mantissa)"
            return "\(digits)e\(Int(exponent))"
        }
        let scale = pow(10, Double(decimals))
        let scaled = Int((abs(value) * scale).rounded())
        var whole = String(scaled / Int(scale))
        var index = whole.endIndex
        while let previous = whole.index(index, offsetBy: -3, limitedBy: whole.startIndex), previous > whole.startIndex
        {
            whole.insert(",", at: previous)
            index = previous
        }
        let sign = value < 0 && scaled != 0 ? "−" : ""
        guard decimals > 0 else { return sign + whole }
        let fraction = String(scaled % Int(scale))
        return sign + whole + "." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }

    /// As few decimals as tell the value to three significant digits.
    static func text(_ value: Double) -> String {
        if !value.isFinite || value == value.rounded() { return text(value, decimals: 0) }
        let magnitude = log10(abs(value)).rounded(.down)
        let decimals = min(6, max(0, 2 - Int(magnitude)))
        var result = text(value, decimals: decimals)
        if result.contains("."), !result.contains("e") {
            while result.hasSuffix("0") { result.removeLast() }
            if result.hasSuffix(".") { result.removeLast() }
        }
        return result
    }
}
