public import Catalog
import Foundation

/// What a run has stored, in numbers.
public struct StoreStatistics: Sendable, Codable {
    public struct Confidence: Sendable, Codable {
        public var key: ConfidenceKey
        /// The numbers below which 5, 25, 50, 75 and 95 % of the objects lie, from unsure to sure.
        public var quantiles: [Double]
    }

    public struct Part: Sendable, Codable {
        /// 1...24
        public var chart: Int
        public var points: Int
        /// Means of the points: probabilities of body and chart, σ of (u, v).
        public var foreground: Double
        public var parts: Double
        public var deviation: Double?
    }

    public var run: String
    public var stored: StoredCounts
    /// Pictures on which something was found.
    public var picturesWithObjects = 0
    public var confidences: [Confidence]
    /// Objects that reach the conditions, and their points; of the conditions on points, those of the points that do.
    public var reaching: StoredCounts?
    public var charts: [Part]?

    static let shares = [0.05, 0.25, 0.5, 0.75, 0.95]

    /// - Parameters:
    ///   - conditions: which objects and points are counted as reaching them.
    ///   - countsParts: whether points are read too, a hundred times the bytes.
    /// - Throws: `PseudoLabelError`, `CatalogError`.
    public init(
        ofRun name: String, conditions: [ConfidenceCondition] = [], countsParts: Bool = false, _ reader: CatalogReader
    ) throws {
        run = name
        let record = try reader.run(named: name)
        let histograms = try StoreHistograms(ofRun: record.id, reader)
        stored = histograms.stored
        guard stored.pictures > 0 else { throw PseudoLabelError.notStored(run: name) }
        confidences = ConfidenceKey.allCases.filter(histograms.states).map { key in
            Confidence(key: key, quantiles: Self.shares.map { histograms.quantile(key, $0)! })
        }
        let least = try Thresholds(record, reader).least(of: conditions, points: PointRecipe(.uniform))
        var reached = StoredCounts()
        var parts = (0...24).map { _ in (points: 0, foreground: 0.0, part: 0.0, deviation: 0.0, stated: 0) }
        let readsPoints = countsParts || !least.points.isEmpty
        try reader.forEachStoredPicture(ofRun: record.id) { picture in
            if !picture.detections.isEmpty { picturesWithObjects += 1 }
            let rows = picture.detections.indices.filter { row in
                least.objects.allSatisfy { $0.key.sureness(picture.detections[row]) >= $0.value }
            }
            guard !rows.isEmpty else { return }
            reached.pictures += 1
            reached.detections += rows.count
            guard readsPoints else {
                reached.points += rows.reduce(0) { $0 + picture.detections[$1].pointCount }
                return
            }
            let points = try reader.storedPoints(ofPicture: picture.id, detections: picture.detections.count)
            for row in rows {
                for point in points[row]
                where least.points.allSatisfy({ $0.key.sureness(point) >= $0.value }) {
                    reached.points += 1
                    guard countsParts else { continue }
                    let chart = Int(point.chart)
                    parts[chart].points += 1
                    parts[chart].foreground += ConfidenceCode.probability(of: point.foreground) ?? 0
                    parts[chart].part += ConfidenceCode.probability(of: point.part) ?? 0
                    if let deviation = ConfidenceCode.deviation(of: point.uv) {
                        parts[chart].deviation += deviation
                        parts[chart].stated += 1
                    }
                }
            }
        }
        reaching = conditions.isEmpty ? nil : reached
        guard countsParts else { return }
        charts = parts.enumerated().filter { $0.element.points > 0 }.map { chart, its in
            Part(
                chart: chart, points: its.points, foreground: its.foreground / Double(its.points),
                parts: its.part / Double(its.points),
                deviation: its.stated > 0 ? its.deviation / Double(its.stated) : nil)
        }
    }
}

extension CatalogReader {
    /// Objects of a run that reach conditions.
    /// - Throws: `PseudoLabelError`, also for conditions on points.
    public func storedInstances(ofRun name: String, reaching conditions: [ConfidenceCondition]) throws -> [Int64] {
        let record = try run(named: name)
        guard try storedPictureCount(ofRun: record.id) > 0 else { throw PseudoLabelError.notStored(run: name) }
        let least = try Thresholds(record, self).least(of: conditions, points: PointRecipe(.uniform)).objects
        var instances: [Int64] = []
        try forEachStoredPicture(ofRun: record.id) { picture in
            for (place, detection) in picture.detections.enumerated()
            where least.allSatisfy({ $0.key.sureness(detection) >= $0.value }) {
                instances.append(picture.firstInstance + Int64(place))
            }
        }
        return instances
    }
}
