extension Canvas {
    /// Tints the pixels of a mask that has the canvas's size, and outlines them.
    /// - Throws: `ImageError.Problem.mismatch` when the sizes differ.
    public mutating func mask(
        _ mask: PixelMask, color: Color, opacity: Double = 0.45, outline: Color? = nil, lineWidth: Double = 1.5
    ) throws {
        guard mask.width == width, mask.height == height else {
            throw ImageError(
                "mask", .mismatch("\(mask.width) x \(mask.height) pixels, expected the image's \(width) x \(height)"))
        }
        self.mask(mask, x: 0, y: 0, color: color, opacity: opacity, outline: outline, lineWidth: lineWidth)
    }

    /// Tints and outlines a mask of part of the canvas, its top left pixel at (x, y); what lies outside is clipped.
    public mutating func mask(
        _ mask: PixelMask, x: Int, y: Int, color: Color, opacity: Double = 0.45, outline: Color? = nil,
        lineWidth: Double = 1.5
    ) {
        let columns = max(0, -x)..<max(max(0, -x), min(mask.width, width - x))
        let rows = max(0, -y)..<max(max(0, -y), min(mask.height, height - y))
        if opacity > 0, !columns.isEmpty, !rows.isEmpty {
            let values = rows.flatMap { row in
                mask.values[(row * mask.width + columns.lowerBound)..<(row * mask.width + columns.upperBound)]
                    .map { $0 == 0 ? 0 : UInt8(255) }
            }
            paint(
                Coverage(
                    x: x + columns.lowerBound, y: y + rows.lowerBound, width: columns.count, height: rows.count,
                    values: values), color.opacity(opacity))
        }
        if lineWidth > 0 {
            stroke(mask.outline().moved(x: Double(x), y: Double(y)), outline ?? color, lineWidth: lineWidth)
        }
    }
}
