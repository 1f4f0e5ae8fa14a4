/// How body surface coordinates are shown.
public enum SurfaceStyle: Sendable {
    /// Each part in its colour, darker along U and lighter along V, so that the chart's directions can be seen.
    case parts
    /// U or V alone as a heat map, as the DensePose paper shows them.
    case u
    case v
    /// A texture of the whole body: 24 tiles in four rows of six, chart 1 at the top left; in each u runs to the right and
    /// v down. 8-bit RGB.
    case texture(Image)
}

/// The order of an IUV image's channels.
public enum SurfaceChannels: Sendable {
    case iuv
    /// What OpenCV leaves in a PNG when it is handed I, U, V: they come back as blue, green and red.
    case vui
}

extension Canvas {
    /// Draws part indices and surface coordinates over the image.
    /// - Parameters:
    ///   - surface: 8-bit RGB; part I is 0 (background) to 24, U and V are 0...255.
    ///   - x: where the surface's left edge lies on the canvas, which clips it; likewise `y`.
    /// - Throws: `ImageError.Problem.mismatch` when the image has no three 8-bit channels or a part exceeds 24.
    public mutating func surface(
        _ surface: Image, channels: SurfaceChannels = .iuv, style: SurfaceStyle = .parts, x: Int = 0, y: Int = 0,
        opacity: Double = 0.85
    ) throws {
        guard surface.channels == 3, surface.bitDepth == 8 else {
            throw ImageError(
                "IUV image",
                .mismatch("\(surface.channels) channels of \(surface.bitDepth) bits, expected 3 of 8 (I, U and V)"))
        }
        let (partChannel, vChannel) = channels == .iuv ? (0, 2) : (2, 0)
        if let bad = surface.firstPart(above: Palette.parts.count, channel: partChannel) {
            throw ImageError(
                "IUV image",
                .mismatch("part \(bad.part) at (\(bad.x), \(bad.y)), expected 0 to \(Palette.parts.count)"))
        }
        if case .texture(let atlas) = style {
            guard atlas.channels == 3, atlas.bitDepth == 8, atlas.width >= 6, atlas.height >= 4 else {
                throw ImageError(
                    "texture",
                    .mismatch(
                        "\(atlas.width)x\(atlas.height) of \(atlas.channels) channels, expected 8-bit RGB of 6 x 4 tiles"
                    ))
            }
        }
        let ramp = ColorMap.viridis.table
        let parts = Palette.parts
        let alpha = Int32((min(1, max(0, opacity)) * 255).rounded())
        let rows = max(0, -y)..<max(max(0, -y), min(surface.height, height - y))
        let columns = max(0, -x)..<max(max(0, -x), min(surface.width, width - x))
        let canvasWidth = width
        let canvasChannels = image.channels
        image.bytes.withUnsafeMutableBufferPointer { target in
            surface.bytes.withUnsafeBufferPointer { source in
                for row in rows {
                    for column in columns {
                        let pixel = (row * surface.width + column) * 3
                        let part = Int(source[pixel + partChannel])
                        guard part > 0 else { continue }
                        let color: Color
                        switch style {
                        case .parts:
                            color = Self.shaded(parts[part - 1], u: source[pixel + 1], v: source[pixel + vChannel])
                        case .u: color = ramp[Int(source[pixel + 1])]
                        case .v: color = ramp[Int(source[pixel + vChannel])]
                        case .texture(let atlas):
                            color = atlas.tile(part - 1, u: source[pixel + 1], v: source[pixel + vChannel])
                        }
                        let at = ((y + row) * canvasWidth + x + column) * canvasChannels
                        Self.blend(
                            target.baseAddress! + at, canvasChannels,
                            (Int32(color.red), Int32(color.green), Int32(color.blue)), alpha)
                    }
                }
            }
        }
    }

    /// Up to 42% darker along U, then up to 38% lighter along V.
    @inline(__always)
    private static func shaded(_ color: Color, u: UInt8, v: UInt8) -> Color {
        let dark = 65_025 - 107 * Int32(u)
        let light = 97 * Int32(v)
        func shade(_ value: UInt8) -> UInt8 {
            let low = Int32(value) * dark / 65_025
            return UInt8(truncatingIfNeeded: low + (255 - low) * light / 65_025)
        }
        return Color(red: shade(color.red), green: shade(color.green), blue: shade(color.blue))
    }
}

extension Image {
    /// The colour of a texture's tile, 0-based, at (u, v) of 255.
    @inline(__always)
    fileprivate func tile(_ tile: Int, u: UInt8, v: UInt8) -> Color {
        let (tileWidth, tileHeight) = (width / 6, height / 4)
        let x = tile % 6 * tileWidth + Int(u) * (tileWidth - 1) / 255
        let y = tile / 6 * tileHeight + Int(v) * (tileHeight - 1) / 255
        let at = (y * width + x) * 3
        return Color(red: bytes[at], green: bytes[at + 1], blue: bytes[at + 2])
    }

    fileprivate func firstPart(above limit: Int, channel: Int) -> (part: Int, x: Int, y: Int)? {
        bytes.withUnsafeBufferPointer { samples in
            for i in stride(from: channel, to: samples.count, by: 3) where Int(samples[i]) > limit {
                return (Int(samples[i]), i / 3 % width, i / 3 / width)
            }
            return nil
        }
    }
}
