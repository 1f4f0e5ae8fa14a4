import Foundation

/// Lays the cage around a species' flesh: a tube of twelve sectors from the hips to the crown, and everything else
/// drawn out of its faces. Every step names its faces, so that the same face of two species has the same key.
struct CageBuilder {
    let plan: BodyPlan
    let shape: ImplicitShape
    var cage = QuadCage()
    private(set) var trunk: [[Int32]] = []

    static func build(_ plan: BodyPlan) -> QuadCage {
        var builder = CageBuilder(plan: plan, shape: ImplicitShape(pieces: plan.flesh))
        builder.addTrunk()
        builder.layRoots()
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

    mutating func addTrunk() {
        let rings = plan.rings
        for (r, ring) in rings.enumerated() {
            let angle = ring.tilt * .pi / 180
            let front: SIMD3<Double> = [0, sin(angle), cos(angle)]
            let backAngle = ring.backTilt * .pi / 180
            let back: SIMD3<Double> = [0, sin(backAngle), cos(backAngle)]
            let center: SIMD3<Double> = [0, ring.y, ring.z]
            // Forelegs come out of the underside of the chest, arms and wings out of its flanks.
            let angles: [Double] =
                r == 3 || r == 4
                ? plan.isBiped
                    ? [0, 30, 60, 90, 120, 150, 180]
                    : plan.hasWings
                        ? [0, 20, 40, 76, 110, 145, 180]
                        : [0, 35, 72, 105, 130, 155, 180]
                : [0, 30, 60, 90, 120, 150, 180]
            let seeing: FleshMask = r <= 5 ? [.trunk, .bothSides] : [.trunk, .head, .bothSides]
            let mask = FleshMask.body
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
            let hasSocket = (0..<6).contains { isSocket(row: r, sector: $0) }
            let pieces = hasSocket ? 1 : pieces(from: trunk[r], to: trunk[r + 1], in: plan.ringSplits[r])
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

    /// Into how many faces a row is cut: as the table says, or so that they are about as long as wide.
    func pieces(from low: [Int32], to high: [Int32], in table: Int?) -> Int {
        if let table { return table }
        if plan.isBiped { return 1 }
        func place(_ v: Int32) -> SIMD3<Double> { cage.vertices[Int(v)].position }
        var (length, width) = (0.0, 0.0)
        for (a, b) in zip(low, high) { length += distance(place(a), place(b)) }
        for s in 1..<high.count {
            width += (distance(place(high[s]), place(high[s - 1])) + distance(place(low[s]), place(low[s - 1]))) / 2
        }
        let ratio = (length / Double(low.count)) / (width / Double(high.count - 1))
        return max(1, min(10, Int((ratio / 2).rounded())))
    }

    /// The first of the two sectors of the chest out of which an arm comes.
    var armSector: Int { plan.isBiped || plan.hasWings ? 2 : 1 }

    func isSocket(row: Int, sector: Int) -> Bool {
        switch row {
        case 1: sector == 5 && plan.tail != nil
        case 3: sector == armSector || sector == armSector + 1
        case 6: sector < 2
        case 7: sector == 3
        case 8: sector == 2 && plan.horn != nil
        default: false
        }
    }

    mutating func between(_ a: [Int32], _ b: [Int32], _ t: Double) -> [Int32] {
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

    func part(_ piece: Int, of pieces: Int) -> ClosedRange<Double> {
        1 - Double(piece) / Double(pieces)...1 - Double(piece - 1) / Double(pieces)
    }

    /// Faces from a loop (closed, or a half that ends in the plane of symmetry) to the next further out.
    mutating func addRow(
        _ old: [Int32], _ new: [Int32], _ region: CageRegion, row: Int, closed: Bool = false,
        span: ClosedRange<Double> = 0...1, without socket: Int? = nil
    ) {
        for s in 0..<(closed ? old.count : old.count - 1) where s != socket {
            let t = (s + 1) % old.count
            cage.add(new[s], new[t], old[t], old[s], region, row: row, sector: s, span: span)
        }
    }
}
