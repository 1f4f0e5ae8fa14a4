import ArgumentParser
import Catalog
import Commands

struct CompareRunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Runs side by side: what was set differently, and what came of it.",
        discussion: """
            Example:
              train runs compare baseline second third
            """)

    @Argument(help: "Two runs or more, by name or number.")
    var names: [String]

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func validate() throws {
        guard names.count > 1 else { throw ValidationError("a comparison needs two runs or more") }
    }

    func run() throws {
        let comparison = try catalog.open().read { reader in
            try reader.compare(names.map { try reader.run(called: $0) })
        }
        if json.json { return try Terminal.json(comparison) }
        if comparison.differences.isEmpty {
            print("the runs were set alike")
        } else {
            Terminal.table(
                ["setting"] + comparison.runs, comparison.differences.map { [$0.name] + $0.values.map { $0 ?? "" } })
        }
        guard !comparison.metrics.isEmpty else { return print("\nno metrics") }
        print()
        Terminal.table(
            ["metric", ""] + comparison.runs,
            comparison.metrics.flatMap { metric in
                [
                    [metric.name, "last"] + row(metric) { $0.last }, ["", "least"] + row(metric) { $0.minimum },
                    ["", "greatest"] + row(metric) { $0.maximum },
                ]
            })
    }

    private func row(_ metric: RunComparison.Metric, _ value: (MetricSummary) -> Double?) -> [String] {
        metric.summaries.map { $0.map { MetricText.value(value($0)) } ?? "" }
    }
}
