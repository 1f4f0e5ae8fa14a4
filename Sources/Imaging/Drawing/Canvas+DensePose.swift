/// How body surface coordinates are shown.
public enum SurfaceStyle: Sendable {
    /// Each part in its colour, darker along U and lighter along V, so that the chart's directions can be seen.
    case parts
    /// U or V alone as a heat map, as the DensePose paper shows them.
    case u
    case v
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
        let ramp = ColorMap.viridis.table
        for row in max(0, -y)..<max(max(0, -y), min(surface.height, height - y)) {
            for column in max(0, -x)..<max(max(0, -x), min(surface.width, width - x)) {
                let pixel = (row * surface.width + column) * 3
                let part = Int(surface.bytes[pixel + partChannel])
                guard part > 0 else { continue }
                guard part <= Palette.parts.count else {
                    throw ImageError(
                        "IUV image", .mismatch("part \(part) at (\(column), \(row)), expected 0 to \(Palette.parts.count)"))
                }
                let u = surface.bytes[pixel + 1]
                let v = surface.bytes[pixel + vChannel]
                let color: Color
                switch style {
                case .parts:
                    color = Palette.parts[part - 1]
                        .mixed(with: .black, 0.42 * Double(u) / 255)
                        .mixed(with: .white, 0.38 * Double(v) / 255)
                case .u: color = ramp[Int(u)]
                case .v: color = ramp[Int(v)]
                }
                blend(x: x + column, y: y + row, color.opacity(opacity))
            }
        }
    }
}
