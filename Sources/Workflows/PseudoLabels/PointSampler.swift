public import Catalog
import Foundation
public import Hashing

/// Which of an object's points become labels (Sanakoyeu et al. 2020, section 3.5).
public struct PointRecipe: Sendable, Codable, Hashable {
    public enum Strategy: String, Sendable, Codable, CaseIterable {
        /// By lot.
        case uniform
        /// The surest to be on the body (the paper's mask-based).
        case mask
        /// The surest of their chart (I-based).
        case parts
        /// The smallest σ of (u, v).
        case uv
        /// The most probable to be right in all: on the body, in the chart, and (u, v) within 0.1.
        case combined

        var key: ConfidenceKey? {
            switch self {
            case .mask: .foreground
            case .parts: .parts
            case .uv: .uv
            case .uniform, .combined: nil
            }
        }
    }

    /// How points keep apart from each other.
    public enum Spread: String, Sendable, Codable, CaseIterable {
        case none
        /// No two nearer than a distance, which shrinks until there are enough.
        case poisson
        /// The surest of each of k clusters.
        case clusters
    }

    public var strategy: Strategy
    /// Points of an object, or of each of its charts.
    public var count: Int
    public var isPerChart: Bool
    public var spread: Spread
    /// A share: points are drawn by lot among so many of the surest, as detectron2 does with 0.5; nil takes the surest.
    public var search: Double?

    public init(
        _ strategy: Strategy = .parts, count: Int = 5, isPerChart: Bool = false, spread: Spread = .none,
        search: Double? = nil
    ) {
        (self.strategy, self.count, self.isPerChart) = (strategy, count, isPerChart)
        (self.spread, self.search) = (spread, search)
    }
}

/// Chooses points; the surest first, by lot among equals, since a byte holds few levels.
public struct PointSampler: Sendable {
    public let recipe: PointRecipe
    /// The least sureness of a point that may be chosen.
    public let thresholds: [ConfidenceKey: Int]
    private let combined: [[Double]]

    public init(_ recipe: PointRecipe, thresholds: [ConfidenceKey: Int] = [:]) {
        (self.recipe, self.thresholds) = (recipe, thresholds)
        combined = recipe.strategy == .combined ? Self.logarithms() : []
    }

    /// - Returns: indices of `points`, at most `count` (of each chart), in ascending order.
    public func callAsFunction(_ points: [CandidatePoint], using generator: inout SeededGenerator) -> [Int] {
        guard recipe.count > 0 else { return [] }
        let allowed = points.indices.filter { index in
            thresholds.allSatisfy { $0.key.sureness(points[index]) >= $0.value }
        }
        let ranked = allowed.map { (index: $0, sureness: sureness(points[$0]), lot: generator.next()) }
            .sorted { $0.sureness != $1.sureness ? $0.sureness > $1.sureness : $0.lot < $1.lot }.map(\.index)
        let groups =
            recipe.isPerChart
            ? Dictionary(grouping: ranked) { points[$0].chart }.sorted { $0.key < $1.key }.map(\.value) : [ranked]
        return groups.flatMap { choose($0, of: points, using: &generator) }.sorted()
    }

    private func choose(_ ranked: [Int], of points: [CandidatePoint], using generator: inout SeededGenerator) -> [Int] {
        var ranked = ranked
        if let search = recipe.search {
            let among = min(ranked.count, max(Int(search * Double(ranked.count)), recipe.count))
            let order = generator.permutation(of: among)
            ranked = order.map { ranked[$0] }
        }
        guard ranked.count > recipe.count else { return ranked }
        switch recipe.spread {
        case .none: return Array(ranked.prefix(recipe.count))
        case .poisson: return Self.apart(ranked, points, count: recipe.count)
        case .clusters: return Self.clustered(ranked, points, count: recipe.count, using: &generator)
        }
    }

    private func sureness(_ point: CandidatePoint) -> Double {
        if let key = recipe.strategy.key { return Double(key.sureness(point)) }
        guard recipe.strategy == .combined else { return 0 }
        return combined[0][Int(point.foreground)] + combined[0][Int(point.part)] + combined[1][Int(point.uv)]
    }

    /// For each code the logarithm of a probability, and that of a Gaussian's share within 0.1.
    private static func logarithms() -> [[Double]] {
        let probabilities = (0...255).map { code in
            ConfidenceCode.probability(of: UInt8(code)).map { log($0) } ?? 0
        }
        let deviations = (0...255).map { code in
            ConfidenceCode.deviation(of: UInt8(code)).map { log(-expm1(-0.01 / (2 * $0 * $0))) } ?? 0
        }
        return [probabilities, deviations]
    }

    /// Greedily, with a distance that halves until enough have their place.
    private static func apart(_ ranked: [Int], _ points: [CandidatePoint], count: Int) -> [Int] {
        let places = ranked.map { points[$0].place }
        let low = places.reduce(places[0]) { pointwiseMin($0, $1) }
        let high = places.reduce(places[0]) { pointwiseMax($0, $1) }
        var distance = ((high.x - low.x + 1) * (high.y - low.y + 1) / Double(count)).squareRoot()
        var chosen: [Int] = []
        while chosen.count < count, distance > 0.5 {
            for (rank, place) in places.enumerated() where chosen.count < count && !chosen.contains(rank) {
                let isFree = chosen.allSatisfy { other in
                    let gap = places[other] - place
                    return (gap * gap).sum() >= distance * distance
                }
                if isFree { chosen.append(rank) }
            }
            distance /= 2
        }
        for rank in places.indices where chosen.count < count && !chosen.contains(rank) { chosen.append(rank) }
        return chosen.map { ranked[$0] }
    }

    /// Lloyd's algorithm from k points by lot, then the surest of each cluster.
    private static func clustered(
        _ ranked: [Int], _ points: [CandidatePoint], count: Int, using generator: inout SeededGenerator
    ) -> [Int] {
        let places = ranked.map { points[$0].place }
        var centres = generator.permutation(of: ranked.count).prefix(count).map { places[$0] }
        var cluster = [Int](repeating: 0, count: places.count)
        for _ in 0..<10 {
            for (rank, place) in places.enumerated() {
                cluster[rank] = centres.indices.min { one, two in
                    let (a, b) = (centres[one] - place, centres[two] - place)
                    return (a * a).sum() < (b * b).sum()
                }!
            }
            for index in centres.indices {
                let members = places.indices.filter { cluster[$0] == index }
                guard !members.isEmpty else { continue }
                centres[index] = members.reduce(SIMD2.zero) { $0 + places[$1] } / Double(members.count)
            }
        }
        var taken: Set<Int> = []
        var chosen: [Int] = []
        for rank in places.indices where taken.insert(cluster[rank]).inserted { chosen.append(rank) }
        // An empty cluster leaves its place to the surest that are left.
        for rank in places.indices where chosen.count < count && !chosen.contains(rank) { chosen.append(rank) }
        return chosen.map { ranked[$0] }
    }
}
