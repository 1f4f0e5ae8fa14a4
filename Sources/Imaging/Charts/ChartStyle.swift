/// Colours and text sizes of charts, in pixels.
public struct ChartStyle: Sendable {
    public var background = Color.white
    public var ink = Color(hex: 0x262626)
    public var softInk = Color(hex: 0x6B6B6B)
    public var grid = Color(hex: 0xE4E4E0)
    public var fill = Color(hex: 0x2F6F9F)
    public var titleSize = 18.0
    public var textSize = 13.0
    public var margin = 18.0

    public static let standard = ChartStyle()

    public init() {}
}

extension Canvas {
    /// A title at the top left and a softer line below it; returns the height used.
    mutating func chartTitle(_ title: String, subtitle: String, style: ChartStyle) throws -> Double {
        var y = style.margin
        let room = Double(width) - 2 * style.margin
        if !title.isEmpty {
            y += style.titleSize
            let line = try shortened(title, toFit: room, size: style.titleSize)
            try text(line, at: PixelPoint(style.margin, y), size: style.titleSize, color: style.ink)
            y += style.titleSize * 0.45
        }
        if !subtitle.isEmpty {
            y += style.textSize
            let line = try shortened(subtitle, toFit: room, size: style.textSize)
            try text(line, at: PixelPoint(style.margin, y), size: style.textSize, color: style.softInk)
            y += style.textSize * 0.5
        }
        return y
    }

    /// A hairline on whole pixels, so that it is one pixel wide and not two grey ones.
    mutating func rule(x: Double, y: Double, width ruleWidth: Double, height ruleHeight: Double, _ color: Color) {
        fill(
            Path(
                x: x.rounded(), y: y.rounded(), width: max(1, ruleWidth.rounded()), height: max(1, ruleHeight.rounded())
            ),
            color)
    }
}
