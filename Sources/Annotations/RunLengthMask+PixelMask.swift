import Imaging

extension RunLengthMask {
    /// The mask as pixels, cut to the smallest box around its foreground, and where that box lies; nil when empty.
    /// Memory grows with the box, not with the size that the mask states.
    public func pixelMask() -> (mask: PixelMask, x: Int, y: Int)? {
        let bounds = bounds
        guard bounds.right > bounds.left, bounds.bottom > bounds.top else { return nil }
        let (width, height) = (bounds.right - bounds.left, bounds.bottom - bounds.top)
        var values = [UInt8](repeating: 0, count: width * height)
        forEachColumnSegment { column, rows in
            for row in rows { values[(row - bounds.top) * width + column - bounds.left] = 1 }
        }
        return (try? PixelMask(width: width, height: height, values: values)).map { ($0, bounds.left, bounds.top) }
    }
}
