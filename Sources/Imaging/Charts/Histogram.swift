import Glibc

/// How often values fall into equal steps of a range.
public struct Histogram: Sendable {
    public var title: String
    public var subtitle: String
    /// What the values are, with their unit.
    public var axis: String
    public var countAxis: String
    /// Ascending, one more than `counts`.
    public private(set) var edges: [Double]
    public private(set) var counts: [Int]
    public var valueScale: AxisScale
    public var countScale: AxisScale
    public var width = 760
    public var height = 420
    public var style = ChartStyle.standard
    /// Vertical lines with a caption, such as a mean or a threshold.
    public var marks: [(value: Double, caption: String)] = []

    /// Counts values into bins.
    /// - Parameters:
    ///   - range: the range of the bins; nil spans the values. Values outside, not finite, or not positive on a
    ///     logarithmic axis are left out.
    ///   - bins: how many, at least 1.
    public init(
        title: String = "", subtitle: String = "", values: [Double], range: ClosedRange<Double>? = nil, bins: Int = 40,
        axis: String = "", countAxis: String = "count", valueScale: AxisScale = .linear, countScale: AxisScale = .linear
    ) {
        self.title = title
        self.subtitle = subtitle
        self.axis = axis
        self.countAxis = countAxis
        self.valueScale = valueScale
        self.countScale = countScale
        let bins = max(1, bins)
        let usable = values.filter { $0.isFinite && (valueScale == .linear || $0 > 0) }
        var low = range?.lowerBound ?? usable.min() ?? 0
        var high = range?.upperBound ?? usable.max() ?? 1
        if valueScale == .logarithmic { low = low > 0 ? low : usable.min() ?? 0.1 }
        if high <= low { high = valueScale == .linear ? low + 1 : low * 10 }
        func warp(_ value: Double) -> Double { valueScale == .linear ? value : log10(value) }
        let step = (warp(high) - warp(low)) / Double(bins)
        edges = (0...bins).map { i in
            let position = warp(low) + Double(i) * step
            return i == bins ? high : valueScale == .linear ? position : pow(10, position)
        }
        counts = [Int](repeating: 0, count: bins)
        for value in usable where value >= low && value <= high {
            counts[min(bins - 1, Int((warp(value) - warp(low)) / step))] += 1
        }
    }

    /// - Throws: `ImageError` when the font is missing.
    public func render() throws -> Image {
        let size = style.textSize
        var canvas = Canvas(width: max(240, width), height: max(160, height), background: style.background)
        let top =
            try canvas.chartTitle(title, subtitle: subtitle, style: style) + size * (countAxis.isEmpty ? 0.8 : 2.2)
        let bottom = Double(canvas.height) - style.margin * 0.6 - size * (axis.isEmpty ? 1.7 : 3.3)
        let highest = Double(counts.max() ?? 0)
        let peak = max(1, highest) * (countScale == .linear ? 1.06 : 1.5)
        let rows =
            countScale == .linear
            ? AxisTicks(linear: 0...max(1, peak), count: max(2, Int((bottom - top) / 55)))
            : AxisTicks(logarithmic: 1...max(10, peak))
        var room = 0.0
        for label in rows.labels { room = max(room, try canvas.textWidth(label, size: size * 0.9)) }
        let left = (style.margin + room + size * 0.7).rounded()
        let right = Double(canvas.width) - style.margin - size

        /// On a logarithmic axis the foot is at half a count, so that a single one is seen.
        func y(_ count: Double) -> Double {
            let ceiling = countScale == .linear ? peak : max(10, peak)
            let share =
                countScale == .linear
                ? count / ceiling : count <= 0 ? 0 : log10(count / 0.5) / log10(ceiling / 0.5)
            return bottom - share * (bottom - top)
        }
        let (low, high) = (edges[0], edges[edges.count - 1])
        func x(_ value: Double) -> Double {
            let share =
                valueScale == .linear ? (value - low) / (high - low) : log10(value / low) / log10(high / low)
            return left + share * (right - left)
        }
        for (value, text) in zip(rows.values, rows.labels) {
            canvas.rule(x: left, y: y(value), width: right - left, height: 1, style.grid)
            try canvas.text(
                text, at: PixelPoint(left - size * 0.5, y(value) + size * 0.33), size: size * 0.9, color: style.softInk,
                anchor: .right)
        }
        if !countAxis.isEmpty {
            try canvas.text(countAxis, at: PixelPoint(style.margin, top - size * 0.9), size: size, color: style.softInk)
        }
        for (index, count) in counts.enumerated() where count > 0 {
            // Whole columns with a pixel of background between them.
            let start = x(edges[index]).rounded()
            let end = x(edges[index + 1]).rounded()
            let gap = end - start > 3 ? 1.0 : 0
            let roof = y(Double(count))
            canvas.fill(
                Path(x: start + gap, y: roof, width: max(1, end - start - gap), height: bottom - roof), style.fill)
        }
        canvas.rule(x: left, y: bottom, width: right - left, height: 1, style.softInk)
        let columns =
            valueScale == .linear
            ? AxisTicks(linear: low...high, count: max(2, Int((right - left) / 85)))
            : AxisTicks(logarithmic: low...high)
        for (value, text) in zip(columns.values, columns.labels) {
            canvas.rule(x: x(value), y: bottom, width: 1, height: 5, style.softInk)
            try canvas.text(
                text, at: PixelPoint(x(value), bottom + size * 1.55), size: size * 0.9, color: style.softInk,
                anchor: .center)
        }
        if !axis.isEmpty {
            try canvas.text(
                axis, at: PixelPoint((left + right) / 2, bottom + size * 3.05), size: size, color: style.softInk,
                anchor: .center)
        }
        try draw(marks, on: &canvas, top: top, bottom: bottom, x: x)
        return canvas.image
    }

    private func draw(
        _ marks: [(value: Double, caption: String)], on canvas: inout Canvas, top: Double, bottom: Double,
        x: (Double) -> Double
    ) throws {
        let size = style.textSize
        let accent = Color(hex: 0xC04A45)
        for mark in marks where mark.value >= edges[0] && mark.value <= edges[edges.count - 1] {
            canvas.rule(x: x(mark.value) - 1, y: top, width: 2, height: bottom - top, accent)
            let isRight = x(mark.value) > Double(canvas.width) * 0.7
            try canvas.text(
                mark.caption, at: PixelPoint(x(mark.value) + (isRight ? -size * 0.5 : size * 0.5), top + size * 0.9),
                size: size * 0.95, color: accent, anchor: isRight ? .right : .left)
        }
    }
}
