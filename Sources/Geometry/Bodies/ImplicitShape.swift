/// What a vertex of a body looks at when it is laid on the flesh: a finger sees its palm but not its neighbour.
struct FleshMask: OptionSet, Sendable {
    let rawValue: UInt32

    static let trunk = FleshMask(rawValue: 1)
    static let head = FleshMask(rawValue: 2)
    static let ear = FleshMask(rawValue: 4)
    static let horn = FleshMask(rawValue: 8)
    static let tail = FleshMask(rawValue: 16)
    static let arm = FleshMask(rawValue: 32)
    static let hand = FleshMask(rawValue: 64)
    static let leg = FleshMask(rawValue: 128)
    static let foot = FleshMask(rawValue: 256)
    static let proboscis = FleshMask(rawValue: 512)
    /// Near the plane of symmetry the other half counts too.
    static let bothSides = FleshMask(rawValue: 1024)

    /// Everything but digits.
    static let body: FleshMask = [
        .trunk, .head, .ear, .horn, .tail, .arm, .hand, .leg, .foot, .proboscis, .bothSides,
    ]

    static func finger(_ index: Int) -> FleshMask { FleshMask(rawValue: 1 << UInt32(12 + index)) }
    static func toe(_ index: Int) -> FleshMask { FleshMask(rawValue: 1 << UInt32(20 + index)) }
    static let fingers = FleshMask(rawValue: 31 << 12)
    static let toes = FleshMask(rawValue: 31 << 20)
}

/// A point of a body's axis with the half-axes of the ellipse around it, in metres.
struct Station: Sendable {
    var at: SIMD3<Double>
    /// Half-width across, towards `front`, and away from it.
    var across: Double
    var front: Double
    var back: Double

    init(_ at: SIMD3<Double>, _ across: Double, _ front: Double, _ back: Double) {
        (self.at, self.across, self.front, self.back) = (at, across, front, back)
    }

    init(_ at: SIMD3<Double>, _ radius: Double) { self.init(at, radius, radius, radius) }
}

/// A piece of flesh as a signed distance, negative inside: a sweep of ellipses along an axis, or an ellipsoid.
struct Flesh: Sendable {
    enum Form: Sendable {
        case sweep([Station], front: SIMD3<Double>)
        /// Half-axes along three directions at right angles.
        case ellipsoid(SIMD3<Double>, SIMD3<Double>, axes: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>))
    }

    var form: Form
    var tag: FleshMask
    /// Width in metres over which it flows into what is there already.
    var blend: Double
    /// Taken away instead of added.
    var carves = false
    /// Planes (outward normal, offset) behind which the piece ends, rounded over part of `blend`: digits that touch are flat there.
    var walls: [SIMD4<Double>] = []
    /// Around the middle and at most so far from it lies its surface.
    private(set) var middle: SIMD3<Double>
    private(set) var reach: Double

    init(_ form: Form, _ tag: FleshMask, blend: Double, carves: Bool = false) {
        (self.form, self.tag, self.blend, self.carves) = (form, tag, blend, carves)
        switch form {
        case .sweep(let stations, _):
            let low = stations.reduce(stations[0].at) { pointwiseMin($0, $1.at) }
            let high = stations.reduce(stations[0].at) { pointwiseMax($0, $1.at) }
            let center = (low + high) / 2
            middle = center
            reach = stations.reduce(0) { max($0, length($1.at - center) + max($1.across, $1.front, $1.back)) }
        case .ellipsoid(let center, let half, _):
            middle = center
            reach = max(half.x, half.y, half.z)
        }
    }

    static func sweep(
        _ tag: FleshMask, front: SIMD3<Double> = [0, 0, 1], blend: Double = 0.02, _ stations: [Station]
    ) -> Flesh {
        Flesh(.sweep(stations, front: front), tag, blend: blend)
    }

    /// An ellipsoid, turned about the x axis by `pitch`, then about y by `yaw`, then about z by `roll`, in degrees.
    static func ball(
        _ tag: FleshMask, _ center: SIMD3<Double>, _ half: SIMD3<Double>, pitch: Double = 0, yaw: Double = 0,
        roll: Double = 0, blend: Double = 0.02, carves: Bool = false
    ) -> Flesh {
        let turn =
            Rotation(axis: [0, 0, 1], degrees: roll) * Rotation(axis: [0, 1, 0], degrees: yaw)
            * Rotation(axis: [1, 0, 0], degrees: pitch)
        return Flesh(
            .ellipsoid(center, half, axes: (turn.act([1, 0, 0]), turn.act([0, 1, 0]), turn.act([0, 0, 1]))), tag,
            blend: blend, carves: carves)
    }

    func distance(to point: SIMD3<Double>) -> Double {
        switch form {
        case .ellipsoid(let center, let half, let axes):
            let offset = point - center
            return Self.ellipsoid(SIMD3(dot(offset, axes.0), dot(offset, axes.1), dot(offset, axes.2)), half)
        case .sweep(let stations, let front):
            var nearest = Double.infinity
            stations.withUnsafeBufferPointer { stations in
                for i in 1..<stations.count {
                    nearest = min(nearest, Self.segment(stations[i - 1], stations[i], front, point))
                }
            }
            for wall in walls {
                let value = wall.x * point.x + wall.y * point.y + wall.z * point.z - wall.w
                let h = max(0.4 * blend - abs(value - nearest), 0) / (0.4 * blend)
                nearest = max(value, nearest) + h * h * blend / 10
            }
            return nearest
        }
    }

    private static func ellipsoid(_ p: SIMD3<Double>, _ half: SIMD3<Double>) -> Double {
        let scaled = p / half
        let k0 = length(scaled)
        let k1 = length(scaled / half)
        // First order at the surface (the quotient of the implicit function and its gradient).
        return k1 > 1e-9 ? k0 * (k0 - 1) / k1 : -min(half.x, half.y, half.z)
    }

    private static func segment(_ a: Station, _ b: Station, _ front: SIMD3<Double>, _ point: SIMD3<Double>) -> Double {
        let axis = b.at - a.at
        let squared = dot(axis, axis)
        let free = squared > 0 ? dot(point - a.at, axis) / squared : 0
        let t = min(1, max(0, free))
        let along = normalized(axis)
        let ahead = normalized(front - along * dot(front, along))
        let side = cross(ahead, along)
        let offset = point - (a.at + axis * t)
        let x = dot(offset, side)
        let z = dot(offset, ahead)
        let y = dot(offset, along)
        let across = a.across + (b.across - a.across) * t
        let front = a.front + (b.front - a.front) * t
        let back = a.back + (b.back - a.back) * t
        // The rounding at an end must not depend on the side, or the distance would jump between them.
        return ellipsoid(SIMD3(x, y, z), SIMD3(across, min(across, front, back), z >= 0 ? front : back))
    }
}

/// A body's flesh: pieces that flow into each other (smooth minimum of degree 2), in their order.
struct ImplicitShape: Sendable {
    var pieces: [Flesh]

    /// Signed distance, exact to first order at the surface; only pieces that the mask names count.
    func distance(to point: SIMD3<Double>, seeing mask: FleshMask) -> Double {
        let mirrored = SIMD3(-point.x, point.y, point.z)
        let both = mask.contains(.bothSides)
        var total = 10.0
        pieces.withUnsafeBufferPointer { pieces in
            // Only pieces that are near enough to matter are looked at closely.
            for index in pieces.indices where !pieces[index].tag.isDisjoint(with: mask) {
                if Self.matters(pieces[index], point, total) { Self.add(pieces[index], point, &total) }
                if both, pieces[index].middle.x != 0, Self.matters(pieces[index], mirrored, total) {
                    Self.add(pieces[index], mirrored, &total)
                }
            }
        }
        return total
    }

    @inline(__always)
    private static func matters(_ piece: borrowing Flesh, _ point: SIMD3<Double>, _ total: Double) -> Bool {
        let far = length(point - piece.middle) - piece.reach
        return piece.carves ? far <= max(0.02, piece.blend + 0.01 - total) : far <= total + piece.blend + 0.01
    }

    private static func add(_ piece: Flesh, _ point: SIMD3<Double>, _ total: inout Double) {
        if piece.carves {
            let value = -piece.distance(to: point)
            let h = max(piece.blend - abs(value - total), 0) / piece.blend
            total = max(value, total) + h * h * piece.blend / 4
        } else {
            let value = piece.distance(to: point)
            let h = max(piece.blend - abs(value - total), 0) / piece.blend
            total = min(value, total) - h * h * piece.blend / 4
        }
    }

    /// Distance and its gradient, by differences over a regular tetrahedron.
    func sample(_ point: SIMD3<Double>, seeing mask: FleshMask) -> (distance: Double, gradient: SIMD3<Double>) {
        let step = 2e-4
        let corners: [SIMD3<Double>] = [[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]]
        var sum = 0.0
        var gradient = SIMD3<Double>.zero
        for corner in corners {
            let value = distance(to: point + corner * step, seeing: mask)
            sum += value
            gradient += corner * value
        }
        return (sum / 4, gradient / (4 * step))
    }

    /// Where a ray from inside leaves the flesh.
    func exit(from origin: SIMD3<Double>, along direction: SIMD3<Double>, seeing mask: FleshMask) -> SIMD3<Double> {
        var point = origin
        for _ in 0..<64 {
            let depth = -distance(to: point, seeing: mask)
            if depth < 1e-4 { break }
            point += direction * max(0.6 * depth, 2e-4)
        }
        return point
    }
}
