import Geometry
import Hashing

/// A thing beside the animals that may hide them: trunks, blades of grass, leaves, bars of a fence. Flat, at one distance.
public struct Prop: Hashable, Sendable {
    enum Shape: Hashable, Sendable {
        /// From `start` to `end` in pixels, bent sideways by `bend`, tapering from one half width to the other.
        case strip(start: SIMD2<Float>, end: SIMD2<Float>, bend: Float, startHalf: Float, endHalf: Float)
        /// An ellipse with a rib along its longer axis; half axes in pixels, the angle in radians.
        case leaf(center: SIMD2<Float>, axes: SIMD2<Float>, angle: Float)
    }

    enum Surface: Hashable, Sendable { case bark, blade, metal }

    var shape: Shape
    var surface: Surface
    var color: SIMD4<Float>
    /// Metres along the camera's axis.
    var depth: Float
    /// Pixels over which its edge fades: what is near is out of focus.
    var softness: Float
    /// Where the noise is read.
    var offset: Float
}

extension Prop {
    /// Things of a place by chance, from the farthest to the nearest.
    static func drawn(
        for kind: Backdrop.Kind, camera: Camera, nearest: Double, farthest: Double, wall: Double, isOccluding: Bool,
        _ random: inout SeededGenerator
    ) -> [Prop] {
        var maker = PropMaker(camera: camera)
        switch kind {
        case .forest:
            for _ in 0..<(3 + random.index(below: 8)) {
                maker.trunk(at: random.number(in: (farthest + 0.3)...max(farthest + 0.5, wall)), &random)
            }
            for _ in 0..<random.index(below: 24) {
                maker.tuft(
                    at: random.number(in: nearest * 0.8...max(wall * 0.8, nearest)), height: 0.05...0.25, green: 0.75,
                    &random)
            }
        case .savanna:
            for _ in 0..<(20 + random.index(below: 60)) {
                maker.tuft(
                    at: random.number(in: nearest * 0.7...farthest * 2.5), height: 0.08...0.4, green: 0.15, &random)
            }
        case .snow:
            for _ in 0..<random.index(below: 5) {
                maker.trunk(at: random.number(in: (farthest + 0.5)...max(farthest + 1, wall)), &random)
            }
        case .zoo:
            for _ in 0..<random.index(below: 3) { maker.trunk(at: random.number(in: farthest...wall), &random) }
        case .room, .photograph: break
        }
        if isOccluding {
            let near = max(0.25, nearest * random.number(in: 0.35...0.85))
            switch kind {
            case .zoo where random.unit() < 0.7: maker.fence(at: near, &random)
            case .room: maker.post(at: near, &random)
            case .snow: maker.trunk(at: near, &random)
            default:
                switch random.index(below: 4) {
                case 0: maker.trunk(at: near, &random)
                case 1:
                    for _ in 0..<(6 + random.index(below: 10)) {
                        maker.tuft(
                            at: near * random.number(in: 0.5...1), height: 0.2...0.7,
                            green: kind == .savanna ? 0.15 : 0.8, &random)
                    }
                case 2: maker.bough(at: near * 0.7, &random)
                default:
                    maker.bough(at: near * 0.6, &random)
                    for _ in 0..<(3 + random.index(below: 6)) {
                        maker.tuft(at: near * random.number(in: 0.5...1), height: 0.2...0.6, green: 0.6, &random)
                    }
                }
            }
        }
        // Equally far things keep their order.
        return maker.props.enumerated().sorted { ($1.element.depth, $0.offset) < ($0.element.depth, $1.offset) }
            .map(\.element)
    }
}

/// Places things in a picture by what they measure in the scene.
private struct PropMaker {
    let camera: Camera
    var props: [Prop] = []

    init(camera: Camera) { self.camera = camera }

    /// Pixels a metre at a distance along the axis.
    private func scale(_ depth: Double) -> Float { Float(camera.focalLength / depth) }

    /// The row in which the ground lies at a distance along the axis.
    private func groundRow(_ depth: Double) -> Float {
        // A point of the ground on the middle column: camera + forward * depth + down * t, at height 0.
        let t = (-camera.position.y - camera.forward.y * depth) / camera.down.y
        return Float(camera.center.y + t * camera.focalLength / depth)
    }

    private func column(_ random: inout SeededGenerator) -> Float {
        Float(random.number(in: -0.05...1.05) * Double(camera.width))
    }

    mutating func trunk(at depth: Double, _ random: inout SeededGenerator) {
        let half = Float(random.number(in: 0.04...0.22)) * scale(depth)
        let x = column(&random)
        let lean = Float(random.number(in: -0.12...0.12)) * Float(camera.height)
        let tone = Float(random.number(in: 0.5...1.3))
        let bark: [UInt32] = [0x4a3c2c, 0x5a5244, 0x3a3026, 0x6b655a]
        let base = groundRow(depth) + 0.15 * half
        props.append(
            Prop(
                shape: .strip(
                    start: [x, base], end: [x + lean, -4], bend: lean * 0.2, startHalf: half * 1.25,
                    endHalf: half * 0.8),
                surface: .bark, color: .linear(bark[random.index(below: 4)]) * tone, depth: Float(depth),
                softness: depth < 1 ? 1.6 : 0.7, offset: Float(random.number(in: 0...256))))
    }

    /// Blades of grass that grow from one place.
    mutating func tuft(
        at depth: Double, height: ClosedRange<Double>, green: Double, _ random: inout SeededGenerator
    ) {
        let x = column(&random)
        let isGreen = random.unit() < green
        let reach = 0.09 * scale(depth)
        for _ in 0..<(4 + random.index(below: 9)) {
            blade(at: depth, x: x + Float(random.number(in: -1...1)) * reach, height, isGreen, &random)
        }
    }

    private mutating func blade(
        at depth: Double, x: Float, _ height: ClosedRange<Double>, _ isGreen: Bool, _ random: inout SeededGenerator
    ) {
        let pixels = Float(random.number(in: height)) * scale(depth)
        guard pixels > 2 else { return }
        let lean = Float(random.number(in: -0.5...0.5)) * pixels
        let color: SIMD4<Float> = isGreen ? .linear(0x4c6630) : .linear(0x8f7e50)
        props.append(
            Prop(
                shape: .strip(
                    start: [x, groundRow(depth)], end: [x + lean, groundRow(depth) - pixels], bend: lean * 0.35,
                    startHalf: max(0.45, 0.004 * scale(depth)), endHalf: 0.2),
                surface: .blade, color: color * Float(random.number(in: 0.35...1.1)), depth: Float(depth),
                softness: depth < 0.8 ? 1.5 : 0.7, offset: 0))
    }

    /// A twig from the picture's edge with leaves along it.
    mutating func bough(at depth: Double, _ random: inout SeededGenerator) {
        let (w, h) = (Float(camera.width), Float(camera.height))
        let fromLeft = random.unit() < 0.5
        let start = SIMD2(fromLeft ? -5 : w + 5, Float(random.number(in: -0.1...0.7)) * h)
        let reach = Float(random.number(in: 0.2...0.55)) * w
        let end = start + SIMD2(fromLeft ? reach : -reach, Float(random.number(in: -0.15...0.35)) * h)
        let soft = Float(random.number(in: 1...2.6)) * h / 240
        let tone = Float(random.number(in: 0.5...1.2))
        let across =
            SIMD2(-(end - start).y, (end - start).x) / max(1, ((end - start) * (end - start)).sum().squareRoot())
        props.append(
            Prop(
                shape: .strip(start: start, end: end, bend: 0, startHalf: 0.008 * h, endHalf: 0.003 * h),
                surface: .blade, color: .linear(0x4c3e26) * tone, depth: Float(depth), softness: soft, offset: 0))
        for number in 0..<(8 + random.index(below: 14)) {
            let share = Float(random.number(in: 0.15...1.05))
            let size = Float(random.number(in: 0.018...0.045)) * h
            let side: Float = number.isMultiple(of: 2) ? 1 : -1
            let center = start + (end - start) * share + across * (side * size * 1.2)
            let turn = Float(random.number(in: -0.6...0.6))
            let direction = across * side + (end - start) / max(1, reach) * 0.7
            props.append(
                Prop(
                    shape: .leaf(
                        center: center, axes: [size * 1.5, size * 0.55],
                        angle: angle(of: direction) + turn),
                    surface: .blade,
                    color: .linear(random.unit() < 0.8 ? 0x4f7a2c : 0x87893a)
                        * (tone * Float(random.number(in: 0.6...1.3))),
                    depth: Float(depth * random.number(in: 0.93...1.02)), softness: soft, offset: 0))
        }
    }

    /// An angle of a direction, good to a hundredth, from its slope (no library function: results are the same everywhere).
    private func angle(of d: SIMD2<Float>) -> Float {
        let (x, y) = (abs(d.x), abs(d.y))
        let t = min(x, y) / max(max(x, y), 1e-6)
        var a = t * (Float.pi / 4 + 0.273 * (1 - t))
        if y > x { a = .pi / 2 - a }
        if d.x < 0 { a = .pi - a }
        return d.y < 0 ? -a : a
    }

    /// Bars, or a mesh of wire.
    mutating func fence(at depth: Double, _ random: inout SeededGenerator) {
        let (w, h) = (Float(camera.width), Float(camera.height))
        let color = SIMD4<Float>.linear(random.unit() < 0.5 ? 0x8b8f90 : 0x33373a) * Float(random.number(in: 0.6...1.2))
        let soft = Float(random.number(in: 0.8...1.8)) * h / 240
        func add(_ start: SIMD2<Float>, _ end: SIMD2<Float>, _ half: Float) {
            props.append(
                Prop(
                    shape: .strip(start: start, end: end, bend: 0, startHalf: half, endHalf: half), surface: .metal,
                    color: color, depth: Float(depth), softness: soft, offset: 0))
        }
        if random.unit() < 0.55 {
            let gap = Float(random.number(in: 0.10...0.2)) * w
            var x = Float(random.number(in: 0...1)) * gap
            while x < w {
                add([x, h + 4], [x, -4], 0.008 * h)
                x += gap
            }
            add([-4, h * 0.12], [w + 4, h * 0.12], 0.008 * h)
        } else {
            let gap = Float(random.number(in: 0.14...0.24)) * h
            var x = -h
            while x < w + h {
                add([x, h + 4], [x + h, -4], 0.0045 * h)
                add([x, -4], [x + h, h + 4], 0.0045 * h)
                x += gap
            }
        }
    }

    /// Furniture's edge: a broad smooth post.
    mutating func post(at depth: Double, _ random: inout SeededGenerator) {
        let x = column(&random)
        let half = Float(random.number(in: 0.02...0.07)) * Float(camera.width)
        props.append(
            Prop(
                shape: .strip(
                    start: [x, Float(camera.height) + 4], end: [x, -4], bend: 0, startHalf: half, endHalf: half),
                surface: .metal, color: .linear(0x7a5c40) * Float(random.number(in: 0.4...1.3)), depth: Float(depth),
                softness: 1.4, offset: 0))
    }
}
