import Geometry

/// What a body takes of the light on the ground around it: a grid of how dark its shadow is, from its vertices.
struct GroundShadow {
    private static let side = 48
    private let origin: SIMD2<Float>
    private let step: Float
    /// Share of the sun that is kept off, and share of the sky's light; row-major.
    private var cells: [SIMD2<Float>]

    init(_ posed: PosedBody, light: SceneLight) {
        let side = Self.side
        let slope = SIMD2(light.sun.x, light.sun.z) / max(light.sun.y, 0.25)
        var low = SIMD2<Float>(repeating: .infinity)
        var high = -low
        var places: [(sun: SIMD2<Float>, below: SIMD2<Float>, height: Float)] = []
        places.reserveCapacity(posed.positions.count / 2 + 1)
        for index in stride(from: 0, to: posed.positions.count, by: 2) {
            let p = SIMD3<Float>(posed.positions[index])
            let below = SIMD2(p.x, p.z)
            let sun = below - slope * max(p.y, 0)
            low = pointwiseMin(low, pointwiseMin(below, sun))
            high = pointwiseMax(high, pointwiseMax(below, sun))
            places.append((sun, below, p.y))
        }
        let size = max((high - low).max(), 0.05)
        step = size * 1.25 / Float(side - 1)
        origin = (low + high) / 2 - step * Float(side - 1) / 2
        cells = [SIMD2<Float>](repeating: .zero, count: side * side)
        let bodyHeight = max(0.05, Float(posed.scale * posed.model.height))
        for place in places {
            for (point, channel) in [(place.sun, 0), (place.below, 1)] {
                let at = (point - origin) / step
                let (x, y) = (Int(at.x), Int(at.y))
                guard x >= 0, y >= 0, x < side, y < side else { continue }
                // What is high above the ground hides little of the sky.
                let share = channel == 0 ? 0.5 : 0.35 / (1 + 40 * max(0, place.height / bodyHeight - 0.02))
                cells[y * side + x][channel] += share
            }
        }
        for i in cells.indices { cells[i] = pointwiseMin(cells[i], SIMD2(1, 1)) }
        blur(keeping: 0)
        blur(keeping: 1)
    }

    /// One round of averaging along rows (0) or columns (1).
    private mutating func blur(keeping axis: Int) {
        let side = Self.side
        let old = cells
        let step = axis == 0 ? 1 : side
        for y in 1..<(side - 1) {
            for x in 1..<(side - 1) {
                let i = y * side + x
                cells[i] = (old[i - step] + old[i] * 2 + old[i + step]) / 4
            }
        }
    }

    /// How much of the sun and of the sky's light is kept off a point of the ground, 0...1 each.
    @inline(__always)
    func darkness(x: Float, z: Float) -> SIMD2<Float> {
        let side = Self.side
        let at = (SIMD2(x, z) - origin) / step
        guard at.x >= 0, at.y >= 0, at.x < Float(side - 1), at.y < Float(side - 1) else { return .zero }
        let (i, j) = (Int(at.x), Int(at.y))
        let (fx, fy) = (at.x - Float(i), at.y - Float(j))
        let k = j * side + i
        let top = cells[k] + (cells[k + 1] - cells[k]) * fx
        let bottom = cells[k + side] + (cells[k + side + 1] - cells[k + side]) * fx
        return top + (bottom - top) * fy
    }
}
