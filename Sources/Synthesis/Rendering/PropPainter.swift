import Geometry

/// Draws props over what is farther than they are.
struct PropPainter {
    let light: SceneLight

    func paint(_ prop: Prop, on target: RenderTarget) {
        switch prop.shape {
        case .strip(let start, let end, let bend, let startHalf, let endHalf):
            if abs(end.y - start.y) >= abs(end.x - start.x) {
                strip(prop, start, end, bend, startHalf, endHalf, target, isSteep: true)
            } else {
                strip(
                    prop, SIMD2(start.y, start.x), SIMD2(end.y, end.x), bend, startHalf, endHalf, target,
                    isSteep: false)
            }
        case .leaf(let center, let axes, let angle): leaf(prop, center, axes, angle, target)
        }
    }

    private var sunLight: SIMD4<Float> { light.sunColor * 0.55 + light.sky * 0.8 }

    private func lit(_ color: SIMD4<Float>, _ prop: Prop) -> SIMD4<Float> {
        if light.flash > 0 { return color * (light.flashLight(at: prop.depth) * 0.9 + light.sky.x) }
        let air = 1 - min(1, prop.depth * light.hazeDensity)
        return color * sunLight * air + light.haze * (1 - air)
    }

    /// Runs along rows of the picture, or along columns for what lies flat: coordinates are then exchanged.
    private func strip(
        _ prop: Prop, _ start: SIMD2<Float>, _ end: SIMD2<Float>, _ bend: Float, _ startHalf: Float, _ endHalf: Float,
        _ target: RenderTarget, isSteep: Bool
    ) {
        let (long, short) = isSteep ? (target.height, target.width) : (target.width, target.height)
        let length = end.y - start.y
        guard abs(length) > 0.5 else { return }
        // A slanting strip is wider along its row.
        let slope = (end.x - start.x) / length
        let widen = (1 + slope * slope).squareRoot()
        let first = max(0, Int(min(start.y, end.y)))
        let last = min(long - 1, Int(max(start.y, end.y)))
        guard first <= last else { return }
        let noise = NoiseField.shared
        let soft = prop.softness
        for y in first...last {
            let t = min(max((Float(y) + 0.5 - start.y) / length, 0), 1)
            let middle = start.x + (end.x - start.x) * t + bend * 4 * t * (1 - t)
            let half = (startHalf + (endHalf - startHalf) * t) * widen
            let low = max(0, Int((middle - half - soft).rounded(.down)))
            let high = min(short - 1, Int((middle + half + soft).rounded(.up)))
            guard low <= high else { continue }
            for x in low...high {
                let across = (Float(x) + 0.5 - middle) / max(half, 0.2)
                // The part of the pixel that the strip covers; thin ones never cover it wholly.
                let cover = min(1, (half + soft / 2 - abs(Float(x) + 0.5 - middle)) / soft) * min(1, half / 0.5)
                guard cover > 0.02 else { continue }
                let pixel = isSteep ? y * target.width + x : x * target.width + y
                guard prop.depth < target.depth[pixel] else { continue }
                var color = prop.color
                switch prop.surface {
                case .bark:
                    let round = max(0.05, 1 - across * across).squareRoot()
                    let side = 0.6 + 0.4 * min(max(across * (light.sun.x > 0 ? 1 : -1), -1), 1)
                    // Furrows run along the trunk.
                    let rough = noise.texel(across * 40 + prop.offset, Float(y) * 9 / max(half, 3) + prop.offset)
                    let lichen = smoothstep(0.3, 0.8, noise.texel(across * 5 + 91, Float(y) * 4 / max(half, 3)))
                    color *=
                        max(0.12, 1 + 0.95 * rough) * (0.35 + 0.65 * round)
                        * (light.flash > 0 ? 1 : side)
                    color += SIMD4(0.05, 0.06, 0.045, 0) * lichen
                case .blade: color *= 0.55 + 0.6 * t + 0.2 * across
                case .metal: color *= 0.55 + 0.6 * max(0, 1 - (across + 0.35) * (across + 0.35))
                }
                put(lit(color, prop), cover, prop, target, pixel)
            }
        }
    }

    private func leaf(
        _ prop: Prop, _ center: SIMD2<Float>, _ axes: SIMD2<Float>, _ angle: Float, _ target: RenderTarget
    ) {
        let reach = axes.max() + prop.softness
        let (firstX, lastX) = (max(0, Int(center.x - reach)), min(target.width - 1, Int(center.x + reach)))
        let (firstY, lastY) = (max(0, Int(center.y - reach)), min(target.height - 1, Int(center.y + reach)))
        guard firstX <= lastX, firstY <= lastY else { return }
        // Cosine and sine by their series: the same everywhere.
        let half = angle / 4
        let tangent = half * (1 + half * half / 3 + 2 * half * half * half * half / 15)
        let quarter = SIMD2((1 - tangent * tangent), 2 * tangent) / (1 + tangent * tangent)
        let (c, s) = (quarter.x * quarter.x - quarter.y * quarter.y, 2 * quarter.x * quarter.y)
        let soft = prop.softness / axes.y
        for y in firstY...lastY {
            for x in firstX...lastX {
                let d = SIMD2(Float(x) + 0.5, Float(y) + 0.5) - center
                let q = SIMD2(c * d.x + s * d.y, c * d.y - s * d.x) / axes
                // Pointed at both ends.
                let outline = abs(q.y) / max(0.02, 1 - q.x * q.x)
                guard abs(q.x) < 1 else { continue }
                let cover = min(1, (1 + soft / 2 - outline) / soft)
                guard cover > 0.02 else { continue }
                let pixel = y * target.width + x
                guard prop.depth < target.depth[pixel] else { continue }
                let rib: Float = abs(q.y) < 0.1 ? 1.25 : 1
                put(lit(prop.color * (rib * (0.85 + 0.25 * q.y)), prop), cover, prop, target, pixel)
            }
        }
    }

    @inline(__always)
    private func put(_ color: SIMD4<Float>, _ cover: Float, _ prop: Prop, _ target: RenderTarget, _ pixel: Int) {
        target.color[pixel] = target.color[pixel] * (1 - cover) + color * cover
        // Who covers most of a pixel owns it.
        if cover > 0.5 {
            target.depth[pixel] = prop.depth
            target.owner[pixel] = RenderTarget.covered
        }
    }
}
