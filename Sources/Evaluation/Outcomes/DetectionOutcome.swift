public import Catalog

/// What became of a detection or a truth at the first threshold, over all areas.
public struct DetectionOutcome: Hashable, Sendable, Codable {
    public var kind: Outcome
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

/// Tells detections apart by what the matching says of them.
struct OutcomeClassifier {
    let table: MatchTable
    let index: EvaluationIndex
    let scores: [Double]
    let truthCategories: [Int32]
    let truthPictures: [Int32]
    /// Truths with which nothing can be confused.
    let isCrowd: [Bool]
    let threshold: Double

    /// Every detection that took part, and every truth that was missed: category by category, picture by picture.
    /// - Parameter overlap: of a detection with a truth of another category.
    func outcomes(_ overlap: (_ detection: Int, _ truth: Int) throws -> Double) rethrows -> [DetectionOutcome] {
        var outcomes: [DetectionOutcome] = []
        outcomes.reserveCapacity(table.groups.rows.count)
        var truthsOfPicture = [[Int]](repeating: [], count: index.pictures.count)
        for truth in truthCategories.indices where truthCategories[truth] >= 0 && !isCrowd[truth] {
            truthsOfPicture[Int(truthPictures[truth])].append(truth)
        }
        var isFound = [Bool](repeating: false, count: truthCategories.count)
        for group in table.groups.groups {
            let picture = index.pictures[Int(group.picture)]
            for row in group.rows {
                let detection = Int(table.groups.rows[Int(row)])
                var outcome = DetectionOutcome(
                    kind: .background, picture: picture, category: Int(group.category), detection: detection,
                    score: scores[detection], overlap: Double(table.overlap[Int(row)]))
                let near = Int(table.nearest[Int(row)])
                if near >= 0 { outcome.truth = near }
                if table.firstMatch[Int(row)] >= 0 { isFound[Int(table.firstMatch[Int(row)])] = true }
                if table.ignored[Int(row)] & 1 != 0 {
                    outcome.kind = .ignored
                } else if table.matched[Int(row)] & 1 != 0 {
                    outcome.kind = .hit
                } else if outcome.overlap >= threshold {
                    outcome.kind = .duplicate
                } else {
                    var best = 0.0
                    for truth in truthsOfPicture[Int(group.picture)] where truthCategories[truth] != group.category {
                        let overlap = try overlap(detection, truth)
                        guard overlap >= threshold, overlap > best else { continue }
                        best = overlap
                        (outcome.kind, outcome.truth, outcome.overlap) = (.confusion, truth, overlap)
                    }
                    if outcome.kind != .confusion, outcome.overlap >= 0.1 { outcome.kind = .localisation }
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
}

extension COCOEvaluation {
    /// The threshold of the outcomes.
    public var outcomeThreshold: Double { curves.grid.thresholds[0] }

    /// What became of each detection and each missed truth. Confusions are by masks where masks are compared, else by boxes.
    /// - Throws: `EvaluationError` where masks of a picture are of unequal sizes.
    public func outcomes() throws -> [DetectionOutcome] {
        let measure = OverlapMeasure(
            kind: kind == .masks ? .masks : .boxes, sigmas: [], detections: detections, truths: truths,
            groups: table.groups)
        return try OutcomeClassifier(
            table: table, index: truths.index, scores: detections.scores, truthCategories: truths.categories,
            truthPictures: truths.pictures, isCrowd: truths.isCrowd, threshold: outcomeThreshold
        ).outcomes(measure.overlap)
    }
}

extension DensePoseEvaluation {
    /// What became of each detection and each missed truth. Overlaps are of the metric; confusions by boxes.
    public func outcomes() -> [DetectionOutcome] {
        OutcomeClassifier(
            table: table, index: truths.index, scores: detections.scores, truthCategories: truths.categories,
            truthPictures: truths.pictures, isCrowd: truths.isCrowd, threshold: curves.grid.thresholds[0]
        ).outcomes { OverlapMeasure.overlap(detections.boxes[$0], truths.boxes[$1], isCrowd: false) }
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
