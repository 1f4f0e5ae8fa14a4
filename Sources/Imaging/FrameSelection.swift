/// Which frames of a video are taken. Every choice depends on the file alone, so that it can be repeated.
public enum FrameSelection: Hashable, Sendable {
    case all
    /// The first frame, and each first frame at or after k times the interval from it (k = 1, 2, …).
    case interval(seconds: Rational)
    /// As `interval` with its reciprocal.
    case rate(perSecond: Rational)
    /// Frames 0, n, 2n, … in the order of presentation.
    case everyNth(Int)
    /// Frames that are decoded without another.
    case keyframes
    /// The first frame, and each that differs from the one before by more than the threshold, 0...1, on ffmpeg's scale
    /// of scene changes; 0.3 to 0.5 finds cuts.
    case sceneChanges(threshold: Double)

    /// Reads `all`, `keyframes`, `10` (every tenth frame), `1s`, `0.5s`, `500ms`, `2min`, `2fps` and `scene:0.3`.
    /// - Throws: `VideoError.badSelection`.
    public init(parsing text: String) throws(VideoError) {
        let word = text.lowercased()
        func amount(before unit: String) -> Rational? {
            guard word.hasSuffix(unit), let amount = Rational(decimal: word.dropLast(unit.count)) else { return nil }
            return amount.numerator > 0 ? amount : nil
        }
        if word == "all" {
            self = .all
        } else if word == "keyframes" {
            self = .keyframes
        } else if word.hasPrefix("scene:"), let threshold = Double(word.dropFirst(6)), (0...1).contains(threshold) {
            self = .sceneChanges(threshold: threshold)
        } else if let count = Int(word), count > 0 {
            self = .everyNth(count)
        } else if let rate = amount(before: "fps") {
            self = .rate(perSecond: rate)
        } else if let milliseconds = amount(before: "ms"),
            let seconds = Rational(milliseconds.numerator, milliseconds.denominator * 1000)
        {
            self = .interval(seconds: seconds)
        } else if let minutes = amount(before: "min"), let seconds = minutes.multiplied(by: 60) {
            self = .interval(seconds: seconds)
        } else if let seconds = amount(before: "s") {
            self = .interval(seconds: seconds)
        } else {
            throw .badSelection(text: text)
        }
    }

    /// The expression of ffmpeg's `select` filter.
    ///
    /// Times are compared as whole ticks of the stream: products and the quotient's floor are exact in the filter's
    /// doubles as long as the products stay below 2^53.
    /// - Throws: `VideoError.badSelection` for a count, rate, interval or threshold that selects nothing.
    func expression(timeBase: Rational) throws(VideoError) -> String {
        switch self {
        case .all:
            return "1"
        case .everyNth(let count):
            guard count > 0 else { throw .badSelection(text: "\(count)") }
            return "not(mod(n,\(count)))"
        case .keyframes:
            return "key"
        case .sceneChanges(let threshold):
            guard (0...1).contains(threshold) else { throw .badSelection(text: "scene:\(threshold)") }
            return "eq(n,0)+gt(scene,\(threshold))"
        case .rate(let rate):
            guard let seconds = Rational(rate.denominator, rate.numerator) else { throw .badSelection(text: "0fps") }
            return try FrameSelection.interval(seconds: seconds).expression(timeBase: timeBase)
        case .interval(let seconds):
            // ticks * timeBase / seconds, in lowest terms.
            guard seconds.numerator > 0,
                let perSecond = Rational(timeBase.numerator, seconds.numerator)?.multiplied(by: seconds.denominator),
                let factor = Rational(perSecond.numerator, perSecond.denominator),
                let whole = factor.denominator.multipliedIfFits(by: timeBase.denominator),
                let reduced = Rational(factor.numerator, whole)
            else { throw .badSelection(text: "\(seconds)s") }
            func interval(_ ticks: String) -> String {
                "floor((\(ticks)-start_pts)*\(reduced.numerator)/\(reduced.denominator))"
            }
            return "isnan(prev_selected_pts)*not(isnan(pts))+gt(\(interval("pts")),\(interval("prev_selected_pts")))"
        }
    }
}

extension Int {
    fileprivate func multipliedIfFits(by factor: Int) -> Int? {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }
}
