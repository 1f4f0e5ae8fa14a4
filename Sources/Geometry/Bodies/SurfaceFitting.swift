import Dispatch
import Foundation

/// Lays a refined cage on the flesh. In each round vertices are drawn onto it and then slide along it, one after the
/// other, to where the quads around them are nearest to squares: the mean ratio of each corner, with an area that is
/// measured against the flesh's normal and made positive by Escobar's function, so that the same descent untangles what
/// lies folded (Escobar, Rodríguez, Montenegro, Montero, González-Yuste, CMAME 192, 2003; Knupp, Engineering with
/// Computers 15, 1999).
///
/// Only the left half is worked on and the right is its image, vertex by vertex: symmetric to the last bit, and the same
/// for any number of threads.
struct SurfaceFitting {
    let shape: ImplicitShape
    private let quads: [SIMD4<Int32>]
    /// The (quad, corner) pairs around each vertex of the left half and the plane of symmetry, from `starts` on.
    private let corners: [SIMD2<Int32>]
    private let starts: [Int]
    private let own: [Int]
    private let mirror: [Int32]
    private let masks: [FleshMask]
    /// Lengths that edges (corner c to c + 1) should have.
    private let lengths: [SIMD4<Double>]

    init(_ shape: ImplicitShape, _ cage: RefinedCage) {
        self.shape = shape
        quads = cage.quads.map(\.corners)
        mirror = cage.mirror
        masks = cage.masks
        own = cage.mirror.indices.filter { Int(cage.mirror[$0]) >= $0 }
        var found = [[SIMD2<Int32>]](repeating: [], count: cage.positions.count)
        for (q, quad) in quads.enumerated() {
            for c in 0..<4 { found[Int(quad[c])].append([Int32(q), Int32(c)]) }
        }
        starts = found.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        corners = found.flatMap { $0 }
        lengths = Self.evened(quads, cage.positions)
    }

    /// The edges' own lengths, each averaged with those that lie across the quads from it.
    private static func evened(_ quads: [SIMD4<Int32>], _ positions: [SIMD3<Double>]) -> [SIMD4<Double>] {
        var number: [SIMD2<Int32>: Int] = [:]
        var length: [Double] = []
        let edges = quads.map { quad -> SIMD4<Int> in
            var own = SIMD4<Int>.zero
            for c in 0..<4 {
                let (a, b) = (quad[c], quad[(c + 1) & 3])
                let name = SIMD2(min(a, b), max(a, b))
                if number[name] == nil {
                    number[name] = length.count
                    length.append(distance(positions[Int(a)], positions[Int(b)]))
                }
                own[c] = number[name]!
            }
            return own
        }
        for _ in 0..<2 {
            var sum = length.map { 2 * $0 }
            var weight = [Double](repeating: 2, count: length.count)
            for edge in edges {
                for c in 0..<4 {
                    sum[edge[c]] += length[edge[(c + 2) & 3]]
                    weight[edge[c]] += 1
                }
            }
            length = zip(sum, weight).map { $0 / $1 }
        }
        // Long quads are wanted less long than they are; rows make room for each other.
        return edges.map { edge in
            let own = SIMD4(length[edge.x], length[edge.y], length[edge.z], length[edge.w])
            let (a, b) = ((own.x + own.z) / 2, (own.y + own.w) / 2)
            let share = pow(b / a, 0.4)
            return own * SIMD4(share, 1 / share, share, 1 / share)
        }
    }

    /// - Parameter spread: how much even spacing counts beside square corners.
    func fit(_ cage: inout RefinedCage, rounds: Int, spread: Double) {
        var normals = [SIMD3<Double>](repeating: .zero, count: cage.positions.count)
        for round in 0..<rounds + 2 {
            let samples = sampled(cage.positions)
            let edges = own.map { meanEdge($0, cage.positions) }
            for (index, v) in own.enumerated() {
                let (depth, gradient) = samples[index]
                let steep = length(gradient)
                guard steep > 0.2 else { continue }
                let limit = 0.5 * edges[index]
                let normal = gradient / steep
                set(&cage.positions, v, cage.positions[v] - normal * min(limit, max(-limit, depth / steep)))
                normals[v] = mirror[v] == v ? normalized(normal * SIMD3(0, 1, 1)) : normal
                if Int(mirror[v]) != v { normals[Int(mirror[v])] = normals[v] * SIMD3(-1, 1, 1) }
            }
            guard round < rounds else { continue }
            let tolerance = 0.05 + 0.3 * max(0, 1 - 2 * Double(round) / Double(rounds))
            cage.positions.withUnsafeMutableBufferPointer { places in
                normals.withUnsafeBufferPointer { normals in
                    for (index, v) in own.enumerated() {
                        slide(v, places, normals, edge: edges[index], spread: spread, tolerance: tolerance)
                    }
                }
            }
        }
    }

    private func set(_ positions: inout [SIMD3<Double>], _ v: Int, _ place: SIMD3<Double>) {
        let other = Int(mirror[v])
        positions[v] = other == v ? place * SIMD3(0, 1, 1) : place
        if other != v { positions[other] = place * SIMD3(-1, 1, 1) }
    }

    private func sampled(_ positions: [SIMD3<Double>]) -> [(distance: Double, gradient: SIMD3<Double>)] {
        typealias Sample = (distance: Double, gradient: SIMD3<Double>)
        return [Sample](unsafeUninitializedCapacity: own.count) { buffer, initialized in
            nonisolated(unsafe) let out = buffer
            let block = 64
            DispatchQueue.concurrentPerform(iterations: (own.count + block - 1) / block) { b in
                for index in (b * block)..<min(own.count, (b + 1) * block) {
                    let v = own[index]
                    (out.baseAddress! + index).initialize(to: shape.sample(positions[v], seeing: masks[v]))
                }
            }
            initialized = own.count
        }
    }

    private func meanEdge(_ v: Int, _ positions: [SIMD3<Double>]) -> Double {
        var sum = 0.0
        for place in starts[v]..<starts[v + 1] {
            let quad = quads[Int(corners[place].x)]
            sum += distance(positions[v], positions[Int(quad[(Int(corners[place].y) + 1) & 3])])
        }
        return sum / Double(starts[v + 1] - starts[v])
    }

    /// A step of Newton in the tangent plane, the derivatives from a square of nine places; shortened until it helps.
    private func slide(
        _ v: Int, _ places: UnsafeMutableBufferPointer<SIMD3<Double>>, _ normals: UnsafeBufferPointer<SIMD3<Double>>,
        edge: Double, spread: Double, tolerance: Double
    ) {
        let normal = normals[v]
        guard dot(normal, normal) > 0.5 else { return }
        let isMiddle = Int(mirror[v]) == v
        let home = places[v]
        let first =
            isMiddle
            ? cross(normal, [1, 0, 0]) : normalized(cross(normal, abs(normal.x) < 0.7 ? [1, 0, 0] : [0, 1, 0]))
        let second = isMiddle ? SIMD3.zero : cross(normal, first)
        let h = 0.02 * edge
        func energy(_ place: SIMD3<Double>) -> Double {
            self.energy(v, at: place, places, normals, edge: edge, spread: spread, tolerance: tolerance)
        }
        let center = energy(home)
        let (e, w) = (energy(home + first * h), energy(home - first * h))
        var step: SIMD2<Double>
        let gx = (e - w) / (2 * h)
        let hxx = (e + w - 2 * center) / (h * h)
        if isMiddle {
            step = [-gx / max(abs(hxx), 1e-12), 0]
        } else {
            let (n, s) = (energy(home + second * h), energy(home - second * h))
            let gy = (n - s) / (2 * h)
            let hyy = (n + s - 2 * center) / (h * h)
            let hxy =
                (energy(home + (first + second) * h) + energy(home - (first + second) * h)
                    - energy(home + (first - second) * h) - energy(home - (first - second) * h)) / (4 * h * h)
            // Made positive by its eigenvalues' absolute values.
            let mean = (hxx + hyy) / 2
            let root = (((hxx - hyy) / 2) * ((hxx - hyy) / 2) + hxy * hxy).squareRoot()
            let low = max(abs(mean - root), abs(mean + root) * 1e-3, 1e-12)
            let high = max(abs(mean + root), low)
            let axis: SIMD2<Double> =
                root < 1e-12 * abs(mean)
                ? [1, 0]
                : hxx > hyy
                    ? SIMD2((hxx - hyy) / 2 + root, hxy) : SIMD2(hxy, (hyy - hxx) / 2 + root)
            let along = axis / max((axis * axis).sum().squareRoot(), 1e-300)
            let g = SIMD2(gx, gy)
            let a = (g * along).sum()
            let rest = g - along * a
            step = -(along * (a / high) + rest / low)
        }
        let size = (step * step).sum().squareRoot()
        guard size.isFinite, size > 0 else { return }
        step *= min(1, 0.5 * edge / size)
        for _ in 0..<5 {
            let place = home + first * step.x + second * step.y
            if energy(place) < center {
                let kept = isMiddle ? place * SIMD3(0, 1, 1) : place
                places[v] = kept
                if !isMiddle { places[Int(mirror[v])] = kept * SIMD3(-1, 1, 1) }
                return
            }
            step *= 0.4
        }
    }

    private func energy(
        _ v: Int, at place: SIMD3<Double>, _ places: UnsafeMutableBufferPointer<SIMD3<Double>>,
        _ normals: UnsafeBufferPointer<SIMD3<Double>>, edge: Double, spread: Double, tolerance: Double
    ) -> Double {
        var sum = 0.0
        var mean = SIMD3<Double>.zero
        // Symmetric Dirichlet energy of a corner against a right angle of the wanted lengths.
        func corner(
            _ a: SIMD3<Double>, _ p: SIMD3<Double>, _ b: SIMD3<Double>, _ normal: SIMD3<Double>, _ before: Double,
            _ after: Double
        ) -> Double {
            let (d, e) = ((b - p) / after, (a - p) / before)
            let area = dot(normal, cross(d, e))
            let positive = (area + (area * area + 4 * tolerance * tolerance).squareRoot()) / 2
            return (dot(d, d) + dot(e, e)) * (1 + 1 / (positive * positive)) / 4
        }
        for index in starts[v]..<starts[v + 1] {
            let q = Int(corners[index].x)
            let quad = quads[q]
            let wanted = lengths[q]
            let c = Int(corners[index].y)
            let (c1, c2, c3) = ((c + 1) & 3, (c + 2) & 3, (c + 3) & 3)
            let (i, j, k) = (Int(quad[c1]), Int(quad[c2]), Int(quad[c3]))
            let (a, b, d) = (places[i], places[j], places[k])
            sum += corner(d, place, a, normals[v], wanted[c3], wanted[c])
            sum += corner(place, a, b, normals[i], wanted[c], wanted[c1])
            sum += corner(a, b, d, normals[j], wanted[c1], wanted[c2])
            sum += corner(b, d, place, normals[k], wanted[c2], wanted[c3])
            mean += a
        }
        let count = Double(starts[v + 1] - starts[v])
        let way = (mean / count - place) / edge
        return sum / count + spread * dot(way, way)
    }
}
