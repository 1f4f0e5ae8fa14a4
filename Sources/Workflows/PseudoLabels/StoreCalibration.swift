import Catalog
import Foundation

/// How far a network's confidences are to be trusted, from labelled pictures (Guo et al. 2017 for temperatures).
public struct StoreCalibration: Sendable, Codable, Equatable {
    /// Where it was measured: a run over labelled pictures, and the dataset.
    public var run: String
    public var dataset: String
    /// Objects that were compared.
    public var detections: Int
    public var heads: [ConfidenceKey: HeadCalibration]
}

/// Of one head.
public enum HeadCalibration: Sendable, Codable, Equatable {
    case probability(ProbabilityCalibration)
    case deviation(DeviationCalibration)

    /// The least sureness such that of all that are as sure a share is right. Beyond the key's limit where there is none.
    func least(precision: Double, _ key: ConfidenceKey) -> Int {
        guard case .probability(let its) = self, let code = its.least(precision: precision) else {
            return key.limit + 1
        }
        // Scores have finer steps than the codes in which they were compared: all that were rounded to the code are meant.
        return key == .score ? key.least(reaching: ProbabilityCalibration.lowerEdge(code)) : code
    }
}

/// Probabilities with how often they came true.
public struct ProbabilityCalibration: Sendable, Codable, Equatable {
    /// By `ConfidenceCode.probability`.
    public private(set) var counts: [Double]
    public private(set) var hits: [Double]
    /// The logit is to be divided by it; above 1 the network is too sure of itself.
    public private(set) var temperature = 1.0
    /// Expected calibration error in ten bins of equal width, as stated and with the temperature.
    public private(set) var errorBefore = 0.0
    public private(set) var errorAfter = 0.0

    init() {
        counts = Array(repeating: 0, count: 256)
        hits = counts
    }

    /// - Parameter share: how right it was: 0 or 1, or the share of a mask's pixels.
    mutating func add(code: UInt8, share: Double) {
        guard code > 0 else { return }
        counts[Int(code)] += 1
        hits[Int(code)] += share
    }

    public var total: Double { counts.reduce(0, +) }

    static func logit(_ code: Int) -> Double { ConfidenceCode.logit(UInt8(code))! }
    /// The least probability that is rounded to a code.
    static func lowerEdge(_ code: Int) -> Double {
        code == 1 ? 0 : 1 / (1 + exp(-(logit(code) + logit(code - 1)) / 2))
    }

    /// Fits the temperature of the greatest likelihood; the loss is convex in its inverse.
    mutating func fit() {
        guard total > 0 else { return }
        func slope(_ inverse: Double) -> Double {
            (1...255).reduce(0) { sum, code in
                let logit = Self.logit(code)
                return sum + (counts[code] / (1 + exp(-inverse * logit)) - hits[code]) * logit
            }
        }
        var (low, high) = (0.01, 100.0)
        for _ in 0..<100 {
            let middle = (low * high).squareRoot()
            if slope(middle) > 0 { high = middle } else { low = middle }
        }
        temperature = 1 / (low * high).squareRoot()
        errorBefore = expectedError(temperature: 1)
        errorAfter = expectedError(temperature: temperature)
    }

    /// In ten bins: how many, what the network said, how often it was right.
    public func bins(temperature: Double = 1) -> [(count: Double, stated: Double, right: Double)] {
        var bins = [(count: Double, stated: Double, right: Double)](repeating: (0, 0, 0), count: 10)
        for code in 1...255 where counts[code] > 0 {
            let stated = 1 / (1 + exp(-Self.logit(code) / temperature))
            let bin = min(9, Int(stated * 10))
            bins[bin].count += counts[code]
            bins[bin].stated += counts[code] * stated
            bins[bin].right += hits[code]
        }
        return bins.map { $0.count > 0 ? ($0.count, $0.stated / $0.count, $0.right / $0.count) : $0 }
    }

    private func expectedError(temperature: Double) -> Double {
        bins(temperature: temperature).reduce(0) { $0 + $1.count / total * abs($1.stated - $1.right) }
    }

    /// The least code such that the share of hits among all from it on reaches the precision; nil where there is none.
    func least(precision: Double) -> Int? {
        var (all, right) = (0.0, 0.0)
        var found: Int?
        for code in stride(from: 255, through: 1, by: -1) where counts[code] > 0 {
            all += counts[code]
            right += hits[code]
            if right >= precision * all { found = code }
        }
        return found
    }
}

/// Deviations with the errors that they foretold.
public struct DeviationCalibration: Sendable, Codable, Equatable {
    /// Errors that were compared.
    public private(set) var count = 0
    /// How many errors lie within one, two and three deviations, as stated and scaled; a Gaussian has 68, 95 and 99.7 %.
    public private(set) var within = [0.0, 0.0, 0.0]
    public private(set) var withinScaled = [0.0, 0.0, 0.0]
    /// The variance is to be multiplied by it: the mean squared error in units of the deviation.
    public private(set) var varianceScale = 1.0

    init(ratios: [Double]) {
        guard !ratios.isEmpty else { return }
        count = ratios.count
        varianceScale = ratios.reduce(0) { $0 + $1 * $1 } / Double(count)
        let scale = varianceScale.squareRoot()
        for sigmas in 1...3 {
            within[sigmas - 1] = Double(ratios.count { abs($0) <= Double(sigmas) }) / Double(count)
            withinScaled[sigmas - 1] = Double(ratios.count { abs($0) <= Double(sigmas) * scale }) / Double(count)
        }
    }
}
