import ArgumentParser
import Catalog
import Commands
import Foundation
import Workflows

struct StatsPseudo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Show how sure a run is, and what conditions leave.",
        discussion: """
            Quantiles go from unsure to sure: of probabilities upwards, of the deviations box and uv downwards.

            Example:
              annotate pseudo stats teacher
              annotate pseudo stats teacher --keep 'score>=0.8' --keep 'uv<=0.2'
              annotate pseudo stats teacher --parts --json
            """)

    @Argument(help: ArgumentHelp("The run that stored the candidates.", valueName: "run"))
    var runName: String

    @OptionGroup var conditions: ConditionOptions

    @Flag(help: "Read the points too, and show each chart.")
    var parts = false

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func validate() throws { _ = try conditions.conditions() }

    func run() throws {
        let conditions = try conditions.conditions()
        let statistics = try catalog.open().read { reader in
            try StoreStatistics(ofRun: runName, conditions: conditions, countsParts: parts, reader)
        }
        if json.json { return try Terminal.json(statistics) }
        let stored = statistics.stored
        print(
            "\(stored.pictures) pictures, \(statistics.picturesWithObjects) with objects; \(stored.detections) objects, "
                + "\(stored.points) points")
        if let left = statistics.reaching {
            print(
                "reaching the conditions: \(left.detections) objects in \(left.pictures) pictures, \(left.points) points"
            )
        }
        func number(_ value: Double) -> String { String(format: "%.4f", value) }
        Terminal.table(
            ["confidence", "5 %", "25 %", "50 %", "75 %", "95 %"],
            statistics.confidences.map { [$0.key.rawValue] + $0.quantiles.map(number) })
        if let charts = statistics.charts {
            print("")
            Terminal.table(
                ["chart", "points", "foreground", "parts", "uv"],
                charts.map {
                    ["\($0.chart)", "\($0.points)", number($0.foreground), number($0.parts)]
                        + [$0.deviation.map(number) ?? ""]
                })
        }
    }
}

struct PlotPseudo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot", abstract: "Draw a run's confidences, and with a calibration how far to trust them.",
        discussion: """
            Example:
              annotate pseudo plot teacher --out plots
            """)

    @Argument(help: ArgumentHelp("The run that stored the candidates.", valueName: "run"))
    var runName: String

    @Option(help: ArgumentHelp("Folder for the PNG files.", valueName: "folder"), completion: .directory)
    var out: String

    @OptionGroup var catalog: CatalogOptions

    func run() throws {
        let paths = try catalog.open().read { try StorePlots.write(ofRun: runName, into: out, $0) }
        for path in paths { print(path) }
    }
}

struct ComparePseudo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compare what two runs say of the same pictures: a teacher and a student.",
        discussion: """
            Objects meet where their boxes overlap by half; points where one lies next to the other.

            Example:
              annotate pseudo compare teacher student --min-score 0.5
            """)

    @Argument(help: "A run that stored candidates.")
    var first: String

    @Argument(help: "Another.")
    var second: String

    @Option(help: "Least score of an object that counts.")
    var minScore = 0.5

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func run() throws {
        let its = try catalog.open().read { try StoreComparison(first, second, least: minScore, $0) }
        if json.json { return try Terminal.json(its) }
        func number(_ value: Double) -> String { String(format: "%.4f", value) }
        print("\(its.pictures) pictures that both have looked at")
        Terminal.table(
            ["objects", "count"],
            [
                ["found by both", "\(its.both)"], ["by \(first) alone", "\(its.onlyFirst)"],
                ["by \(second) alone", "\(its.onlySecond)"],
            ])
        print(
            "of both: overlap of boxes \(number(its.overlap)), score \(number(its.scores[0])) and \(number(its.scores[1]))\n"
        )
        Terminal.table(
            ["chart", "points", "same chart", "apart in (u, v)", "parts", "parts of second", "uv", "uv of second"],
            its.charts.map { part in
                ["\(part.chart)", "\(part.points)", number(part.agreement), number(part.distance)]
                    + part.parts.map(number) + part.deviation.map(number)
            })
    }
}
