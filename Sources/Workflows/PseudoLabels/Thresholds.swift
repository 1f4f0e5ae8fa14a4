import Catalog
import Foundation

/// Turns conditions into the least sureness that fulfils them.
struct Thresholds {
    private let run: RunRecord
    private let reader: CatalogReader

    init(_ run: RunRecord, _ reader: CatalogReader) { (self.run, self.reader) = (run, reader) }

    /// - Throws: `PseudoLabelError` where a confidence is not stated or not calibrated.
    func least(
        of conditions: [ConfidenceCondition], points: PointRecipe
    ) throws -> (objects: [ConfidenceKey: Int], points: [ConfidenceKey: Int]) {
        var objects: [ConfidenceKey: Int] = [:]
        var ofPoints: [ConfidenceKey: Int] = [:]
        let histograms = try StoreHistograms(ofRun: run.id, reader)
        let needed = Set(conditions.map(\.key)).union([points.count > 0 ? points.strategy.key : nil].compactMap { $0 })
        for key in needed where !histograms.states(key) { throw PseudoLabelError.unstated(run: run.name, key: key) }
        for condition in conditions {
            let key = condition.key
            let least: Int
            switch condition.bound {
            case .value(let value): least = key.least(reaching: value)
            case .top(let share): least = histograms.least(key, top: share)
            case .precision(let precision):
                guard let calibration = try reader.calibration(ofRun: run.id),
                    let known = try JSONDecoder().decode(StoreCalibration.self, from: Data(calibration.utf8)).heads[key]
                else { throw PseudoLabelError.uncalibrated(run: run.name, key: key) }
                least = known.least(precision: precision, key)
            }
            if condition.isOfPoints {
                ofPoints[key] = max(ofPoints[key] ?? 0, least)
            } else {
                objects[key] = max(objects[key] ?? 0, least)
            }
        }
        return (objects, ofPoints)
    }
}

/// How often a run's objects are how sure.
public struct StoreHistograms: Sendable {
    /// By sureness.
    public private(set) var counts: [ConfidenceKey: [Int]] = [:]
    public private(set) var stored = StoredCounts()

    public init(ofRun run: Int64, _ reader: CatalogReader) throws {
        var all = ConfidenceKey.allCases.map { [Int](repeating: 0, count: $0.limit + 1) }
        var stored = StoredCounts()
        try reader.forEachStoredPicture(ofRun: run) { picture in
            stored.pictures += 1
            stored.detections += picture.detections.count
            for detection in picture.detections {
                stored.points += detection.pointCount
                for (index, key) in ConfidenceKey.allCases.enumerated() { all[index][key.sureness(detection)] += 1 }
            }
        }
        self.stored = stored
        for (index, key) in ConfidenceKey.allCases.enumerated() { counts[key] = all[index] }
    }

    /// Whether any object has this confidence.
    public func states(_ key: ConfidenceKey) -> Bool { counts[key]!.dropFirst().contains { $0 > 0 } }

    /// The least sureness such that at most a share of all objects is as sure; at least one object is.
    public func least(_ key: ConfidenceKey, top share: Double) -> Int {
        let counts = counts[key]!
        let wanted = max(1, Int(share * Double(counts.reduce(0, +))))
        var seen = 0
        for sureness in stride(from: key.limit, through: 1, by: -1) {
            seen += counts[sureness]
            if seen >= wanted { return sureness }
        }
        return 1
    }

    /// The number below which a share of the objects lies; nil where none states it.
    public func quantile(_ key: ConfidenceKey, _ share: Double) -> Double? {
        let counts = counts[key]!.enumerated().dropFirst()
        let total = counts.reduce(0) { $0 + $1.element }
        guard total > 0 else { return nil }
        var seen = 0
        for (sureness, count) in counts {
            seen += count
            if Double(seen) >= share * Double(total), count > 0 { return key.value(sureness) }
        }
        return nil
    }
}
