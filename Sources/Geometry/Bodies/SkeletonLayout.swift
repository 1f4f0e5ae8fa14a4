/// The joints that every body has, and which of them a ring of the cage follows. A bone is named after the joint where
/// it starts.
enum SkeletonLayout {
    static let pelvis: UInt16 = 0
    static let spine: UInt16 = 1
    static let chest: UInt16 = 2
    static let neck: UInt16 = 3
    static let head: UInt16 = 4
    /// Shoulder, elbow, wrist and hip, knee, ankle of the left side.
    static let arm: [UInt16] = [5, 6, 7]
    static let leg: [UInt16] = [18, 19, 20]
    /// Joints of one side.
    static let sideCount: UInt16 = 21
    static let tail: [UInt16] = [47, 48, 49]

    /// Two joints of a finger, one of a toe; the thumb and the great toe are 0.
    static func digit(_ number: Int, isHand: Bool) -> [UInt16] {
        isHand ? [8 + 2 * UInt16(number), 9 + 2 * UInt16(number)] : [21 + UInt16(number)]
    }

    static func mirror(_ bone: UInt16) -> UInt16 {
        switch bone {
        case 5..<26: bone + sideCount
        case 26..<47: bone - sideCount
        default: bone
        }
    }

    static let names: [String] = {
        let fingers = ["Thumb", "Index", "Middle", "Ring", "Little"]
        let limbs =
            ["Shoulder", "Elbow", "Wrist"] + fingers.flatMap { [$0 + "1", $0 + "2"] } + ["Hip", "Knee", "Ankle"]
            + ["Hallux", "Toe2", "Toe3", "Toe4", "Toe5"]
        return ["pelvis", "spine", "chest", "neck", "head"] + limbs.map { "left" + $0 } + limbs.map { "right" + $0 }
            + ["tail1", "tail2", "tail3"]
    }()

    /// The joint above; -1 for the pelvis.
    static let parents: [Int] = {
        let side = [2, 5, 6] + (0..<5).flatMap { [7, 8 + 2 * $0] } + [0, 18, 19] + Array(repeating: 20, count: 5)
        let left = [-1, 0, 1, 2, 3] + side
        return left + side.map { $0 < 5 ? $0 : $0 + Int(sideCount) } + [0, 47, 48]
    }()

    private static func weights(_ shares: [(UInt16, Double)]) -> [BoneWeight] {
        shares.map { BoneWeight(bone: $0.0, weight: $0.1) }
    }

    /// - Parameter sector: 0 in the middle of the front, 6 of the back.
    static func trunkWeights(ring: Int, sector: Int) -> [BoneWeight] {
        let isSide = sector > 1 && sector < 5
        switch ring {
        case 0:
            return sector == 0 || sector == 6
                ? weights([(pelvis, 0.7), (leg[0], 0.15), (mirror(leg[0]), 0.15)])
                : weights([(pelvis, isSide ? 0.5 : 0.7), (leg[0], isSide ? 0.5 : 0.3)])
        case 1: return weights([(pelvis, 0.9), (spine, 0.1)])
        case 2: return weights([(pelvis, 0.2), (spine, 0.8)])
        case 3, 4:
            let arm = sector == 3 ? 0.35 : isSide ? 0.15 : 0
            let chest = ring == 3 ? 0.7 * (1 - arm) : 1 - arm
            let shares = [(spine, 1 - arm - chest), (self.chest, chest), (self.arm[0], arm)]
            return weights(shares.filter { $0.1 > 1e-9 })
        case 5: return weights([(chest, 0.4), (neck, 0.6)])
        case 6: return weights([(neck, 0.3), (head, 0.7)])
        default: return weights([(head, 1)])
        }
    }

    /// - Parameter t: 0 at the first joint, 1 at the second, 2 at the third.
    static func limbWeights(_ bones: [UInt16], at t: Double) -> [BoneWeight] {
        switch t {
        case 1: weights([(bones[0], 0.5), (bones[1], 0.5)])
        case 2: weights([(bones[1], 0.5), (bones[2], 0.5)])
        default: weights([(bones[min(Int(t), 2)], 1)])
        }
    }
}
