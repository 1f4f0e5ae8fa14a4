import Foundation

/// Widens sharp corners of a fitted body. Vertices of triangles that are sharper than wanted slide along the flesh to where
/// the triangles around them are less sharp, one after the other in the order of their numbers; a step that makes the
/// sharpest of them sharper is not taken (Freitag, Ollivier-Gooch, IJNME 40, 1997).
///
/// As in `SurfaceFitting`, the left half is worked on and the right is its image.
struct AngleRelaxation {
    /// Sines: of the angle that is asked of every triangle, and of the one up to which others are improved.
    private let wanted: Double
    private let shape: ImplicitShape
    private let mirror: [Int32]
    private let masks: [FleshMask]
    /// The two other corners of each triangle of the left half around each vertex, from `starts` on, as the surface turns.
    private let corners: [SIMD2<Int32>]
    private let starts: [Int]
    private let own: [Int]
    /// The cosine between a triangle and the surface at its corner from which on it counts in full.
    private static let leastUpright = 0.3

    init(_ shape: ImplicitShape, _ mesh: RefinedCage, degrees: Double) {
        self.shape = shape
        wanted = sin(degrees * .pi / 180)
        mirror = mesh.mirror
        masks = mesh.masks
        own = mesh.mirror.indices.filter { Int(mesh.mirror[$0]) >= $0 }
        var found = [[SIMD2<Int32>]](repeating: [], count: mesh.positions.count)
        for (q, quad) in mesh.quads.enumerated() where Int(mesh.quadMirror[q]) > q {
            let c = quad.isTurned ? SIMD4(quad.corners.y, quad.corners.z, quad.corners.w, quad.corners.x) : quad.corners
            for t in [SIMD3(c.x, c.y, c.z), SIMD3(c.x, c.z, c.w)] {
                for k in 0..<3 { found[Int(t[k])].append([t[(k + 1) % 3], t[(k + 2) % 3]]) }
            }
        }
        starts = found.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        corners = found.flatMap { $0 }
    }

    func relax(_ positions: inout [SIMD3<Double>], rounds: Int) {
        // A vertex around which nothing has moved since it found no better place would find none again.
        var isSettled = [Bool](repeating: false, count: positions.count)
        for _ in 0..<rounds {
            var moved = 0
            positions.withUnsafeMutableBufferPointer { places in
                for v in own where !isSettled[v] {
                    guard widen(v, places) else {
                        isSettled[v] = true
                        continue
                    }
                    moved += 1
                    for index in starts[v]..<starts[v + 1] {
                        isSettled[Int(corners[index].x)] = false
                        isSettled[Int(corners[index].y)] = false
                    }
                }
            }
            if moved == 0 { break }
        }
    }

    /// The sum of what the triangles around a vertex lack, squared, and the sine of their sharpest angle.
    private func lack(
        _ v: Int, at place: SIMD3<Double>, _ places: UnsafeMutableBufferPointer<SIMD3<Double>>, _ normal: SIMD3<Double>
    ) -> (sum: Double, least: Double) {
        var sum = 0.0
        var least = 1.0
        for index in starts[v]..<starts[v + 1] {
            let (a, b) = (places[Int(corners[index].x)], places[Int(corners[index].y)])
            let (d, e) = (a - place, b - place)
            let (x, y, z) = (dot(d, d), dot(e, e), dot(b - a, b - a))
            let area = cross(d, e)
            // Twice the area over the product of the two longer sides.
            let squared = dot(area, area)
            let sine = (squared * min(x, y, z) / max(x * y * z, 1e-300)).squareRoot()
            // A triangle that stands on its edge counts as a sharp one.
            let upright = dot(area, normal) / max(squared.squareRoot(), 1e-300)
            let signed = sine * min(1, upright / Self.leastUpright)
            least = min(least, signed)
            let missing = max(0, wanted - signed)
            sum += missing * missing
        }
        return (sum, least)
    }

    private func widen(_ v: Int, _ places: UnsafeMutableBufferPointer<SIMD3<Double>>) -> Bool {
        let home = places[v]
        var normal = SIMD3<Double>.zero
        var edge = Double.infinity
        for index in starts[v]..<starts[v + 1] {
            let (d, e) = (places[Int(corners[index].x)] - home, places[Int(corners[index].y)] - home)
            normal += cross(d, e)
            edge = min(edge, max(length(d), length(e)))
        }
        let isMiddle = Int(mirror[v]) == v
        if isMiddle { normal.x = 0 }
        normal = normalized(normal)
        let before = lack(v, at: home, places, normal)
        guard before.sum > 0 else { return false }
        let first =
            isMiddle
            ? cross(normal, [1, 0, 0]) : normalized(cross(normal, abs(normal.x) < 0.7 ? [1, 0, 0] : [0, 1, 0]))
        let second = isMiddle ? SIMD3.zero : cross(normal, first)
        var best = before
        var place = home
        var size = 0.3 * edge
        let diagonal = 0.5.squareRoot()
        let ways: [SIMD2<Double>] =
            isMiddle
            ? [[1, 0], [-1, 0]]
            : [
                [1, 0], [-1, 0], [0, 1], [0, -1], [diagonal, diagonal], [-diagonal, diagonal], [diagonal, -diagonal],
                [-diagonal, -diagonal],
            ]
        for _ in 0..<5 {
            let center = place
            for way in ways {
                let candidate = center + (first * way.x + second * way.y) * size
                let value = lack(v, at: candidate, places, normal)
                if value.sum < best.sum, value.least >= min(before.least, wanted) { (best, place) = (value, candidate) }
            }
            if place == center { size *= 0.4 }
        }
        guard place != home else { return false }
        // Back onto the flesh, no further than the step went, and there not far from it.
        let reach = distance(place, home)
        for step in 0..<2 {
            let (depth, gradient) = shape.sample(place, seeing: masks[v])
            let steep = length(gradient)
            if step == 1, abs(depth) > 0.05 * edge * max(steep, 0.2) { return false }
            guard steep > 0.2 else { break }
            place -= gradient / steep * min(reach, max(-reach, depth / steep))
            if isMiddle { place.x = 0 }
        }
        let after = lack(v, at: place, places, normal)
        guard after.sum < before.sum * (1 - 1e-6), after.least >= min(before.least, wanted) else { return false }
        places[v] = place
        if !isMiddle { places[Int(mirror[v])] = place * SIMD3(-1, 1, 1) }
        return true
    }
}
