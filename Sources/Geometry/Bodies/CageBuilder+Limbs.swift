import Foundation

/// Arms and legs down to wrist and heel.
extension CageBuilder {
    mutating func addArm() {
        let (low, high) = (trunk[3], trunk[4])
        let k = armSector
        var loop = [high[k], high[k + 1], high[k + 2], low[k + 2], low[k + 1], low[k]]
        let arm = plan.arm
        let bones = SkeletonLayout.arm
        if plan.isBiped {
            // The upper half of the socket lies over the joint, not on the chest beside it.
            let (axis, outer) = frame(arm, at: 0)
            let front = cross(axis, outer)
            for s in 0..<3 {
                let turn = (1 - Double(s)) * .pi / 3
                let direction = normalized(outer * cos(turn) + front * sin(turn) - axis * 0.5)
                cage.move(loop[s], to: shape.exit(from: arm.joints.0, along: direction, seeing: [.trunk, .arm]))
            }
        }
        for (row, t) in arm.rings.enumerated() {
            let (axis, outer) = frame(arm, at: t)
            let front = cross(axis, outer)
            let mask = FleshMask.body
            let ring = (0..<6).map { s -> Int32 in
                let turn = (1 - Double(s)) * .pi / 3
                let direction = outer * cos(turn) + front * sin(turn)
                return cage.add(
                    QuadCage.Vertex(
                        position: plan.hasWings
                            ? wingEdge(at: BodyPlan.point(on: arm.joints, at: t), outer, front, turn)
                            : freeExit(arm, row: row, along: direction, seeing: .arm), mask: mask,
                        weights: SkeletonLayout.limbWeights(bones, at: t)))
            }
            loop = join(loop, cut(loop, ring, pieces: arm.splits[row]), .arm, row: row)
        }
        addExtremity(loop, of: arm, isHand: true)
    }

    /// Rays from the middle of a plate would miss its edges: an ellipse through where the plate ends along its axes.
    func wingEdge(at center: SIMD3<Double>, _ outer: SIMD3<Double>, _ front: SIMD3<Double>, _ turn: Double)
        -> SIMD3<Double>
    {
        let (c, s) = (cos(turn), sin(turn))
        let up = shape.exit(from: center, along: c < 0 ? -outer : outer, seeing: .arm) - center
        let edge = shape.exit(from: center, along: s < 0 ? -front : front, seeing: .arm) - center
        return center + up * (1.2 * abs(c)) + edge * (1.7 * abs(s))
    }

    /// Where a limb's ring lies in a direction. On four legs the upper limb is half sunk into the trunk; there the rings
    /// begin further down, where the limb comes out.
    func freeExit(_ limb: BodyPlan.Limb, row: Int, along direction: SIMD3<Double>, seeing: FleshMask)
        -> SIMD3<Double>
    {
        func place(_ t: Double) -> SIMD3<Double> {
            shape.exit(from: BodyPlan.point(on: limb.joints, at: t), along: direction, seeing: seeing)
        }
        let own = limb.rings[row]
        guard !plan.isBiped, row < 2 else { return place(own) }
        var free = 0.2
        let end = limb.rings[2]
        while free < end - 0.12, shape.distance(to: place(free), seeing: .trunk) < 0.004 { free += 0.04 }
        return place(max(own, free + (end - free) * (Double(row) + 0.4) / 2.4))
    }

    /// Axis and reference direction at a place of a limb; at the middle joint the axis is halfway.
    func frame(_ limb: BodyPlan.Limb, at t: Double) -> (axis: SIMD3<Double>, reference: SIMD3<Double>) {
        let upper = normalized(limb.joints.1 - limb.joints.0)
        let lower = normalized(limb.joints.2 - limb.joints.1)
        let ending = normalized(limb.extremity.knuckles - limb.joints.2)
        var axis = t < 1 ? upper : t > 1 ? lower : normalized(upper + lower)
        if t == 2, dot(ending, lower) > 0.3, limb.extremity.ending != .five { axis = normalized(lower + ending) }
        return (axis, normalized(limb.reference - axis * dot(limb.reference, axis)))
    }

    /// A row of faces from a loop on, cut at other loops; returns the last.
    mutating func join(
        _ old: [Int32], _ cuts: some Sequence<(loop: [Int32], at: Double)>, _ region: CageRegion, row: Int,
        from start: Double = 0, closed: Bool = true
    ) -> [Int32] {
        var (last, way) = (old, start)
        for (next, at) in cuts {
            addRow(last, next, region, row: row, closed: closed, span: 1 - at...1 - way)
            (last, way) = (next, at)
        }
        return last
    }

    mutating func addLeg() {
        let hip = trunk[0]
        let crotch = cage.add(
            QuadCage.Vertex(
                position: plan.crotch, mask: .body,
                weights: SkeletonLayout.trunkWeights(ring: 0, sector: 0), isMiddle: true))
        var loop = hip + [crotch]
        let leg = plan.leg
        for (row, t) in leg.rings.enumerated() {
            let (axis, front) = frame(leg, at: t)
            let outer = cross(front, axis)
            let ring = (row == 0 ? Self.hipTurns : Self.legTurns).map { degrees -> Int32 in
                let turn = degrees * .pi / 180
                let place = freeExit(leg, row: row, along: front * cos(turn) + outer * sin(turn), seeing: .leg)
                return cage.add(
                    QuadCage.Vertex(
                        position: place, mask: .body, weights: SkeletonLayout.limbWeights(SkeletonLayout.leg, at: t)))
            }
            let cuts = cut(row == 1 ? narrowed(loop) : loop, ring, pieces: leg.splits[row])
            if row == 1 {
                addNarrowing(loop, cuts[0].loop, span: 1 - cuts[0].at...1)
                loop = join(cuts[0].loop, cuts.dropFirst(), .leg, row: row, from: cuts[0].at)
            } else {
                loop = join(loop, cuts, .leg, row: row)
            }
        }
        addHeel(loop)
    }

    /// Degrees from the front outwards at which the vertices of the uppermost ring lie, and those of the rings below: a leg
    /// is too thin for the eight sectors of its hip.
    static let hipTurns: [Double] = [-45, 0, 45, 90, 135, 180, 225, 270]
    static let legTurns: [Double] = [-55, 0, 55, 115, 180, 245]

    /// The vertices of a ring of eight that a ring of six continues.
    func narrowed(_ ring: [Int32]) -> [Int32] { [ring[0], ring[1], ring[2], ring[3], ring[5], ring[7]] }

    /// From a ring of eight to one of six: behind the thigh four sectors become two.
    mutating func addNarrowing(_ old: [Int32], _ new: [Int32], span: ClosedRange<Double>) {
        for s in 0..<3 { cage.add(new[s], new[s + 1], old[s + 1], old[s], .leg, row: 1, sector: s, span: span) }
        cage.add(new[5], new[0], old[0], old[7], .leg, row: 1, sector: 5, span: span)
        let middle = between([old[5]], [new[4]], 0.5)[0]
        cage.add(new[3], middle, old[4], old[3], .leg, row: 1, sector: 3, span: span)
        cage.add(middle, new[5], old[7], old[6], .leg, row: 1, sector: 4, span: span)
        cage.add(middle, old[6], old[5], old[4], .leg, row: 1, sector: 6)
        cage.add(new[3], new[4], new[5], middle, .leg, row: 1, sector: 7)
    }

    /// The block behind the ankle, closed below by the sole of the heel; the foot is drawn out of its front.
    mutating func addHeel(_ ankle: [Int32]) {
        let leg = plan.leg
        let foot = leg.extremity
        let up = normalized(foot.up)
        let out = foot.outward(from: leg.joints.2)
        let outer = -normalized(foot.across - up * dot(foot.across, up))
        let axis = normalized(plan.heel - leg.joints.2)
        let front = normalized(out - axis * dot(out, axis))
        let weights = [BoneWeight(bone: SkeletonLayout.leg[2], weight: 1)]
        let center = plan.heel - axis * foot.halfHeight * 0.5
        let reach = 1.5 * distance(plan.heel, leg.joints.2)
        let ring = Self.legTurns.map { degrees -> Int32 in
            let turn = degrees * .pi / 180
            let direction = front * cos(turn) + outer * sin(turn)
            let place = shape.exit(from: center, along: direction, seeing: [.leg, .foot])
            return cage.add(
                QuadCage.Vertex(
                    position: center + direction * min(reach, distance(place, center)), mask: .body, weights: weights))
        }
        for s in 2..<6 { cage.add(ring[s], ring[(s + 1) % 6], ankle[(s + 1) % 6], ankle[s], .heel, row: 0, sector: s) }
        cage.add(ring[1], ring[0], ring[5], ring[4], .heel, row: 1, sector: 0)
        cage.add(ring[4], ring[3], ring[2], ring[1], .heel, row: 1, sector: 1)
        addExtremity([ankle[0], ankle[1], ankle[2], ring[2], ring[1], ring[0]], of: leg, isHand: false)
    }
}
