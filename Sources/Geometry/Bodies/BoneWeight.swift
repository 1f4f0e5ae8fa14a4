/// How much a vertex follows a bone.
public struct BoneWeight: Hashable, Sendable {
    /// A joint of the skeleton, by number: the bone that starts there.
    public var bone: UInt16
    public var weight: Double

    public init(bone: UInt16, weight: Double) { (self.bone, self.weight) = (bone, weight) }

    /// The mean of several vertices' weights, in the order of bones.
    static func mean(_ sets: [[BoneWeight]]) -> [BoneWeight] {
        if sets.dropFirst().allSatisfy({ $0 == sets[0] }) { return sets[0] }
        var sum: [BoneWeight] = []
        for set in sets {
            for item in set {
                if let place = sum.firstIndex(where: { $0.bone == item.bone }) {
                    sum[place].weight += item.weight
                } else {
                    sum.append(item)
                }
            }
        }
        for index in sum.indices { sum[index].weight /= Double(sets.count) }
        return sum.sorted { $0.bone < $1.bone }
    }

    /// The four largest, made to sum to 1; of equal ones those of lower bones.
    static func strongest(_ weights: [BoneWeight]) -> [BoneWeight] {
        let kept = weights.filter { $0.weight > 1e-4 }
            .sorted { ($1.weight, $0.bone) < ($0.weight, $1.bone) }.prefix(4)
        let sum = kept.reduce(0) { $0 + $1.weight }
        return kept.map { BoneWeight(bone: $0.bone, weight: $0.weight / sum) }
    }
}

extension BoneWeight {
    /// In steps of a ten-thousandth, still summing to 1: what is left over goes to the strongest.
    static func rounded(_ weights: [BoneWeight]) -> [BoneWeight] {
        var steps = weights.map { ($0.weight * 10_000).rounded() }
        steps[0] += 10_000 - steps.reduce(0, +)
        return zip(weights, steps).filter { $1 > 0 }.map { BoneWeight(bone: $0.bone, weight: $1 / 10_000) }
    }
}
