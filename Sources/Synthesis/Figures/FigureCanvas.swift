import Foundation

/// Draws figures and remembers, for each pixel, what was drawn.
struct FigureCanvas {
    /// What a pixel shows.
    struct Surface {
        /// 0 background, otherwise the figure's number.
        var owner = 0
        /// 1...14
        var part = 0
        /// 1...24
        var chart = 0
        var u = 0.0
        var v = 0.0
    }

    let width: Int
    let height: Int
    /// RGB, row-major.
    private(set) var pixels: [UInt8]
    /// Row-major.
    private(set) var surfaces: [Surface]

    /// Fills the background: sky over ground, with cloudy noise and a few upright trunks.
    init(width: Int, height: Int, random: inout SceneRandom) {
        self.width = width
        self.height = height
        surfaces = [Surface](repeating: Surface(), count: width * height)
        pixels = []
        pixels.reserveCapacity(3 * width * height)
        let sky = Self.colour(0.5...0.95, &random)
        let ground = Self.colour(0.15...0.55, &random)
        let horizon = random.number(0.3...0.6) * Double(height)
        let clouds = CloudyNoise(width: width, height: height, grain: random.number(8...24), random: &random)
        let trunks = (0..<3).map { _ in
            (random.number(0...1) * Double(width), random.number(0.01...0.03) * Double(width))
        }
        for y in 0..<height {
            for x in 0..<width {
                let noise = clouds.value(x, y) - 0.5
                var colour = Double(y) < horizon ? sky : ground
                colour *= 0.85 + 0.3 * noise + 0.15 * Double(y) / Double(height)
                if Double(y) < horizon * 1.2, trunks.contains(where: { abs($0.0 - Double(x)) < $0.1 }) {
                    colour = SIMD3(0.30, 0.22, 0.15) * (0.8 + 0.5 * noise)
                }
                Self.append(colour, to: &pixels)
            }
        }
    }

    /// Draws a figure over everything before.
    mutating func draw(_ skeleton: FigureSkeleton, owner: Int, random: inout SceneRandom) {
        let skin = SIMD3(0.55, 0.40, 0.30) * random.number(0.6...1.6)
        let shirt = Self.colour(0.1...0.9, &random)
        let trousers = Self.colour(0.1...0.7, &random)
        let stripes = random.number(2...6)
        for limb in skeleton.limbs {
            let radius = max(limb.startRadius, limb.endRadius) + 1
            let low = pointwiseMin(limb.start, limb.end) - radius
            let high = pointwiseMax(limb.start, limb.end) + radius
            let cloth =
                switch limb.part {
                case 1, 10, 11: shirt
                case 6, 7, 8, 9: trousers
                case 4, 5: trousers * 0.4
                default: skin
                }
            for y in Self.range(low.y, high.y, height) {
                for x in Self.range(low.x, high.x, width) {
                    guard let (u, v) = limb.surface(at: SIMD2(Double(x) + 0.5, Double(y) + 0.5)) else { continue }
                    let chart = v < 0.5 ? limb.charts.left : limb.charts.right
                    // Round across, banded along: a network can see both coordinates.
                    let shade = 0.55 + 0.45 * sin(.pi * v) + 0.12 * sin(2 * .pi * stripes * u)
                    let face = limb.part == 14 && skeleton.facesCamera ? 1.15 : 1
                    let index = y * width + x
                    surfaces[index] = Surface(owner: owner, part: limb.part, chart: chart, u: u, v: v)
                    Self.store(cloth * shade * face, in: &pixels, at: 3 * index)
                }
            }
        }
    }

    /// The pixel that holds a point; nil outside the picture.
    func surface(at point: SIMD2<Double>) -> Surface? {
        guard point.x >= 0, point.y >= 0, point.x < Double(width), point.y < Double(height) else { return nil }
        return surfaces[Int(point.y) * width + Int(point.x)]
    }

    private static func range(_ low: Double, _ high: Double, _ size: Int) -> Range<Int> {
        let first = Int(min(max(low, 0), Double(size)))
        return first..<max(first, Int(min(max(high, 0), Double(size))))
    }

    private static func colour(_ range: ClosedRange<Double>, _ random: inout SceneRandom) -> SIMD3<Double> {
        SIMD3(random.number(range), random.number(range), random.number(range))
    }

    private static func append(_ colour: SIMD3<Double>, to pixels: inout [UInt8]) {
        pixels += [0, 0, 0]
        store(colour, in: &pixels, at: pixels.count - 3)
    }

    private static func store(_ colour: SIMD3<Double>, in pixels: inout [UInt8], at offset: Int) {
        for channel in 0..<3 { pixels[offset + channel] = UInt8(min(max(colour[channel] * 255, 0), 255)) }
    }
}

/// Smooth noise in 0...1 between values drawn on a coarse grid.
private struct CloudyNoise {
    private let grain: Double
    private let columns: Int
    private let values: [Double]

    /// - Parameter grain: pixels between grid points.
    init(width: Int, height: Int, grain: Double, random: inout SceneRandom) {
        self.grain = grain
        columns = Int(Double(width) / grain) + 2
        values = (0..<(columns * (Int(Double(height) / grain) + 2))).map { _ in random.number(0...1) }
    }

    func value(_ x: Int, _ y: Int) -> Double {
        let (u, v) = (Double(x) / grain, Double(y) / grain)
        let corner = Int(v) * columns + Int(u)
        let (dx, dy) = (u - u.rounded(.down), v - v.rounded(.down))
        let (sx, sy) = (dx * dx * (3 - 2 * dx), dy * dy * (3 - 2 * dy))
        let top = values[corner] * (1 - sx) + values[corner + 1] * sx
        let bottom = values[corner + columns] * (1 - sx) + values[corner + columns + 1] * sx
        return top * (1 - sy) + bottom * sy
    }
}
