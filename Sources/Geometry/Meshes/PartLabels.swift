/// Named parts of a surface: one label a vertex.
public struct PartLabels: Hashable, Sendable, Codable {
    /// The label of a vertex that belongs to no part.
    public static let none = UInt16.max

    public var names: [String]
    /// One a vertex: an index into `names`, or `none`.
    public var labels: [UInt16]

    /// - Precondition: every label is an index into `names` or `none`.
    public init(names: [String], labels: [UInt16]) {
        precondition(labels.allSatisfy { $0 == Self.none || Int($0) < names.count }, "a label without a name")
        self.names = names
        self.labels = labels
    }

    private enum CodingKeys: CodingKey { case names, labels }

    /// - Throws: `DecodingError` when a label has no name.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        names = try container.decode([String].self, forKey: .names)
        labels = try container.decode([UInt16].self, forKey: .labels)
        if let label = labels.first(where: { $0 != Self.none && Int($0) >= names.count }) {
            throw DecodingError.dataCorruptedError(
                forKey: .labels, in: container, debugDescription: "a label is \(label), there are \(names.count) names")
        }
    }

    /// The vertices of a part.
    public func vertices(of part: Int) -> [Int] { labels.indices.filter { labels[$0] == part } }

    /// The part whose name is this one with left and right exchanged; the part itself in the middle of the body.
    public func mirror(of part: Int) -> Int {
        let name = names[part]
        let other =
            name.hasPrefix("left ")
            ? "right " + name.dropFirst(5) : name.hasPrefix("right ") ? "left " + name.dropFirst(6) : name
        return names.firstIndex(of: other) ?? part
    }
}
