import Glibc

/// Values over a common axis as lines, with a legend.
public struct LineChart: Sendable {
    public struct Series: Sendable {
        /// In the legend; a line without a name is not listed.
        public var name: String
        /// By ascending x. Values that are not finite, or not positive on a logarithmic axis, are left out.
        public var points: [PixelPoint]
        public var color: Color
        /// Pixels.
        public var lineWidth: Double

        public init(name: String, points: [PixelPoint], color: Color, lineWidth: Double = 2) {
            (self.name, self.points, self.color, self.lineWidth) = (name, points, color, lineWidth)
        }
    }

    public var title: String
    public var subtitle: String
    /// What the values are, with their units.
    public var axis: String
    public var valueAxis: String
    /// Later ones are drawn over earlier ones.
    public var series: [Series]
    public var valueScale: AxisScale
    public var width = 960
    public var height = 540
    public var style = ChartStyle.standard

    public init(
        title: String = "", subtitle: String = "", series: [Series], axis: String = "", valueAxis: String = "",
        valueScale: AxisScale = .linear
    ) {
        (self.title, self.subtitle, self.series) = (title, subtitle, series)
        (self.axis, self.valueAxis, self.valueScale) = (axis, valueAxis, valueScale)
    }

    /// - Throws: `ImageError` when the font is missing.
    public func render() throws -> Image {
        let size = style.textSize
        var canvas = Canvas(width: max(240, width), height: max(160, height), background: style.background)
        var top = try canvas.chartTitle(title, subtitle: subtitle, style: style) + size * 0.6
        top = try drawLegend(on: &canvas, top: top)
        if !valueAxis.isEmpty {
            top += size * 1.3
            try canvas.text(valueAxis, at: PixelPoint(style.margin, top), size: size, color: style.softInk)
        }
        top += size * 0.9
        let bottom = Double(canvas.height) - style.margin * 0.6 - size * (axis.isEmpty ? 1.7 : 3.3)
        let lines = series.map { line in line.points.filter(isDrawn) }
        let across = Self.range(lines.joined().map(\.x)) ?? 0...1
        let values = valueRange(lines.joined().map(\.y))
        let rows =
            valueScale == .linear
            ? AxisTicks(linear: values, count: max(2, Int((bottom - top) / 55))) : AxisTicks(logarithmic: values)
        var room = 0.0
        for label in rows.labels { room = max(room, try canvas.textWidth(label, size: size * 0.9)) }
        let left = (style.margin + room + size * 0.7).rounded()
        let right = Double(canvas.width) - style.margin - size
        func x(_ value: Double) -> Double {
            left + (value - across.lowerBound) / (across.upperBound - across.lowerBound) * (right - left)
        }
        func y(_ value: Double) -> Double {
            let share =
                valueScale == .linear
                ? (value - values.lowerBound) / (values.upperBound - values.lowerBound)
                : log(value / values.lowerBound) / log(values.upperBound / values.lowerBound)
            return bottom - share * (bottom - top)
        }
        for (value, text) in zip(rows.values, rows.labels) {
            canvas.rule(x: left, y: y(value), width: right - left, height: 1, style.grid)
            try canvas.text(
                text, at: PixelPoint(left - size * 0.5, y(value) + size * 0.33), size: size * 0.9, color: style.softInk,
                anchor: .right)
        }
        let columns = AxisTicks(linear: across, count: max(2, Int((right - left) / 95)))
        for (value, text) in zip(columns.values, columns.labels) {
            canvas.rule(x: x(value), y: bottom, width: 1, height: 5, style.softInk)
            try canvas.text(
                text, at: PixelPoint(x(value), bottom + size * 1.55), size: size * 0.9, color: style.softInk,
                anchor: .center)
        }
        canvas.rule(x: left, y: bottom, width: right - left, height: 1, style.softInk)
        if !axis.isEmpty {
            try canvas.text(
                axis, at: PixelPoint((left + right) / 2, bottom + size * 3.05), size: size, color: style.softInk,
                anchor: .center)
        }
        for (line, points) in zip(series, lines) {
            let shown = points.map { PixelPoint(x($0.x), y($0.y)) }
            if shown.count == 1 {
                canvas.circle(at: shown[0], radius: line.lineWidth * 1.2, fill: line.color)
            } else {
                canvas.polyline(shown, color: line.color, lineWidth: line.lineWidth)
            }
        }
        return canvas.image
    }

    private func isDrawn(_ point: PixelPoint) -> Bool {
        point.x.isFinite && point.y.isFinite && (valueScale == .linear || point.y > 0)
    }

    private static func range(_ values: some Sequence<Double>) -> ClosedRange<Double>? {
        guard let low = values.min(), let high = values.max() else { return nil }
        // A single value stands in the middle.
        let margin = high > low ? 0 : max(abs(low) * 0.5, 0.5)
        return low - margin...high + margin
    }

    /// With some air above and below.
    private func valueRange(_ values: some Sequence<Double>) -> ClosedRange<Double> {
        guard valueScale == .logarithmic else {
            guard let range = Self.range(values) else { return 0...1 }
            let air = (range.upperBound - range.lowerBound) * 0.04
            // An axis that nearly reaches zero may as well start there.
            let low = range.lowerBound >= 0 && range.lowerBound < range.upperBound * 0.2 ? 0 : range.lowerBound - air
            return low...range.upperBound + air
        }
        guard let low = values.min(), let high = values.max() else { return 0.1...1 }
        let air = high > low ? pow(high / low, 0.04) : 2
        return low / air...high * air
    }

    /// Names beside a stroke of their colour, in as many lines as they need; returns the lower edge.
    private func drawLegend(on canvas: inout Canvas, top: Double) throws -> Double {
        let size = style.textSize
        let stroke = size * 1.6
        let right = Double(canvas.width) - style.margin
        var (x, y) = (style.margin, top + size)
        let named = series.filter { !$0.name.isEmpty }
        guard !named.isEmpty else { return top }
        for line in named {
            let name = try canvas.shortened(line.name, toFit: right - style.margin - stroke - size, size: size)
            let needed = stroke + size * 0.4 + (try canvas.textWidth(name, size: size))
            if x > style.margin, x + needed > right { (x, y) = (style.margin, y + size * 1.5) }
            canvas.rule(x: x, y: y - size * 0.36 - 1.5, width: stroke, height: 3, line.color)
            try canvas.text(name, at: PixelPoint(x + stroke + size * 0.4, y), size: size, color: style.ink)
            x += needed + size * 1.4
        }
        return y + size * 0.4
    }
}
