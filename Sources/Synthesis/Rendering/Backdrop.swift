import Geometry
import Hashing
import Imaging

/// What lies behind the animals: ground, and a wall of whatever stands at its end.
public struct Backdrop: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case forest, savanna, zoo, room, snow, photograph
    }

    public var kind: Kind
    /// Which of the photographs, where it is one.
    public var photograph: Int?
    /// Metres along the camera's axis.
    var wallDistance: Float
    /// Metres; what is above is sky.
    var wallHeight: Float
    var ground: SIMD4<Float>
    var groundOther: SIMD4<Float>
    var wall: SIMD4<Float>
    var wallOther: SIMD4<Float>
    /// Where the noise is read.
    var offset: SIMD2<Float>

    init(_ kind: Kind, photograph: Int?, behind farthest: Double, _ random: inout SeededGenerator) {
        (self.kind, self.photograph) = (kind, photograph)
        offset = SIMD2(Float(random.number(in: 0...256)), Float(random.number(in: 0...256)))
        func tone(_ hex: UInt32, _ spread: ClosedRange<Double> = 0.75...1.25) -> SIMD4<Float> {
            .linear(hex) * Float(random.number(in: spread))
        }
        func pick(_ choices: [UInt32]) -> UInt32 { choices[random.index(below: choices.count)] }
        let far = Float(farthest)
        switch kind {
        case .forest:
            wallDistance = far + Float(random.number(in: 2...9))
            wallHeight = 60
            ground = tone(pick([0x6b5434, 0x7a6142, 0x57482e]))
            groundOther = tone(pick([0x4c5a2a, 0x3a3322, 0x8a7448]))
            wall = tone(pick([0x3f5a24, 0x4c6a2e, 0x56602c]))
            wallOther = tone(0x0c120a)
        case .savanna:
            wallDistance = max(60, far * 6)
            wallHeight = wallDistance * Float(random.number(in: 0.02...0.06))
            ground = tone(pick([0xb59a5c, 0xa08a4e, 0xc2ab74]))
            groundOther = tone(pick([0x6e6a34, 0x8a5f38, 0x7f7444]))
            wall = tone(0x58632f)
            wallOther = tone(0x2b3318)
        case .zoo, .photograph:
            wallDistance = far + Float(random.number(in: 0.6...3.5))
            wallHeight = Float(random.number(in: 3...5))
            ground = tone(pick([0xb8a988, 0x9c9484, 0x8a7a5a]))
            groundOther = tone(pick([0xd2bd84, 0x77705f]))
            wall = tone(pick([0x9a958c, 0xa58f72, 0x87907e]))
            wallOther = tone(0x57534c)
        case .room:
            wallDistance = far + Float(random.number(in: 0.5...2.5))
            wallHeight = 60
            ground = tone(pick([0x8a6844, 0x9a9488, 0x6f5a48]))
            groundOther = tone(0x4a3826)
            wall = tone(pick([0xcfc8b8, 0xb8c0b8, 0xc8b89c, 0xa8b4c0]), 0.8...1.05)
            wallOther = tone(0x6a6256)
        case .snow:
            wallDistance = far + Float(random.number(in: 5...16))
            wallHeight = Float(random.number(in: 3...9))
            ground = tone(0xeaeef4, 0.85...1)
            groundOther = tone(0xc2cbdc, 0.85...1)
            wall = tone(0x3b4740)
            wallOther = tone(0x18201c)
        }
    }
}

/// Paints a backdrop, row by row: within a row of a level camera the ground has one distance.
struct BackdropPainter {
    let backdrop: Backdrop
    let light: SceneLight
    let camera: Camera
    let shadows: [GroundShadow]

    func paint(_ target: RenderTarget, photograph: Image?) {
        if let photograph { return paint(photograph, target) }
        let focal = Float(camera.focalLength)
        let (right, down, forward) = (
            SIMD3<Float>(camera.right), SIMD3<Float>(camera.down), SIMD3<Float>(camera.forward)
        )
        let eye = SIMD3<Float>(camera.position)
        let center = SIMD2<Float>(camera.center)
        let noise = NoiseField.shared
        let horizontal = max(0.05, (forward.x * forward.x + forward.z * forward.z).squareRoot())
        for y in 0..<target.height {
            let tilt = forward + down * ((Float(y) + 0.5 - center.y) / focal)
            // Distance to the ground and to the wall, in units of the ray's length along the axis.
            let toGround = tilt.y < -1e-4 ? -eye.y / tilt.y : .infinity
            let toWall = backdrop.wallDistance / max(horizontal * 0.2, -tilt.z)
            let row = y * target.width
            let step = right / focal
            var ray = tilt + right * ((0.5 - center.x) / focal)
            if toGround < toWall {
                let footprint = toGround / focal
                let along = footprint * max(1, toGround / max(eye.y, 0.2))
                for x in 0..<target.width {
                    let p = eye + ray * toGround
                    var color = ground(p.x, p.z, footprint, along, noise)
                    color = lit(color, p, toGround, isGround: true)
                    target.color[row + x] = color
                    ray += step
                }
            } else {
                let height = eye.y + tilt.y * toWall
                // What stands far behind is out of focus: every second column is computed, the others lie between.
                for x in stride(from: 0, to: target.width, by: 2) {
                    let p = eye + ray * toWall
                    let color = wall(p, height, toWall, toWall / focal, noise)
                    target.color[row + x] = color
                    if x > 0 { target.color[row + x - 1] = (color + target.color[row + x - 2]) * 0.5 }
                    ray += step * 2
                }
                let last = row + target.width - 1
                if target.width.isMultiple(of: 2) { target.color[last] = target.color[last - 1] }
            }
        }
    }

    /// The photograph fills the picture; its middle is kept. Shadows fall on it where the ground would be.
    private func paint(_ photograph: Image, _ target: RenderTarget) {
        let focal = Float(camera.focalLength)
        let (right, down, forward) = (
            SIMD3<Float>(camera.right), SIMD3<Float>(camera.down), SIMD3<Float>(camera.forward)
        )
        let eye = SIMD3<Float>(camera.position)
        let center = SIMD2<Float>(camera.center)
        photograph.withPixels { pixels in
            for y in 0..<target.height {
                let tilt = forward + down * ((Float(y) + 0.5 - center.y) / focal)
                let toGround = tilt.y < -1e-4 ? -eye.y / tilt.y : .infinity
                for x in 0..<target.width {
                    let i = y * target.width + x
                    let shown = SIMD4(Float(pixels[3 * i]), Float(pixels[3 * i + 1]), Float(pixels[3 * i + 2]), 0) / 255
                    var color = shown * shown
                    if light.flash > 0 {
                        color =
                            SIMD4(repeating: (color * SIMD4(0.35, 0.5, 0.15, 0)).sum())
                            * (0.25 + 0.75 * min(1, light.flashLight(at: min(toGround, light.flashReach * 2.5))))
                    }
                    if toGround < 60 {
                        let p = eye + (tilt + right * ((Float(x) + 0.5 - center.x) / focal)) * toGround
                        let dark = darkness(p)
                        color *= (1 - 0.5 * dark.x) * (1 - 0.6 * dark.y)
                    }
                    target.color[i] = color
                }
            }
        }
    }

    @inline(__always)
    private func darkness(_ p: SIMD3<Float>) -> SIMD2<Float> {
        var open = SIMD2<Float>(1, 1)
        for k in shadows.indices { open *= 1 - shadows[k].darkness(x: p.x, z: p.z) }
        return 1 - open
    }

    @inline(__always)
    private func lit(_ albedo: SIMD4<Float>, _ p: SIMD3<Float>, _ depth: Float, isGround: Bool) -> SIMD4<Float> {
        let dark = isGround ? darkness(p) : .zero
        if light.flash > 0 {
            // Lamps are aimed at the distance, not at the ground before them.
            let lamp = min(light.flashLight(at: depth), 1.6 * light.flash)
            return (albedo * 0.55 + 0.05) * ((0.7 * lamp + light.sky.x) * (1 - 0.75 * dark.y))
        }
        let facing = isGround ? max(0, light.sun.y) : 0.45
        let sun = light.sunlight(at: p) * (1 - dark.x) * facing
        let result = albedo * (light.sunColor * sun + light.sky * (0.9 * (1 - 0.85 * dark.y)))
        let air = 1 - min(1, depth * light.hazeDensity)
        return result * air + light.haze * (1 - air)
    }

    /// - Parameters: metres that a pixel covers across and along.
    @inline(__always)
    private func ground(_ x: Float, _ z: Float, _ across: Float, _ along: Float, _ noise: NoiseField) -> SIMD4<Float> {
        let (u, v) = (x + backdrop.offset.x, z + backdrop.offset.y)
        // What is finer than a pixel is left out.
        let fine = max(0, 1 - along * 60)
        let middle = max(0, 1 - along * 9)
        let coarse = noise.texel(u * 22, v * 22)
        switch backdrop.kind {
        case .forest:
            let litter = noise.texel(u * 150, v * 150) * max(0, 1 - along * 5)
            let leaf = noise.texel(u * 800, v * 620) * max(0, 1 - along * 25)
            let mix = smoothstep(-0.5, 0.6, coarse + 0.6 * litter)
            let color = backdrop.ground * (1 - mix) + backdrop.groundOther * mix
            return color * max(0.1, 1 + 0.9 * leaf + 0.6 * litter)
        case .savanna:
            // Blades stand up: across they are short, along they reach far.
            let blade = noise.texel(u * 600, v * 90) * max(0, 1 - across * 30)
            let tuft = noise.texel(u * 120, v * 60) * middle
            let mix = smoothstep(-0.4, 0.6, coarse + 0.5 * tuft)
            let color = backdrop.ground * (1 - mix) + backdrop.groundOther * mix
            return color * max(0.15, 1 + 0.7 * blade + 0.55 * tuft)
        case .room:
            let board = (v * 7).rounded(.down)
            let grain = noise.texel(u * 40 + board * 37, v * 600) * max(0, 1 - across * 50)
            let gap = abs(v * 7 - board - 0.5) > 0.5 - min(0.4, 0.02 + along * 3) ? Float(0.55) : 1
            let tone = 1 + 0.18 * noise.texel(board * 53, board * 17)
            return backdrop.ground * ((1 + 0.2 * grain) * gap * tone)
        case .snow:
            let drift = smoothstep(-0.6, 0.6, coarse)
            let bump = noise.texel(u * 130, v * 130) * middle
            return (backdrop.ground * drift + backdrop.groundOther * (1 - drift)) * (1 + 0.10 * bump)
        case .zoo, .photograph:
            let straw = noise.texel(u * 600, v * 230) * fine
            let tuft = noise.texel(u * 110, v * 110) * middle
            let mix = smoothstep(-0.1, 0.5, coarse + 0.7 * tuft)
            return (backdrop.ground * (1 - mix) + backdrop.groundOther * mix)
                * max(0.3, 1 + 0.4 * straw + 0.25 * tuft)
        }
    }

    @inline(__always)
    private func wall(
        _ p: SIMD3<Float>, _ height: Float, _ depth: Float, _ texel: Float, _ noise: NoiseField
    ) -> SIMD4<Float> {
        let (u, v) = (p.x + backdrop.offset.x, height + backdrop.offset.y)
        switch backdrop.kind {
        case .forest:
            let mass = noise.texel(u * 20, v * 16)
            let leaves = noise.texel(u * 95, v * 80) * max(0, 1 - texel * 8)
            let leaf = noise.texel(u * 330, v * 300) * max(0, 1 - texel * 15)
            let lightness = smoothstep(-0.45, 0.75, 0.8 * mass + 0.85 * leaves + 0.75 * leaf)
            // Under the leaves it is dark, above them light comes through.
            let up = smoothstep(0.1, 4.5, height)
            var color = backdrop.wallOther * (1 - lightness) + backdrop.wall * (lightness * (0.35 + 0.85 * up))
            let hole = smoothstep(0.55, 0.95, mass + 0.4 * leaves + 0.55 * up - 0.25)
            if light.flash == 0 { color += light.haze * (hole * up * 1.1) }
            return lit(color, p, depth, isGround: false)
        case .savanna, .snow:
            // Wooded hills below a sky.
            let outline =
                backdrop.wallHeight
                * (0.55 + 0.5 * noise.texel(u * (1600 / backdrop.wallDistance) * 0.02, 7)
                    + 0.35 * noise.texel(u * (6000 / backdrop.wallDistance) * 0.02, 91)
                    + (backdrop.kind == .snow ? 0.3 * noise.texel(u * 40, 33) : 0))
            let edge = smoothstep(-2 * texel, 2 * texel, height - outline)
            let speck = noise.texel(u * 22, v * 26)
            let wood = lit(
                backdrop.wall * (0.7 + 0.5 * speck) * (1 - smoothstep(-0.1, 0.5, speck) * 0.4), p, depth,
                isGround: false)
            if edge == 0 { return wood }
            return wood * (1 - edge) + sky(p, depth, noise) * edge
        case .zoo, .photograph:
            if height > backdrop.wallHeight { return sky(p, depth, noise) * 0.9 }
            let rough = noise.texel(u * 60, v * 60) + 0.5 * noise.texel(u * 260, v * 260) * max(0, 1 - texel * 40)
            // Courses of blocks, every second one shifted.
            let course = (height * 2.4).rounded(.down)
            let block = (u * 1.2 + (Int(course) & 1 == 0 ? 0 : 0.5))
            let joint = min(abs(block - block.rounded()), abs(height * 2.4 - course - 0.5) - 0.46 > 0 ? 0 : 1)
            let seam: Float = joint < 0.012 + texel ? 0.7 : 1
            let stain = smoothstep(0.1, 0.8, noise.texel(u * 14, v * 4))
            let damp = 0.65 + 0.35 * smoothstep(0, 0.9, height)
            let color = backdrop.wall * (1 - 0.45 * stain) + backdrop.wallOther * (0.45 * stain)
            return lit(color * ((1 + 0.22 * rough) * seam * damp), p, depth, isGround: false)
        case .room:
            let skirting: Float = height < 0.1 ? 0.55 : 1
            let plaster = noise.texel(u * 12, v * 12) * 0.06 + noise.texel(u * 200, v * 200) * 0.03
            let corner = 0.75 + 0.25 * smoothstep(0, 0.6, height)
            let color = height < 0.1 ? backdrop.wallOther : backdrop.wall
            return lit(color * ((1 + plaster) * corner * skirting), p, depth, isGround: false)
        }
    }

    private func sky(_ p: SIMD3<Float>, _ depth: Float, _ noise: NoiseField) -> SIMD4<Float> {
        if light.flash > 0 { return SIMD4(repeating: 0.003) }
        let up = min(1, max(0, p.y / max(depth, 1) * 1.6))
        let isSunny = light.sunColor.x > 0.5
        let zenith: SIMD4<Float> = isSunny ? [0.22, 0.40, 0.72, 0] : [0.62, 0.66, 0.70, 0]
        let cloud = smoothstep(0.1, 0.7, noise.texel(p.x / depth * 90 + backdrop.offset.x, up * 160)) * 0.5
        let clear = light.haze * 1.15 * (1 - up) + zenith * up
        return clear * (1 - cloud) + SIMD4(0.95, 0.95, 0.94, 0) * cloud
    }
}
