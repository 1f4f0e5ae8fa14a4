import Dispatch
import Foundation

/// Which detections are matched, at every threshold and in every range of area.
struct MatchTable: Sendable {
    let groups: DetectionGroups
    let areaCount: Int
    /// Of area a and row r: element a * rows + r, a bit a threshold.
    let matched: [UInt32]
    let ignored: [UInt32]
    /// Of each row: the truth that it has at the first threshold over all areas, as an index of truths; -1 for none.
    let firstMatch: [Int32]
    /// The overlap with that truth, or with the truth nearest to it where there is none; 0 without any.
    let overlap: [Float]
    /// That nearest truth.
    let nearest: [Int32]
    /// Truths that count, of category c and area a: element c * areas + a.
    let positives: [Int]
    /// Whether a truth counts, over all areas; by place in the groups' truths.
    let counts: [Bool]

    /// Truths of a group that count, over all areas.
    func positivesOfGroup(_ group: DetectionGroups.Group) -> Int { group.truths.count { counts[Int($0)] } }

    /// Matches all groups on all cores. The outcome does not depend on their number.
    /// - Parameter fill: fills the input of a group; called at the same time for different groups.
    init(
        _ groups: DetectionGroups, categoryCount: Int, grid: EvaluationGrid, rules: MatchingRules,
        fill: @escaping @Sendable (DetectionGroups.Group, inout GreedyMatcher.Input) throws -> Void
    ) throws {
        let (areas, rows) = (grid.areas, groups.rows.count)
        let chunks = max(1, min(groups.groups.count, 8 * ProcessInfo.processInfo.activeProcessorCount))
        let tally = Tally(categories: categoryCount, areas: areas.count, chunks: chunks)
        var matched = [UInt32](repeating: 0, count: rows * areas.count)
        var ignored = matched
        var firstMatch = [Int32](repeating: -1, count: rows)
        var nearest = firstMatch
        var overlap = [Float](repeating: 0, count: rows)
        var counts = [Bool](repeating: false, count: groups.truths.count)
        matched.withUnsafeMutableBufferPointer { matched in
            ignored.withUnsafeMutableBufferPointer { ignored in
                firstMatch.withUnsafeMutableBufferPointer { firstMatch in
                    nearest.withUnsafeMutableBufferPointer { nearest in
                        counts.withUnsafeMutableBufferPointer { counts in
                            overlap.withUnsafeMutableBufferPointer { overlap in
                                // Each chunk writes the rows of its own groups alone.
                                nonisolated(unsafe) let out = (matched, ignored, firstMatch, nearest, overlap, counts)
                                DispatchQueue.concurrentPerform(iterations: chunks) { chunk in
                                    let first = groups.groups.count * chunk / chunks
                                    let end = groups.groups.count * (chunk + 1) / chunks
                                    var matcher = GreedyMatcher(thresholds: grid.thresholds, rules: rules)
                                    var input = GreedyMatcher.Input()
                                    var positives = [Int](repeating: 0, count: categoryCount * areas.count)
                                    do {
                                        for group in groups.groups[first..<end] {
                                            try fill(group, &input)
                                            let start = Int(group.rows.lowerBound)
                                            for (a, area) in areas.enumerated() {
                                                matcher.match(input, area: area)
                                                positives[Int(group.category) * areas.count + a] += matcher.positives
                                                for row in 0..<group.rows.count {
                                                    out.0[a * rows + start + row] = matcher.matched[row]
                                                    out.1[a * rows + start + row] = matcher.ignored[row]
                                                }
                                                guard a == 0 else { continue }
                                                for (place, truth) in group.truths.enumerated() {
                                                    out.5[Int(truth)] = !matcher.isIgnored[place]
                                                }
                                                for row in 0..<group.rows.count {
                                                    let own = Int(matcher.firstMatch[row])
                                                    let near = own >= 0 ? own : Self.nearest(input, row)
                                                    guard near >= 0 else { continue }
                                                    let truth = groups.truths[Int(group.truths.lowerBound) + near]
                                                    if own >= 0 { out.2[start + row] = truth }
                                                    out.3[start + row] = truth
                                                    out.4[start + row] = Float(
                                                        input.overlaps[row * group.truths.count + near])
                                                }
                                            }
                                        }
                                        tally.add(positives, chunk, nil)
                                    } catch {
                                        tally.add(positives, chunk, error)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        if let error = tally.firstError { throw error }
        (self.groups, self.areaCount, self.positives) = (groups, areas.count, tally.positives)
        (self.matched, self.ignored, self.firstMatch) = (matched, ignored, firstMatch)
        (self.nearest, self.overlap, self.counts) = (nearest, overlap, counts)
    }

    private static func nearest(_ input: GreedyMatcher.Input, _ row: Int) -> Int {
        let count = input.truthAreas.count
        var best = -1
        for truth in 0..<count where input.overlaps[row * count + truth] > 0 {
            if best < 0 || input.overlaps[row * count + truth] > input.overlaps[row * count + best] { best = truth }
        }
        return best
    }
}

/// What the chunks have in common.
private final class Tally: @unchecked Sendable {
    // Guarded by the lock.
    private let lock = NSLock()
    private(set) var positives: [Int]
    private var errors: [(any Error)?]

    init(categories: Int, areas: Int, chunks: Int) {
        positives = [Int](repeating: 0, count: categories * areas)
        errors = [(any Error)?](repeating: nil, count: chunks)
    }

    var firstError: (any Error)? { errors.lazy.compactMap { $0 }.first }

    func add(_ counts: [Int], _ chunk: Int, _ error: (any Error)?) {
        lock.withLock {
            for index in counts.indices { positives[index] += counts[index] }
            errors[chunk] = error
        }
    }
}
