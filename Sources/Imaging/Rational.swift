/// A fraction of whole numbers in lowest terms, the denominator positive: exact times and frame rates.
public struct Rational: Hashable, Sendable, CustomStringConvertible {
    public let numerator: Int
    public let denominator: Int

    /// - Returns: nil for a denominator of 0, or where a number is beyond ±(2^63 - 1).
    public init?(_ numerator: Int, _ denominator: Int = 1) {
        guard denominator != 0, numerator != .min, denominator != .min else { return nil }
        var (large, small) = (abs(numerator), abs(denominator))
        while small != 0 { (large, small) = (small, large % small) }
        let divisor = denominator < 0 ? -large : large
        self.numerator = numerator / divisor
        self.denominator = denominator / divisor
    }

    /// Reads `30000/1001` or `30000:1001`.
    public init?(ratio text: some StringProtocol) {
        let parts = text.split(whereSeparator: { $0 == "/" || $0 == ":" })
        guard parts.count == 2, let numerator = Int(parts[0]), let denominator = Int(parts[1]) else { return nil }
        self.init(numerator, denominator)
    }

    /// Reads a decimal text such as `12`, `0.5` or `23.976` exactly; at most 15 digits.
    public init?(decimal text: some StringProtocol) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let digits = parts.joined()
        guard !digits.isEmpty, digits.utf8.count <= 15, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = Int(digits)
        else { return nil }
        let decimals = parts.count == 2 ? parts[1].utf8.count : 0
        self.init(number, (0..<decimals).reduce(1) { power, _ in power * 10 })
    }

    /// The nearest double.
    public var value: Double { Double(numerator) / Double(denominator) }

    public var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }

    /// - Returns: nil where the product overflows.
    public func multiplied(by factor: Int) -> Rational? {
        guard let reduced = Rational(factor, denominator) else { return nil }
        let (product, overflow) = numerator.multipliedReportingOverflow(by: reduced.numerator)
        return overflow ? nil : Rational(product, reduced.denominator)
    }
}
