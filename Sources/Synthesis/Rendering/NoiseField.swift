import Hashing

/// Smooth noise from tables that are made once: reading it costs nanoseconds, and it repeats seamlessly.
///
/// The tables are never written after `init`, which is why they may be shared between threads.
final class NoiseField: @unchecked Sendable {
    static let shared = NoiseField()

    private static let side = 32
    private static let width = 256
    private static let grains = 1 << 16
    /// Values at the corners of a lattice of 32 x 32 x 32 cells.
    private let volume: UnsafeMutablePointer<Float>
    /// Fractal noise of 256 x 256 texels.
    private let plane: UnsafeMutablePointer<Float>
    /// Gaussian numbers of variance 1.
    let grain: UnsafeMutablePointer<Float>
    static let grainMask = grains - 1

    private init() {
        var random = SeededGenerator(seed: 0x6b69_6e64)
        let (side, width) = (Self.side, Self.width)
        volume = .allocate(capacity: side * side * side)
        for i in 0..<(side * side * side) { volume[i] = Float(random.number(in: -1...1)) }
        plane = .allocate(capacity: width * width)
        plane.initialize(repeating: 0, count: width * width)
        var amplitude: Float = 0.55
        for cells in [8, 16, 32, 64, 128] {
            let corners = (0..<(cells * cells)).map { _ in Float(random.number(in: -1...1)) }
            let step = width / cells
            for y in 0..<width {
                for x in 0..<width {
                    let (i, j) = (x / step, y / step)
                    let (fx, fy) = (
                        Self.smooth(Float(x % step) / Float(step)), Self.smooth(Float(y % step) / Float(step))
                    )
                    func corner(_ a: Int, _ b: Int) -> Float { corners[(b % cells) * cells + a % cells] }
                    let top = corner(i, j) + (corner(i + 1, j) - corner(i, j)) * fx
                    let bottom = corner(i, j + 1) + (corner(i + 1, j + 1) - corner(i, j + 1)) * fx
                    plane[y * width + x] += amplitude * (top + (bottom - top) * fy)
                }
            }
            amplitude *= 0.68
        }
        grain = .allocate(capacity: Self.grains)
        // The sum of twelve uniform numbers is normal to within what a sensor's noise shows.
        for i in 0..<Self.grains {
            var sum = -6.0
            for _ in 0..<12 { sum += random.unit() }
            grain[i] = Float(sum)
        }
    }

    @inline(__always)
    private static func smooth(_ t: Float) -> Float { t * t * (3 - 2 * t) }

    /// The whole number below; the library's own is a call where a processor's newer instructions are not taken for granted.
    @inline(__always)
    private static func floor(_ x: Float) -> Int {
        let whole = Int(x)
        return Float(whole) > x ? whole &- 1 : whole
    }

    /// About -1...1, with features of about one unit; repeats every 32 units.
    @inline(__always)
    func value(_ p: SIMD3<Float>) -> Float {
        let (i, j, k) = (Self.floor(p.x), Self.floor(p.y), Self.floor(p.z))
        let f = p - SIMD3(Float(i), Float(j), Float(k))
        let s = f * f * (3 - 2 * f)
        let (x0, x1) = (i & 31, (i &+ 1) & 31)
        let (y0, y1) = ((j & 31) &* 32, ((j &+ 1) & 31) &* 32)
        let (z0, z1) = ((k & 31) &* 1024, ((k &+ 1) & 31) &* 1024)
        let low = SIMD4<Float>(volume[x0 + y0 + z0], volume[x0 + y1 + z0], volume[x0 + y0 + z1], volume[x0 + y1 + z1])
        let high = SIMD4<Float>(volume[x1 + y0 + z0], volume[x1 + y1 + z0], volume[x1 + y0 + z1], volume[x1 + y1 + z1])
        let alongX = low + (high - low) * s.x
        let alongY = alongX.evenHalf + (alongX.oddHalf - alongX.evenHalf) * s.y
        return alongY.x + (alongY.y - alongY.x) * s.z
    }

    /// Fractal noise, about -1...1; the coarsest features have 32 texels, and it repeats every 256.
    @inline(__always)
    func texel(_ u: Float, _ v: Float) -> Float {
        let (u0, v0) = (Self.floor(u), Self.floor(v))
        let (fu, fv) = (u - Float(u0), v - Float(v0))
        let (x, y) = (u0 & 255, v0 & 255)
        let (right, below) = ((x &+ 1) & 255, ((y &+ 1) & 255) &* 256)
        let row = y &* 256
        let top = plane[row + x] + (plane[row + right] - plane[row + x]) * fu
        let bottom = plane[below + x] + (plane[below + right] - plane[below + x]) * fu
        return top + (bottom - top) * fv
    }

    /// Distances to the nearest and the second nearest of points strewn one a cell (Worley 1996), and the nearest's
    /// own number.
    func cells(_ p: SIMD3<Float>) -> (first: Float, second: Float, number: Float) {
        let base = p.rounded(.down)
        var (first, second, number) = (Float.infinity, Float.infinity, Float(0))
        for dz in -1...1 {
            for dy in -1...1 {
                for dx in -1...1 {
                    let cell = base + SIMD3(Float(dx), Float(dy), Float(dz))
                    let i = SIMD3<Int32>(cell) & 31
                    let at = Int(i.x) + Int(i.y) * 32 + Int(i.z) * 1024
                    let jitter = SIMD3(volume[at], volume[(at + 7919) & 32767], volume[(at + 15_485) & 32767])
                    let offset = cell + 0.5 + jitter * 0.42 - p
                    let gap = (offset * offset).sum()
                    if gap < first {
                        (second, first, number) = (first, gap, volume[(at + 23) & 32767])
                    } else if gap < second {
                        second = gap
                    }
                }
            }
        }
        return (first.squareRoot(), second.squareRoot(), number)
    }
}
