import ArgumentParser
import Commands
import Workflows

struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Count a dataset's labels and show how they are spread.",
        discussion: """
            Pictures, instances, categories, sizes, and dense points on each part and chart. Predictions count only when
            their run is named. --plots writes charts as PNG files: categories, object-sizes, instances-per-picture,
            points-per-part and points-per-instance, as far as there is something to show.

            Example:
              annotate stats --dataset dp
              annotate stats --dataset val --run baseline --filter 'score >= 0.5' --plots charts
            """)

    @Option(help: "The dataset.")
    var dataset: String

    @Option(name: .customLong("run"), help: "The labels of this run, such as a model's predictions.")
    var runName: String?

    @Option(help: "Only instances that fulfil this filter (see `annotate list --help`).")
    var filter: String?

    @Option(help: ArgumentHelp("Write charts into this folder.", valueName: "folder"), completion: .directory)
    var plots: String?

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func run() throws {
        let (statistics, samples) = try DatasetStatistics.run(
            over: catalog.open(), dataset: dataset, run: runName, filter: filter)
        let paths = try plots.map { try StatisticsPlots.write(statistics, samples, into: $0) } ?? []
        if json.json { return try Terminal.json(statistics) }
        for (index, section) in statistics.sections.enumerated() {
            if index > 0 { print() }
            Terminal.table(section.header, section.rows)
        }
        if !paths.isEmpty { print("\ncharts: \(paths.joined(separator: ", "))") }
    }
}
