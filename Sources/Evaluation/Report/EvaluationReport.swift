import Foundation

/// What an evaluation found: numbers, tables and curves, to be printed, drawn, or written as a page.
public struct EvaluationReport: Sendable {
    public var title: String
    /// Sentences on what was compared.
    public var notes: [String]
    public var metrics: [NamedMetric]
    public var tables: [ReportTable]
    public var plots: [ReportPlot]

    public init(
        title: String, notes: [String] = [], metrics: [NamedMetric], tables: [ReportTable] = [],
        plots: [ReportPlot] = []
    ) {
        (self.title, self.notes, self.metrics) = (title, notes, metrics)
        (self.tables, self.plots) = (tables, plots)
    }

    /// A number for people: whole ones as such, else four decimals.
    ///
    /// A dash for -1, which stands for what there is nothing to measure on.
    public static func text(_ value: Double) -> String {
        value == -1
            ? "–" : value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : String(format: "%.4f", value)
    }

    /// The metrics alone.
    public var withoutDetails: EvaluationReport { EvaluationReport(title: title, notes: notes, metrics: metrics) }
}

/// Named rows of numbers; -1 is a number that is not defined.
public struct ReportTable: Sendable {
    /// In JSON: one word.
    public var name: String
    public var title: String
    /// What the rows are, such as `category`.
    public var subject: String
    public var columns: [String]
    public var rows: [(name: String, values: [Double])]

    public init(
        _ name: String, title: String, subject: String, columns: [String], rows: [(name: String, values: [Double])]
    ) {
        (self.name, self.title, self.subject) = (name, title, subject)
        (self.columns, self.rows) = (columns, rows)
    }
}

/// Lines over a common axis.
public struct ReportPlot: Sendable {
    public struct Line: Sendable {
        public var name: String
        public var points: [SIMD2<Double>]
        /// A line to compare with, drawn in grey.
        public var isReference: Bool

        public init(_ name: String, _ points: [SIMD2<Double>], isReference: Bool = false) {
            (self.name, self.points, self.isReference) = (name, points, isReference)
        }
    }

    /// In JSON and as a file's name: one word.
    public var name: String
    public var title: String
    public var caption: String
    public var xAxis: String
    public var yAxis: String
    /// Ranges of the axes.
    public var x: ClosedRange<Double>
    public var y: ClosedRange<Double>
    public var lines: [Line]

    public init(
        _ name: String, title: String, caption: String = "", xAxis: String, yAxis: String,
        x: ClosedRange<Double> = 0...1, y: ClosedRange<Double> = 0...1, lines: [Line]
    ) {
        (self.name, self.title, self.caption) = (name, title, caption)
        (self.xAxis, self.yAxis, self.x, self.y, self.lines) = (xAxis, yAxis, x, y, lines)
    }
}

/// One object: the metrics by name; `tables`, lists of objects by name; `curves`, lists of [x, y] by plot and line.
extension EvaluationReport: Encodable {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(_ text: String) { stringValue = text }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        for metric in metrics { try object.encode(metric.value, forKey: Key(metric.name)) }
        if !tables.isEmpty {
            var lists = object.nestedContainer(keyedBy: Key.self, forKey: Key("tables"))
            for table in tables {
                var list = lists.nestedUnkeyedContainer(forKey: Key(table.name))
                for row in table.rows {
                    var cells = list.nestedContainer(keyedBy: Key.self)
                    try cells.encode(row.name, forKey: Key(table.subject))
                    for (column, value) in zip(table.columns, row.values) {
                        try cells.encode(value, forKey: Key(column))
                    }
                }
            }
        }
        if !plots.isEmpty {
            var curves = object.nestedContainer(keyedBy: Key.self, forKey: Key("curves"))
            for plot in plots {
                var lines = curves.nestedContainer(keyedBy: Key.self, forKey: Key(plot.name))
                for line in plot.lines where !line.isReference {
                    try lines.encode(line.points.map { [$0.x, $0.y] }, forKey: Key(line.name))
                }
            }
        }
    }
}
