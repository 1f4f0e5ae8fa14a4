import Foundation

/// A limb: a tapered capsule in pixels, with what DensePose calls its surface.
struct FigureLimb {
    let start: SIMD2<Double>
    let end: SIMD2<Double>
    let startRadius: Double
    let endRadius: Double
    /// Coarse part 1...14 of `dp_masks`.
    let part: Int
    /// Fine charts 1...24: that of the limb's left half in the picture and that of its right half.
    let charts: (left: Int, right: Int)

    /// Where a pixel lies on the limb: `u` along 0...1, `v` across 0...1 from the left as seen from start to end.
    func surface(at point: SIMD2<Double>) -> (u: Double, v: Double)? {
        let axis = end - start
        let length = max((axis * axis).sum().squareRoot(), 1e-9)
        let direction = axis / length
        let away = point - start
        let along = (away * direction).sum()
        let across = away.y * direction.x - away.x * direction.y
        let share = min(max(along / length, 0), 1)
        let radius = startRadius + share * (endRadius - startRadius)
        let beyond = along - share * length
        guard across * across + beyond * beyond <= radius * radius else { return nil }
        let u = (along + startRadius) / (length + startRadius + endRadius)
        return (min(max(u, 0), 1), min(max(0.5 + across / (2 * radius), 0), 1))
    }
}

/// An articulated body seen from the front or from behind, and the 17 keypoints of COCO.
struct FigureSkeleton {
    /// From the farthest to the nearest: later limbs cover earlier ones.
    private(set) var limbs: [FigureLimb] = []
    /// In COCO's order, in pixels.
    private(set) var keypoints: [SIMD2<Double>] = []
    let facesCamera: Bool

    /// - Parameters:
    ///   - pelvis: in pixels.
    ///   - stature: height of the upright body in pixels.
    init(pelvis: SIMD2<Double>, stature: Double, random: inout SceneRandom) {
        facesCamera = random.number(0...1) < 0.7
        // The body's right is on the picture's left when it faces the camera.
        let mirror = facesCamera ? 1.0 : -1.0
        let lean = random.number(-0.2...0.2)
        func turned(_ angle: Double, _ length: Double) -> SIMD2<Double> {
            SIMD2(sin(angle), cos(angle)) * (length * stature)
        }
        let neck = pelvis - turned(-lean, 0.30)
        let shoulderLine = turned(.pi / 2 - lean, 0.10)
        let hipLine = turned(.pi / 2 - lean, 0.06)
        let headCentre = neck - turned(-lean + random.number(-0.2...0.2), 0.11)
        let front = facesCamera

        /// A pair of charts of which the body shows one side.
        func sided(_ back: Int, _ front: Int) -> (Int, Int) { facesCamera ? (front, front) : (back, back) }

        var joints: [String: SIMD2<Double>] = [:]
        for side in ["right", "left"] {
            let isRight = side == "right"
            let sign = (isRight ? -1.0 : 1.0) * mirror
            let hip = pelvis + sign * hipLine
            let thigh = sign * random.number(-0.05...0.55) + lean
            let knee = hip + turned(thigh, 0.24)
            let ankle = knee + turned(thigh - sign * random.number(0...0.5), 0.23)
            let toe = ankle + turned(sign * random.number(0.6...1.3), 0.06)
            let upper = isRight ? sided(7, 9) : sided(8, 10)
            let lower = isRight ? sided(11, 13) : sided(12, 14)
            add(hip, knee, 0.065, 0.05, part: isRight ? 6 : 7, upper, stature)
            add(knee, ankle, 0.048, 0.032, part: isRight ? 8 : 9, lower, stature)
            add(ankle, toe, 0.034, 0.028, part: isRight ? 5 : 4, isRight ? (6, 6) : (5, 5), stature)
            (joints[side + "Hip"], joints[side + "Knee"], joints[side + "Ankle"]) = (hip, knee, ankle)
        }
        add(neck + (pelvis - neck) * 0.1, pelvis, 0.115, 0.095, part: 1, sided(1, 2), stature)
        for side in ["right", "left"] {
            let isRight = side == "right"
            let sign = (isRight ? -1.0 : 1.0) * mirror
            let shoulder = neck + sign * shoulderLine + turned(lean, 0.03)
            let upperAngle = sign * random.number(0.1...2.4)
            let elbow = shoulder + turned(upperAngle, 0.16)
            let lowerAngle = upperAngle + sign * random.number(-1.2...1.2)
            let wrist = elbow + turned(lowerAngle, 0.14)
            let fingers = wrist + turned(lowerAngle, 0.05)
            let upper = isRight ? sided(16, 18) : sided(15, 17)
            let lower = isRight ? sided(20, 22) : sided(19, 21)
            add(shoulder, elbow, 0.045, 0.036, part: isRight ? 11 : 10, upper, stature)
            add(elbow, wrist, 0.034, 0.025, part: isRight ? 13 : 12, lower, stature)
            add(wrist, fingers, 0.027, 0.022, part: isRight ? 2 : 3, isRight ? (3, 3) : (4, 4), stature)
            (joints[side + "Shoulder"], joints[side + "Elbow"], joints[side + "Wrist"]) = (shoulder, elbow, wrist)
        }
        // Charts 23 and 24 are the right and left half of the head.
        let crown = headCentre + (headCentre - neck) * 0.35
        add(headCentre, crown, 0.068, 0.06, part: 14, front ? (24, 23) : (23, 24), stature)

        let across = shoulderLine * (0.3 * mirror)
        let down = (neck - headCentre) * 0.25
        keypoints = [
            headCentre + down, headCentre + across * 0.8, headCentre - across * 0.8, headCentre + across * 2,
            headCentre - across * 2,
        ]
        for joint in ["Shoulder", "Elbow", "Wrist", "Hip", "Knee", "Ankle"] {
            keypoints += [joints["left" + joint]!, joints["right" + joint]!]
        }
    }

    /// Radii are shares of the stature.
    private mutating func add(
        _ start: SIMD2<Double>, _ end: SIMD2<Double>, _ startRadius: Double, _ endRadius: Double, part: Int,
        _ charts: (Int, Int), _ stature: Double
    ) {
        limbs.append(
            FigureLimb(
                start: start, end: end, startRadius: startRadius * stature, endRadius: endRadius * stature, part: part,
                charts: charts))
    }
}
