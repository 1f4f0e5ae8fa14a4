extension Canvas {
    /// Colours each pixel by a value, such as a confidence.
    /// - Parameters:
    ///   - values: row-major, one a pixel of the canvas; not-a-number is left untouched.
    ///   - range: the values at the ends of the colour map.
    ///   - fadesLow: makes low values transparent, so that only what is confident covers the image.
    /// - Throws: `ImageError.Problem.mismatch` when there is not one value a pixel.
    public mutating func heatMap(
        _ values: [Float], range: ClosedRange<Float> = 0...1, map: ColorMap = .viridis, opacity: Double = 0.6,
        fadesLow: Bool = false
    ) throws {
        guard values.count == width * height else {
            throw ImageError(
                "heat map", .mismatch("\(values.count) values, expected the image's \(width) x \(height)"))
        }
        let span = max(Float.leastNormalMagnitude, range.upperBound - range.lowerBound)
        for (index, value) in values.enumerated() where !value.isNaN {
            let position = Double(min(1, max(0, (value - range.lowerBound) / span)))
            let alpha = fadesLow ? opacity * position : opacity
            blend(x: index % width, y: index / width, map[position].opacity(alpha))
        }
    }

    /// A vertical scale of a colour map with its end values, for beside a heat map.
    public mutating func colorBar(
        _ map: ColorMap, x: Int, y: Int, width barWidth: Int, height barHeight: Int, low: String, high: String,
        size: Double = 12, ink: Color = .black
    ) throws {
        let rows = y..<(y + barHeight)
        for row in rows.clamped(to: 0..<height) {
            let value = 1 - (Double(row - y) + 0.5) / Double(barHeight)
            for column in (x..<(x + barWidth)).clamped(to: 0..<width) { blend(x: column, y: row, map[value]) }
        }
        let left = Double(x + barWidth) + size * 0.4
        try text(high, at: PixelPoint(left, Double(y) + size * 0.75), size: size, color: ink)
        try text(low, at: PixelPoint(left, Double(y + barHeight)), size: size, color: ink)
    }
}
