import Foundation

/// Average precision and recall of dense correspondence: GPS, GPSm and the overlap of masks.
///
/// Güler, Neverova, Kokkinos 2018; Neverova et al. 2020; detectron2's `densepose_coco_evaluation`.
public struct DensePoseEvaluator: Sendable {
    /// Which similarity decides.
    public enum Metric: String, CaseIterable, Sendable, Codable {
        /// Geodesic point similarity.
        case gps
        /// The root of GPS times the overlap of masks.
        case gpsm
        /// The overlap of masks.
        case iou
    }

    /// Whether detectron2's oddities are kept.
    public enum Mode: String, CaseIterable, Sendable, Codable {
        /// detectron2's numbers: places truncated, points over 255, areas of boxes, one second pass with the state of the last
        /// threshold for all of them, an id of zero that reads as no match.
        case reference
        /// Points over 256 in the pixel that holds them, areas of masks, every threshold by itself, ids that decide nothing.
        case clean
    }

    public var metric: Metric
    public var mode: Mode
    public var grid: EvaluationGrid
    public var tolerance: PointTolerance
    public var surface: EvaluationSurface

    /// - Parameter leastThreshold: of ten (0.5) or more thresholds up to 0.95.
    public init(
        _ metric: Metric, surface: EvaluationSurface, mode: Mode = .clean, leastThreshold: Double = 0.5,
        tolerance: PointTolerance = .byPart
    ) {
        (self.metric, self.mode, self.surface, self.tolerance) = (metric, mode, surface, tolerance)
        grid = .densePose(from: leastThreshold)
    }

    /// - Throws: `EvaluationError` or `ImageError` for a map that cannot be read.
    public func evaluate(
        _ detections: DensePoseDetections, against truths: DensePoseTruths
    ) throws -> DensePoseEvaluation {
        let categoryCount = truths.index.categories.count
        let groups = DetectionGroups(
            detections: (detections.categories, detections.pictures, detections.scores),
            truths: (truths.categories, truths.pictures), categoryCount: categoryCount,
            pictureCount: truths.index.pictures.count, limit: grid.maximumDetections.last!)
        let rules = MatchingRules(
            refusesZero: true, ignoresAllWithoutTruth: mode == .reference,
            secondPass: mode == .reference ? .leaking : .everyThreshold)
        let similarity = similarity(detections, truths)
        let (metric, mode) = (metric, mode)
        let table = try MatchTable(groups, categoryCount: categoryCount, grid: grid, rules: rules) { group, input in
            let matrices = try similarity.matrices(
                detections: group.rows.map { Int(groups.rows[Int($0)]) },
                truths: group.truths.map { Int(groups.truths[Int($0)]) }, metric: metric,
                needsArea: mode == .clean)
            input = matrices.input(metric)
            input.truthAreas = group.truths.map { truths.areas[Int(groups.truths[Int($0)])] }
            input.isCrowd = group.truths.map { truths.isCrowd[Int(groups.truths[Int($0)])] }
            input.isIgnored = group.truths.map {
                let truth = Int(groups.truths[Int($0)])
                return !truths.hasPoints[truth]
                    || (mode == .clean && (truths.isCrowd[truth] || truths.points(of: truth).isEmpty))
            }
            input.isInvisible = group.truths.map {
                mode == .reference && truths.ids[Int(groups.truths[Int($0)])] == 0
            }
        }
        let curves = PrecisionRecall(table, scores: detections.scores, grid: grid, categoryCount: categoryCount)
        var warnings: [String] = []
        if truths.ids.contains(0) {
            warnings.append(
                "an annotation has the id 0, which the reference takes for “not matched”"
                    + (mode == .clean ? "; here it counts as all others do" : " (kept in this mode)"))
        }
        return DensePoseEvaluation(
            metric: metric, mode: mode, curves: curves, table: table, detections: detections, truths: truths,
            similarity: similarity, warnings: warnings)
    }

    private func similarity(_ detections: DensePoseDetections, _ truths: DensePoseTruths) -> DensePoseSimilarity {
        DensePoseSimilarity(mode: mode, surface: surface, tolerance: tolerance, detections: detections, truths: truths)
    }

    /// GPS, overlaps of masks and of boxes of one picture: detections by falling score, truths in their order.
    /// - Throws: as `evaluate`.
    public func similarities(
        picture: Int64, _ detections: DensePoseDetections, _ truths: DensePoseTruths
    ) throws -> (points: [[Double]], masks: [[Double]], boxes: [[Double]]) {
        let place = truths.index.picture(picture)
        let rows = detections.pictures.indices.filter { detections.pictures[$0] == place }
            .sorted { (-detections.scores[$0], $0) < (-detections.scores[$1], $1) }
        let columns = truths.pictures.indices.filter { truths.pictures[$0] == place }
        let matrices = try similarity(detections, truths).matrices(
            detections: Array(rows.prefix(grid.maximumDetections.last!)), truths: columns, metric: .gpsm,
            needsArea: false)
        func lines(_ values: [Double]) -> [[Double]] {
            guard !columns.isEmpty else { return [] }
            return stride(from: 0, to: values.count, by: columns.count).map { Array(values[$0..<($0 + columns.count)]) }
        }
        return (lines(matrices.points), lines(matrices.masks), lines(matrices.boxes))
    }
}

/// Similarities of the detections and truths of a group, row-major.
struct SimilarityMatrices: Sendable {
    var points: [Double] = []
    var masks: [Double] = []
    var boxes: [Double] = []
    var areas: [Double] = []

    func input(_ metric: DensePoseEvaluator.Metric) -> GreedyMatcher.Input {
        var input = GreedyMatcher.Input()
        switch metric {
        case .gps: input.overlaps = points
        case .iou: input.overlaps = masks
        case .gpsm: input.overlaps = zip(points, masks).map { ($1 * $0).squareRoot() }
        }
        (input.boxOverlaps, input.detectionAreas) = (boxes, areas)
        return input
    }
}

extension DensePoseSimilarity {
    func matrices(
        detections rows: [Int], truths columns: [Int], metric: DensePoseEvaluator.Metric, needsArea: Bool
    ) throws -> SimilarityMatrices {
        var matrices = SimilarityMatrices()
        let needsMask = metric != .gps
        let targets = try columns.map { try target($0, needsMask: needsMask) }
        for row in rows {
            let box = detections.boxes[row]
            let prediction = try prediction(row, needsMask: needsMask || needsArea)
            matrices.areas.append(needsArea ? Double(prediction.mask.area) : box.z * box.w)
            for (place, target) in targets.enumerated() {
                let counts = truths.hasPoints[columns[place]]
                matrices.points.append(counts && metric != .iou ? pointSimilarity(prediction, target) : 0)
                matrices.masks.append(needsMask ? prediction.mask.overlap(target.mask, isCrowd: target.isCrowd) : 0)
                matrices.boxes.append(OverlapMeasure.overlap(box, target.box, isCrowd: target.isCrowd))
            }
        }
        return matrices
    }
}

/// The outcome of an evaluation of dense correspondence.
public struct DensePoseEvaluation: Sendable {
    public let metric: DensePoseEvaluator.Metric
    public let mode: DensePoseEvaluator.Mode
    public let curves: PrecisionRecall
    let table: MatchTable
    public let detections: DensePoseDetections
    public let truths: DensePoseTruths
    /// Of its pairs, point by point.
    let similarity: DensePoseSimilarity
    public let warnings: [String]

    /// In per cent, in detectron2's order; -1 where a number is not defined.
    public var metrics: [NamedMetric] {
        let limit = curves.grid.maximumDetections.count - 1
        func percent(_ name: String, _ value: Double) -> NamedMetric {
            NamedMetric(name: name, value: value < 0 ? -1 : value * 100)
        }
        func place(_ threshold: Double) -> Int? { curves.grid.place(ofThreshold: threshold) }
        var metrics = [percent("AP", curves.averagePrecision(limit: limit))]
        for threshold in [0.2, 0.3, 0.4] where curves.grid.thresholds[0] < 0.4 {
            guard let t = place(threshold) else { continue }
            metrics.append(percent("AP\(Int(threshold * 100))", curves.averagePrecision(limit: limit, threshold: t)))
        }
        for (name, threshold) in [("AP50", 0.5), ("AP75", 0.75)] {
            metrics.append(
                percent(name, place(threshold).map { curves.averagePrecision(limit: limit, threshold: $0) } ?? -1))
        }
        metrics.append(percent("APm", curves.averagePrecision(area: 1, limit: limit)))
        metrics.append(percent("APl", curves.averagePrecision(area: 2, limit: limit)))
        metrics.append(percent("AR", curves.averageRecall(limit: limit)))
        for (name, threshold) in [("AR50", 0.5), ("AR75", 0.75)] {
            metrics.append(
                percent(name, place(threshold).map { curves.averageRecall(limit: limit, threshold: $0) } ?? -1))
        }
        metrics.append(percent("ARm", curves.averageRecall(area: 1, limit: limit)))
        metrics.append(percent("ARl", curves.averageRecall(area: 2, limit: limit)))
        return metrics
    }
}
