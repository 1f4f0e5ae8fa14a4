/// Whether the surer of two results is the better one: for confidences that are no probabilities, such as inverse
/// temperatures and 1/σ².
public struct ConfidenceRanking: Hashable, Sendable, Codable {
    public struct Bin: Hashable, Sendable, Codable {
        public var count: Int
        public var meanConfidence: Double
        public var hitRate: Double
    }

    /// Ten, of about equally many, by rising confidence.
    public var bins: [Bin]
    /// How often a hit has a larger confidence than what is none; 0.5 by chance, -1 without either.
    public var area: Double

    public init(_ events: [(confidence: Double, isHit: Bool)], binCount: Int = 10) {
        precondition(binCount > 0)
        let sorted = events.sorted { $0.confidence < $1.confidence }
        bins = (0..<binCount).compactMap { bin in
            let part = sorted[(sorted.count * bin / binCount)..<(sorted.count * (bin + 1) / binCount)]
            guard !part.isEmpty else { return nil }
            return Bin(
                count: part.count, meanConfidence: part.reduce(0) { $0 + $1.confidence } / Double(part.count),
                hitRate: Double(part.count { $0.isHit }) / Double(part.count))
        }
        // The sum of the hits' ranks; ties have their mean rank (Mann and Whitney 1947).
        var ranks = 0.0
        var start = 0
        while start < sorted.count {
            var end = start
            while end < sorted.count, sorted[end].confidence == sorted[start].confidence { end += 1 }
            let hits = sorted[start..<end].count { $0.isHit }
            ranks += Double(hits) * (Double(start + 1) + Double(end)) / 2
            start = end
        }
        let hits = Double(sorted.count { $0.isHit })
        let others = Double(sorted.count) - hits
        area = hits > 0 && others > 0 ? (ranks - hits * (hits + 1) / 2) / (hits * others) : -1
    }
}
