/// The parameter table of a species: where its joints lie and what flesh is around them, in metres.
///
/// Bodies stand on y = 0, look towards +z, and have their left side at +x. Tables describe the left half; the flesh
/// that lies off the plane of symmetry is mirrored.
struct BodyPlan: Sendable {
    /// A ring of the trunk around the point (0, y, z); its front direction is +z turned up by `tilt` degrees.
    struct Ring: Sendable {
        var y: Double
        var z: Double
        var tilt: Double
        /// Of the back direction; the ring is bent where that is not opposite to the front.
        var backTilt: Double

        init(_ y: Double, _ z: Double, _ tilt: Double, back: Double? = nil) {
            (self.y, self.z, self.tilt, backTilt) = (y, z, tilt, back ?? tilt + 180)
        }
    }

    /// What ends a limb.
    enum Ending: Sendable {
        /// Thumb or great toe and four digits; four digits; the third to the fifth; the third and fourth only; the third only.
        case five, four, three, cloven, hoof
    }

    struct Digit: Sendable {
        /// Along the extremity's `across` and `up` and the way out, in metres from `knuckles`.
        var base: SIMD3<Double>
        /// The same axes.
        var direction: SIMD3<Double>
        var length: Double
        var radius: Double
        /// Degrees by which each of the two bones bends towards the sole or palm.
        var curl: Double

        init(_ base: SIMD3<Double>, _ direction: SIMD3<Double>, _ length: Double, _ radius: Double, curl: Double = 8) {
            (self.base, self.direction, self.length, self.radius, self.curl) = (base, direction, length, radius, curl)
        }
    }

    /// Palm and fingers, or sole and toes.
    struct Extremity: Sendable {
        var ending: Ending
        /// The middle of the line from which the digits go out.
        var knuckles: SIMD3<Double>
        /// Towards the thumb or great toe, and towards the back of the hand or foot.
        var across: SIMD3<Double>
        var up: SIMD3<Double>
        var halfWidth: Double
        var halfHeight: Double
        /// Thumb or great toe first.
        var digits: [Digit]
        /// Rows into which the palm or middle foot is divided.
        var rows = 1
        var digitRows = 2
        /// Between digits that would touch: half of it, as a share of the thinner one's radius.
        var gap = 0.12
    }

    struct Limb: Sendable {
        /// Shoulder, elbow, wrist, or hip, knee, ankle.
        var joints: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)
        /// For arms towards the outer side (the top of a raised arm), for legs towards the front.
        var reference: SIMD3<Double>
        /// Where its four rings lie, the second at the middle joint and the last at the end: 0 at the first joint, 1 at the
        /// second, 2 at the third.
        var rings: [Double]
        /// Into how many faces a row is cut, where that is not left to `CageBuilder.pieces`.
        var splits: [Int: Int] = [:]
        var extremity: Extremity
    }

    /// A row of rings that grows out of a face: an ear, a horn, a tail, a trunk.
    struct Process: Sendable {
        /// Inside the body; the face from which it grows is laid around where it comes out.
        var root: Station
        /// From the second ring on.
        var stations: [Station]
        /// Towards what was the lower edge's middle and the face's first side: the frame of its rings.
        var front: SIMD3<Double>
    }

    /// The mouth's ring: its middle, the tilt of its outward direction, and half its width and height.
    struct Muzzle: Sendable {
        var at: SIMD3<Double>
        var tilt: Double
        var halfWidth: Double
        var halfHeight: Double
    }

    var name: String
    var summary: String
    /// Ten rings from the hips to the forehead: hip, loin, waist, lower chest, shoulder, base of the neck, jaw,
    /// base of the nose, brow, top of the forehead.
    var rings: [Ring]
    var crotch: SIMD3<Double>
    var crown: SIMD3<Double>
    var muzzle: Muzzle
    var ear: Process
    var horn: Process?
    var tail: Process?
    var proboscis: Process?
    /// Out of the side of the muzzle.
    var tusk: Process?
    var arm: Limb
    var leg: Limb
    /// Behind and below the ankle, where the heel ends.
    var heel: SIMD3<Double>
    var eye: SIMD3<Double>
    var flesh: [Flesh]
    var isBiped: Bool
    var hasWings = false
    /// How much even spacing counts beside square corners when the skin is laid on the flesh.
    var evenness = 1.0
    /// Degrees up to which sharp corners of triangles are widened.
    var wantedAngle = 20.0

    /// A limb's sweep from its joints: (place as in `Limb.rings`, across, front, back), all in metres.
    static func sweep(
        _ tag: FleshMask, _ joints: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>), front: SIMD3<Double>,
        blend: Double, _ profile: [(Double, Double, Double, Double)]
    ) -> Flesh {
        .sweep(
            tag, front: front, blend: blend,
            profile.map { Station(point(on: joints, at: $0.0), $0.1, $0.2, $0.3) })
    }

    static func point(on joints: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>), at t: Double) -> SIMD3<Double> {
        t <= 1 ? joints.0 + (joints.1 - joints.0) * t : joints.1 + (joints.2 - joints.1) * (t - 1)
    }
}

extension BodyPlan.Extremity {
    /// The way out, at right angles to `across` and `up`.
    func outward(from root: SIMD3<Double>) -> SIMD3<Double> {
        let u = normalized(up)
        let a = normalized(across - u * dot(across, u))
        let out = cross(a, u)
        return dot(out, knuckles - root) >= 0 ? out : -out
    }

    /// A digit's three joints: base, middle, tip.
    func joints(of digit: BodyPlan.Digit, root: SIMD3<Double>)
        -> (base: SIMD3<Double>, middle: SIMD3<Double>, tip: SIMD3<Double>, up: SIMD3<Double>)
    {
        let out = outward(from: root)
        let u = normalized(up)
        let a = normalized(across - u * dot(across, u))
        func world(_ p: SIMD3<Double>) -> SIMD3<Double> { a * p.x + u * p.y + out * p.z }
        let base = knuckles + world(digit.base)
        let direction = normalized(world(digit.direction))
        let hinge = normalized(cross(u, direction))
        let dorsal = cross(direction, hinge)
        func bent(_ degrees: Double) -> SIMD3<Double> {
            Rotation(axis: hinge, degrees: degrees).act(direction)
        }
        let first = bent(digit.curl)
        let middle = base + first * digit.length * 0.5
        return (base, middle, middle + bent(2.5 * digit.curl) * digit.length * 0.5, dorsal)
    }

    /// The digits' flesh; neighbours keep to their own sides of the plane between them.
    func flesh(root: SIMD3<Double>, isHand: Bool, blend: Double) -> [Flesh] {
        let present = digits.indices.filter { digits[$0].length > 0 }
        return present.map { index in
            let digit = digits[index]
            let (base, middle, tip, dorsal) = joints(of: digit, root: root)
            let r = digit.radius
            let end = tip - normalized(tip - middle) * r * 0.8
            var flesh = Flesh.sweep(
                isHand ? .finger(index) : .toe(index), front: dorsal, blend: blend,
                [
                    Station(base - normalized(middle - base) * r, r * 1.1), Station(middle, r, r, r * 0.95),
                    Station(end, r * 0.85, r * 0.75, r * 0.8),
                ])
            for other in present where abs(other - index) == 1 && min(other, index) > 0 {
                let next = joints(of: digits[other], root: root)
                let start = (base + next.base) / 2
                let way = (middle + tip + next.middle + next.tip) / 4 - start
                let normal = normalized(cross(way, dorsal + next.up))
                let outward = dot(normal, next.base - base) > 0 ? normal : -normal
                let gap = self.gap * min(r, digits[other].radius)
                flesh.walls.append(SIMD4(outward, dot(outward, start) - gap))
            }
            return flesh
        }
    }
}
