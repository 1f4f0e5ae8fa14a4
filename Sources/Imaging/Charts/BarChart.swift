/// Horizontal bars with a label on the left and the value at the end.
public struct BarChart: Sendable {
    public struct Bar: Sendable {
        public var label: String
        public var value: Double
        /// Replaces the style's fill.
        public var color: Color?
        /// Replaces the number at the bar's end.
        public var note: String?

        public init(_ label: String, _ value: Double, color: Color? = nil, note: String? = nil) {
            self.label = label
            self.value = value
            self.color = color
            self.note = note
        }
    }

    public var title: String
    public var subtitle: String
    public var bars: [Bar]
    /// What the values are, written below the axis, such as "images" or "average precision".
    public var axis: String
    /// The least end of the axis; it grows to hold the longest bar.
    public var maximum: Double?
    public var width: Int
    public var style = ChartStyle.standard

    public init(
        title: String = "", subtitle: String = "", bars: [Bar], axis: String = "", maximum: Double? = nil,
        width: Int = 760
    ) {
        self.title = title
        self.subtitle = subtitle
        self.bars = bars
        self.axis = axis
        self.maximum = maximum
        self.width = max(240, width)
    }

    /// Values that are not finite count as 0. The height follows from the number of bars.
    /// - Throws: `ImageError` when the font is missing.
    public func render() throws -> Image {
        let size = style.textSize
        let rowHeight = (size * 2.05).rounded()
        let values = bars.map { $0.value.isFinite ? $0.value : 0 }
        let heading =
            (title.isEmpty ? 0 : style.titleSize * 1.45) + (subtitle.isEmpty ? 0 : size * 1.5) + style.margin + size
        let footer = size * 2 + (axis.isEmpty ? 0 : size * 1.6) + style.margin * 0.6
        let height = heading + rowHeight * Double(max(1, bars.count)) + footer
        var canvas = Canvas(width: width, height: min(60_000, Int(height.rounded(.up))), background: style.background)
        let top = try canvas.chartTitle(title, subtitle: subtitle, style: style) + size * 0.6
        let bottom = top + rowHeight * Double(max(1, bars.count))

        var labelWidth = 0.0
        for bar in bars { labelWidth = max(labelWidth, try canvas.textWidth(bar.label, size: size)) }
        labelWidth = min(labelWidth, Double(width) * 0.38)
        var noteWidth = 0.0
        let notes = zip(bars, values).map { bar, value in bar.note ?? AxisTicks.text(value) }
        for note in notes { noteWidth = max(noteWidth, try canvas.textWidth(note, size: size)) }
        let left = (style.margin + labelWidth + size * 0.8).rounded()
        let right = max(left + 40, Double(width) - style.margin - noteWidth - size * 0.6)

        var low = min(0, values.min() ?? 0)
        var high = max(maximum ?? 0, values.max() ?? 0, 0)
        if high == low { high = low + 1 }
        let ticks = AxisTicks(linear: low...high, count: max(2, Int((right - left) / 90)))
        low = min(low, ticks.values.first ?? low)
        func x(_ value: Double) -> Double { left + (value - low) / (high - low) * (right - left) }

        for (value, text) in zip(ticks.values, ticks.labels) {
            canvas.rule(x: x(value), y: top, width: 1, height: bottom - top, style.grid)
            try canvas.text(
                text, at: PixelPoint(x(value), bottom + size * 1.35), size: size * 0.9, color: style.softInk,
                anchor: .center)
        }
        if !axis.isEmpty {
            try canvas.text(
                axis, at: PixelPoint((left + right) / 2, bottom + size * 2.9), size: size, color: style.softInk,
                anchor: .center)
        }
        for (index, bar) in bars.enumerated() {
            let middle = top + rowHeight * (Double(index) + 0.5)
            let thickness = (rowHeight * 0.66).rounded()
            let start = min(x(0), x(values[index]))
            let length = abs(x(values[index]) - x(0))
            if length > 0 {
                canvas.fill(
                    Path(x: start, y: (middle - thickness / 2).rounded(), width: length, height: thickness),
                    bar.color ?? style.fill)
            }
            let baseline = middle + size * 0.36
            let label = try canvas.shortened(bar.label, toFit: labelWidth, size: size)
            try canvas.text(
                label, at: PixelPoint(left - size * 0.7, baseline), size: size, color: style.ink, anchor: .right)
            try canvas.text(
                notes[index], at: PixelPoint(start + length + size * 0.5, baseline), size: size, color: style.ink)
        }
        canvas.rule(x: x(0), y: top, width: 1, height: bottom - top, style.softInk)
        return canvas.image
    }
}
