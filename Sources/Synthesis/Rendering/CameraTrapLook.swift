import Foundation
import Hashing

/// What a camera trap makes of the light: exposure, softness, noise, infra-red grey, its line of text.
public struct CameraTrapLook: Hashable, Sendable {
    /// Grey pictures, lit from the camera.
    public var isInfrared: Bool
    /// Standard deviation, of 255.
    public var noise: Float
    /// Share of each pixel that comes from its neighbours, 0...1.
    public var softness: Float
    /// How much darker the corners are, 0...1.
    public var vignette: Float
    /// Brightness of the mean pixel, of linear light, that the exposure aims at.
    public var exposure: Float
    /// Of the white balance.
    public var tint: SIMD4<Float>
    /// The line of text below; nil for none.
    public var banner: String?
    /// `YYYY-MM-DDTHH:MM:SS`, the camera's clock.
    public var capturedAt: String
    /// Where the noise is read.
    public var noiseStart: Int

    init(
        recipe: SceneRecipe, isInfrared: Bool, degrees: ClosedRange<Int>, _ random: inout SeededGenerator
    ) {
        self.isInfrared = isInfrared
        noise = Float(random.number(in: recipe.noise)) * (isInfrared ? 1.4 : 1)
        softness = Float(random.number(in: 0.25...0.9))
        vignette = Float(random.number(in: isInfrared ? 0.35...0.8 : 0.05...0.35))
        exposure = Float(random.number(in: 0.14...0.26))
        tint = SIMD4(
            Float(random.number(in: 0.94...1.06)), 1, Float(random.number(in: 0.92...1.06)), 0)
        noiseStart = random.index(below: NoiseField.grainMask + 1)
        let hasBanner = random.unit() < recipe.banner
        let (month, day) = (1 + random.index(below: 12), 1 + random.index(below: 28))
        let hour = isInfrared ? (19 + random.index(below: 10)) % 24 : 7 + random.index(below: 11)
        let (minute, second) = (random.index(below: 60), random.index(below: 60))
        func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
        let year = 2019 + random.index(below: 7)
        capturedAt = "\(year)-\(two(month))-\(two(day))T\(two(hour)):\(two(minute)):\(two(second))"
        let temperature = degrees.lowerBound + random.index(below: degrees.count)
        let camera = "CAM\(two(1 + random.index(below: 24)))"
        let moon = random.index(below: 8)
        guard hasBanner else { return }
        // Days of the moon's age, which traps show as a sign.
        let phase = isInfrared ? "  \(Self.moons[moon])" : ""
        banner =
            "\(year)-\(two(month))-\(two(day))  \(two(hour)):\(two(minute)):\(two(second))  "
            + "\(temperature)°C\(phase)  \(camera)"
    }

    static let moons = ["●", "◐", "○", "◑", "●", "◐", "○", "◑"]

    /// Pixels of the line of text in a picture of this height; 0 where there is none.
    func bannerHeight(_ height: Int) -> Int { banner == nil ? 0 : max(10, height / 17) }
}

/// Turns light into a picture's bytes.
struct PictureDeveloper {
    let look: CameraTrapLook

    /// RGB, row-major.
    func develop(_ target: RenderTarget) -> [UInt8] {
        let (width, height, count) = (target.width, target.height, target.count)
        soften(target)
        let gain = exposure(target)
        let noise = NoiseField.shared.grain
        let sigma = look.noise / 255
        let (cx, cy) = (Float(width) / 2, Float(height) / 2)
        let corner = 1 / (cx * cx + cy * cy)
        let (start, isInfrared, tint) = (
            look.noiseStart, look.isInfrared, look.isInfrared ? SIMD4(repeating: 1) : look.tint
        )
        return [UInt8](unsafeUninitializedCapacity: 3 * count) { bytes, filled in
            for y in 0..<height {
                let dy = Float(y) + 0.5 - cy
                for x in 0..<width {
                    let i = y * width + x
                    let dx = Float(x) + 0.5 - cx
                    let fall = 1 - look.vignette * (dx * dx + dy * dy) * corner
                    var light = target.color[i] * (tint * (gain * fall))
                    light.replace(with: 0, where: light .< 0)
                    // A shoulder instead of a hard white.
                    light = light / (light * 0.55 + 1) * 1.45
                    let at = start &+ 3 &* i
                    let grain = noise[at & NoiseField.grainMask] * sigma
                    if isInfrared {
                        let grey = 0.45 * light.x + 0.4 * light.y + 0.15 * light.z
                        let byte = Self.byte(grey.squareRoot() + grain)
                        bytes[3 * i] = byte
                        bytes[3 * i + 1] = byte
                        bytes[3 * i + 2] = byte
                    } else {
                        // Luminance is noisier than colour, as after a camera's own filters.
                        let second = grain + 0.35 * (noise[(at &+ 1) & NoiseField.grainMask] * sigma - grain)
                        let third = grain + 0.35 * (noise[(at &+ 2) & NoiseField.grainMask] * sigma - grain)
                        bytes[3 * i] = Self.byte(light.x.squareRoot() + grain)
                        bytes[3 * i + 1] = Self.byte(light.y.squareRoot() + second)
                        bytes[3 * i + 2] = Self.byte(light.z.squareRoot() + third)
                    }
                }
            }
            filled = 3 * count
        }
    }

    /// The nearest whole number, which the sum with 2^23 has in its lowest bits: no conversion that could trap.
    @inline(__always)
    private static func byte(_ shown: Float) -> UInt8 {
        UInt8(truncatingIfNeeded: (min(max(shown * 255, 0), 255) + 8_388_608).bitPattern)
    }

    /// What brings the mean of the picture to the exposure aimed at, within what a camera can do.
    private func exposure(_ target: RenderTarget) -> Float {
        // At night the lamps and the lens are fixed.
        if look.isInfrared { return 1.1 }
        var sum: Float = 0
        var seen: Float = 0
        for i in stride(from: 0, to: target.count, by: 37) {
            sum += min(1.2, (target.color[i] * SIMD4(0.3, 0.6, 0.1, 0)).sum())
            seen += 1
        }
        return min(max(look.exposure / max(sum / seen, 1e-4), 0.4), 2.4)
    }

    /// A lens and a compressing camera do not resolve single pixels.
    private func soften(_ target: RenderTarget) {
        let (width, height) = (target.width, target.height)
        let side = look.softness * 0.27
        let middle = 1 - 2 * side
        let (color, spare) = (target.color, target.spare)
        for y in 0..<height {
            let row = y * width
            spare[row] = color[row]
            spare[row + width - 1] = color[row + width - 1]
            for i in (row + 1)..<(row + width - 1) {
                spare[i] = color[i] * middle + (color[i - 1] + color[i + 1]) * side
            }
        }
        for y in 1..<(height - 1) {
            let row = y * width
            for i in row..<(row + width) {
                color[i] = spare[i] * middle + (spare[i - width] + spare[i + width]) * side
            }
        }
    }
}
