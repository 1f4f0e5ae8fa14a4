extension Image {
    /// Draws another image with its top left pixel at (x, y), clipped, its alpha blended ("over").
    ///
    /// The other image is brought to this one's bit depth and channels; samples round to nearest.
    public mutating func composite(_ other: Image, x: Int, y: Int, opacity: Double = 1) {
        let matched = bitDepth == 8 ? other.eightBit() : other.sixteenBit()
        let alpha = matched.channels == 4 ? matched.channel(3) : nil
        let color = channels == 1 ? matched.grey() : matched.rgb()
        let maximum = bitDepth == 8 ? 255.0 : 65_535.0
        let rows = max(0, -y)..<max(max(0, -y), min(color.height, height - y))
        let columns = max(0, -x)..<max(max(0, -x), min(color.width, width - x))
        if alpha == nil, opacity == 1, channels == color.channels {
            // Nothing shows through: whole rows are copied.
            for row in rows where !columns.isEmpty {
                let to = ((y + row) * width + x + columns.lowerBound) * bytesPerPixel
                let from = (row * color.width + columns.lowerBound) * bytesPerPixel
                let count = columns.count * bytesPerPixel
                bytes.replaceSubrange(to..<to + count, with: color.bytes[from..<from + count])
            }
            return
        }
        for row in rows {
            for column in columns {
                let over = opacity * (alpha.map { Double($0[column, row]) / maximum } ?? 1)
                let under = channels == 4 ? Double(self[x + column, y + row, 3]) / maximum : 1
                let total = over + under * (1 - over)
                guard total > 0 else { continue }
                for c in 0..<color.channels {
                    let below = Double(self[x + column, y + row, c])
                    let mixed = (Double(color[column, row, c]) * over + below * under * (1 - over)) / total
                    self[x + column, y + row, c] = UInt16(mixed.rounded())
                }
                if channels == 4 { self[x + column, y + row, 3] = UInt16((total * maximum).rounded()) }
            }
        }
    }
}
