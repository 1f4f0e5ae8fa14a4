/// Whether scores are what they claim: among detections of a score near s, a share s should be hits.
public struct Reliability: Hashable, Sendable, Codable {
    public struct Bin: Hashable, Sendable, Codable {
        public var count: Int
        /// 0 in an empty bin.
        public var meanScore: Double
        public var hitRate: Double
    }

    /// Of equal width over 0...1.
    public var bins: [Bin]
    /// Expected calibration error (Guo et al. 2017): the mean over detections of their bin's gap.
    public var expectedError: Double

    /// - Parameter detections: scores, clamped to 0...1, and whether each is a hit.
    public init(_ detections: [(score: Double, isHit: Bool)], binCount: Int = 10) {
        precondition(binCount > 0)
        var sums = [(count: Int, score: Double, hits: Int)](repeating: (0, 0, 0), count: binCount)
        for (score, isHit) in detections {
            let score = min(1, max(0, score))
            let bin = min(binCount - 1, Int(score * Double(binCount)))
            sums[bin].count += 1
            sums[bin].score += score
            sums[bin].hits += isHit ? 1 : 0
        }
        bins = sums.map {
            let count = Double(max(1, $0.count))
            return Bin(count: $0.count, meanScore: $0.score / count, hitRate: Double($0.hits) / count)
        }
        let all = Double(max(1, detections.count))
        expectedError = bins.reduce(0) { $0 + Double($1.count) / all * abs($1.meanScore - $1.hitRate) }
    }
}

extension Reliability {
    /// Of the detections that count.
    public init(_ outcomes: [DetectionOutcome], binCount: Int = 10) {
        self.init(
            outcomes.compactMap { outcome in
                guard outcome.kind != .ignored, let score = outcome.score else { return nil }
                return (score, outcome.kind == .hit)
            }, binCount: binCount)
    }
}

/// Whether predicted deviations are true: how many errors lie within one, two and three of them.
public struct DeviationCoverage: Hashable, Sendable, Codable {
    /// Shares within 1, 2 and 3 deviations.
    public var within: [Double]
    /// What a Gaussian has there.
    public static let gaussian = [0.682_689_492_137_085_9, 0.954_499_736_103_641_6, 0.997_300_203_936_739_8]

    /// - Parameters:
    ///   - errors: signed or not.
    ///   - deviations: positive, one for each error.
    public init(errors: [Double], deviations: [Double]) {
        precondition(errors.count == deviations.count)
        let count = Double(max(1, errors.count))
        within = (1...3).map { bound in
            Double(zip(errors, deviations).count { abs($0) <= Double(bound) * $1 }) / count
        }
    }
}
