import ArgumentParser
import Commands
import Evaluation

/// What is told beside the numbers, and where it goes.
struct EvaluationOutput: ParsableArguments {
    @Option(help: ArgumentHelp("Draw pictures this many times, for an interval of AP.", valueName: "draws"))
    var bootstrap: Int?

    @Option(
        help: ArgumentHelp(
            "Other results (with --dataset: another run), to test whether their AP differs.", valueName: "file|run"))
    var compare: String?

    @Option(help: "Of the draws.")
    var seed: UInt64 = 0

    @Flag(
        help: "Tables by category, part and size; hits, duplicates, wrong places, confusions and misses; reliability.")
    var details = false

    @Option(help: ArgumentHelp("Write all details as a web page.", valueName: "file"))
    var html: String?

    @Option(help: ArgumentHelp("Write the curves as PNG files.", valueName: "folder"))
    var plots: String?

    @OptionGroup var json: JSONOption

    func validate() throws {
        if let bootstrap, !(2...1_000_000).contains(bootstrap) {
            throw ValidationError("--bootstrap is a number of draws from 2 to 1000000")
        }
    }

    /// Whether more than numbers is asked for.
    var needsDetails: Bool { details || html != nil || plots != nil }

    /// The interval of AP, the other AP and the test.
    /// - Parameter other: its AP and draws.
    func draws(
        _ draw: (_ count: Int, _ seed: UInt64) -> Bootstrap, scale: Double = 1,
        other: (precision: Double, draw: (_ count: Int, _ seed: UInt64) -> Bootstrap)?
    ) -> [NamedMetric] {
        guard bootstrap != nil || other != nil else { return [] }
        let draws = draw(bootstrap ?? 1000, seed)
        let interval = draws.interval()
        var metrics = [
            NamedMetric(name: "APlow", value: scale * interval.lowerBound),
            NamedMetric(name: "APhigh", value: scale * interval.upperBound),
        ]
        if let other {
            metrics.append(.init(name: "APother", value: other.precision))
            metrics.append(.init(name: "pValue", value: draws.pValue(against: other.draw(bootstrap ?? 1000, seed))))
        }
        return metrics
    }

    /// Writes and prints a report.
    func show(_ report: EvaluationReport, warnings: [String]) throws {
        for warning in warnings { Terminal.error("warning: \(warning)") }
        if let html { try EvaluationPage(report).write(to: html) }
        if let plots { try EvaluationPlots.write(report, into: plots) }
        guard !json.json else { return try Terminal.json(details ? report : report.withoutDetails) }
        Terminal.table(
            ["metric", "value"], report.metrics.map { [$0.name, EvaluationReport.text($0.value)] })
        guard details else { return }
        for table in report.tables where !table.rows.isEmpty {
            print("\n\(table.title)")
            Terminal.table(
                [table.subject] + table.columns, table.rows.map { [$0.name] + $0.values.map(EvaluationReport.text) })
        }
    }
}
