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
        let alpha = color.opacity(opacity).alpha
        paint(
            Coverage(x: 0, y: 0, width: width, height: height, values: mask.values.map { $0 == 0 ? 0 : 255 }),
            Color(red: color.red, green: color.green, blue: color.blue, alpha: alpha))
        if lineWidth > 0 {
            stroke(mask.outline(), outline ?? color, lineWidth: lineWidth)
        }
    }
}
