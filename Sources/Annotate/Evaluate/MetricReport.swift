import Commands
import Evaluation
import Foundation

/// Metrics as one JSON object or as a table.
enum MetricReport {
    static func show(_ metrics: [NamedMetric], json: Bool) throws {
        guard !json else {
            return try Terminal.json(Dictionary(uniqueKeysWithValues: metrics.map { ($0.name, $0.value) }))
        }
        Terminal.table(["metric", "value"], metrics.map { [$0.name, String(format: "%.4f", $0.value)] })
    }
}
