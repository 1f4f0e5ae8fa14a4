/// How the entries of a checkpoint fit those that a network wants.
public struct StateMatching: Codable, Equatable, Sendable {
    /// What a network wants.
    public struct Wanted: Sendable {
        public let name: String
        public let shape: [Int]
        /// Entries that older files lack, such as `num_batches_tracked`; they are never reported as missing.
        public let isOptional: Bool

        public init(_ name: String, _ shape: [Int], isOptional: Bool = false) {
            (self.name, self.shape, self.isOptional) = (name, shape, isOptional)
        }
    }

    /// A change of names on the way in: a prefix that is dropped, put in front, or exchanged.
    public struct PrefixRule: Sendable {
        public let prefix: String
        public let replacement: String

        public init(_ prefix: String, to replacement: String = "") {
            (self.prefix, self.replacement) = (prefix, replacement)
        }

        /// What data-parallel training puts in front of every name.
        public static let dataParallel = PrefixRule("module.")
    }

    public struct Renamed: Codable, Equatable, Sendable {
        public let stored: String
        public let name: String
    }

    public struct ShapeDifference: Codable, Equatable, Sendable {
        public let name: String
        public let stored: [Int]
        public let wanted: [Int]
    }

    /// Names that both sides have, with equal shapes, in the network's order.
    public private(set) var kept: [String] = []
    /// Names that both sides have with different shapes.
    public private(set) var skipped: [ShapeDifference] = []
    /// Names that the checkpoint lacks.
    public private(set) var missing: [String] = []
    /// Names that only the checkpoint has, as they are stored.
    public private(set) var unexpected: [String] = []
    /// Kept and skipped entries that are stored under another name.
    public private(set) var renamed: [Renamed] = []

    public var isComplete: Bool { skipped.isEmpty && missing.isEmpty && unexpected.isEmpty }

    private enum CodingKeys: String, CodingKey { case kept, skipped, missing, unexpected, renamed }

    /// The stored tensor for each kept name.
    public private(set) var tensors: [String: StoredTensor] = [:]

    /// Matches by names and shapes. A name that fits as it is stands; otherwise the first rule that applies renames it.
    public init(_ stored: [Checkpoint.NamedTensor], to wanted: [Wanted], renaming rules: [PrefixRule] = []) {
        let names = Set(wanted.map(\.name))
        var found: [String: Checkpoint.NamedTensor] = [:]
        for entry in stored {
            let name = Self.rename(entry.name, rules, unless: names)
            if names.contains(name), found[name] == nil {
                found[name] = entry
            } else {
                unexpected.append(entry.name)
            }
        }
        for entry in wanted {
            guard let match = found[entry.name] else {
                if !entry.isOptional { missing.append(entry.name) }
                continue
            }
            if match.name != entry.name { renamed.append(Renamed(stored: match.name, name: entry.name)) }
            if match.tensor.shape == entry.shape {
                kept.append(entry.name)
                tensors[entry.name] = match.tensor
            } else {
                skipped.append(ShapeDifference(name: entry.name, stored: match.tensor.shape, wanted: entry.shape))
            }
        }
    }

    private static func rename(_ name: String, _ rules: [PrefixRule], unless names: Set<String>) -> String {
        guard !names.contains(name), let rule = rules.first(where: { name.hasPrefix($0.prefix) }) else { return name }
        return rule.replacement + name.dropFirst(rule.prefix.count)
    }

    public static func == (left: StateMatching, right: StateMatching) -> Bool {
        left.kept == right.kept && left.skipped == right.skipped && left.missing == right.missing
            && left.unexpected == right.unexpected && left.renamed == right.renamed
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        kept = try values.decode([String].self, forKey: .kept)
        skipped = try values.decode([ShapeDifference].self, forKey: .skipped)
        missing = try values.decode([String].self, forKey: .missing)
        unexpected = try values.decode([String].self, forKey: .unexpected)
        renamed = try values.decode([Renamed].self, forKey: .renamed)
    }

    /// Insists on a perfect match.
    /// - Throws: `CheckpointError` that lists what is missing, unexpected and of another shape.
    public func requireComplete(file: String) throws {
        guard !isComplete else { return }
        var parts: [String] = []
        if !missing.isEmpty { parts.append("lacks " + Self.list(missing)) }
        if !unexpected.isEmpty { parts.append("has unexpected " + Self.list(unexpected)) }
        if !skipped.isEmpty {
            parts.append(
                "has other shapes for "
                    + Self.list(skipped.map { "\($0.name) (\($0.stored), expected \($0.wanted))" }))
        }
        throw CheckpointError(file, "does not fit the network: it " + parts.joined(separator: "; it "))
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(5).joined(separator: ", ")
        return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
    }

    /// Rows of a table for a person, what needs attention first: what happened, the name, details.
    public var rows: [[String]] {
        missing.map { ["missing", $0, ""] }
            + skipped.map { ["skipped", $0.name, "stored \($0.stored), wanted \($0.wanted)"] }
            + unexpected.map { ["unexpected", $0, ""] }
            + renamed.map { ["renamed", $0.name, "from \($0.stored)"] }
            + kept.map { ["kept", $0, ""] }
    }
}
