import Dispatch
import Hashing

/// How sure average precision is: pictures are drawn with replacement, and it is measured anew (Efron 1979). The matches
/// stay; only how often a picture counts differs.
public struct Bootstrap: Sendable {
    /// Average precision of each draw, over all areas: of all thresholds. Same pictures for the same seed.
    public let draws: [Double]
    public let seed: UInt64

    /// A share of the draws lies between these.
    public func interval(_ share: Double = 0.95) -> ClosedRange<Double> {
        let sorted = draws.sorted()
        func quantile(_ q: Double) -> Double {
            let place = q * Double(sorted.count - 1)
            let low = Int(place)
            let high = min(low + 1, sorted.count - 1)
            return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
        }
        return quantile((1 - share) / 2)...quantile((1 + share) / 2)
    }

    /// A paired test of two runs on the same pictures: the two-sided share of draws in which the order is the other one.
    /// - Precondition: as many draws of the same seed.
    public func pValue(against other: Bootstrap) -> Double {
        precondition(draws.count == other.draws.count && seed == other.seed, "paired draws have one seed")
        let above = zip(draws, other.draws).count { $0 > $1 }
        let below = zip(draws, other.draws).count { $0 < $1 }
        let ties = draws.count - above - below
        // With the observation itself counted, the value is never zero (Davison and Hinkley 1997).
        return min(1, 2 * Double(min(above, below) + ties + 1) / Double(draws.count + 1))
    }

    public init(_ evaluation: COCOEvaluation, count: Int = 1000, seed: UInt64 = 0) {
        self.init(
            evaluation.table, evaluation.detections.scores, evaluation.curves.grid,
            evaluation.truths.index.pictures.count, count: count, seed: seed)
    }

    public init(_ evaluation: DensePoseEvaluation, count: Int = 1000, seed: UInt64 = 0) {
        self.init(
            evaluation.table, evaluation.detections.scores, evaluation.curves.grid,
            evaluation.truths.index.pictures.count, count: count, seed: seed)
    }

    private init(
        _ table: MatchTable, _ scores: [Double], _ grid: EvaluationGrid, _ pictures: Int, count: Int, seed: UInt64
    ) {
        precondition(count > 0)
        let ranked = (0..<(table.groups.firstGroup.count - 1)).map { category in
            table.groups.groups(of: category).flatMap { group in group.rows.map { (row: $0, picture: group.picture) } }
                .sorted { one, two in
                    let (a, b) = (
                        scores[Int(table.groups.rows[Int(one.row)])], scores[Int(table.groups.rows[Int(two.row)])]
                    )
                    return a != b ? a > b : one.row < two.row
                }
        }
        var draws = [Double](repeating: 0, count: count)
        draws.withUnsafeMutableBufferPointer { draws in
            // Each draw writes its own number.
            nonisolated(unsafe) let out = draws
            DispatchQueue.concurrentPerform(iterations: count) { draw in
                var generator = SeededGenerator(seed: seed, stream: UInt64(draw))
                var weights = [Int](repeating: 0, count: pictures)
                for _ in 0..<pictures { weights[generator.index(below: pictures)] += 1 }
                out[draw] = Self.averagePrecision(table, ranked, grid.thresholds.count, weights)
            }
        }
        (self.draws, self.seed) = (draws, seed)
    }

    private static func averagePrecision(
        _ table: MatchTable, _ ranked: [[(row: Int32, picture: Int32)]], _ thresholds: Int, _ weights: [Int]
    ) -> Double {
        var (sum, cells) = (0.0, 0)
        var events: [Double] = []
        var levels = [Double](repeating: 0, count: PrecisionRecall.levels)
        for (category, rows) in ranked.enumerated() {
            var positives = 0
            for group in table.groups.groups(of: category) {
                positives += weights[Int(group.picture)] * table.positivesOfGroup(group)
            }
            guard positives > 0 else { continue }
            for t in 0..<thresholds {
                let bit: UInt32 = 1 << UInt32(t)
                events.removeAll(keepingCapacity: true)
                var (hits, misses) = (0, 0)
                for (row, picture) in rows where table.ignored[Int(row)] & bit == 0 {
                    let weight = weights[Int(picture)]
                    if table.matched[Int(row)] & bit == 0 {
                        misses += weight
                        continue
                    }
                    for _ in 0..<weight {
                        hits += 1
                        events.append(Double(hits) / (Double(hits + misses) + 0x1p-52))
                    }
                }
                levels.withUnsafeMutableBufferPointer { PrecisionRecall.interpolate(&events, positives, $0) }
                sum += levels.reduce(0, +)
                cells += levels.count
            }
        }
        return cells > 0 ? sum / Double(cells) : -1
    }
}
