/// The part of a report that tells whether confidences and deviations are what they claim.
struct ConfidenceSection {
    private(set) var plots: [ReportPlot] = []
    private var confidences: [(name: String, values: [Double])] = []
    private var bins: [(name: String, values: [Double])] = []
    private var coverage: [(name: String, values: [Double])] = []

    /// - Parameters:
    ///   - name: one word.
    ///   - claim: what a probability would be of, such as “share of hits”.
    ///   - events: the confidence, and whether it was right to be sure.
    mutating func add(_ name: String, claim: String, _ events: [(confidence: Double, isHit: Bool)]) {
        guard !events.isEmpty else { return }
        let ranking = ConfidenceRanking(events)
        let count = Double(events.count)
        var error = -1.0
        let points: [SIMD2<Double>]
        var x = 0.0...1.0
        var lines: [ReportPlot.Line] = []
        if events.allSatisfy({ (0...1).contains($0.confidence) }) {
            let reliability = Reliability(events.map { (score: $0.confidence, isHit: $0.isHit) })
            error = reliability.expectedError
            let width = 1 / Double(reliability.bins.count)
            points = reliability.bins.enumerated().flatMap { index, bin in
                let (left, right) = (Double(index) * width, Double(index + 1) * width)
                return [SIMD2(left, 0), SIMD2(left, bin.hitRate), SIMD2(right, bin.hitRate), SIMD2(right, 0)]
            }
            bins += reliability.bins.enumerated().filter { $0.element.count > 0 }.map { index, bin in
                (
                    "\(name) from \(Double(index) / Double(reliability.bins.count))",
                    [Double(bin.count), bin.meanScore, bin.hitRate]
                )
            }
            lines.append(.init("as claimed", [SIMD2(0, 0), SIMD2(1, 1)], isReference: true))
        } else {
            points = ranking.bins.map { SIMD2($0.meanConfidence, $0.hitRate) }
            let (low, high) = (points.first!.x, points.last!.x)
            x = low < high ? low...high : low - 0.5...low + 0.5
            bins += ranking.bins.enumerated().map { index, bin in
                ("\(name), tenth \(index + 1)", [Double(bin.count), bin.meanConfidence, bin.hitRate])
            }
        }
        lines.append(.init(claim, points))
        plots.append(
            ReportPlot(
                "reliability-\(name)", title: "Reliability: \(name)",
                caption: error < 0 ? "No probability; tenths by rising confidence" : "", xAxis: name, yAxis: claim,
                x: x,
                lines: lines))
        confidences.append(
            (
                name,
                [count, events.reduce(0) { $0 + $1.confidence } / count, Double(events.count { $0.isHit }) / count]
                    + [error, ranking.area]
            ))
    }

    mutating func addCoverage(_ name: String, errors: [Double], deviations: [Double]) {
        guard !errors.isEmpty else { return }
        let within = DeviationCoverage(errors: errors, deviations: deviations).within
        coverage.append((name, [Double(errors.count)] + within))
    }

    var tables: [ReportTable] {
        var tables = [
            ReportTable(
                "confidences", title: "Confidences", subject: "confidence",
                columns: ["count", "mean", "right", "ECE", "AUROC"], rows: confidences),
            ReportTable(
                "reliability", title: "Reliability", subject: "bin", columns: ["count", "mean", "right"], rows: bins),
        ]
        if !coverage.isEmpty {
            tables.append(
                ReportTable(
                    "coverage", title: "Errors within predicted deviations", subject: "value",
                    columns: ["count", "1 sigma", "2 sigma", "3 sigma"],
                    rows: coverage + [("a Gaussian", [-1] + DeviationCoverage.gaussian)]))
        }
        return tables.filter { !$0.rows.isEmpty }
    }
}
