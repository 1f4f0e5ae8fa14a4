import Foundation

/// Lays the cage around a species' flesh: a tube of twelve sectors from the hips to the crown, and everything else
/// drawn out of its faces. Every step names its faces, so that the same face of two species has the same key.
struct CageBuilder {
    /// Rows are cut into no more faces than that, or not at all where a body has more without: 16 times as many vertices after
    /// two refinements, 64 times as many after three.
    static let faceBudget = 474

    let plan: BodyPlan
    /// How long faces may be, in their own widths, before their row is cut.
    let stretch: Double
    let shape: ImplicitShape
    var cage = QuadCage()
    private(set) var trunk: [[Int32]] = []

    /// The cage of the most even faces that the budget allows.
    static func build(_ plan: BodyPlan) -> QuadCage {
        var cage = build(plan, stretch: 2)
        for tenths in 21...60 where cage.faces.count > faceBudget { cage = build(plan, stretch: Double(tenths) / 10) }
        return cage
    }

    private static func build(_ plan: BodyPlan, stretch: Double) -> QuadCage {
        var builder = CageBuilder(plan: plan, stretch: stretch)
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

    private init(plan: BodyPlan, stretch: Double) {
        (self.plan, self.stretch) = (plan, stretch)
        shape = ImplicitShape(pieces: plan.flesh)
    }

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
            // The skull is evened out afterwards.
            let isWhole = r > 5 || (0..<6).contains { isSocket(row: r, sector: $0) }
            var (low, start) = (trunk[r], 0.0)
            for (high, end) in cut(trunk[r], trunk[r + 1], pieces: isWhole ? 1 : nil) {
                for k in 0..<6 where !isSocket(row: r, sector: k) {
                    cage.add(low[k], low[k + 1], high[k + 1], high[k], .trunk, row: r, sector: k, span: start...end)
                }
                (low, start) = (high, end)
            }
        }
    }

    /// The loops that cut the row between two loops into faces, and how far on the way each lies; the last is the second
    /// loop.
    /// - Parameter pieces: as a table says; otherwise as many as leave no face longer than `stretch`. Human and apes have one
    ///   cage, whatever their proportions.
    mutating func cut(_ low: [Int32], _ high: [Int32], pieces: Int? = nil, atLeast least: Int = 1)
        -> [(loop: [Int32], at: Double)]
    {
        func place(_ v: Int32) -> SIMD3<Double> { cage.vertices[Int(v)].position }
        func width(_ loop: [Int32]) -> Double {
            zip(loop, loop.dropFirst()).reduce(0) { $0 + distance(place($1.0), place($1.1)) } / Double(loop.count - 1)
        }
        let length = zip(low, high).reduce(0) { $0 + distance(place($1.0), place($1.1)) } / Double(low.count)
        let squares = 2 * length / (width(low) + width(high))
        let count = pieces ?? (plan.isBiped ? least : max(least, min(10, Int((squares / stretch).rounded(.up)))))
        return (1...count).map { piece in
            let way = Double(piece) / Double(count)
            return (piece == count ? high : between(low, high, way), way)
        }
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
