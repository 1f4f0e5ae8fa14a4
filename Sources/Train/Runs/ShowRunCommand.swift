import ArgumentParser
import Catalog
import Commands
import Foundation

struct ShowRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One run: configuration, inputs, metrics, checkpoints, versions.",
        discussion: """
            Example:
              train runs show baseline
              train runs show baseline --json | jq .configuration
            """)

    @Argument(help: "The run, by name or number.")
    var name: String

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func run() throws {
        let report = try catalog.open().read { reader in try RunReport(of: reader.run(called: name), reader) }
        if json.json { return try Terminal.json(report) }
        print(Terminal.plain("\(report.summary.name): \(report.summary.kind.rawValue)"), terminator: "")
        print(report.summary.state.map { ", \($0.rawValue)" } ?? "")
        for (label, text) in facts(report) {
            print(Terminal.plain("  \(label)\(String(repeating: " ", count: 12 - label.count))\(text)"))
        }
        if let configuration = report.configuration {
            print("\nconfiguration")
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            for line in String(decoding: try encoder.encode(configuration), as: UTF8.self).split(separator: "\n") {
                print(Terminal.plain("  " + line))
            }
        }
        section(
            ["inputs", "files", "bytes"], report.inputs.map { [$0.role, "\($0.files)", $0.bytes.formatted()] })
        section(
            ["metric", "values", "last", "least", "at step", "greatest", "at step"],
            report.metrics.map { metric in
                [
                    metric.name, "\(metric.count)", MetricText.value(metric.last), MetricText.value(metric.minimum),
                    metric.minimumStep.map(String.init) ?? "", MetricText.value(metric.maximum),
                    metric.maximumStep.map(String.init) ?? "",
                ]
            })
        section(
            ["checkpoint", "kind", "step", "metric", "value", "bytes", "SHA-256", ""],
            report.checkpoints.map { checkpoint in
                [
                    checkpoint.path, checkpoint.kind.rawValue, "\(checkpoint.step)", checkpoint.metric ?? "",
                    checkpoint.value.map { MetricText.value($0) } ?? "", checkpoint.bytes.formatted(),
                    checkpoint.sha256.prefix(12) + "…", checkpoint.deletedAt.map { "deleted \($0)" } ?? "",
                ]
            })
    }

    private func facts(_ report: RunReport) -> [(String, String)] {
        var facts = [("started", report.summary.startedAt)]
        if let execution = report.execution {
            if let seconds = report.summary.seconds { facts.append(("took", Terminal.duration(seconds))) }
            if let problem = execution.problem { facts.append(("problem", problem)) }
            if let seed = execution.seed { facts.append(("seed", "\(seed)")) }
            if let device = execution.device { facts.append(("device", device)) }
            facts.append(("process", "\(execution.process.process) on \(execution.process.host)"))
        }
        let libraries = (report.execution?.libraries ?? [:]).sorted { $0.key < $1.key }.map { "\($0) \($1)" }
        facts.append(("versions", (["kindred \(report.version)"] + libraries).joined(separator: ", ")))
        if let parent = report.parent { facts.append(("parent", parent)) }
        return facts
    }

    private func section(_ header: [String], _ rows: [[String]]) {
        guard !rows.isEmpty else { return }
        print()
        Terminal.table(header, rows)
    }
}

/// Metrics as people read them.
enum MetricText {
    /// Six significant digits; nil is what is no number.
    static func value(_ value: Double?) -> String {
        value.map { String(format: "%.6g", $0) } ?? "NaN"
    }
}
