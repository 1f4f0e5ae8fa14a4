/// Which part of a line of text stands at the given point.
public enum TextAnchor: Sendable {
    case left
    case center
    case right
}

extension Canvas {
    /// Draws a line of text with its baseline at a point.
    /// - Parameter size: of the em square, in pixels.
    /// - Returns: the width in pixels.
    /// - Throws: `ImageError` when the font is missing.
    @discardableResult
    public mutating func text(
        _ string: String, at origin: PixelPoint, size: Double = 14, color: Color = .black, anchor: TextAnchor = .left
    ) throws -> Double {
        let (path, advance) = try typeface().path(for: string, size: size)
        let shift = anchor == .left ? 0 : anchor == .center ? -advance / 2 : -advance
        // Hinted glyphs are crisp only on whole rows.
        fill(path.moved(x: origin.x + shift, y: origin.y.rounded()), color)
        return advance
    }

    /// The width of a line of text in pixels.
    public mutating func textWidth(_ string: String, size: Double = 14) throws -> Double {
        try typeface().path(for: string, size: size).advance
    }

    /// The text, or as much of its beginning as fits a width, ending in an ellipsis.
    public mutating func shortened(_ string: String, toFit maximum: Double, size: Double) throws -> String {
        if try textWidth(string, size: size) <= maximum { return string }
        var characters = Array(string)
        while !characters.isEmpty {
            characters.removeLast()
            let candidate = String(characters) + "…"
            if try textWidth(candidate, size: size) <= maximum { return candidate }
        }
        return ""
    }

    /// The size in pixels of the plate that `label` draws.
    public mutating func labelSize(_ string: String, size: Double = 13) throws -> (width: Double, height: Double) {
        let metrics = try typeface().metrics(size: size)
        let padding = (size * 0.35).rounded()
        return (
            (try textWidth(string, size: size) + 2 * padding).rounded(.up),
            (metrics.ascent * 0.8 + metrics.descent + padding).rounded(.up)
        )
    }

    /// Text on a plate of a colour, its lower left corner at a point (as above a box); kept inside the image.
    public mutating func label(
        _ string: String, at corner: PixelPoint, size: Double = 13, plate: Color, ink: Color? = nil
    ) throws {
        let (plateWidth, plateHeight) = try labelSize(string, size: size)
        let x = max(0, min(corner.x.rounded(), Double(width) - plateWidth))
        let y = max(0, min(corner.y.rounded() - plateHeight, Double(height) - plateHeight))
        fill(Path(x: x, y: y, width: plateWidth, height: plateHeight, cornerRadius: size * 0.18), plate)
        // Capitals are about 0.73 em tall; they sit in the middle of the plate.
        let baseline = y + (plateHeight + 0.73 * size) / 2
        try text(
            string, at: PixelPoint(x + (size * 0.35).rounded(), baseline), size: size, color: ink ?? plate.legibleInk)
    }

    /// A box with its label above, inside when there is no room.
    public mutating func labelledBox(
        _ string: String, x: Double, y: Double, width boxWidth: Double, height boxHeight: Double, color: Color,
        lineWidth: Double = 2, size: Double = 13
    ) throws {
        box(x: x, y: y, width: boxWidth, height: boxHeight, color: color, lineWidth: lineWidth)
        try label(string, at: PixelPoint(x - lineWidth / 2, y + lineWidth / 2), size: size, plate: color)
    }
}

extension Path {
    func moved(x: Double, y: Double) -> Path {
        var result = Path()
        for contour in contours {
            var moved = contour
            moved.points = contour.points.map { PixelPoint($0.x + x, $0.y + y) }
            result.append(moved)
        }
        return result
    }
}
