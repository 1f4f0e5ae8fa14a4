/// A range of areas in square pixels, both ends included.
public struct AreaRange: Hashable, Sendable, Codable {
    public var name: String
    public var lower: Double
    public var upper: Double

    public init(_ name: String, _ lower: Double, _ upper: Double) {
        (self.name, self.lower, self.upper) = (name, lower, upper)
    }

    public static let all = AreaRange("all", 0, 1e10)
    public static let small = AreaRange("small", 0, 32 * 32)
    public static let medium = AreaRange("medium", 32 * 32, 96 * 96)
    public static let large = AreaRange("large", 96 * 96, 1e10)

    @inlinable
    func contains(_ area: Double) -> Bool { !(area < lower || area > upper) }
}

/// What an evaluation is made for: thresholds of overlap, ranges of area, and limits of detections in a picture.
public struct EvaluationGrid: Hashable, Sendable, Codable {
    /// Ascending, at most 32.
    public var thresholds: [Double]
    public var areas: [AreaRange]
    /// Ascending; detections of a category in a picture beyond the last are left out.
    public var maximumDetections: [Int]

    /// - Precondition: 1 to 32 thresholds, at least one range and one limit.
    public init(thresholds: [Double], areas: [AreaRange], maximumDetections: [Int]) {
        precondition((1...32).contains(thresholds.count) && !areas.isEmpty && !maximumDetections.isEmpty)
        (self.thresholds, self.areas, self.maximumDetections) = (thresholds, areas, maximumDetections.sorted())
    }

    /// From a least threshold to 0.95 by 0.05, with the very doubles of `numpy.linspace`.
    public static func thresholds(from least: Double) -> [Double] {
        let steps = max(0, Int(((0.95 - least) / 0.05).rounded(.toNearestOrEven)))
        guard steps > 0 else { return [least] }
        let step = (0.95 - least) / Double(steps)
        return (0...steps).map { $0 == steps ? 0.95 : Double($0) * step + least }
    }

    /// Boxes and masks of COCO.
    public static let detection = EvaluationGrid(
        thresholds: thresholds(from: 0.5), areas: [.all, .small, .medium, .large], maximumDetections: [1, 10, 100])
    /// Keypoints of COCO.
    public static let keypoints = EvaluationGrid(
        thresholds: thresholds(from: 0.5), areas: [.all, .medium, .large], maximumDetections: [20])
    /// LVIS; its limit is of a picture, whatever the category.
    public static let federated = EvaluationGrid(
        thresholds: thresholds(from: 0.5), areas: [.all, .small, .medium, .large], maximumDetections: [300])

    /// DensePose, from a least threshold: 0.5, or 0.2 for what detectron2 calls “APex”. The small come last, because detectron2's
    /// tables do not have them.
    public static func densePose(from least: Double) -> EvaluationGrid {
        EvaluationGrid(
            thresholds: thresholds(from: least), areas: [.all, .medium, .large, .small],
            maximumDetections: [20])
    }

    /// 0, 0.01, … 1, as `numpy.linspace` gives them.
    static let recallLevels: [Double] = (0...100).map { $0 == 100 ? 1 : Double($0) * 0.01 }

    /// The place of a threshold; nil where it is not among them.
    func place(ofThreshold value: Double) -> Int? { thresholds.firstIndex { abs($0 - value) < 1e-3 } }
}
