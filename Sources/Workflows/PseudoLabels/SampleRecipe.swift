/// How labels are chosen from what a run has stored. Kept as JSON with the sample.
public struct SampleRecipe: Sendable, Codable, Hashable {
    /// What quotas count.
    public enum Grouping: String, Sendable, Codable, CodingKeyRepresentable, CaseIterable {
        case category, site, clip
        /// Colour or infrared: day or night.
        case light
    }

    /// The run that stored the candidates.
    public var run: String
    public var points: PointRecipe
    public var keep: [ConfidenceCondition]
    /// Whether only objects that somebody has accepted count. Rejected ones never do.
    public var isAcceptedOnly: Bool
    /// The most objects of each group.
    public var quotas: [Grouping: Int]
    /// Every group gets as many objects as the least of them.
    public var balance: Grouping?
    /// The most objects.
    public var limit: Int?
    /// Objects of one clip whose masks overlap as much are one; nil keeps all.
    public var distinct: Double?
    public var seed: UInt64

    public init(
        run: String, points: PointRecipe = PointRecipe(), keep: [ConfidenceCondition] = [],
        isAcceptedOnly: Bool = false, quotas: [Grouping: Int] = [:], balance: Grouping? = nil, limit: Int? = nil,
        distinct: Double? = 0.9, seed: UInt64 = 0
    ) {
        (self.run, self.points, self.keep, self.isAcceptedOnly) = (run, points, keep, isAcceptedOnly)
        (self.quotas, self.balance, self.limit, self.distinct, self.seed) = (quotas, balance, limit, distinct, seed)
    }
}
