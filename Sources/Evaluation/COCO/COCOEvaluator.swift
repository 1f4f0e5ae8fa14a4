import Annotations
import Foundation

/// Average precision and recall of boxes, masks and keypoints: the numbers of pycocotools' `COCOeval`, and those of LVIS.
///
/// One trap of pycocotools is avoided: there, a truth with the id 0 reads as “not matched”, and its detection counts as
/// false. Here ids decide nothing; a warning says that such a truth is there.
public struct COCOEvaluator: Sendable {
    public var kind: OverlapKind
    public var grid: EvaluationGrid
    /// Of each keypoint, per square root of the object's area; COCO's 17 by default.
    public var sigmas: [Double]
    /// LVIS's rule: a category counts only in pictures where it is labelled or known to be absent, at most
    /// `maximumDetections` of all categories count in a picture, and there are no crowds.
    public var isFederated: Bool

    public static let keypointSigmas: [Double] = [
        0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089,
        0.089,
    ]

    public init(
        _ kind: OverlapKind, grid: EvaluationGrid? = nil, sigmas: [Double] = COCOEvaluator.keypointSigmas,
        isFederated: Bool = false
    ) {
        self.kind = kind
        self.grid = grid ?? (kind == .keypoints ? .keypoints : isFederated ? .federated : .detection)
        (self.sigmas, self.isFederated) = (sigmas, isFederated)
    }

    /// - Throws: `EvaluationError` where masks are missing or of unequal sizes.
    public func evaluate(_ detections: COCODetections, against truths: COCOTruths) throws -> COCOEvaluation {
        let categoryCount = truths.index.categories.count
        var categories = detections.categories
        if isFederated { applyFederation(&categories, detections, truths) }
        let limit = isFederated ? Int.max : grid.maximumDetections.last!
        if kind == .masks { try checkMasks(detections, truths) }
        if kind == .keypoints, !detections.hasKeypoints {
            throw EvaluationError.keypointCount(object: "a result", found: 0, expected: truths.keypointCount)
        }
        if kind == .keypoints, sigmas.count != truths.keypointCount {
            throw EvaluationError.keypointCount(
                object: "the truth", found: 3 * truths.keypointCount, expected: sigmas.count)
        }
        let groups = DetectionGroups(
            detections: (categories, detections.pictures, detections.scores),
            truths: (truths.categories, truths.pictures), categoryCount: categoryCount,
            pictureCount: truths.index.pictures.count, limit: limit)
        let measure = OverlapMeasure(kind: kind, sigmas: sigmas, detections: detections, truths: truths, groups: groups)
        let isFederated = isFederated
        let table = try MatchTable(
            groups, categoryCount: categoryCount, grid: grid, rules: MatchingRules()
        ) { group, input in
            input.detectionAreas.removeAll(keepingCapacity: true)
            input.truthAreas.removeAll(keepingCapacity: true)
            input.isCrowd.removeAll(keepingCapacity: true)
            input.isIgnored.removeAll(keepingCapacity: true)
            input.isInvisible.removeAll(keepingCapacity: true)
            for row in group.rows { input.detectionAreas.append(detections.areas[Int(groups.rows[Int(row)])]) }
            for place in group.truths {
                let truth = Int(groups.truths[Int(place)])
                let isCrowd = truths.isCrowd[truth] && !isFederated
                input.truthAreas.append(truths.areas[truth])
                input.isCrowd.append(isCrowd)
                input.isIgnored.append(
                    isCrowd || truths.isIgnored[truth]
                        || (kind == .keypoints && !measure.hasVisibleKeypoint(truth)))
                input.isInvisible.append(false)
            }
            input.areUncounted =
                isFederated && truths.partialCategories[group.picture]?.contains(group.category) == true
            try measure.fill(group, input.isCrowd, &input.overlaps)
        }
        var final = grid
        if isFederated { final.maximumDetections = [limit] }
        let curves = PrecisionRecall(table, scores: detections.scores, grid: final, categoryCount: categoryCount)
        return COCOEvaluation(
            kind: kind, isFederated: isFederated, curves: curves, table: table, detections: detections, truths: truths,
            warnings: warnings(detections, truths))
    }

    private func warnings(_ detections: COCODetections, _ truths: COCOTruths) -> [String] {
        var warnings: [String] = []
        let zeros = truths.ids.count { $0 == 0 }
        if zeros > 0 {
            warnings.append(
                "\(zeros) annotation\(zeros == 1 ? " has" : "s have") the id 0, which pycocotools takes for “not matched”; "
                    + "here they count as all others do")
        }
        let strangers = detections.categories.count { $0 < 0 }
        if strangers > 0 {
            warnings.append("\(strangers) results are of categories that the truth does not list; they are left out")
        }
        return warnings
    }

    /// The best detections of each picture, and of these those whose category says something there.
    private func applyFederation(_ categories: inout [Int32], _ detections: COCODetections, _ truths: COCOTruths) {
        var present: [Int32: Set<Int32>] = truths.negativeCategories
        for truth in 0..<truths.count { present[truths.pictures[truth], default: []].insert(truths.categories[truth]) }
        let order = detections.scores.indices.sorted {
            let (one, two) = (detections.scores[$0], detections.scores[$1])
            return one != two ? one > two : $0 < $1
        }
        var counts = [Int](repeating: 0, count: truths.index.pictures.count)
        for detection in order {
            let picture = detections.pictures[detection]
            counts[Int(picture)] += 1
            let isKnown = present[picture]?.contains(categories[detection]) == true
            if counts[Int(picture)] > grid.maximumDetections.last! || !isKnown { categories[detection] = -1 }
        }
    }

    private func checkMasks(_ detections: COCODetections, _ truths: COCOTruths) throws {
        if let index = (0..<detections.count).first(where: { detections.masks.height($0) < 0 }) {
            throw EvaluationError.noMask(object: "result \(index)")
        }
        if let index = (0..<truths.count).first(where: { truths.masks.height($0) < 0 }) {
            throw EvaluationError.noMask(object: "annotation \(truths.ids[index])")
        }
    }
}
