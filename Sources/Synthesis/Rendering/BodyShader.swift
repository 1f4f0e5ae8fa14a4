import Geometry

/// Light on a scene.
struct SceneLight: Sendable {
    /// Towards the sun; of length 1.
    var sun: SIMD3<Float> = [0.4, 0.8, 0.4]
    var sunColor: SIMD4<Float> = .zero
    var sky: SIMD4<Float> = .zero
    /// Light that comes back from the ground.
    var bounce: SIMD4<Float> = .zero
    /// How much leaves above break the sunlight up, 0...1.
    var dapple: Float = 0
    /// Infra-red lamps beside the lens; 0 by day.
    var flash: Float = 0
    /// Distance in metres at which the flash exposes well.
    var flashReach: Float = 3
    var haze: SIMD4<Float> = .zero
    /// Share of the light that a metre of air takes.
    var hazeDensity: Float = 0

    /// Sunlight that leaves let through to a point of the scene, 0...1.
    func sunlight(at p: SIMD3<Float>) -> Float {
        guard dapple > 0 else { return 1 }
        // Points on one ray of the sun see the same leaves.
        let (x, z) = (p.x - p.y * sun.x / max(sun.y, 0.2), p.z - p.y * sun.z / max(sun.y, 0.2))
        let noise = NoiseField.shared
        let leaves = noise.texel(x * 34, z * 34) + 0.5 * noise.texel(x * 9 + 80, z * 9 + 31)
        return 1 - dapple * (1 - smoothstep(0.05, 0.5, leaves))
    }

    /// Light of the flash at a distance from the camera, before the surface turns away.
    func flashLight(at distance: Float) -> Float {
        let share = flashReach / max(distance, 0.35)
        return flash * share * share
    }
}

/// Colours the pixels of one body: its coat from body coordinates, then the light.
struct BodyShader {
    private let posed: PosedBody
    private let coat: Coat
    private let light: SceneLight
    /// Colour and length of fur at each vertex.
    private let colors: [SIMD4<Float>]
    /// Share of the pattern.
    private let patterned: [Float]
    private let camera: SIMD3<Float>
    private let focal: Float
    private let right: SIMD3<Float>
    private let down: SIMD3<Float>
    private let forward: SIMD3<Float>
    private let center: SIMD2<Float>
    /// Where the eyes, the nostrils and the mouth are in the default pose.
    private let eyes: [SIMD3<Float>]
    private let nose: SIMD3<Float>?
    private let mouth: SIMD3<Float>?
    private let eyeRadius: Float
    private let isUpright: Bool

    init(_ posed: PosedBody, coat: Coat, light: SceneLight, camera: Camera) {
        (self.posed, self.coat, self.light) = (posed, coat, light)
        let model = posed.model
        let painted = model.regions.map { coat.colors[Int($0.rawValue)] }
        // Borders of regions run along edges of the mesh: averaging makes them soft.
        let once = Self.averaged(painted, model)
        colors = coat.isCloth ? once : Self.averaged(once, model)
        patterned = model.regions.map { coat.patterned[Int($0.rawValue)] }
        self.camera = SIMD3<Float>(camera.position)
        focal = Float(camera.focalLength)
        right = SIMD3<Float>(camera.right)
        down = SIMD3<Float>(camera.down)
        forward = SIMD3<Float>(camera.forward)
        center = SIMD2<Float>(camera.center)
        func place(_ name: String) -> SIMD3<Float>? {
            model.body.keyVertices[name].map { model.restPositions[$0] }
        }
        eyes = [place("leftEye"), place("rightEye")].compactMap { $0 }
        nose = place("nose")
        mouth = place("mouth")
        eyeRadius = coat.eyeSize * Float(model.height)
        isUpright = model.height > model.reach
    }

    private static func averaged(_ values: [SIMD4<Float>], _ model: BodyModel) -> [SIMD4<Float>] {
        var result = values
        for v in values.indices {
            var sum = values[v] * 2
            let range = Int(model.neighborStart[v])..<Int(model.neighborStart[v + 1])
            for n in range { sum += values[Int(model.neighbors[n])] }
            result[v] = sum / Float(range.count + 2)
        }
        return result
    }

    /// Colours what of the body shows.
    /// - Parameters:
    ///   - number: of the body in `target.owner`.
    ///   - rows: and columns that the body touches.
    func shade(_ target: RenderTarget, _ buffer: VisibilityBuffer, number: Int16, columns: Range<Int>, rows: Range<Int>)
    {
        let model = posed.model
        let (width, height) = (target.width, target.height)
        let (triangles, normals, rest) = (model.body.mesh.triangles, posed.normals, model.restPositions)
        let (openness, limbness) = (model.openness, model.limbness)
        let bodyScale = Float(posed.scale)
        let noise = NoiseField.shared
        for y in rows {
            for x in columns {
                let pixel = y * width + x
                guard target.owner[pixel] == number else { continue }
                let t = triangles[Int(buffer.triangle[pixel])]
                let (a, b, c) = (Int(t.x), Int(t.y), Int(t.z))
                let bary = buffer.barycentric[pixel]
                let (wb, wc) = (bary.x, bary.y)
                let wa = 1 - wb - wc
                let p = rest[a] * wa + rest[b] * wb + rest[c] * wc
                var n = normals[a] * wa + normals[b] * wb + normals[c] * wc
                n /= max((n * n).sum().squareRoot(), 1e-6)
                let color = colors[a] * wa + colors[b] * wb + colors[c] * wc
                let share = patterned[a] * wa + patterned[b] * wb + patterned[c] * wc
                let limb = limbness[a] * wa + limbness[b] * wb + limbness[c] * wc
                let open = openness[a] * wa + openness[b] * wb + openness[c] * wc
                let depth = target.depth[pixel]
                let ray =
                    forward + right * ((Float(x) + 0.5 - center.x) / focal)
                    + down * ((Float(y) + 0.5 - center.y) / focal)
                let world = camera + ray * depth
                let texel = depth / (focal * bodyScale)

                var albedo = pattern(color, share, p, limb, noise)
                let fur = color.w
                var relief: Float = 0
                if fur > 0.01 {
                    relief = strands(p, limb, texel, noise)
                    albedo *= 1 + fur * relief * 0.85
                } else {
                    albedo *= 1 + 0.12 * noise.value(p * 60 + coat.offset)
                }
                // Dark fur is far brighter in infra-red than to the eye.
                if light.flash > 0 { albedo = albedo * 0.62 + 0.085 * (1 + 0.9 * relief * fur) }
                features(&albedo, p, texel)

                let toViewer = -ray / (ray * ray).sum().squareRoot()
                let facing = max(0, (n * toViewer).sum())
                // Fur catches light where it is seen edge-on, and light wraps around it.
                let wrap = 0.12 + 0.28 * fur
                let rim = fur * pow4(1 - facing)
                var lit: SIMD4<Float>
                if light.flash > 0 {
                    let falloff = light.flashLight(at: depth)
                    lit = albedo * ((0.12 + 0.88 * facing) * (0.55 + 0.45 * open) * falloff)
                    lit += albedo * light.sky * open
                    lit += SIMD4(repeating: 0.03 * rim * falloff)
                    if let shine = eyeShine(p, facing) { lit += SIMD4(repeating: shine * min(falloff * 1.5, 2.5)) }
                } else {
                    let towards = (n * light.sun).sum()
                    let sun = max(0, (towards + wrap) / (1 + wrap)) * light.sunlight(at: world)
                    let above = 0.5 + 0.5 * n.y
                    // Nothing of the sky is seen from under a belly, and little near the ground.
                    let low = smoothstep(-0.15, 0.5, world.y / (bodyScale * Float(model.height)) + 0.5 * above)
                    let ambient =
                        light.sky * (above * open * (0.35 + 0.65 * low))
                        + light.bounce * ((1 - above) * open * 0.8)
                    let shade = smoothstep(0.15, 0.75, open)
                    lit = albedo * (light.sunColor * (sun * shade) + ambient)
                    lit += (light.sky * 0.05 + light.sunColor * (0.03 * sun)) * rim
                }
                let air = 1 - min(1, depth * light.hazeDensity)
                lit = lit * air + light.haze * (1 - air)
                // Silhouettes are mixed with what lies behind, as a lens and fur do.
                let cover = coverage(target, x, y, number, width, height)
                let mix = cover >= 1 ? 1 : min(1, 0.30 + 0.75 * cover + 0.18 * relief * fur)
                target.color[pixel] = target.color[pixel] * (1 - mix) + lit * mix
            }
        }
    }

    @inline(__always)
    private func pow4(_ x: Float) -> Float { x * x * x * x }

    /// Share of the pixels around that the body has too; 1 inside.
    @inline(__always)
    private func coverage(_ target: RenderTarget, _ x: Int, _ y: Int, _ number: Int16, _ width: Int, _ height: Int)
        -> Float
    {
        guard x > 0, y > 0, x < width - 1, y < height - 1 else { return 1 }
        let owner = target.owner + (y * width + x)
        var own = 0
        for row in [-width, 0, width] {
            for column in -1...1 where owner[row + column] == number { own += 1 }
        }
        return own == 9 ? 1 : Float(own) / 9
    }

    /// Strands and clumps of fur, about -1...1; what is finer than the picture shows is left out.
    @inline(__always)
    private func strands(_ p: SIMD3<Float>, _ limb: Float, _ texel: Float, _ noise: NoiseField) -> Float {
        // Fur lies along the limbs and, on four legs, along the trunk.
        let finest = min(140, 0.42 / max(texel, 1e-5))
        let along = isUpright ? SIMD3<Float>(1, 0.22, 1) : SIMD3(1, 0.75 - 0.5 * limb, 0.25 + 0.6 * limb)
        let strand = noise.value(p * finest * along + coat.offset)
        let clump = noise.value(p * min(30, finest * 0.5) * along + coat.offset * 1.7)
        let tone = noise.value(p * 5 + coat.offset)
        return 0.45 * strand + 0.4 * clump + 0.22 * tone
    }

    @inline(__always)
    private func pattern(
        _ color: SIMD4<Float>, _ share: Float, _ p: SIMD3<Float>, _ limb: Float, _ noise: NoiseField
    ) -> SIMD4<Float> {
        if share <= 0.01 { return color }
        let second = coat.second
        switch coat.pattern {
        case .plain: return color
        case .stripes(let frequency, let contrast):
            let warp = noise.value(p * (frequency * 0.55) + coat.offset)
            let along = isUpright ? p.y : p.z * (1 - limb) + p.y * limb * 1.5
            let wave = sinApproximate((along * frequency + 0.28 * warp) * 2 * .pi)
            let band = smoothstep(-0.2, 0.2, wave + 0.1) * contrast * share
            return color * (1 - band) + second * band
        case .plates(let frequency):
            let cell = noise.cells(p * frequency + coat.offset)
            let line = (1 - smoothstep(0.06, 0.15, cell.second - cell.first)) * (0.25 + 0.75 * share)
            return color * ((1 - line) * (1 + 0.2 * cell.number)) + second * line
        case .blotches(let frequency, let area):
            let q = p * frequency + coat.offset
            let value = noise.value(q) + 0.35 * noise.value(q * 2.7) + (area - 0.5) * 1.1
            let spot = smoothstep(-0.05, 0.05, value) * share
            return color * (1 - spot) + second * spot
        case .wrinkles(let frequency):
            let q = p * SIMD3(0.5, 1.25, 0.5) * frequency + coat.offset
            let groove = 1 - smoothstep(0, 0.22, abs(noise.value(q)))
            let fine = 1 - smoothstep(0, 0.3, abs(noise.value(q * 2.3 + 5)))
            let depth = min(1, 0.55 * groove + 0.35 * fine) * share
            return (color * (1 - depth) + second * depth) * (1 + 0.25 * noise.value(p * 2 + coat.offset))
        case .wool(let frequency):
            let lock = noise.value(p * frequency + coat.offset)
            return color * (1 + 0.45 * share * lock)
        }
    }

    /// A sine good to a thousandth (Bhaskara), for patterns.
    @inline(__always)
    private func sinApproximate(_ x: Float) -> Float {
        let turns = x / (2 * .pi)
        let t = (turns - turns.rounded(.down)) * 2
        let half = t < 1 ? t : t - 1
        let arch = 16 * half * (1 - half) / (5 - 4 * half * (1 - half))
        return t < 1 ? arch : -arch
    }

    /// Eyes, nostrils and the line of the mouth.
    @inline(__always)
    private func features(_ albedo: inout SIMD4<Float>, _ p: SIMD3<Float>, _ texel: Float) {
        for eye in eyes {
            let offset = p - eye
            let gap = (offset * offset).sum()
            let radius = eyeRadius + 0.3 * texel
            guard gap < 6 * radius * radius else { continue }
            let inside = 1 - smoothstep(radius * 0.75, radius * 1.15, gap.squareRoot())
            let socket = 1 - smoothstep(radius, radius * 2.3, gap.squareRoot())
            albedo *= 1 - 0.45 * socket
            albedo = albedo * (1 - inside) + coat.eye * inside
            let glint = offset + SIMD3(-0.3, -0.45, 0) * radius
            if (glint * glint).sum() < 0.09 * radius * radius, glint.z > -radius { albedo += 0.25 }
        }
        if let nose {
            // The nostrils lie beside the tip.
            let offset = SIMD3(abs(p.x) - eyeRadius * 0.9, p.y - nose.y + eyeRadius * 0.4, p.z - nose.z)
            let radius = eyeRadius * 0.8 + 0.3 * texel
            let gap = (offset * offset).sum()
            if gap < radius * radius { albedo *= 0.3 + 0.7 * gap / (radius * radius) }
        }
        if let mouth {
            let offset = p - mouth
            if abs(offset.x) < 4 * eyeRadius, abs(offset.z) < 5 * eyeRadius {
                let line = 1 - smoothstep(0.15 * eyeRadius, 0.55 * eyeRadius + 0.4 * texel, abs(offset.y))
                albedo *= 1 - 0.6 * line
            }
        }
    }

    /// Light that a retina throws back into the lamp.
    @inline(__always)
    private func eyeShine(_ p: SIMD3<Float>, _ facing: Float) -> Float? {
        for eye in eyes {
            let offset = p - eye
            let gap = (offset * offset).sum()
            let radius = eyeRadius * 1.2
            if gap < radius * radius, facing > 0.25 { return 1.6 * facing * (1 - gap / (radius * radius)) + 0.4 }
        }
        return nil
    }
}
