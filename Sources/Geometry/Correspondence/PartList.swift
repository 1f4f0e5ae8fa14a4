/// Which parts the mean distances of the paper's method are taken to.
public enum PartList: String, Sendable, CaseIterable, Codable {
    /// As DensePose's 24 charts lie: a hand, a foot is one part, the trunk has a front and a back, the head two halves.
    case charts
    /// DensePose's 14: whole limbs, trunk and head.
    case coarse
    /// The parts as they are.
    case own

    public var summary: String {
        switch self {
        case .charts: "as the 24 charts: digits belong to their hand, the head has two halves"
        case .coarse: "the 14 coarse parts of DensePose"
        case .own: "every part by itself"
        }
    }

    /// The parts of a body joined to this list, by the names of `BodyAtlas`; parts with other names stay as they are.
    func parts(of body: LabelledMesh) -> PartLabels? {
        guard let parts = body.parts, self != .own else { return body.parts }
        let joined = parts.names.map(whole)
        let hasHalves = self == .charts && joined.contains("head")
        let names = Array(Set(joined + (hasHalves ? ["left head", "right head"] : []))).sorted()
            .filter { !hasHalves || $0 != "head" }
        let isLeft = hasHalves ? Self.isLeft(body) : []
        let labels = parts.labels.enumerated().map { vertex, label -> UInt16 in
            guard label != PartLabels.none else { return label }
            var name = joined[Int(label)]
            if name == "head", hasHalves { name = isLeft[vertex] ? "left head" : "right head" }
            return UInt16(names.firstIndex(of: name)!)
        }
        return PartLabels(names: names, labels: labels)
    }

    private func whole(_ name: String) -> String {
        let words = name.split(separator: " ")
        let side = words.first == "left" || words.first == "right" ? words[0] + " " : ""
        let kind = name.dropFirst(side.count)
        switch kind {
        case "fingers": return side + "hand"
        case "toes": return side + "foot"
        case "ear", "muzzle", "face", "cheek", "crown", "back of head", "front of neck", "back of neck": return "head"
        case "chest", "belly", "groin": return self == .coarse ? "torso" : "torso front"
        case "upper back", "lower back", "buttock": return self == .coarse ? "torso" : "torso back"
        case "upper arm front", "upper arm back", "forearm front", "forearm back", "thigh front", "thigh back",
            "shank front", "shank back":
            return self == .coarse ? side + kind.split(separator: " ").dropLast().joined(separator: " ") : name
        default: return name
        }
    }

    /// Whether a vertex is nearer, along edges, to what is named left than to what is named right.
    private static func isLeft(_ body: LabelledMesh) -> [Bool] {
        let sides = body.sides() ?? []
        let edges = EdgeDistances(body.mesh)
        func nearness(to side: Int8) -> [Double] {
            edges.distances(sides.indices.filter { sides[$0] == side }.map { ($0, 0) })
        }
        return zip(nearness(to: 1), nearness(to: -1)).map { $0 < $1 }
    }
}
