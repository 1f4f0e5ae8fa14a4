public import Catalog

/// A confidence of a stored object or of its points.
public enum ConfidenceKey: String, Sendable, Codable, CodingKeyRepresentable, CaseIterable {
    /// Calibrated probability of the class.
    case score
    /// The largest σ of x, y, width and height, as a share of the box.
    case box
    /// Probability of the mask of the generic head, over its pixels.
    case mask
    /// Probability that a point is on the body.
    case foreground
    /// Probability of a point's chart.
    case parts
    /// σ of (u, v).
    case uv

    /// Whether the number is a deviation: small is sure. The others are probabilities.
    public var isDeviation: Bool { self == .box || self == .uv }

    /// Whether points have one each, beside the object's mean.
    public var isOfPoints: Bool { self == .foreground || self == .parts || self == .uv }

    /// How sure, from 1 to 255, or 65,535 for scores; 0 where nothing is stated. Larger is surer, whichever way the number
    /// itself goes: every choice is made by this.
    public func sureness(_ detection: StoredDetection) -> Int {
        switch self {
        case .score: Int((detection.score * 65_535).rounded())
        case .box: Self.turned(detection.boxDeviation)
        case .mask: Int(detection.mask)
        case .foreground: Int(detection.foreground)
        case .parts: Int(detection.part)
        case .uv: Self.turned(detection.uv)
        }
    }

    /// As above, of one point; 0 for confidences that points do not have.
    public func sureness(_ point: CandidatePoint) -> Int {
        switch self {
        case .foreground: Int(point.foreground)
        case .parts: Int(point.part)
        case .uv: Self.turned(point.uv)
        case .score, .box, .mask: 0
        }
    }

    private static func turned(_ code: UInt8) -> Int { code == 0 ? 0 : 256 - Int(code) }

    /// The number that a sureness stands for; nil where nothing is stated.
    public func value(_ sureness: Int) -> Double? {
        if sureness == 0 { return self == .score ? 0 : nil }
        switch self {
        case .score: return Double(sureness) / 65_535
        case .box, .uv: return ConfidenceCode.deviation(of: UInt8(256 - sureness))
        case .mask, .foreground, .parts: return ConfidenceCode.probability(of: UInt8(sureness))
        }
    }

    /// The most that a sureness can be.
    public var limit: Int { self == .score ? 65_535 : 255 }

    /// The least sureness whose number reaches a value: at least a probability, at most a deviation. Beyond `limit` where none
    /// does.
    public func least(reaching value: Double) -> Int {
        var (low, high) = (1, limit + 1)
        while low < high {
            let middle = (low + high) / 2
            let its = self.value(middle)!
            if isDeviation ? its <= value : its >= value { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// A condition on a confidence, such as `score>=0.8`, `uv<=0.2`, `parts:top=20%`, `score:precision=90%` or, on single
/// points, `points.uv<=0.2`.
public struct ConfidenceCondition: Sendable, Codable, Hashable {
    public enum Bound: Sendable, Codable, Hashable {
        /// The number itself.
        case value(Double)
        /// The surest of all that the run has stored, as a share.
        case top(Double)
        /// As many as keep this share right, by the run's calibration.
        case precision(Double)
    }

    public var key: ConfidenceKey
    /// Of each point, rather than of the object.
    public var isOfPoints: Bool
    public var bound: Bound

    public init(_ key: ConfidenceKey, isOfPoints: Bool = false, _ bound: Bound) {
        (self.key, self.isOfPoints, self.bound) = (key, isOfPoints, bound)
    }

    /// - Throws: `PseudoLabelError.condition`, which says what is wrong and how it is written.
    public init(_ text: String) throws {
        func fail(_ reason: String) -> PseudoLabelError { .condition(text: text, reason: reason) }
        var rest = Substring(text.filter { !$0.isWhitespace })
        isOfPoints = rest.hasPrefix("points.")
        if isOfPoints { rest = rest.dropFirst("points.".count) }
        guard let end = rest.firstIndex(where: { "<>=:".contains($0) }) else {
            throw fail("it compares nothing")
        }
        guard let key = ConfidenceKey(rawValue: String(rest[..<end])) else {
            let known = ConfidenceKey.allCases.map(\.rawValue).joined(separator: ", ")
            throw fail("\"\(rest[..<end])\" is none of \(known)")
        }
        guard !isOfPoints || key.isOfPoints else { throw fail("single points have foreground, parts and uv") }
        self.key = key
        rest = rest[end...]
        func number(_ prefix: String) throws -> Double? {
            guard rest.hasPrefix(prefix) else { return nil }
            var digits = rest.dropFirst(prefix.count)
            let isPercent = digits.last == "%"
            if isPercent { digits = digits.dropLast() }
            guard let value = Double(digits), value.isFinite, value >= 0 else {
                throw fail("\"\(digits)\" is no number")
            }
            return isPercent ? value / 100 : value
        }
        func share(_ prefix: String) throws -> Double? {
            guard let value = try number(prefix) else { return nil }
            guard value <= 1 else { throw fail("a share is at most 1, or 100%") }
            return value
        }
        if let share = try share(":top=") {
            bound = .top(share)
        } else if let share = try share(":precision=") {
            bound = .precision(share)
        } else if let value = try number(key.isDeviation ? "<=" : ">=") {
            bound = .value(value)
        } else {
            throw fail(
                key.isDeviation
                    ? "\(key.rawValue) is a deviation, and small is sure: write \(key.rawValue)<=0.2"
                    : "\(key.rawValue) is a probability: write \(key.rawValue)>=0.8")
        }
        if isOfPoints, case .top = bound { throw fail("of points, :top= has no meaning; give a value or :precision=") }
        if key.isDeviation, case .precision = bound { throw fail("a deviation has no precision") }
    }
}

/// What cannot be chosen, and why.
public enum PseudoLabelError: Error, Equatable, CustomStringConvertible {
    case condition(text: String, reason: String)
    case notStored(run: String)
    case unstated(run: String, key: ConfidenceKey)
    case uncalibrated(run: String, key: ConfidenceKey)
    case noTruth(dataset: String)
    case taken(name: String)
    case unequal(one: String, other: String)

    public var description: String {
        switch self {
        case .condition(let text, let reason):
            "condition \"\(text)\": \(reason)"
        case .notStored(let run):
            "run “\(run)” has stored no candidates; `infer densepose --dataset … --store \(run)` does"
        case .unstated(let run, let key):
            "the network of run “\(run)” says no \(key.rawValue) of its own, so nothing can be chosen by it"
        case .uncalibrated(let run, let key):
            "the precision of \(key.rawValue) in run “\(run)” is not known: run `annotate pseudo calibrate` first"
        case .noTruth(let dataset):
            "no picture of dataset “\(dataset)” that is stored has labels to compare with"
        case .taken(let name):
            "there is a run or view “\(name)” already; --replace puts the new sample in its place"
        case .unequal(let one, let other):
            "runs “\(one)” and “\(other)” have stored no picture in common"
        }
    }
}
