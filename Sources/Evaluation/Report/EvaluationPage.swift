import Foundation

/// A report as one web page that needs nothing beside it.
public struct EvaluationPage: Sendable {
    public var report: EvaluationReport

    public init(_ report: EvaluationReport) { self.report = report }

    private static let colors = ["#2f6f9f", "#c8553d", "#4c9f70", "#8d6a9f", "#b08900"]
    /// Side of a plot and the space for its axes, in pixels.
    private static let (side, margin) = (300.0, 44.0)

    public var html: String {
        var body = "<h1>\(Self.escaped(report.title))</h1>\n"
        for note in report.notes { body += "<p>\(Self.escaped(note))</p>\n" }
        body +=
            "<table>" + report.metrics.map { row([$0.name, EvaluationReport.text($0.value)]) }.joined() + "</table>\n"
        if !report.plots.isEmpty {
            body += "<div class=\"plots\">\n" + report.plots.map(figure).joined() + "</div>\n"
        }
        for table in report.tables where !table.rows.isEmpty {
            let head = ([table.subject] + table.columns).map { "<th>\(Self.escaped($0))</th>" }.joined()
            body += "<h2>\(Self.escaped(table.title))</h2>\n<table><tr>\(head)</tr>\n"
            body += table.rows.map { row([$0.name] + $0.values.map(EvaluationReport.text)) }.joined() + "</table>\n"
        }
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>\(Self.escaped(report.title))</title><style>
            body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 56em; padding: 0 1em; color: #262626 }
            table { border-collapse: collapse } td, th { padding: .15em 1em .15em 0; border-bottom: 1px solid #e4e4e0; text-align: left }
            td + td, th + th { text-align: right; font-variant-numeric: tabular-nums } svg text { font-size: 12px; fill: #6b6b6b }
            .plots { display: flex; flex-wrap: wrap; gap: 1em 2em } figure { margin: 0; width: 364px } figcaption { font-size: 13px }
            h2 { font-size: 17px; margin: 1.5em 0 .4em }
            </style></head><body>
            \(body)</body></html>

            """
    }

    /// - Throws: `CocoaError` where the file cannot be written; it is written beside its place and moved there.
    public func write(to path: String) throws {
        try Data(html.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private func row(_ cells: [String]) -> String {
        "<tr>" + cells.map { "<td>\(Self.escaped($0))</td>" }.joined() + "</tr>\n"
    }

    private func figure(_ plot: ReportPlot) -> String {
        let (side, margin) = (Self.side, Self.margin)
        var content = ""
        for step in 0...4 {
            let share = Double(step) / 4
            let (px, py) = (Self.number(margin + share * side), Self.number(10 + (1 - share) * side))
            content += "<path d=\"M\(margin) \(py)h\(side)M\(px) 10v\(side)\" stroke=\"#e4e4e0\" fill=\"none\"/>"
            content += "<text x=\"\(px)\" y=\"\(side + 26)\" text-anchor=\"middle\">\(Self.tick(share, plot.x))</text>"
            content +=
                "<text x=\"\(margin - 6)\" y=\"\(py)\" dy=\"4\" text-anchor=\"end\">\(Self.tick(share, plot.y))</text>"
        }
        var legend: [String] = []
        var colors = 0
        for line in plot.lines where !line.points.isEmpty {
            let color = line.isReference ? "#a9a9a4" : Self.colors[colors % Self.colors.count]
            colors += line.isReference ? 0 : 1
            let points = line.points.map { point in
                let x = margin + Self.share(point.x, plot.x) * side
                return "\(Self.number(x)),\(Self.number(10 + (1 - Self.share(point.y, plot.y)) * side))"
            }
            content +=
                "<polyline fill=\"none\" stroke-width=\"\(line.isReference ? 1 : 2)\" stroke=\"\(color)\" "
                + "points=\"\(points.joined(separator: " "))\"/>"
            legend.append("<span style=\"color:\(color)\">■</span> \(Self.escaped(line.name))")
        }
        content +=
            "<text x=\"\(margin + side / 2)\" y=\"\(side + 42)\" text-anchor=\"middle\">\(Self.escaped(plot.xAxis))</text>"
            + "<text transform=\"translate(12 \(10 + side / 2)) rotate(-90)\" text-anchor=\"middle\">\(Self.escaped(plot.yAxis))</text>"
        let caption = plot.caption.isEmpty ? "" : "<br>\(Self.escaped(plot.caption))"
        return "<figure><h2>\(Self.escaped(plot.title))</h2>\n"
            + "<svg width=\"\(side + margin + 20)\" height=\"\(side + 50)\" role=\"img\">\(content)</svg>\n"
            + "<figcaption>\(legend.joined(separator: " &nbsp; "))\(caption)</figcaption></figure>\n"
    }

    private static func share(_ value: Double, _ range: ClosedRange<Double>) -> Double {
        min(1, max(0, (value - range.lowerBound) / (range.upperBound - range.lowerBound)))
    }

    private static func tick(_ share: Double, _ range: ClosedRange<Double>) -> String {
        String(format: "%.3g", range.lowerBound + share * (range.upperBound - range.lowerBound))
    }

    private static func number(_ value: Double) -> String { String(format: "%.1f", value) }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
