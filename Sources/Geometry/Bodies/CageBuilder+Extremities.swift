import Foundation

/// Hands, feet and what they end in.
extension CageBuilder {
    /// Palm or middle foot, splayed by a face on either side, and the digits.
    mutating func addExtremity(_ root: [Int32], of limb: BodyPlan.Limb, isHand: Bool) {
        let plan = limb.extremity
        let region: CageRegion = isHand ? .hand : .foot
        let mask = FleshMask.body.union(isHand ? .fingers : .toes)
        let start = limb.joints.2
        let out = plan.outward(from: start)
        let up = normalized(plan.up)
        let across = normalized(plan.across - up * dot(plan.across, up))
        let bone = isHand ? SkeletonLayout.arm[2] : SkeletonLayout.leg[2]
        let weights = [BoneWeight(bone: bone, weight: 1)]
        let (w, h) = (plan.halfWidth, plan.halfHeight)
        func point(_ a: Double, _ u: Double, _ o: Double) -> SIMD3<Double> {
            plan.knuckles + across * (a * w) + up * (u * h) + out * o
        }
        func vertex(_ position: SIMD3<Double>) -> QuadCage.Vertex {
            QuadCage.Vertex(position: position, mask: mask, weights: weights)
        }
        let splay = [.five, .four, .three].contains(plan.ending)
        // Of three digits the first goes straight on.
        let isOneSided = plan.ending == .three
        let reach = isOneSided ? (1.0, 1.0 / 3, -1.0 / 3) : splay ? (0.5, 0, -0.5) : (1.0, 0, -1.0)
        let front = [
            (reach.0, 1.0), (reach.1, 1.0), (reach.2, 1.0), (reach.2, -1.0), (reach.1, -1.0), (reach.0, -1.0),
        ].map {
            cage.add(vertex(point($0.0, $0.1, 0)))
        }
        var last = root
        let cuts = cut(root, front, pieces: self.plan.isBiped ? plan.rows : nil, atLeast: splay ? 2 : 1)
        var done = 0.0
        for (index, (next, at)) in cuts.enumerated() {
            let isLast = index + 1 == cuts.count
            for s in 0..<6 where !(splay && isLast && (s == 2 || s == 5 && !isOneSided)) {
                let t = (s + 1) % 6
                cage.add(next[s], next[t], last[t], last[s], region, row: 0, sector: s, span: 1 - at...1 - done)
            }
            done = at
            if !isLast { last = next }
        }
        guard splay else {
            addHoof(front, limb: limb, isHand: isHand)
            return
        }
        // Side faces as corners: lower distal, upper distal, upper proximal, lower proximal for the inner side.
        let thumb = plan.digits[0]
        let inner = [front[5], front[0], last[0], last[5]]
        let outer = [front[2], front[3], last[3], last[2]]
        let length = distance(start, plan.knuckles)
        let hasThumb = plan.ending == .five
        // Where the thumb's socket lies between its own base and the knuckles' line.
        let socket = thumb.base
        let way = normalized(SIMD3(thumb.direction.x, 0, thumb.direction.z))
        let socketEdge =
            across * (socket.x + way.z * thumb.radius) + up * socket.y + out * (socket.z - way.x * thumb.radius)
        let innerNew =
            hasThumb
            ? [
                vertex(point(1, -0.9, min(0, 0.3 * socket.z))), vertex(point(1, 0.9, min(0, 0.3 * socket.z))),
                vertex(plan.knuckles + socketEdge + up * (0.8 * thumb.radius)),
                vertex(plan.knuckles + socketEdge - up * (0.8 * thumb.radius)),
            ]
            : [
                vertex(point(1, -0.9, 0)), vertex(point(1, 0.9, 0)), vertex(point(0.95, 0.8, -0.5 * length)),
                vertex(point(0.95, -0.8, -0.5 * length)),
            ]
        let outerNew = [
            vertex(point(-1, 0.9, 0)), vertex(point(-1, -0.9, 0)), vertex(point(-0.95, -0.8, -0.5 * length)),
            vertex(point(-0.95, 0.8, -0.5 * length)),
        ]
        let i = isOneSided ? [] : innerNew.map { cage.add($0) }
        let o = outerNew.map { cage.add($0) }
        for (corners, new, base) in [(inner, i, 0), (outer, o, 4)] where !new.isEmpty {
            // Edge 0 becomes the face of a digit.
            for e in 1..<4 {
                cage.add(corners[e], corners[(e + 1) % 4], new[(e + 1) % 4], new[e], region, row: 1, sector: base + e)
            }
        }
        cage.add(o[0], o[1], o[2], o[3], region, row: 1, sector: 8)
        if !hasThumb, !isOneSided { cage.add(i[0], i[1], i[2], i[3], region, row: 1, sector: 9) }
        // Corners: lower inner, lower outer, upper outer, upper inner.
        let innerFaces = isOneSided ? [[], []] : [[i[3], i[0], i[1], i[2]], [i[0], front[5], front[0], i[1]]]
        let faces: [[Int32]] =
            innerFaces + [
                [front[5], front[4], front[1], front[0]], [front[4], front[3], front[2], front[1]],
                [front[3], o[1], o[0], front[2]],
            ]
        let regions: [CageRegion] =
            isHand ? [.thumb, .index, .middle, .ring, .little] : [.hallux, .toe2, .toe3, .toe4, .toe5]
        for digit in 0..<5 where !faces[digit].isEmpty && (digit > 0 || hasThumb) {
            addDigit(
                faces[digit], digit, limb, region: regions[digit], isHand: isHand,
                rows: digit == 0 && !isHand ? 1 : plan.digitRows)
        }
    }

    /// A digit out of a face whose corners are lower inner, lower outer, upper outer, upper inner.
    mutating func addDigit(
        _ corners: [Int32], _ number: Int, _ limb: BodyPlan.Limb, region: CageRegion, isHand: Bool, rows: Int
    ) {
        let plan = limb.extremity
        let digit = plan.digits[number]
        let (base, middle, tip, dorsal) = plan.joints(of: digit, root: limb.joints.2)
        let r = digit.radius * 0.75
        let own = FleshMask.body.union(isHand ? .finger(number) : .toe(number))
        let bones = SkeletonLayout.digit(number, isHand: isHand)
        // Against the face's own turn, as loops go.
        var loop: [Int32] = corners.reversed()
        for row in 0..<rows {
            let isTip = row == rows - 1
            let center = isTip ? tip + normalized(tip - middle) * digit.radius * 0.1 : middle
            let axis = isTip ? normalized(tip - middle) : normalized(tip - base)
            let up = normalized(dorsal - axis * dot(dorsal, axis))
            let inner = inward(corners, axis: axis, up: up)
            let weights =
                isTip
                ? [BoneWeight(bone: bones.last!, weight: 1)]
                : BoneWeight.mean(bones.map { [BoneWeight(bone: $0, weight: 1)] })
            let ring = [(1.0, 1.0), (-1, 1), (-1, -1), (1, -1)].map { a, u in
                cage.add(
                    QuadCage.Vertex(position: center + inner * (a * r) + up * (u * r), mask: own, weights: weights))
            }
            addRow(loop, ring, region, row: row, closed: true)
            loop = ring
        }
        cage.add(loop[3], loop[2], loop[1], loop[0], region, row: 100, sector: 0)
    }

    /// The direction from the outer to the inner corners, at right angles to a digit.
    func inward(_ corners: [Int32], axis: SIMD3<Double>, up: SIMD3<Double>) -> SIMD3<Double> {
        let p = corners.map { cage.vertices[Int($0)].position }
        let side = cross(up, axis)
        return dot(side, p[0] + p[3] - p[1] - p[2]) >= 0 ? side : -side
    }

    /// One hoof, or two of a cloven foot.
    mutating func addHoof(_ front: [Int32], limb: BodyPlan.Limb, isHand: Bool) {
        let plan = limb.extremity
        if plan.ending == .cloven {
            addDigit(
                [front[5], front[4], front[1], front[0]], 2, limb, region: isHand ? .middle : .toe3, isHand: isHand,
                rows: plan.digitRows)
            addDigit(
                [front[4], front[3], front[2], front[1]], 3, limb, region: isHand ? .ring : .toe4, isHand: isHand,
                rows: plan.digitRows)
            return
        }
        let digit = plan.digits[2]
        let (_, middle, tip, dorsal) = plan.joints(of: digit, root: limb.joints.2)
        let own = FleshMask.body.union(isHand ? .finger(2) : .toe(2))
        let bones = SkeletonLayout.digit(2, isHand: isHand)
        let up = normalized(dorsal)
        let across = normalized(plan.across - up * dot(plan.across, up))
        var loop = front
        for row in 0..<2 {
            let center = row == 0 ? middle : tip + normalized(tip - middle) * digit.radius * 0.2
            let wide = self.plan.hasWings ? plan.halfWidth * (row == 0 ? 0.9 : 0.5) : 0.85 * digit.radius
            let high = self.plan.hasWings ? plan.halfHeight : digit.radius
            let ring = [(1.0, 0.8), (0, 1.0), (-1, 0.8), (-1, -0.8), (0, -1.0), (1, -0.8)].map { a, u in
                cage.add(
                    QuadCage.Vertex(
                        position: center + across * (a * wide) + up * (u * high), mask: own,
                        weights: [BoneWeight(bone: bones[row % bones.count], weight: 1)]))
            }
            // Rows of six sectors, which no digit of four has.
            addRow(loop, ring, isHand ? .middle : .toe3, row: 10 + row, closed: true)
            loop = ring
        }
        cage.add(loop[5], loop[4], loop[1], loop[0], isHand ? .middle : .toe3, row: 110, sector: 0)
        cage.add(loop[4], loop[3], loop[2], loop[1], isHand ? .middle : .toe3, row: 110, sector: 1)
    }
}
