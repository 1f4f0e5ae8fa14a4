import Foundation

/// One web page that needs nothing beside it: numbers, the curve of precision over recall, reliability, and what went wrong.
public struct EvaluationPage: Sendable {
    public var title: String
    public var notes: [String]
    public var metrics: [NamedMetric]
    /// Each with precision at 101 levels of recall.
    public var curves: [(name: String, precision: [Double])]
    public var reliability: Reliability?
    /// How many of each kind.
    public var outcomes: [DetectionOutcome.Kind: Int]

    public init(
        title: String, notes: [String] = [], metrics: [NamedMetric], curves: [(name: String, precision: [Double])],
        reliability: Reliability? = nil, outcomes: [DetectionOutcome.Kind: Int] = [:]
    ) {
        (self.title, self.notes, self.metrics, self.curves) = (title, notes, metrics, curves)
        (self.reliability, self.outcomes) = (reliability, outcomes)
    }

    private static let colors = ["#2f6f9f", "#c8553d", "#4c9f70", "#8d6a9f", "#b08900"]
    /// Side of a plot and the space for its axes, in pixels.
    private static let (side, margin) = (300.0, 44.0)

    public var html: String {
        var body = "<h1>\(Self.escaped(title))</h1>\n"
        for note in notes { body += "<p>\(Self.escaped(note))</p>\n" }
        body += "<table>" + metrics.map { row([$0.name, Self.text($0.value, 4)]) }.joined() + "</table>\n"
        let curves = curves.filter { !$0.precision.isEmpty }
        if !curves.isEmpty {
            body += "<h2>Precision over recall</h2>\n" + plot(x: "recall", y: "precision", curvePaths(curves))
            body +=
                "<p>"
                + curves.enumerated().map { index, curve in
                    "<span style=\"color:\(Self.colors[index % 5])\">■</span> \(Self.escaped(curve.name))"
                }.joined(separator: " &nbsp; ") + "</p>\n"
        }
        if let reliability {
            body += "<h2>Reliability of scores</h2>\n" + plot(x: "score", y: "share of hits", bars(reliability))
            body +=
                "<p>Expected calibration error \(Self.text(reliability.expectedError, 4)). The line is what scores claim.</p>\n"
        }
        if !outcomes.isEmpty {
            let rows = DetectionOutcome.Kind.allCases.map { row([$0.rawValue, "\(outcomes[$0] ?? 0)"]) }
            body += "<h2>What became of detections and truths</h2>\n<table>\(rows.joined())</table>\n"
        }
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>\(Self.escaped(title))</title><style>
            body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 46em; padding: 0 1em; color: #262626 }
            table { border-collapse: collapse } td { padding: .15em 1em .15em 0; border-bottom: 1px solid #e4e4e0 }
            td + td { text-align: right; font-variant-numeric: tabular-nums } svg text { font-size: 12px; fill: #6b6b6b }
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

    private func plot(x: String, y: String, _ content: String) -> String {
        let (side, margin) = (Self.side, Self.margin)
        var grid = ""
        for tick in stride(from: 0.0, through: 1, by: 0.25) {
            let (px, py) = (point(tick, 0).0, point(0, tick).1)
            grid += "<path d=\"M\(margin) \(py)h\(side)M\(px) 10v\(side)\" stroke=\"#e4e4e0\" fill=\"none\"/>"
            grid += "<text x=\"\(px)\" y=\"\(side + 26)\" text-anchor=\"middle\">\(tick)</text>"
            grid += "<text x=\"\(margin - 6)\" y=\"\(py + 4)\" text-anchor=\"end\">\(tick)</text>"
        }
        let labels =
            "<text x=\"\(margin + side / 2)\" y=\"\(side + 42)\" text-anchor=\"middle\">\(x)</text>"
            + "<text transform=\"translate(12 \(10 + side / 2)) rotate(-90)\" text-anchor=\"middle\">\(y)</text>"
        return
            "<svg width=\"\(side + margin + 20)\" height=\"\(side + 50)\" role=\"img\">\(grid)\(content)\(labels)</svg>\n"
    }

    private func point(_ x: Double, _ y: Double) -> (Double, Double) {
        (Self.margin + x * Self.side, 10 + (1 - y) * Self.side)
    }

    private func curvePaths(_ curves: [(name: String, precision: [Double])]) -> String {
        curves.enumerated().map { index, curve in
            let points = curve.precision.enumerated().map { level, value in
                let place = point(Double(level) / Double(max(1, curve.precision.count - 1)), max(0, value))
                return "\(Self.text(place.0, 1)),\(Self.text(place.1, 1))"
            }
            return "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"\(Self.colors[index % 5])\" "
                + "points=\"\(points.joined(separator: " "))\"/>"
        }.joined()
    }

    private func bars(_ reliability: Reliability) -> String {
        let width = 1 / Double(reliability.bins.count)
        let bars = reliability.bins.enumerated().map { index, bin in
            let corner = point(Double(index) * width, bin.hitRate)
            return "<rect x=\"\(Self.text(corner.0 + 1, 1))\" y=\"\(Self.text(corner.1, 1))\" "
                + "width=\"\(Self.text(width * Self.side - 2, 1))\" height=\"\(Self.text(bin.hitRate * Self.side, 1))\" "
                + "fill=\"#2f6f9f\"><title>\(bin.count) detections</title></rect>"
        }
        let (from, to) = (point(0, 0), point(1, 1))
        return bars.joined() + "<path d=\"M\(from.0) \(from.1)L\(to.0) \(to.1)\" stroke=\"#c8553d\" fill=\"none\"/>"
    }

    private static func text(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
