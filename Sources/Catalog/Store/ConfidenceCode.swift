import Foundation

/// How confidences are kept in a byte. 0 says that the network states none.
public enum ConfidenceCode {
    /// A probability, by its logit: 254 equal steps of 0.063 from −4 to 12, so that points of 0.999 and 0.9999 are told apart.
    /// The error is at most 0.032 in the logit, which is 0.008 at one half and less towards 0 and 1. Below 0.018 and above
    /// 0.999994 it is cut.
    public static func probability(_ value: Double) -> UInt8 {
        guard value.isFinite else { return 0 }
        let logit = value <= 0 ? -.infinity : value >= 1 ? .infinity : log(value / (1 - value))
        return step((logit - leastLogit) / logitStep)
    }

    /// A positive deviation, by its logarithm: 254 equal steps from 2⁻¹⁰ to 2⁴. The error is at most 1.9 %.
    public static func deviation(_ value: Double) -> UInt8 {
        guard value.isFinite, value > 0 else { return 0 }
        return step((log2(value) - leastExponent) / exponentStep)
    }

    /// - Returns: the logit of a probability; nil where none is stated.
    public static func logit(_ code: UInt8) -> Double? {
        code == 0 ? nil : leastLogit + Double(code - 1) * logitStep
    }

    /// - Returns: nil where none is stated.
    public static func probability(of code: UInt8) -> Double? { logit(code).map { 1 / (1 + exp(-$0)) } }

    /// - Returns: nil where none is stated.
    public static func deviation(of code: UInt8) -> Double? {
        code == 0 ? nil : exp2(leastExponent + Double(code - 1) * exponentStep)
    }

    /// 16 bits: an error of at most 0.000008.
    static func score(_ value: Double) -> UInt16 { UInt16((min(1, max(0, value)) * 65_535).rounded()) }
    static func score(of code: UInt16) -> Double { Double(code) / 65_535 }

    private static let leastLogit = -4.0
    private static let logitStep = 16.0 / 254
    private static let leastExponent = -10.0
    private static let exponentStep = 14.0 / 254

    private static func step(_ place: Double) -> UInt8 { UInt8(1 + min(254, max(0, place)).rounded()) }
}
