/// Rules in which evaluations differ beyond COCO's.
struct MatchingRules: Sendable {
    /// What becomes of detections that only meet truths that do not count.
    enum SecondPass: Sendable {
        case none
        /// DensePose's: once, with the state of the last threshold, for all thresholds. Boxes that overlap by 0.8.
        case leaking
        /// At every threshold by itself: a detection without a match is ignored where its box overlaps an ignored truth by
        /// half.
        case everyThreshold
    }

    /// An overlap of zero is no match, whatever the threshold.
    var refusesZero = false
    /// Where no truth counts, no detection counts.
    var ignoresAllWithoutTruth = false
    var secondPass = SecondPass.none
}

/// Matches the detections of one category in one picture with its truths, greedily and by falling score, for all
/// thresholds and ranges of area. Scratch memory is kept between groups.
struct GreedyMatcher {
    /// One group. `overlaps` and `boxOverlaps` are row-major, detections by truths; the latter only for a second pass.
    struct Input {
        var overlaps: [Double] = []
        var boxOverlaps: [Double] = []
        var detectionAreas: [Double] = []
        /// Detections that are ignored where they match nothing (LVIS: categories that are not labelled exhaustively).
        var areUncounted = false
        var truthAreas: [Double] = []
        var isCrowd: [Bool] = []
        var isIgnored: [Bool] = []
        /// Truths that a match does not mark, as pycocotools with an id of zero.
        var isInvisible: [Bool] = []
    }

    let thresholds: [Double]
    let rules: MatchingRules
    private var order: [Int] = []
    /// Of each truth: whether it does not count.
    private(set) var isIgnored: [Bool] = []
    private var isTaken: [Bool] = []

    /// Bit t: at threshold t the detection is matched, or does not count.
    private(set) var matched: [UInt32] = []
    private(set) var ignored: [UInt32] = []
    /// The truth that each detection has at the first threshold; -1 for none.
    private(set) var firstMatch: [Int32] = []
    /// Truths that count.
    private(set) var positives = 0

    init(thresholds: [Double], rules: MatchingRules) { (self.thresholds, self.rules) = (thresholds, rules) }

    mutating func match(_ input: Input, area: AreaRange) {
        let (d, g) = (input.detectionAreas.count, input.truthAreas.count)
        isIgnored.removeAll(keepingCapacity: true)
        order.removeAll(keepingCapacity: true)
        positives = 0
        for truth in 0..<g {
            let ignores = input.isIgnored[truth] || !area.contains(input.truthAreas[truth])
            isIgnored.append(ignores)
            if !ignores {
                order.append(truth)
                positives += 1
            }
        }
        for truth in 0..<g where isIgnored[truth] { order.append(truth) }
        matched.removeAll(keepingCapacity: true)
        ignored.removeAll(keepingCapacity: true)
        firstMatch.removeAll(keepingCapacity: true)
        let start: UInt32 = rules.ignoresAllWithoutTruth && positives == 0 ? .max : 0
        for _ in 0..<d {
            matched.append(0)
            ignored.append(start)
            firstMatch.append(-1)
        }
        guard d > 0 else { return }
        if g > 0 {
            for place in thresholds.indices { matchOnce(input, threshold: place, d, g) }
            if case .leaking = rules.secondPass { leak(input, d, g) }
        }
        if case .everyThreshold = rules.secondPass { ignoreBoxes(input, d, g) }
        for detection in 0..<d where input.areUncounted || !area.contains(input.detectionAreas[detection]) {
            ignored[detection] |= ~matched[detection]
        }
    }

    private mutating func matchOnce(_ input: Input, threshold place: Int, _ d: Int, _ g: Int) {
        isTaken.removeAll(keepingCapacity: true)
        for _ in 0..<g { isTaken.append(false) }
        let bit: UInt32 = 1 << UInt32(place)
        let threshold = min(thresholds[place], 1 - 1e-10)
        for detection in 0..<d {
            var best = threshold
            var match = -1
            for truth in order {
                if isTaken[truth], !input.isCrowd[truth] { continue }
                // The rest do not count, and this one has a truth that does.
                if match >= 0, !isIgnored[match], isIgnored[truth] { break }
                let overlap = input.overlaps[detection * g + truth]
                if overlap < best || (overlap == 0 && rules.refusesZero) { continue }
                best = overlap
                match = truth
            }
            guard match >= 0 else { continue }
            isTaken[match] = true
            if isIgnored[match] { ignored[detection] |= bit } else { ignored[detection] &= ~bit }
            if !input.isInvisible[match] { matched[detection] |= bit }
            if place == 0 { firstMatch[detection] = Int32(match) }
        }
    }

    /// detectron2's second pass: it stands after the loop over thresholds, so that the loop's variable is the last of them;
    /// `isTaken` still is that threshold's.
    private mutating func leak(_ input: Input, _ d: Int, _ g: Int) {
        let bit: UInt32 = 1 << UInt32(thresholds.count - 1)
        for detection in 0..<d where matched[detection] & bit == 0 {
            var best = 0.8
            var match = -1
            for truth in order where !isTaken[truth] || input.isCrowd[truth] {
                let overlap = input.boxOverlaps[detection * g + truth]
                if overlap < best { continue }
                best = overlap
                match = truth
            }
            guard match >= 0 else { continue }
            ignored[detection] = isIgnored[match] ? .max : 0
            if isIgnored[match] {
                isTaken[match] = true
                if !input.isInvisible[match] { matched[detection] |= bit }
            }
        }
    }

    private mutating func ignoreBoxes(_ input: Input, _ d: Int, _ g: Int) {
        for detection in 0..<d {
            let meets = (0..<g).contains { isIgnored[$0] && input.boxOverlaps[detection * g + $0] >= 0.5 }
            if meets { ignored[detection] |= ~matched[detection] }
        }
    }
}
