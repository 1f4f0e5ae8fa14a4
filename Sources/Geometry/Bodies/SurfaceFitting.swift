import Dispatch

/// Lays a refined cage on the flesh: vertices slide evenly along the surface and are drawn onto it, a fixed number of
/// times, each from the places of all others before; so the result depends on no order and no number of threads.
struct SurfaceFitting {
    let shape: ImplicitShape
    private let neighbors: [[Int32]]
    private let isRight: [Bool]

    init(_ shape: ImplicitShape, _ cage: RefinedCage) {
        self.shape = shape
        var found = [[Int32]](repeating: [], count: cage.positions.count)
        for quad in cage.quads {
            for c in 0..<4 {
                // Every edge is met from both sides, once in either direction.
                found[Int(quad.corners[c])].append(quad.corners[(c + 1) % 4])
            }
        }
        neighbors = found
        isRight = cage.mirror.enumerated().map { Int($1) < $0 }
    }

    /// - Parameter slide: how far vertices go towards the middle of their neighbours in a round, 0...1.
    func fit(_ cage: inout RefinedCage, rounds: Int, slide: Double) {
        for round in 0..<rounds {
            let old = cage.positions
            let masks = cage.masks
            let mirror = cage.mirror
            let share = round + 1 == rounds ? 0 : slide
            let moved = [SIMD3<Double>](unsafeUninitializedCapacity: old.count) { buffer, initialized in
                nonisolated(unsafe) let out = buffer
                let block = 256
                DispatchQueue.concurrentPerform(iterations: (old.count + block - 1) / block) { b in
                    for v in (b * block)..<min(old.count, (b + 1) * block) {
                        // Symmetric to the last bit: the left half is laid, the right half is its image.
                        out[v] = isRight[v] ? .zero : place(v, old, masks[v], isMiddle: mirror[v] == v, slide: share)
                    }
                }
                initialized = old.count
            }
            cage.positions = moved
            for v in moved.indices where isRight[v] {
                cage.positions[v] = moved[Int(mirror[v])] * SIMD3(-1, 1, 1)
            }
        }
    }

    private func place(
        _ v: Int, _ old: [SIMD3<Double>], _ mask: FleshMask, isMiddle: Bool, slide: Double
    ) -> SIMD3<Double> {
        var point = old[v]
        var edge = 0.0
        var mean = SIMD3<Double>.zero
        for n in neighbors[v] {
            mean += old[Int(n)]
            edge += distance(old[Int(n)], point)
        }
        let count = Double(neighbors[v].count)
        mean /= count
        edge /= count
        if slide > 0 {
            let normal = normalized(shape.sample(point, seeing: mask).gradient)
            let pull = mean - point
            point += (pull - normal * dot(pull, normal)) * slide
        }
        if isMiddle { point.x = 0 }
        return drawn(point, mask, edge, isMiddle)
    }

    /// Two of Newton's steps onto the surface, each no longer than most of an edge.
    private func drawn(_ start: SIMD3<Double>, _ mask: FleshMask, _ edge: Double, _ isMiddle: Bool) -> SIMD3<Double> {
        var point = start
        for _ in 0..<2 {
            let (depth, gradient) = shape.sample(point, seeing: mask)
            let steep = dot(gradient, gradient)
            guard steep > 0.04 else { break }
            let limit = 0.7 * edge
            point -= gradient * (min(limit, max(-limit, depth)) / steep)
            if isMiddle { point.x = 0 }
        }
        return point
    }
}
