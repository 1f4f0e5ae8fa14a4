import Foundation

/// The parameter table of an animal on four legs: silhouettes from the side with half-widths, in metres.
struct QuadrupedTable {
    /// Along the back from the rump to the chest: z, height of the back, height of the belly, half-width.
    var body: [(z: Double, top: Double, bottom: Double, halfWidth: Double)]
    /// From inside the chest to the poll: y, z, half-depth, half-width.
    var neck: [(y: Double, z: Double, halfDepth: Double, halfWidth: Double)]
    /// From the back of the skull to the nose: y, z, above and below the axis, half-width.
    var head: [(y: Double, z: Double, above: Double, below: Double, halfWidth: Double)]
    var eye: SIMD3<Double>
    var eyeRadius: Double
    var ear: Blade
    var horn: Sprout?
    var tail: Sprout?
    var proboscis: Sprout?
    var tusk: Sprout?
    var fore: Leg
    var hind: Leg
    var crotch: SIMD3<Double>
    var extra: [Flesh] = []
    var evenness = 1.0
    var wantedAngle = 21.5

    /// An ear as a plate: its stations from the skull on, across and half as thick.
    struct Blade {
        var stations: [Station]
        /// The side that hears.
        var front: SIMD3<Double>
        var blend = 0.01
    }

    /// A horn, tail or trunk: its stations from inside the body on.
    struct Sprout {
        var stations: [Station]
        var front: SIMD3<Double>
    }

    struct Leg {
        /// Shoulder, elbow, wrist, end of the cannon bone; or hip, knee, hock, end of the cannon bone.
        var joints: [SIMD3<Double>]
        /// (place, across, front, back) as in `BodyPlan.sweep`.
        var profile: [(Double, Double, Double, Double)]
        /// Half-widths of the cannon at its upper end, middle and lower end.
        var cannon: [(across: Double, front: Double, back: Double)]
        var ending: BodyPlan.Ending
        /// How far the digits reach forwards and down, and their half-width.
        var digitReach: SIMD2<Double>
        var digitRadius: Double
        var footHalfWidth: Double
        var rings: [Double]
        /// Of a hind leg: how far the heel lies behind the hock.
        var heel = 0.0
        /// Walks on the whole sole.
        var isFlat = false

        var toHeel: SIMD3<Double> { isFlat ? [0, -0.7 * joints[2].y, -heel] : [0, 0.2 * heel, -heel] }
    }

    func plan(name: String, summary: String) -> BodyPlan {
        func center(_ z: Double) -> (y: Double, half: Double) {
            let upper = body.firstIndex { $0.z >= z } ?? body.count - 1
            let lower = max(0, upper - 1)
            let span = body[upper].z - body[lower].z
            let t = span > 0 ? min(1, max(0, (z - body[lower].z) / span)) : 0
            let top = body[lower].top + (body[upper].top - body[lower].top) * t
            let bottom = body[lower].bottom + (body[upper].bottom - body[lower].bottom) * t
            return ((top + bottom) / 2, (top - bottom) / 2)
        }
        let hip = hind.joints[0]
        let shoulder = fore.joints[0]
        let elbow = fore.joints[1]
        let length = shoulder.z - hip.z
        let behind = min(elbow.z, shoulder.z) - 0.13 * length
        func ring(_ z: Double, _ tilt: Double, back: Double? = nil) -> BodyPlan.Ring {
            BodyPlan.Ring(center(z).y, z, tilt, back: back)
        }
        let base = neck[1]
        // The skull is the head's second station; from there the head points to the last but one.
        let skull: SIMD3<Double> = [0, head[1].y, head[1].z]
        let tip = head[head.count - 1]
        let way = normalized(SIMD3(0, tip.y, tip.z) - skull)
        let up: SIMD3<Double> = [0, way.z, -way.y]
        let slope = atan2(way.y, way.z) * 180 / .pi
        let width = head[1].halfWidth
        let headRings = [(-0.3, -55.0, 170.0), (0.22, 45, 135), (0.6, 60, 122), (0.8, 75, 110)].map {
            rise, front, back in
            let center = skull + up * (rise * width) - way * (0.15 * width)
            return BodyPlan.Ring(center.y, center.z, slope + front, back: slope + back)
        }
        let muzzle = BodyPlan.Muzzle(
            at: [0, tip.y, tip.z] + way * (0.9 * min(tip.halfWidth, tip.above, tip.below)) + up
                * (0.5 * (tip.above - tip.below)), tilt: slope,
            halfWidth: 0.85 * tip.halfWidth, halfHeight: 0.4 * (tip.above + tip.below))
        let rings =
            [
                BodyPlan.Ring(crotch.y + 0.3 * (hip.y - crotch.y), hip.z, -12, back: 200),
                BodyPlan.Ring(center(hip.z + 0.10 * length).y, hip.z + 0.08 * length, -48, back: 168),
                ring(hip.z + 0.32 * length, -86, back: 125), ring(behind, -79, back: 94),
                ring(shoulder.z + 0.06 * length, -112, back: 116),
                BodyPlan.Ring(base.y, base.z, neckTilt),
            ] + headRings
        var flesh: [Flesh] = [
            .sweep(
                .trunk, front: [0, -1, 0], blend: 0.08 * length,
                body.map {
                    let half = ($0.top - $0.bottom) / 2
                    return Station([0, $0.bottom + half, $0.z], $0.halfWidth, half, half)
                }),
            .sweep(
                .trunk, front: [0, 0, 1], blend: 0.12 * length,
                neck.map { Station([0, $0.y, $0.z], $0.halfWidth, $0.halfDepth, $0.halfDepth) }),
            .sweep(
                .head, front: [0, 1, 0], blend: 0.25 * head[0].halfWidth,
                head.map { Station([0, $0.y, $0.z], $0.halfWidth, $0.above, $0.below) }),
        ]
        flesh += extra
        flesh.append(.ball(.head, eye, SIMD3(repeating: eyeRadius), blend: 0.3 * eyeRadius))
        flesh.append(.sweep(.ear, front: ear.front, blend: ear.blend, ear.stations))
        if let horn { flesh.append(.sweep(.horn, front: horn.front, blend: 0.01, horn.stations)) }
        if let tail { flesh.append(.sweep(.tail, front: tail.front, blend: 0.05 * length, tail.stations)) }
        if let proboscis {
            flesh.append(.sweep(.proboscis, front: proboscis.front, blend: 0.05 * length, proboscis.stations))
        }
        if let tusk { flesh.append(.sweep(.horn, front: tusk.front, blend: 0.03, tusk.stations)) }
        let arm = limb(fore, reference: [0, 0, 1], isHand: true, &flesh)
        let leg = limb(hind, reference: [0, 0, 1], isHand: false, &flesh)
        return BodyPlan(
            name: name, summary: summary, rings: rings, crotch: crotch,
            crown: skull + up * head[1].above - way * (0.5 * head[1].halfWidth),
            muzzle: muzzle,
            ear: grown(ear.stations, ear.front),
            horn: horn.map { grown($0.stations, $0.front) },
            tail: tail.map { grown($0.stations, $0.front) }, proboscis: proboscis.map { grown($0.stations, $0.front) },
            tusk: tusk.map { grown($0.stations, $0.front) },
            arm: arm, leg: leg,
            heel: hind.joints[2] + hind.toHeel, eye: eye, flesh: flesh, isBiped: false, evenness: evenness,
            wantedAngle: wantedAngle)
    }

    /// The first station lies inside the body.
    private func grown(_ stations: [Station], _ front: SIMD3<Double>) -> BodyPlan.Process {
        BodyPlan.Process(root: stations[0], stations: Array(stations.dropFirst()), front: front)
    }

    private var neckTilt: Double {
        let axis = SIMD2(neck[2].z - neck[0].z, neck[2].y - neck[0].y)
        // A neck that points forwards has its throat below, one that points up has it in front.
        return axis.y <= 0 ? -90 : axis.x > 1.5 * axis.y ? -65 : axis.x > 0.6 * axis.y ? -45 : -25
    }

    private func limb(_ leg: Leg, reference: SIMD3<Double>, isHand: Bool, _ flesh: inout [Flesh]) -> BodyPlan.Limb {
        let joints = (leg.joints[0], leg.joints[1], leg.joints[2])
        let end = leg.joints[3]
        let r = leg.digitRadius
        let w = leg.footHalfWidth
        let reach = (leg.digitReach * leg.digitReach).sum().squareRoot()
        // Along the digits' axes: a hanging foot's back looks forwards and its way out is down.
        let (down, ahead) = (-leg.digitReach.x, leg.digitReach.y)
        let way: SIMD3<Double> = leg.isFlat ? [0, -down, ahead] : [0, ahead, down]
        func digit(_ offset: Double, _ share: Double = 1) -> BodyPlan.Digit {
            BodyPlan.Digit([offset, 0, 0], way + [0.25 * offset, 0, 0], reach * share, r, curl: 0)
        }
        let none = BodyPlan.Digit(.zero, [0, 0, 1], 0, r)
        let digits: [BodyPlan.Digit] =
            switch leg.ending {
            case .five:
                [digit(1.6 * w, 0.8), digit(0.8 * w), digit(0.27 * w, 1.1), digit(-0.27 * w, 1.1), digit(-0.8 * w)]
            case .four:
                [none, digit(0.78 * w, 0.92), digit(0.27 * w, 1.08), digit(-0.27 * w, 1.08), digit(-0.78 * w, 0.92)]
            case .three: [none, none, digit(0.67 * w), digit(0), digit(-0.67 * w)]
            case .cloven: [none, none, digit(0.5 * w), digit(-0.5 * w), none]
            case .hoof: [none, none, digit(0), none, none]
            }
        var extremity = BodyPlan.Extremity(
            ending: leg.ending, knuckles: end, across: [-1, 0, 0], up: leg.isFlat ? [0, 1, 0] : [0, 0, 1], halfWidth: w,
            halfHeight: leg.cannon[2].front, digits: digits)
        extremity.gap = 0.18
        extremity.digitRows = 1
        let scale = 0.6 * leg.profile[leg.profile.count - 1].1
        flesh.append(
            BodyPlan.sweep(isHand ? .arm : .leg, joints, front: reference, blend: 0.9 * leg.profile[0].1, leg.profile))
        let root = joints.2
        let cannon = zip([0, 0.5, 1], leg.cannon).map {
            Station(root + (end - root) * $0, $1.across, $1.front, $1.back)
        }
        flesh.append(.sweep(isHand ? .hand : .foot, front: reference, blend: scale, cannon))
        if !isHand {
            // The hamstrings, from the buttock to above the hock.
            let (hip, stifle) = (joints.0, joints.1)
            let width = leg.profile[0].1
            func behind(_ t: Double, _ share: Double, _ size: Double) -> Station {
                var at = stifle + (root - stifle) * t
                at.z += share * (root.z - stifle.z)
                return Station(at, 0.62 * size * width, size * width, size * width)
            }
            var buttock = hip + (stifle - hip) * 0.35
            buttock.z = hip.z + 0.55 * (root.z - hip.z)
            flesh.append(
                .sweep(
                    .leg, front: reference, blend: width,
                    [
                        Station(buttock, 0.8 * width, 1.2 * width, 1.0 * width), behind(0.10, 0.52, 1.0),
                        behind(0.45, 0.26, 0.72), behind(0.80, 0.08, 0.42),
                    ]))
            // The point of the hock.
            flesh.append(
                .sweep(
                    .foot, front: reference, blend: scale,
                    [
                        Station(root, leg.cannon[0].across),
                        Station(root + leg.toHeel, 0.7 * leg.cannon[0].across),
                    ]))
        }
        flesh += extremity.flesh(root: root, isHand: isHand, blend: 0.5 * r)
        return BodyPlan.Limb(
            joints: joints, reference: reference, rings: leg.rings, extremity: extremity)
    }
}
