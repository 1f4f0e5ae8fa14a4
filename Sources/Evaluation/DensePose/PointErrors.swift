/// How far predicted points lie from true ones, point by point, for truths whose box was found.
///
/// A detection, the best scored first, takes the truth that its box overlaps best, by half or more: so that errors do not
/// depend on the metric that is evaluated.
public struct PointErrors: Sendable {
    public struct Point: Sendable {
        public var truth: Int32
        public var detection: Int32
        public var chart: UInt8
        /// 0 where nothing is predicted, outside of the box or on the background.
        public var predictedChart: UInt8
        /// Along the surface; infinite where nothing is predicted.
        public var distance: Double
        /// exp(-g² / 2κ²).
        public var similarity: Double
        /// Of u and v where the chart is right and the prediction has charts.
        public var uvError: SIMD2<Double>?
    }

    public private(set) var points: [Point] = []
    /// Truths that count, and those of them whose box was found.
    public private(set) var truthCount = 0
    public private(set) var foundCount = 0

    /// - Throws: `EvaluationError` or `ImageError` for a map that cannot be read.
    init(_ similarity: DensePoseSimilarity, _ table: MatchTable) throws {
        let (detections, truths) = (similarity.detections, similarity.truths)
        for group in table.groups.groups {
            var free: [Int] = []
            for place in group.truths where table.counts[Int(place)] {
                free.append(Int(table.groups.truths[Int(place)]))
            }
            truthCount += free.count
            for row in group.rows where !free.isEmpty {
                let detection = Int(table.groups.rows[Int(row)])
                var best = 0.5
                var found: Int?
                for (place, truth) in free.enumerated() {
                    let overlap = OverlapMeasure.overlap(
                        detections.boxes[detection], truths.boxes[truth], isCrowd: false)
                    if overlap >= best { (best, found) = (overlap, place) }
                }
                guard let found else { continue }
                foundCount += 1
                try add(detection, free.remove(at: found), similarity)
            }
        }
    }

    private mutating func add(_ detection: Int, _ truth: Int, _ similarity: DensePoseSimilarity) throws {
        let prediction = try similarity.prediction(detection, needsMask: false)
        for target in try similarity.target(truth, needsMask: false).points {
            var point = Point(
                truth: Int32(truth), detection: Int32(detection), chart: target.chart, predictedChart: 0,
                distance: .infinity, similarity: 0)
            if let pixel = similarity.pixel(of: prediction, x: target.x, y: target.y) {
                let vertex = similarity.vertex(prediction, at: pixel)
                if vertex >= 0 {
                    (point.distance, point.similarity) = similarity.similarity(target, vertex)
                    if prediction.vertices.isEmpty {
                        point.predictedChart = prediction.pixels[3 * pixel]
                        if point.predictedChart == point.chart {
                            point.uvError = SIMD2(
                                Double(prediction.pixels[3 * pixel + 1]) / 255 - target.u,
                                Double(prediction.pixels[3 * pixel + 2]) / 255 - target.v)
                        }
                    } else {
                        point.predictedChart = similarity.surface.chartOfVertex[Int(vertex)]
                    }
                }
            }
            points.append(point)
        }
    }
}

/// Numbers over some points.
public struct PointStatistics: Sendable, Hashable {
    public var count: Int
    /// The share where anything is predicted.
    public var predicted: Double
    /// Of these, the mean distance along the surface; -1 without any.
    public var meanDistance: Double
    /// The mean similarity of all points.
    public var similarity: Double
    /// The share whose chart is right.
    public var rightPart: Double
    /// Areas under the curve of the share of points within a distance, from 0 to 0.1 and to 0.3 of the surface's unit (10 and 30
    /// cm for people), over that length (Güler et al. 2018).
    public var areaTo10: Double
    public var areaTo30: Double

    public static let columns = ["points", "predicted", "error", "GPS", "right part", "AUC10", "AUC30"]

    public var values: [Double] {
        [Double(count), predicted, meanDistance, similarity, rightPart, areaTo10, areaTo30]
    }

    public init(_ points: some Sequence<PointErrors.Point>) {
        var (count, predicted, distance, similarity, right, ten, thirty) = (0, 0, 0.0, 0.0, 0, 0.0, 0.0)
        for point in points {
            count += 1
            similarity += point.similarity
            guard point.distance.isFinite else { continue }
            predicted += 1
            distance += point.distance
            right += point.predictedChart == point.chart ? 1 : 0
            ten += max(0, 1 - point.distance / 0.1)
            thirty += max(0, 1 - point.distance / 0.3)
        }
        let all = Double(max(1, count))
        (self.count, self.predicted) = (count, Double(predicted) / all)
        meanDistance = predicted > 0 ? distance / Double(predicted) : -1
        (self.similarity, rightPart) = (similarity / all, Double(right) / all)
        (areaTo10, areaTo30) = (ten / all, thirty / all)
    }
}
