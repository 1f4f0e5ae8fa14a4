import Foundation

/// Lays the cage around a species' flesh: a tube of twelve sectors from the hips to the crown, and everything else
/// drawn out of its faces. Every step names its faces, so that the same face of two species has the same key.
struct CageBuilder {
    let plan: BodyPlan
    let shape: ImplicitShape
    private(set) var cage = QuadCage()
    private var trunk: [[Int32]] = []

    static func build(_ plan: BodyPlan) -> QuadCage {
        var builder = CageBuilder(plan: plan, shape: ImplicitShape(pieces: plan.flesh))
        builder.addTrunk()
        builder.addCrown()
        builder.addMuzzle()
        builder.addEar()
        if let horn = plan.horn { builder.addHorn(horn) }
        builder.addTail()
        builder.addArm()
        builder.addLeg()
        builder.cage.reflect { SkeletonLayout.mirror($0) }
        return builder.cage
    }

    private init(plan: BodyPlan, shape: ImplicitShape) { (self.plan, self.shape) = (plan, shape) }

    // MARK: Trunk and head

    private mutating func addTrunk() {
        let rings = plan.rings
        for (r, ring) in rings.enumerated() {
            let angle = ring.tilt * .pi / 180
            let front: SIMD3<Double> = [0, sin(angle), cos(angle)]
            let backAngle = ring.backTilt * .pi / 180
            let back: SIMD3<Double> = [0, sin(backAngle), cos(backAngle)]
            let center: SIMD3<Double> = [0, ring.y, ring.z]
            // Forelegs come out of the underside of the chest, arms out of its flanks.
            let isUnder = !plan.isBiped && (r == 3 || r == 4)
            let angles: [Double] = isUnder ? [0, 16, 32, 72, 110, 145, 180] : [0, 30, 60, 90, 120, 150, 180]
            let seeing: FleshMask = r <= 5 ? [.trunk, .bothSides] : [.trunk, .head, .bothSides]
            let mask: FleshMask =
                r <= 5 ? [.trunk, .head, .arm, .leg, .tail, .bothSides] : [.trunk, .head, .bothSides]
            trunk.append(
                (0...6).map { k in
                    let turn = angles[k] * .pi / 180
                    var direction = k < 3 ? front * cos(turn) : k == 3 ? .zero : back * -cos(turn)
                    direction.x += sin(turn)
                    if k == 6 { direction = back }
                    let place = shape.exit(from: center, along: direction, seeing: seeing)
                    return cage.add(
                        QuadCage.Vertex(
                            position: place, mask: mask, weights: SkeletonLayout.trunkWeights(ring: r, sector: k),
                            isMiddle: k == 0 || k == 6))
                })
        }
        for r in 0..<(rings.count - 1) {
            var low = trunk[r]
            let pieces = plan.ringSplits[r] ?? 1
            for piece in 1...pieces {
                let high =
                    piece == pieces ? trunk[r + 1] : between(trunk[r], trunk[r + 1], Double(piece) / Double(pieces))
                let span = Double(piece - 1) / Double(pieces)...Double(piece) / Double(pieces)
                for k in 0..<6 where !isSocket(row: r, sector: k) {
                    cage.add(low[k], low[k + 1], high[k + 1], high[k], .trunk, row: r, sector: k, span: span)
                }
                low = high
            }
        }
    }

    private func isSocket(row: Int, sector: Int) -> Bool {
        switch row {
        case 1: sector == 5 && plan.tail != nil
        case 3: sector == 2 || sector == 3
        case 6: sector < 2
        case 7: sector == 3
        case 8: sector == 2 && plan.horn != nil
        default: false
        }
    }

    private mutating func between(_ a: [Int32], _ b: [Int32], _ t: Double) -> [Int32] {
        zip(a, b).map { from, to in
            var vertex = cage.vertices[Int(from)]
            let other = cage.vertices[Int(to)]
            vertex.position += (other.position - vertex.position) * t
            vertex.mask = vertex.mask.intersection(other.mask)
            let parts = 8
            let share = Int((t * Double(parts)).rounded())
            vertex.weights = BoneWeight.mean(
                Array(repeating: vertex.weights, count: parts - share) + Array(repeating: other.weights, count: share))
            vertex.isMiddle = vertex.isMiddle && other.isMiddle
            return cage.add(vertex)
        }
    }

    private mutating func addCrown() {
        let top = trunk[plan.rings.count - 1]
        let side = cage.vertices[Int(top[3])].position
        let middle = cage.add(headVertex(plan.crown, isMiddle: true))
        let half = cage.add(headVertex((plan.crown + side) / 2))
        for (s, face) in [
            [top[0], top[1], half, middle], [top[1], top[2], top[3], half], [middle, half, top[5], top[6]],
            [half, top[3], top[4], top[5]],
        ].enumerated() { cage.add(face[0], face[1], face[2], face[3], .crown, row: 0, sector: s) }
    }

    private func headVertex(_ position: SIMD3<Double>, isMiddle: Bool = false) -> QuadCage.Vertex {
        QuadCage.Vertex(
            position: position, mask: [.trunk, .head, .bothSides],
            weights: [BoneWeight(bone: SkeletonLayout.head, weight: 1)],
            isMiddle: isMiddle)
    }

    private mutating func addMuzzle() {
        let (low, high) = (trunk[6], trunk[7])
        var chain = [high[0], high[1], high[2], low[2], low[1], low[0]]
        let muzzle = plan.muzzle
        let angle = muzzle.tilt * .pi / 180
        let up: SIMD3<Double> = [0, cos(angle), -sin(angle)]
        let (w, h) = (muzzle.halfWidth, muzzle.halfHeight)
        let offsets: [(Double, Double)] = [
            (0, h), (0.55 * w, 0.9 * h), (w, 0.5 * h), (w, -0.5 * h), (0.55 * w, -0.9 * h), (0, -h),
        ]
        let ring = offsets.enumerated().map { index, offset in
            cage.add(
                headVertex(muzzle.at + [offset.0, 0, 0] + up * offset.1, isMiddle: index == 0 || index == 5))
        }
        for piece in 1...muzzle.splits {
            let next = piece == muzzle.splits ? ring : between(chain, ring, 1 / Double(muzzle.splits - piece + 1))
            addRow(chain, next, .muzzle, row: 0, span: part(piece, of: muzzle.splits))
            chain = next
        }
        if let proboscis = plan.proboscis {
            chain = addProcess(
                chain, proboscis, .proboscis, mask: [.head, .proboscis, .bothSides], bones: [SkeletonLayout.head],
                isHalf: true)
            cage.add(chain[5], chain[4], chain[1], chain[0], .proboscis, row: 100, sector: 0)
            cage.add(chain[4], chain[3], chain[2], chain[1], .proboscis, row: 100, sector: 1)
        } else {
            cage.add(ring[5], ring[4], ring[1], ring[0], .muzzle, row: 1, sector: 0)
            cage.add(ring[4], ring[3], ring[2], ring[1], .muzzle, row: 1, sector: 1)
        }
    }

    private func part(_ piece: Int, of pieces: Int) -> ClosedRange<Double> {
        1 - Double(piece) / Double(pieces)...1 - Double(piece - 1) / Double(pieces)
    }

    /// Faces from a loop (closed, or a half that ends in the plane of symmetry) to the next further out.
    private mutating func addRow(
        _ old: [Int32], _ new: [Int32], _ region: CageRegion, row: Int, closed: Bool = false,
        span: ClosedRange<Double> = 0...1
    ) {
        for s in 0..<(closed ? old.count : old.count - 1) {
            let t = (s + 1) % old.count
            cage.add(new[s], new[t], old[t], old[s], region, row: row, sector: s, span: span)
        }
    }

    /// Rings around the stations of a process, joined to a loop; returns the last.
    private mutating func addProcess(
        _ loop: [Int32], _ process: BodyPlan.Process, _ region: CageRegion, mask: FleshMask, bones: [UInt16],
        isHalf: Bool
    ) -> [Int32] {
        var last = loop
        let count = process.stations.count
        // Directions as the loop itself shows them, so that rings do not twist against it.
        let center = loop.reduce(SIMD3.zero) { $0 + cage.vertices[Int($1)].position } / Double(loop.count)
        var before = isHalf ? SIMD3(0, center.y, center.z) : center
        for (index, station) in process.stations.enumerated() {
            let after = index + 1 < count ? process.stations[index + 1].at : station.at * 2 - before
            let axis = normalized(after - before)
            let ahead = normalized(process.front - axis * dot(process.front, axis))
            let side = isHalf ? SIMD3<Double>(1, 0, 0) : cross(ahead, axis)
            // The last ring starts outside, whence it falls on the rounded end; from inside it would part sideways.
            let middle =
                index + 1 < count
                ? station.at : station.at + axis * (0.9 * min(station.across, station.front, station.back))
            // Rings of four lose almost half of their width to the first refinements.
            let swell = isHalf ? 1.0 : 2.0
            let bone = bones[min(index * bones.count / max(count, 1), bones.count - 1)]
            let ring = loop.indices.map { s -> Int32 in
                let turn =
                    isHalf
                    ? Double(s) * .pi / Double(loop.count - 1) : (Double(s) + 0.5) * 2 * .pi / Double(loop.count)
                let (c, d) = (cos(turn), sin(turn))
                let deep = c > 0 ? station.front : station.back
                let place = middle + side * (swell * station.across * d) + ahead * (swell * deep * c)
                return cage.add(
                    QuadCage.Vertex(
                        position: place, mask: mask, weights: [BoneWeight(bone: bone, weight: 1)],
                        isMiddle: isHalf && (s == 0 || s == loop.count - 1)))
            }
            addRow(last, ring, region, row: index, closed: !isHalf)
            last = ring
            before = station.at
        }
        return last
    }

    private mutating func addEar() {
        let (low, high) = (trunk[7], trunk[8])
        // Front edge first: high front, low front, low back, high back, against the face's own turn.
        let loop = [high[3], high[4], low[4], low[3]]
        let last = addProcess(loop, plan.ear, .ear, mask: [.head, .ear], bones: [SkeletonLayout.head], isHalf: false)
        cage.add(last[3], last[2], last[1], last[0], .ear, row: 100, sector: 0)
    }

    private mutating func addHorn(_ horn: BodyPlan.Process) {
        let (low, high) = (trunk[8], trunk[9])
        let last = addProcess(
            [high[2], high[3], low[3], low[2]], horn, .horn, mask: [.head, .horn], bones: [SkeletonLayout.head],
            isHalf: false)
        cage.add(last[3], last[2], last[1], last[0], .horn, row: 100, sector: 0)
    }

    private mutating func addTail() {
        guard let tail = plan.tail else { return }
        let (low, high) = (trunk[1], trunk[2])
        // From the lower end to the upper, by way of the left side.
        let loop = [low[6], low[5], high[5], high[6]]
        let chain = addProcess(
            loop, tail, .tail, mask: [.trunk, .tail, .bothSides], bones: SkeletonLayout.tail, isHalf: true)
        cage.add(chain[3], chain[2], chain[1], chain[0], .tail, row: 100, sector: 0)
    }

    // MARK: Limbs

    private mutating func addArm() {
        let (low, high) = (trunk[3], trunk[4])
        var loop = [high[2], high[3], high[4], low[4], low[3], low[2]]
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
            let mask: FleshMask = row < 2 ? [.trunk, .arm] : row < 5 ? [.arm] : [.arm, .hand]
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
            loop = join(loop, ring, .arm, row: row, pieces: arm.splits[row] ?? 1)
        }
        addExtremity(loop, of: arm, isHand: true)
    }

    /// Rays from the middle of a plate would miss its edges: an ellipse through where the plate ends along its axes.
    private func wingEdge(at center: SIMD3<Double>, _ outer: SIMD3<Double>, _ front: SIMD3<Double>, _ turn: Double)
        -> SIMD3<Double>
    {
        let (c, s) = (cos(turn), sin(turn))
        let up = shape.exit(from: center, along: c < 0 ? -outer : outer, seeing: .arm) - center
        let edge = shape.exit(from: center, along: s < 0 ? -front : front, seeing: .arm) - center
        return center + up * (1.2 * abs(c)) + edge * (1.7 * abs(s))
    }

    /// Where a limb's ring lies in a direction. On four legs the upper limb is half sunk into the trunk; there the rings
    /// begin further down, where the limb comes out.
    private func freeExit(_ limb: BodyPlan.Limb, row: Int, along direction: SIMD3<Double>, seeing: FleshMask)
        -> SIMD3<Double>
    {
        func place(_ t: Double) -> SIMD3<Double> {
            shape.exit(from: BodyPlan.point(on: limb.joints, at: t), along: direction, seeing: seeing)
        }
        let own = limb.rings[row]
        guard !plan.isBiped, row < 3 else { return place(own) }
        var free = 0.2
        let end = limb.rings[3]
        while free < end - 0.12, shape.distance(to: place(free), seeing: .trunk) < 0.004 { free += 0.04 }
        return place(max(own, free + (end - free) * (Double(row) + 0.4) / 3.4))
    }

    /// Axis and reference direction at a place of a limb; at the middle joint the axis is halfway.
    private func frame(_ limb: BodyPlan.Limb, at t: Double) -> (axis: SIMD3<Double>, reference: SIMD3<Double>) {
        let upper = normalized(limb.joints.1 - limb.joints.0)
        let lower = normalized(limb.joints.2 - limb.joints.1)
        let ending = normalized(limb.extremity.knuckles - limb.joints.2)
        var axis = t < 1 ? upper : t > 1 ? lower : normalized(upper + lower)
        if t == 2, dot(ending, lower) > 0.3, limb.extremity.ending != .five { axis = normalized(lower + ending) }
        return (axis, normalized(limb.reference - axis * dot(limb.reference, axis)))
    }

    private mutating func join(_ old: [Int32], _ new: [Int32], _ region: CageRegion, row: Int, pieces: Int) -> [Int32] {
        var last = old
        for piece in 1...pieces {
            let next = piece == pieces ? new : between(last, new, 1 / Double(pieces - piece + 1))
            addRow(last, next, region, row: row, closed: true, span: part(piece, of: pieces))
            last = next
        }
        return last
    }

    private mutating func addLeg() {
        let hip = trunk[0]
        let crotch = cage.add(
            QuadCage.Vertex(
                position: plan.crotch, mask: [.trunk, .leg, .bothSides],
                weights: SkeletonLayout.trunkWeights(ring: 0, sector: 0), isMiddle: true))
        var loop = hip + [crotch]
        let leg = plan.leg
        for (row, t) in leg.rings.enumerated() {
            let (axis, front) = frame(leg, at: t)
            let outer = cross(front, axis)
            let mask: FleshMask = row < 1 ? [.trunk, .leg] : row < 5 ? [.leg] : [.leg, .foot]
            let ring = (0..<8).map { s -> SIMD3<Double> in
                let turn = Double(s - 1) * .pi / 4
                return freeExit(leg, row: row, along: front * cos(turn) + outer * sin(turn), seeing: .leg)
            }.map {
                cage.add(
                    QuadCage.Vertex(
                        position: $0, mask: mask, weights: SkeletonLayout.limbWeights(SkeletonLayout.leg, at: t)))
            }
            loop = join(loop, ring, .leg, row: row, pieces: leg.splits[row] ?? 1)
        }
        addHeel(loop)
    }

    private func legRing(
        _ center: SIMD3<Double>, _ front: SIMD3<Double>, _ outer: SIMD3<Double>, seeing: FleshMask, reach: Double
    ) -> [SIMD3<Double>] {
        (0..<8).map { s in
            let turn = Double(s - 1) * .pi / 4
            let direction = front * cos(turn) + outer * sin(turn)
            let place = shape.exit(from: center, along: direction, seeing: seeing)
            return center + direction * min(reach, distance(place, center))
        }
    }

    /// The block behind the ankle, closed below by the sole of the heel; the foot is drawn out of its front.
    private mutating func addHeel(_ ankle: [Int32]) {
        let leg = plan.leg
        let foot = leg.extremity
        let up = normalized(foot.up)
        let out = foot.outward(from: leg.joints.2)
        let outer = -normalized(foot.across - up * dot(foot.across, up))
        let axis = normalized(plan.heel - leg.joints.2)
        let front = normalized(out - axis * dot(out, axis))
        let mask: FleshMask = [.leg, .foot]
        let weights = [BoneWeight(bone: SkeletonLayout.leg[2], weight: 1)]
        let center = plan.heel - axis * foot.halfHeight * 0.5
        let reach = 1.5 * distance(plan.heel, leg.joints.2)
        let ring = legRing(center, front, outer, seeing: mask, reach: reach).map {
            cage.add(QuadCage.Vertex(position: $0, mask: mask, weights: weights))
        }
        for s in 2..<8 { cage.add(ring[s], ring[(s + 1) % 8], ankle[(s + 1) % 8], ankle[s], .heel, row: 0, sector: s) }
        let middle = cage.add(QuadCage.Vertex(position: plan.heel, mask: mask, weights: weights))
        for (s, corner) in [0, 2, 4, 6].enumerated() {
            cage.add(ring[corner + 1], ring[corner], ring[(corner + 7) % 8], middle, .heel, row: 1, sector: s)
        }
        addExtremity([ankle[0], ankle[1], ankle[2], ring[2], ring[1], ring[0]], of: leg, isHand: false)
    }

    /// Palm or middle foot, splayed by a face on either side, and the digits.
    private mutating func addExtremity(_ root: [Int32], of limb: BodyPlan.Limb, isHand: Bool) {
        let plan = limb.extremity
        let region: CageRegion = isHand ? .hand : .foot
        let own: FleshMask = isHand ? .hand : .foot
        let limbMask: FleshMask = isHand ? .arm : .leg
        let mask = own.union(limbMask).union(isHand ? .fingers : .toes)
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
        let splay = plan.ending == .five || plan.ending == .four
        let reach = splay ? 0.5 : 1.0
        let front = [(reach, 1.0), (0, 1.0), (-reach, 1.0), (-reach, -1.0), (0, -1.0), (reach, -1.0)].map {
            cage.add(vertex(point($0.0, $0.1, 0)))
        }
        var last = root
        for piece in 1...plan.rows {
            let next = piece == plan.rows ? front : between(last, front, 1 / Double(plan.rows - piece + 1))
            for s in 0..<6 where !(splay && piece == plan.rows && (s == 2 || s == 5)) {
                let t = (s + 1) % 6
                cage.add(
                    next[s], next[t], last[t], last[s], region, row: 0, sector: s, span: part(piece, of: plan.rows))
            }
            if piece < plan.rows { last = next }
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
        let i = innerNew.map { cage.add($0) }
        let o = outerNew.map { cage.add($0) }
        for (corners, new, base) in [(inner, i, 0), (outer, o, 4)] {
            // Edge 0 becomes the face of a digit.
            for e in 1..<4 {
                cage.add(corners[e], corners[(e + 1) % 4], new[(e + 1) % 4], new[e], region, row: 1, sector: base + e)
            }
        }
        cage.add(o[0], o[1], o[2], o[3], region, row: 1, sector: 8)
        if !hasThumb { cage.add(i[0], i[1], i[2], i[3], region, row: 1, sector: 9) }
        // Corners: lower inner, lower outer, upper outer, upper inner.
        let faces: [[Int32]] = [
            [i[3], i[0], i[1], i[2]], [i[0], front[5], front[0], i[1]],
            [front[5], front[4], front[1], front[0]], [front[4], front[3], front[2], front[1]],
            [front[3], o[1], o[0], front[2]],
        ]
        let regions: [CageRegion] =
            isHand ? [.thumb, .index, .middle, .ring, .little] : [.hallux, .toe2, .toe3, .toe4, .toe5]
        for digit in 0..<5 where digit > 0 || hasThumb {
            addDigit(
                faces[digit], digit, limb, region: regions[digit], isHand: isHand,
                rows: digit == 0 && !isHand ? 1 : plan.digitRows)
        }
    }

    /// A digit out of a face whose corners are lower inner, lower outer, upper outer, upper inner.
    private mutating func addDigit(
        _ corners: [Int32], _ number: Int, _ limb: BodyPlan.Limb, region: CageRegion, isHand: Bool, rows: Int
    ) {
        let plan = limb.extremity
        let digit = plan.digits[number]
        let (base, middle, tip, dorsal) = plan.joints(of: digit, root: limb.joints.2)
        let r = digit.radius * 0.75
        let own: FleshMask = isHand ? [.finger(number), .hand] : [.toe(number), .foot]
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
    private func inward(_ corners: [Int32], axis: SIMD3<Double>, up: SIMD3<Double>) -> SIMD3<Double> {
        let p = corners.map { cage.vertices[Int($0)].position }
        let side = cross(up, axis)
        return dot(side, p[0] + p[3] - p[1] - p[2]) >= 0 ? side : -side
    }

    /// One hoof, or two of a cloven foot.
    private mutating func addHoof(_ front: [Int32], limb: BodyPlan.Limb, isHand: Bool) {
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
        let own: FleshMask = isHand ? [.finger(2), .hand] : [.toe(2), .foot]
        let bones = SkeletonLayout.digit(2, isHand: isHand)
        let up = normalized(dorsal)
        let across = normalized(plan.across - up * dot(plan.across, up))
        var loop = front
        for row in 0..<2 {
            let center = row == 0 ? middle : tip + normalized(tip - middle) * digit.radius * 0.2
            let r = digit.radius
            let ring = [(1.0, 0.8), (0, 1.0), (-1, 0.8), (-1, -0.8), (0, -1.0), (1, -0.8)].map { a, u in
                cage.add(
                    QuadCage.Vertex(
                        position: center + across * (a * r * 0.85) + up * (u * r), mask: own,
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
