import Catalog
import Foundation
import Hashing

/// Divides media into parts, so that what belongs together stays together.
///
/// Frames of one clip and pictures with the same bytes always share a part: a test on a twin of a training picture
/// measures nothing. Groups go, the largest first, to the part that lacks most of what they hold (iterative
/// stratification after Sechidis, Tsoumakas and Vlahavas 2011, on groups).
public struct SplitMaker: Sendable {
    /// What else must not straddle parts.
    public enum Grouping: String, Sendable, Codable, CaseIterable {
        /// Nothing beyond clips and identical pictures.
        case picture
        /// All pictures of a site.
        case site
        /// All pictures of a folder.
        case folder
    }

    public struct Recipe: Sendable, Codable, Equatable {
        /// Parts and their shares; the shares add up to 1.
        public var parts: [Part]
        public var grouping = Grouping.picture
        /// Keep the share of each category alike in all parts.
        public var isStratified = false
        public var seed: UInt64 = 0
        public var dataset: String?
        public var filter: String?

        public struct Part: Sendable, Codable, Equatable {
            public var name: String
            public var fraction: Double

            public init(name: String, fraction: Double) { (self.name, self.fraction) = (name, fraction) }
        }

        public init(parts: [Part]) { self.parts = parts }

        /// Reads `train=0.8,val=0.1,test=0.1`.
        /// - Returns: nil when it is not that, a share is not positive, or the shares do not add up to 1.
        public init?(parsing text: String) {
            var parts: [Part] = []
            for item in text.split(separator: ",") {
                let pair = item.split(separator: "=")
                guard pair.count == 2, let fraction = Double(pair[1]), fraction > 0 else { return nil }
                parts.append(Part(name: pair[0].trimmingCharacters(in: .whitespaces), fraction: fraction))
            }
            guard abs(parts.reduce(0) { $0 + $1.fraction } - 1) < 1e-6, Set(parts.map(\.name)).count == parts.count
            else {
                return nil
            }
            self.init(parts: parts)
        }
    }

    public struct Result: Codable, Sendable {
        public var name: String
        /// Number of media in each part.
        public var media: [String: Int]
        public var groups: Int
        /// Media without a site where sites were to be kept together; each such picture is a group of its own.
        public var withoutSite: Int
    }

    /// Assigns every medium to a part, by index into `recipe.parts`.
    public static func assign(_ candidates: [SplitCandidate], _ recipe: Recipe) -> (parts: [Int], groups: Int) {
        let groups = grouped(candidates, by: recipe.grouping)
        var generator = SeededGenerator(seed: recipe.seed)
        // Shuffled before a stable sort: chance decides among groups of one size.
        let order = groups.shuffled(using: &generator).enumerated().sorted { left, right in
            left.element.count != right.element.count
                ? left.element.count > right.element.count : left.offset < right.offset
        }.map(\.element)

        var totals: [Int64: Double] = [:]
        for candidate in candidates { for category in labels(candidate, recipe) { totals[category, default: 0] += 1 } }
        var missing = recipe.parts.map { part in totals.mapValues { $0 * part.fraction } }
        var missingMedia = recipe.parts.map { Double(candidates.count) * $0.fraction }
        var result = [Int](repeating: 0, count: candidates.count)
        for group in order {
            var held: [Int64: Double] = [:]
            for index in group { for category in labels(candidates[index], recipe) { held[category, default: 0] += 1 } }
            // The rarest category of the group decides: common ones can still be balanced later.
            let rarest = held.keys.min { (totals[$0]!, $0) < (totals[$1]!, $1) }
            let best = recipe.parts.indices.max { left, right in
                let a = (rarest.map { missing[left][$0]! } ?? 0, missingMedia[left])
                let b = (rarest.map { missing[right][$0]! } ?? 0, missingMedia[right])
                return a < b
            }!
            for index in group { result[index] = best }
            for (category, count) in held { missing[best][category]! -= count }
            missingMedia[best] -= Double(group.count)
        }
        return (result, groups.count)
    }

    private static func labels(_ candidate: SplitCandidate, _ recipe: Recipe) -> Set<Int64> {
        recipe.isStratified ? candidate.categories : []
    }

    /// Indices of media that must share a part.
    private static func grouped(_ candidates: [SplitCandidate], by grouping: Grouping) -> [[Int]] {
        var parent = Array(candidates.indices)
        func find(_ index: Int) -> Int {
            var index = index
            while parent[index] != index {
                parent[index] = parent[parent[index]]
                index = parent[index]
            }
            return index
        }
        var owners: [String: Int] = [:]
        func join(_ index: Int, _ key: String) {
            let owner = owners[key, default: index]
            owners[key] = owner
            let (a, b) = (find(index), find(owner))
            parent[max(a, b)] = min(a, b)
        }
        for (index, candidate) in candidates.enumerated() {
            if let video = candidate.videoID { join(index, "video \(video)") }
            if let digest = candidate.sha256 { join(index, "digest \(digest)") }
            switch grouping {
            case .picture: break
            case .site: if let site = candidate.siteID { join(index, "site \(site)") }
            case .folder: join(index, "folder \((candidate.path as NSString).deletingLastPathComponent)")
            }
        }
        return Dictionary(grouping: candidates.indices, by: find).sorted { $0.key < $1.key }.map(\.value)
    }

    /// Makes a split and stores it.
    /// - Throws: `CatalogError` when the name is taken, the dataset unknown, or there is nothing to split.
    public static func run(
        named name: String, _ recipe: Recipe, in catalog: CatalogFile, command: String, isDryRun: Bool = false
    ) throws -> Result {
        let candidates = try catalog.read { reader in
            try reader.splitCandidates(
                dataset: recipe.dataset.map { try reader.dataset(named: $0).id },
                filter: recipe.filter.map { try Filter($0) })
        }
        guard !candidates.isEmpty else {
            throw CatalogError.failed(path: catalog.path, reason: "there are no pictures to split")
        }
        let (parts, groups) = assign(candidates, recipe)
        var counts = Dictionary(uniqueKeysWithValues: recipe.parts.map { ($0.name, 0) })
        for part in parts { counts[recipe.parts[part].name]! += 1 }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(recipe), as: UTF8.self)
        if !isDryRun {
            try catalog.write(command: command) { writer in
                let members = zip(candidates, parts).map { (medium: $0.mediumID, part: recipe.parts[$1].name) }
                try writer.addSplit(named: name, recipe: text, members: members)
                writer.summarize("split \(name) of \(candidates.count) pictures")
            }
        }
        let withoutSite = recipe.grouping == .site ? candidates.count { $0.siteID == nil } : 0
        return Result(name: name, media: counts, groups: groups, withoutSite: withoutSite)
    }
}
