import Dispatch

/// Precision at 101 levels of recall, and the greatest recall, for every threshold, category, range of area and limit of
/// detections: pycocotools' `accumulate`. -1 where no truth counts.
public struct PrecisionRecall: Sendable {
    public let grid: EvaluationGrid
    public let categoryCount: Int
    /// Of (category, area, limit, threshold, level), the last the fastest.
    public let precision: [Double]
    /// Of (category, area, limit, threshold).
    public let recall: [Double]

    public static let levels = EvaluationGrid.recallLevels.count

    init(_ table: MatchTable, scores: [Double], grid: EvaluationGrid, categoryCount: Int) {
        let (areas, limits, thresholds) = (grid.areas.count, grid.maximumDetections.count, grid.thresholds.count)
        let cells = areas * limits * thresholds
        var precision = [Double](repeating: -1, count: categoryCount * cells * Self.levels)
        var recall = [Double](repeating: -1, count: categoryCount * cells)
        precision.withUnsafeMutableBufferPointer { precision in
            recall.withUnsafeMutableBufferPointer { recall in
                // Each category writes its own cells alone.
                nonisolated(unsafe) let out = (precision, recall)
                DispatchQueue.concurrentPerform(iterations: categoryCount) { category in
                    let first = category * cells
                    Self.accumulate(
                        table, scores, grid, category: category,
                        precision: UnsafeMutableBufferPointer(
                            rebasing: out.0[(first * Self.levels)..<((first + cells) * Self.levels)]),
                        recall: UnsafeMutableBufferPointer(rebasing: out.1[first..<(first + cells)]))
                }
            }
        }
        (self.grid, self.categoryCount, self.precision, self.recall) = (grid, categoryCount, precision, recall)
    }

    private struct Ranked {
        var score: Double
        var row: Int32
        var rank: Int32
    }

    private static func accumulate(
        _ table: MatchTable, _ scores: [Double], _ grid: EvaluationGrid, category: Int,
        precision: UnsafeMutableBufferPointer<Double>, recall: UnsafeMutableBufferPointer<Double>
    ) {
        var ranked: [Ranked] = []
        for group in table.groups.groups(of: category) {
            for row in group.rows {
                ranked.append(
                    Ranked(
                        score: scores[Int(table.groups.rows[Int(row)])], row: row, rank: row - group.rows.lowerBound))
            }
        }
        ranked.sort { $0.score != $1.score ? $0.score > $1.score : $0.row < $1.row }
        let rows = table.groups.rows.count
        var events: [Double] = []
        for (a, _) in grid.areas.enumerated() {
            let positives = table.positives[category * grid.areas.count + a]
            guard positives > 0 else { continue }
            for (m, limit) in grid.maximumDetections.enumerated() {
                for t in grid.thresholds.indices {
                    let cell = (a * grid.maximumDetections.count + m) * grid.thresholds.count + t
                    let bit: UInt32 = 1 << UInt32(t)
                    events.removeAll(keepingCapacity: true)
                    var (hits, misses) = (0, 0)
                    for entry in ranked where Int(entry.rank) < limit {
                        let place = a * rows + Int(entry.row)
                        if table.ignored[place] & bit != 0 { continue }
                        if table.matched[place] & bit != 0 {
                            hits += 1
                            events.append(Double(hits) / (Double(hits + misses) + 0x1p-52))
                        } else {
                            misses += 1
                        }
                    }
                    recall[cell] = Double(hits) / Double(positives)
                    interpolate(
                        &events, positives,
                        UnsafeMutableBufferPointer(rebasing: precision[(cell * levels)..<((cell + 1) * levels)]))
                }
            }
        }
    }

    /// Precision changes for the better only where a detection hits: the envelope is that of the hits.
    static func interpolate(
        _ events: inout [Double], _ positives: Int, _ levels: UnsafeMutableBufferPointer<Double>
    ) {
        for hit in events.indices.dropLast().reversed() where events[hit + 1] > events[hit] {
            events[hit] = events[hit + 1]
        }
        var hit = 0
        for (index, level) in EvaluationGrid.recallLevels.enumerated() {
            while hit < events.count, Double(hit + 1) / Double(positives) < level { hit += 1 }
            levels[index] = hit < events.count ? events[hit] : 0
        }
    }

    private func cell(category: Int, area: Int, limit: Int, threshold: Int) -> Int {
        ((category * grid.areas.count + area) * grid.maximumDetections.count + limit) * grid.thresholds.count
            + threshold
    }

    /// Precision at the 101 levels.
    public func curve(category: Int, area: Int = 0, limit: Int, threshold: Int) -> ArraySlice<Double> {
        let first = cell(category: category, area: area, limit: limit, threshold: threshold) * Self.levels
        return precision[first..<(first + Self.levels)]
    }

    /// Precision at the 101 levels, the mean over categories that have truths; empty where none has.
    public func meanCurve(area: Int = 0, limit: Int, threshold: Int) -> [Double] {
        var (sums, count) = ([Double](repeating: 0, count: Self.levels), 0)
        for category in 0..<categoryCount {
            let curve = curve(category: category, area: area, limit: limit, threshold: threshold)
            guard curve.first! > -1 else { continue }
            count += 1
            for (level, value) in curve.enumerated() { sums[level] += value }
        }
        return count > 0 ? sums.map { $0 / Double(count) } : []
    }

    /// The mean over categories, thresholds and levels that are defined; -1 where none is.
    public func averagePrecision(
        area: Int = 0, limit: Int, threshold: Int? = nil, categories: [Int]? = nil
    ) -> Double {
        mean(categories, threshold) { category, threshold in
            curve(category: category, area: area, limit: limit, threshold: threshold)
        }
    }

    /// The mean of the greatest recalls; -1 where none is defined.
    public func averageRecall(area: Int = 0, limit: Int, threshold: Int? = nil, categories: [Int]? = nil) -> Double {
        mean(categories, threshold) { category, threshold in
            let place = cell(category: category, area: area, limit: limit, threshold: threshold)
            return recall[place...place]
        }
    }

    private func mean(_ categories: [Int]?, _ threshold: Int?, _ values: (Int, Int) -> ArraySlice<Double>) -> Double {
        var (sum, count) = (0.0, 0)
        for category in categories ?? Array(0..<categoryCount) {
            for t in threshold.map({ $0...$0 }) ?? 0...(grid.thresholds.count - 1) {
                for value in values(category, t) where value > -1 {
                    sum += value
                    count += 1
                }
            }
        }
        return count > 0 ? sum / Double(count) : -1
    }
}
