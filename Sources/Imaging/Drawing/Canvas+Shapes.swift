extension Canvas {
    public mutating func fill(_ path: Path, _ color: Color, rule: FillRule = .nonZero) {
        paint(rasterizer.coverage(of: path, rule: rule, width: width, height: height), color)
    }

    /// - Parameters:
    ///   - lineWidth: in pixels.
    ///   - isRound: round caps and joins; otherwise butt caps and mitred joins.
    public mutating func stroke(_ path: Path, _ color: Color, lineWidth: Double = 2, isRound: Bool = true) {
        guard lineWidth > 0 else { return }
        paint(
            rasterizer.coverage(
                ofStroke: path, lineWidth: lineWidth, isRound: isRound, width: width, height: height), color)
    }

    /// The outline of a box, in pixels, optionally filled.
    public mutating func box(
        x: Double, y: Double, width boxWidth: Double, height boxHeight: Double, color: Color, lineWidth: Double = 2,
        fill fillColor: Color? = nil
    ) {
        let path = Path(x: x, y: y, width: boxWidth, height: boxHeight)
        if let fillColor { fill(path, fillColor) }
        stroke(path, color, lineWidth: lineWidth, isRound: false)
    }

    public mutating func line(from start: PixelPoint, to end: PixelPoint, color: Color, lineWidth: Double = 2) {
        stroke(Path(polyline: [start, end]), color, lineWidth: lineWidth)
    }

    public mutating func polyline(_ points: [PixelPoint], color: Color, lineWidth: Double = 2) {
        stroke(Path(polyline: points), color, lineWidth: lineWidth)
    }

    /// A polygon, filled, outlined or both.
    public mutating func polygon(
        _ points: [PixelPoint], fill fillColor: Color?, outline: Color? = nil, lineWidth: Double = 2,
        rule: FillRule = .nonZero
    ) {
        let path = Path(polygon: points)
        if let fillColor { fill(path, fillColor, rule: rule) }
        if let outline { stroke(path, outline, lineWidth: lineWidth) }
    }

    public mutating func circle(
        at center: PixelPoint, radius: Double, fill fillColor: Color?, outline: Color? = nil, lineWidth: Double = 2
    ) {
        let path = Path(circleAt: center, radius: radius)
        if let fillColor { fill(path, fillColor) }
        if let outline { stroke(path, outline, lineWidth: lineWidth) }
    }
}
