public import Catalog
import Foundation

/// What two runs say of the same pictures, such as a teacher and its student.
public struct StoreComparison: Sendable, Codable, Equatable {
    public struct Part: Sendable, Codable, Equatable {
        /// 1...24
        public var chart: Int
        /// Points of the first run with a point of the second next to them.
        public var points = 0
        /// Share of them to which the second gives the same chart.
        public var agreement = 0.0
        /// Mean distance of (u, v), of those in the same chart.
        public var distance = 0.0
        /// Means of what the runs say of these points.
        public var parts = [0.0, 0.0]
        public var deviation = [0.0, 0.0]
    }

    public var pictures = 0
    /// Objects that both have found (overlap of boxes at least one half), and those that one alone has.
    public var both = 0
    public var onlyFirst = 0
    public var onlySecond = 0
    /// Means over objects of both.
    public var overlap = 0.0
    public var scores = [0.0, 0.0]
    public var charts: [Part] = []

    /// - Parameter least: score of an object that counts.
    /// - Throws: `PseudoLabelError`, `CatalogError`.
    public init(_ first: String, _ second: String, least: Double, _ reader: CatalogReader) throws {
        let runs = try [reader.run(named: first), reader.run(named: second)]
        var pictures: [[Int64: StoredPicture]] = [[:], [:]]
        for (index, run) in runs.enumerated() {
            try reader.forEachStoredPicture(ofRun: run.id) { pictures[index][$0.mediumID] = $0 }
            guard !pictures[index].isEmpty else { throw PseudoLabelError.notStored(run: run.name) }
        }
        var boxes: [Int64: Box] = [:]
        try reader.forEachInstance(InstanceQuery(runIDs: runs.map(\.id)), parts: false) { record, _ in
            boxes[record.id] = record.box
        }
        var parts = (0...24).map { Part(chart: $0) }
        let common = pictures[0].keys.filter { pictures[1][$0] != nil }.sorted()
        guard !common.isEmpty else { throw PseudoLabelError.unequal(one: first, other: second) }
        self.pictures = common.count
        for medium in common {
            let (one, two) = (pictures[0][medium]!, pictures[1][medium]!)
            let pairs = match(one, two, least: least, boxes)
            guard !pairs.isEmpty else { continue }
            let points = try [one, two].map {
                try reader.storedPoints(ofPicture: $0.id, detections: $0.detections.count)
            }
            for (a, b) in pairs {
                let place = boxes[one.firstInstance + Int64(a)]!
                let other = boxes[two.firstInstance + Int64(b)]!
                Self.compare(points[0][a], in: place, points[1][b], in: other, &parts)
            }
        }
        let count = Double(max(1, both))
        (overlap, scores) = (overlap / count, scores.map { $0 / count })
        charts = parts.filter { $0.points > 0 }.map { part in
            var part = part
            let same = part.agreement
            part.distance /= max(1, same)
            part.agreement /= Double(part.points)
            part.parts = part.parts.map { $0 / Double(part.points) }
            part.deviation = part.deviation.map { $0 / Double(part.points) }
            return part
        }
    }

    private mutating func match(
        _ one: StoredPicture, _ two: StoredPicture, least: Double, _ boxes: [Int64: Box]
    ) -> [(Int, Int)] {
        func rows(_ picture: StoredPicture) -> [Int] {
            picture.detections.indices.filter {
                picture.detections[$0].score >= least && boxes[picture.firstInstance + Int64($0)] != nil
            }
        }
        let (mine, theirs) = (rows(one), rows(two))
        var pairs: [(Int, Int, Double)] = []
        for a in mine {
            for b in theirs {
                let its = boxes[one.firstInstance + Int64(a)]!.overlap(with: boxes[two.firstInstance + Int64(b)]!)
                if its >= 0.5 { pairs.append((a, b, its)) }
            }
        }
        var (usedA, usedB): (Set<Int>, Set<Int>) = ([], [])
        var chosen: [(Int, Int)] = []
        for (a, b, its) in pairs.sorted(by: { $0.2 > $1.2 }) where !usedA.contains(a) && !usedB.contains(b) {
            usedA.insert(a)
            usedB.insert(b)
            overlap += its
            scores[0] += one.detections[a].score
            scores[1] += two.detections[b].score
            chosen.append((a, b))
        }
        both += chosen.count
        onlyFirst += mine.count - chosen.count
        onlySecond += theirs.count - chosen.count
        return chosen
    }

    /// Points of the one with the nearest of the other, where one lies within a fiftieth of the box.
    private static func compare(
        _ mine: [CandidatePoint], in box: Box, _ theirs: [CandidatePoint], in other: Box, _ parts: inout [Part]
    ) {
        guard !theirs.isEmpty else { return }
        let reach = max(1.5, 0.02 * max(box.width, box.height))
        let places = theirs.map { $0.pixel(in: other) }
        for point in mine {
            let place = point.pixel(in: box)
            var (nearest, gap) = (-1, reach * reach)
            for (index, other) in places.enumerated() {
                let difference = other - place
                let its = (difference * difference).sum()
                if its <= gap { (nearest, gap) = (index, its) }
            }
            guard nearest >= 0 else { continue }
            let match = theirs[nearest]
            let chart = Int(point.chart)
            parts[chart].points += 1
            parts[chart].parts[0] += ConfidenceCode.probability(of: point.part) ?? 0
            parts[chart].parts[1] += ConfidenceCode.probability(of: match.part) ?? 0
            parts[chart].deviation[0] += ConfidenceCode.deviation(of: point.uv) ?? 0
            parts[chart].deviation[1] += ConfidenceCode.deviation(of: match.uv) ?? 0
            guard match.chart == point.chart else { continue }
            parts[chart].agreement += 1
            let (du, dv) = (Double(point.u) - Double(match.u), Double(point.v) - Double(match.v))
            parts[chart].distance += (du * du + dv * dv).squareRoot() / 255
        }
    }
}
