/// A body's joints. Those above come before those below.
public struct Skeleton: Hashable, Sendable, Codable {
    public struct Joint: Hashable, Sendable, Codable {
        public var name: String
        /// The joint above; nil for the pelvis.
        public var parent: Int?
        /// In the default pose, in metres.
        public var position: SIMD3<Double>
        /// The axes about which it turns: bending (positive flexes), along the bone, and away from the body's middle.
        public var axes: [SIMD3<Double>]
        /// Least and greatest angle about each axis, in degrees.
        public var lowest: SIMD3<Double>
        public var highest: SIMD3<Double>
    }

    public var joints: [Joint]

    public init(joints: [Joint]) { self.joints = joints }

    public func index(of name: String) -> Int? { joints.firstIndex { $0.name == name } }
}

extension Skeleton {
    init(_ plan: BodyPlan) {
        var place = [SIMD3<Double>](repeating: .zero, count: SkeletonLayout.names.count)
        func center(_ ring: Int) -> SIMD3<Double> { [0, plan.rings[ring].y, plan.rings[ring].z] }
        place[0] = (center(0) + center(1)) / 2
        place[1] = center(2)
        place[2] = (center(3) + center(2)) / 2
        place[3] = center(5)
        place[4] = center(6)
        for (bones, limb, isHand) in [(SkeletonLayout.arm, plan.arm, true), (SkeletonLayout.leg, plan.leg, false)] {
            place[Int(bones[0])] = limb.joints.0
            place[Int(bones[1])] = limb.joints.1
            place[Int(bones[2])] = limb.joints.2
            for number in 0..<5 {
                let digit = number < limb.extremity.digits.count ? limb.extremity.digits[number] : nil
                let known = digit.map { limb.extremity.joints(of: $0, root: limb.joints.2) }
                let bones = SkeletonLayout.digit(number, isHand: isHand)
                place[Int(bones[0])] = known?.base ?? limb.extremity.knuckles
                if bones.count > 1 { place[Int(bones[1])] = known?.middle ?? limb.extremity.knuckles }
            }
        }
        for i in 5..<26 { place[i + Int(SkeletonLayout.sideCount)] = place[i] * SIMD3(-1, 1, 1) }
        let root = center(1)
        for (index, bone) in SkeletonLayout.tail.enumerated() {
            guard let tail = plan.tail else {
                place[Int(bone)] = root
                continue
            }
            let first = index * tail.stations.count / 3
            place[Int(bone)] = index == 0 ? tail.stations[0].at : tail.stations[first].at
        }
        joints = place.indices.map { i in
            let name = SkeletonLayout.names[i]
            let (low, high) = Self.limits(name, isBiped: plan.isBiped)
            let parent = SkeletonLayout.parents[i]
            return Joint(
                name: name, parent: parent < 0 ? nil : parent, position: quantized(place[i]),
                axes: Self.axes(i, place).map(quantized), lowest: low, highest: high)
        }
    }

    func shifted(by way: SIMD3<Double>) -> Skeleton {
        var shifted = self
        for index in joints.indices { shifted.joints[index].position = quantized(joints[index].position + way) }
        return shifted
    }

    /// Bending, twisting and spreading axes. Equal angles on both sides give mirrored poses.
    private static func axes(_ joint: Int, _ place: [SIMD3<Double>]) -> [SIMD3<Double>] {
        let isRight = joint >= 26 && joint < 47
        let left = isRight ? joint - Int(SkeletonLayout.sideCount) : joint
        let child = SkeletonLayout.parents.firstIndex(of: left)
        var bone = child.map { place[$0] - place[left] } ?? place[left] - place[max(0, SkeletonLayout.parents[left])]
        if length(bone) < 1e-6 { bone = [0, -1, 0] }
        bone = normalized(bone)
        // Flexion: knees bend backwards, everything else forwards.
        let isKnee = left == Int(SkeletonLayout.leg[1])
        let isLimb = left >= 5 && left < 26
        let sign: Double = isKnee || !isLimb ? 1 : -1
        var bend = SIMD3<Double>(sign, 0, 0)
        let isFinger = left >= 8 && left < 18
        if isFinger {
            // Towards the palm, which looks inwards and back.
            let palm = normalized(
                place[Int(SkeletonLayout.digit(4, isHand: true)[0])]
                    - place[Int(SkeletonLayout.digit(1, isHand: true)[0])])
            bend = length(palm) > 0 ? palm : [0, 0, -1]
        }
        bend = normalized(bend - bone * dot(bend, bone))
        if length(bend) == 0 { bend = [1, 0, 0] }
        let spread = cross(bend, bone)
        let axes = [bend, bone, spread]
        // The image of a rotation's axis in the plane x = 0.
        return isRight ? axes.map { $0 * SIMD3(1, -1, -1) } : axes
    }

    private static func limits(_ name: String, isBiped: Bool) -> (SIMD3<Double>, SIMD3<Double>) {
        let base = name.replacing("left", with: "").replacing("right", with: "")
        switch base {
        case "pelvis": return (SIMD3(-180, -180, -180), SIMD3(180, 180, 180))
        case "spine", "chest": return ([-25, -25, -20], [50, 25, 20])
        case "neck", "head": return ([-45, -60, -30], [45, 60, 30])
        case "Shoulder": return isBiped ? ([-60, -80, -60], [180, 80, 130]) : ([-70, -20, -20], [90, 20, 30])
        case "Elbow": return isBiped ? ([0, -80, -5], [150, 80, 5]) : ([-60, -10, -5], [110, 10, 5])
        case "Wrist": return ([-75, -10, -25], [75, 10, 30])
        case "Hip": return isBiped ? ([-25, -45, -35], [125, 45, 60]) : ([-60, -15, -15], [80, 15, 40])
        case "Knee": return isBiped ? ([0, -15, -5], [150, 15, 5]) : ([-50, -10, -5], [100, 10, 5])
        case "Ankle": return ([-50, -20, -25], [50, 20, 25])
        case "Thumb1", "Hallux": return ([-30, -30, -40], [60, 30, 40])
        case let finger where finger.hasSuffix("1"):
            return finger.hasPrefix("tail") ? ([-60, -30, -60], [60, 30, 60]) : ([-30, -5, -15], [90, 5, 15])
        case let finger where finger.hasSuffix("2") && !finger.hasPrefix("Toe"):
            return finger.hasPrefix("tail") ? ([-60, -30, -60], [60, 30, 60]) : ([-5, -5, -5], [100, 5, 5])
        default: return ([-40, -10, -15], [60, 10, 15])
        }
    }
}

/// To six decimals, which is how files keep lengths.
func quantized(_ value: Double) -> Double {
    let whole = (value * 1e6).rounded()
    return whole == 0 ? 0 : whole / 1e6
}

func quantized(_ value: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(quantized(value.x), quantized(value.y), quantized(value.z))
}
