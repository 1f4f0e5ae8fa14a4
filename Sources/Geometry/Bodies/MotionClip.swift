import Foundation

/// A motion that repeats: a pose for every moment.
public struct MotionClip: Sendable {
    public let name: String
    /// Seconds until it repeats.
    public let duration: Double
    /// Whether it is for bodies that stand on two legs, or on four.
    public let isForBipeds: Bool
    private let angles: @Sendable (_ phase: Double) -> [String: SIMD3<Double>]

    /// All clips, in the order in which lists show them.
    public static let all: [MotionClip] = [walk, sit, climb, dance, knuckleWalk, walkOnFour, sitOnFour]

    /// The clip of a name that a body can play.
    public static func named(_ name: String, for body: TemplateBody) -> MotionClip? {
        all.first { $0.name == name && $0.isForBipeds == body.standsOnTwoLegs }
    }

    /// The body's pose at a time in seconds. The root rises and falls so that the lowest foot stays on the ground.
    public func pose(at time: Double, of body: TemplateBody) -> Pose {
        let phase = (time / duration) - (time / duration).rounded(.down)
        return body.grounded(Pose(angles: angles(phase)))
    }

    private static func wave(_ phase: Double, _ shift: Double = 0) -> Double { sin(2 * .pi * (phase + shift)) }

    /// 0 except for a bump in the half period that begins at `start`.
    private static func bump(_ phase: Double, from start: Double) -> Double { max(0, wave(phase, -start)) }

    static let walk = MotionClip(name: "walk", duration: 1.1, isForBipeds: true) { p in
        var pose: [String: SIMD3<Double>] = [
            "spine": [3, 4 * wave(p), 0], "chest": [0, -7 * wave(p), 0], "head": [-2, 2 * wave(p), 0],
        ]
        for (side, s) in [("left", 0.0), ("right", 0.5)] {
            // A leg swings forwards while its knee is bent, and comes back nearly straight.
            pose[side + "Hip"] = [24 * wave(p, s) + 4, 0, 0]
            pose[side + "Knee"] = [6 + 52 * bump(p, from: 0.75 - s), 0, 0]
            pose[side + "Ankle"] = [8 * wave(p, s + 0.2), 0, 0]
            pose[side + "Shoulder"] = [-20 * wave(p, s), 0, -18]
            pose[side + "Elbow"] = [18 - 10 * wave(p, s), 0, 0]
        }
        return pose
    }

    static let sit = MotionClip(name: "sit", duration: 4, isForBipeds: true) { p in
        var pose: [String: SIMD3<Double>] = [
            "pelvis": [-8, 0, 0], "spine": [16 + 2 * wave(p), 0, 0], "chest": [10, 3 * wave(p), 0],
            "head": [-12 + 3 * wave(p, 0.3), 12 * wave(p, 0.1), 0],
        ]
        for side in ["left", "right"] {
            pose[side + "Hip"] = [96, 0, 16]
            pose[side + "Knee"] = [92, 0, 0]
            pose[side + "Shoulder"] = [32 + 2 * wave(p), 0, -16]
            pose[side + "Elbow"] = [48, 0, 0]
        }
        return pose
    }

    static let climb = MotionClip(name: "climb", duration: 1.8, isForBipeds: true) { p in
        var pose: [String: SIMD3<Double>] = ["spine": [8, 0, 6 * wave(p)], "head": [-30, 0, 0]]
        for (side, s) in [("left", 0.0), ("right", 0.5)] {
            let reach = wave(p, s)
            pose[side + "Shoulder"] = [125 + 30 * reach, 0, 22]
            pose[side + "Elbow"] = [52 - 30 * reach, 0, 0]
            pose[side + "Hip"] = [58 - 28 * reach, 0, 24]
            pose[side + "Knee"] = [78 - 32 * reach, 0, 0]
            for finger in ["Index", "Middle", "Ring", "Little"] {
                pose[side + finger + "1"] = [45, 0, 0]
                pose[side + finger + "2"] = [55, 0, 0]
            }
        }
        return pose
    }

    static let dance = MotionClip(name: "dance", duration: 2, isForBipeds: true) { p in
        let (beat, sway) = (wave(2 * p), wave(p))
        var pose: [String: SIMD3<Double>] = [
            "pelvis": [0, 14 * sway, 5 * sway], "spine": [4, -8 * sway, -8 * sway],
            "chest": [0, -12 * sway, -6 * sway],
            "head": [6 * beat, 10 * sway, 6 * sway],
        ]
        for (side, s) in [("left", 1.0), ("right", -1.0)] {
            pose[side + "Shoulder"] = [25 + 20 * s * sway, 0, 22 + 30 * s * sway]
            pose[side + "Elbow"] = [70 + 25 * beat * s, 0, 0]
            pose[side + "Hip"] = [16 + 14 * max(0, s * sway), 0, 8]
            pose[side + "Knee"] = [24 + 34 * max(0, s * sway), 0, 0]
            pose[side + "Ankle"] = [-6, 0, 0]
        }
        return pose
    }

    /// Leaning far forwards, on the knuckles of the hands.
    static let knuckleWalk = MotionClip(name: "knuckle-walk", duration: 1.3, isForBipeds: true) { p in
        var pose: [String: SIMD3<Double>] = [
            "pelvis": [62, 0, 0], "spine": [6, 3 * wave(p), 0], "neck": [-28, 0, 0], "head": [-34, 0, 0],
        ]
        for (side, s) in [("left", 0.0), ("right", 0.5)] {
            pose[side + "Hip"] = [76 + 16 * wave(p, s), 0, 6]
            pose[side + "Knee"] = [54 + 26 * bump(p, from: 0.75 - s), 0, 0]
            pose[side + "Ankle"] = [18, 0, 0]
            pose[side + "Shoulder"] = [60 - 14 * wave(p, s), 0, -26]
            pose[side + "Elbow"] = [4 + 22 * bump(p, from: 0.25 - s), 0, 0]
            for finger in ["Index", "Middle", "Ring", "Little"] {
                pose[side + finger + "1"] = [15, 0, 0]
                pose[side + finger + "2"] = [90, 0, 0]
            }
        }
        return pose
    }

    /// A lateral sequence: each hind foot is followed by the forefoot of its side.
    static let walkOnFour = MotionClip(name: "walk", duration: 1.2, isForBipeds: false) { p in
        var pose: [String: SIMD3<Double>] = ["neck": [2 * wave(2 * p), 0, 0], "head": [-2 * wave(2 * p), 0, 0]]
        for (side, s) in [("left", 0.0), ("right", 0.5)] {
            pose[side + "Hip"] = [16 * wave(p, s), 0, 0]
            pose[side + "Knee"] = [30 * bump(p, from: 0.75 - s), 0, 0]
            pose[side + "Ankle"] = [22 * bump(p, from: 0.75 - s), 0, 0]
            pose[side + "Shoulder"] = [17 * wave(p, s + 0.75), 0, 0]
            pose[side + "Elbow"] = [34 * bump(p, from: -s), 0, 0]
            pose[side + "Wrist"] = [-40 * bump(p, from: -s), 0, 0]
        }
        for (index, bone) in ["tail1", "tail2", "tail3"].enumerated() {
            pose[bone] = [0, 0, 8 * wave(p, -0.1 * Double(index))]
        }
        return pose
    }

    static let sitOnFour = MotionClip(name: "sit", duration: 4, isForBipeds: false) { p in
        var pose: [String: SIMD3<Double>] = [
            "pelvis": [-34, 0, 0], "neck": [18, 0, 0], "head": [14 + 2 * wave(p), 8 * wave(p), 0],
        ]
        for side in ["left", "right"] {
            pose[side + "Hip"] = [62, 0, 6]
            pose[side + "Knee"] = [62, 0, 0]
            pose[side + "Ankle"] = [50, 0, 0]
            pose[side + "Shoulder"] = [-30, 0, 0]
        }
        return pose
    }
}

extension TemplateBody {
    /// Whether the default pose stands on two legs.
    public var standsOnTwoLegs: Bool { BodyPlan.all.first { $0.name == name }?.isBiped ?? true }

    /// The pose shifted up or down until its lowest vertex lies on y = 0.
    public func grounded(_ pose: Pose) -> Pose {
        let lowest = posed(pose, skinning: .linear).reduce(Double.infinity) { min($0, $1.y) }
        let height = skeleton.index(of: "leftHip").map { skeleton.joints[$0].position.y } ?? 1
        var pose = pose
        pose.shift.y -= lowest / height
        return pose
    }
}
