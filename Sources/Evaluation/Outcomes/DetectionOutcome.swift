/// What became of a detection or a truth at the first threshold, over all areas.
public struct DetectionOutcome: Hashable, Sendable, Codable {
    /// After Bolya et al. 2020 (TIDE), who call the lower bound of a wrong place 0.1.
    public enum Kind: String, CaseIterable, Sendable, Codable {
        /// The detection of a truth.
        case hit
        /// It would be one, had not a better scored one taken the truth.
        case duplicate
        /// It overlaps a truth of its category, but too little.
        case localisation
        /// It overlaps a truth of another category.
        case confusion
        /// It overlaps nothing.
        case background
        /// It does not count: a crowd, or a truth that does not count.
        case ignored
        /// A truth without a detection.
        case missed
    }

    public var kind: Kind
    /// The picture's id.
    public var picture: Int64
    /// The category's place in the index.
    public var category: Int
    /// Places in the columns.
    public var detection: Int?
    public var truth: Int?
    public var score: Double?
    public var overlap: Double
}

extension COCOEvaluation {
    /// The threshold of the outcomes.
    public var outcomeThreshold: Double { curves.grid.thresholds[0] }

    /// Every detection that took part, and every truth that was missed: category by category, picture by picture.
    /// - Throws: `EvaluationError` where masks of a picture are of unequal sizes.
    public func outcomes() throws -> [DetectionOutcome] {
        var outcomes: [DetectionOutcome] = []
        outcomes.reserveCapacity(table.groups.rows.count)
        let measure = OverlapMeasure(
            kind: kind == .masks ? .masks : .boxes, sigmas: [], detections: detections, truths: truths,
            groups: table.groups)
        var truthsOfPicture = [[Int]](repeating: [], count: truths.index.pictures.count)
        for truth in 0..<truths.count where truths.categories[truth] >= 0 && !truths.isCrowd[truth] {
            truthsOfPicture[Int(truths.pictures[truth])].append(truth)
        }
        var isFound = [Bool](repeating: false, count: truths.count)
        for group in table.groups.groups {
            let picture = truths.index.pictures[Int(group.picture)]
            for row in group.rows {
                let detection = Int(table.groups.rows[Int(row)])
                var outcome = DetectionOutcome(
                    kind: .background, picture: picture, category: Int(group.category), detection: detection,
                    score: detections.scores[detection], overlap: Double(table.overlap[Int(row)]))
                let near = Int(table.nearest[Int(row)])
                if near >= 0 { outcome.truth = near }
                if table.firstMatch[Int(row)] >= 0 { isFound[Int(table.firstMatch[Int(row)])] = true }
                if table.ignored[Int(row)] & 1 != 0 {
                    outcome.kind = .ignored
                } else if table.matched[Int(row)] & 1 != 0 {
                    outcome.kind = .hit
                } else if outcome.overlap >= outcomeThreshold {
                    outcome.kind = .duplicate
                } else if let other = try confused(
                    detection, Int(group.category), truthsOfPicture[Int(group.picture)], measure)
                {
                    (outcome.kind, outcome.truth, outcome.overlap) = (.confusion, other.truth, other.overlap)
                } else if outcome.overlap >= 0.1 {
                    outcome.kind = .localisation
                }
                outcomes.append(outcome)
            }
            for place in group.truths {
                let truth = Int(table.groups.truths[Int(place)])
                guard table.counts[Int(place)], !isFound[truth] else { continue }
                outcomes.append(
                    DetectionOutcome(
                        kind: .missed, picture: picture, category: Int(group.category), truth: truth, overlap: 0))
            }
        }
        return outcomes
    }

    /// The truth of another category that a detection overlaps best, by the first threshold or more.
    private func confused(
        _ detection: Int, _ category: Int, _ candidates: [Int], _ measure: OverlapMeasure
    ) throws -> (truth: Int, overlap: Double)? {
        var best: (truth: Int, overlap: Double)?
        for truth in candidates where Int(truths.categories[truth]) != category {
            let overlap = try measure.overlap(detection, truth)
            if overlap >= outcomeThreshold, overlap > (best?.overlap ?? 0) { best = (truth, overlap) }
        }
        return best
    }
}

extension OverlapMeasure {
    /// Of boxes, or of masks where their boxes meet.
    func overlap(_ detection: Int, _ truth: Int) throws -> Double {
        let boxes = Self.overlap(detections.boxes[detection], truths.boxes[truth], isCrowd: false)
        guard kind == .masks, boxes > 0, let one = try detections.masks.mask(detection),
            let two = try truths.masks.mask(truth)
        else { return boxes }
        do { return try one.overlap(with: two) } catch {
            throw EvaluationError.sizes(
                picture: truths.index.pictures[Int(truths.pictures[truth])], reason: "\(error)")
        }
    }
}
