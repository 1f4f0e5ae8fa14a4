import Catalog

extension COCOEvaluation {
    /// Numbers; with outcomes also what became of detections, categories, reliability and curves.
    /// - Parameter outcomes: those of `outcomes()`; nil for numbers alone.
    public func report(title: String, notes: [String], outcomes: [DetectionOutcome]? = nil) -> EvaluationReport {
        var report = EvaluationReport(title: title, notes: notes + warnings, metrics: metrics)
        guard let outcomes else { return report }
        report.addCounts(outcomes)
        let limit = curves.grid.maximumDetections.count - 1
        report.tables = [categories(limit)]
        let lines = [0.5, 0.75, 0.9].compactMap { overlap in
            curves.grid.place(ofThreshold: overlap).map {
                ReportPlot.Line("overlap \(overlap)", curves.line(limit: limit, threshold: $0))
            }
        }
        report.plots = [.precisionRecall(lines)]
        var section = ConfidenceSection()
        section.add(outcomes, statements: statements) { detections.scores[$0] }
        addCoverage(outcomes, to: &section)
        report.add(section)
        return report
    }

    private var statements: [Int: DetectionStatements] { detections.statements }

    private func categories(_ limit: Int) -> ReportTable {
        ReportTable(
            "categories", title: "Categories", subject: "category", columns: ["truths", "AP", "AP50", "AP75", "AR"],
            rows: truths.index.categories.enumerated().map { place, category in
                let overall = [
                    curves.averagePrecision(limit: limit, categories: [place]),
                    curves.averagePrecision(limit: limit, threshold: 0, categories: [place]),
                    curves.grid.place(ofThreshold: 0.75).map {
                        curves.averagePrecision(limit: limit, threshold: $0, categories: [place])
                    } ?? -1, curves.averageRecall(limit: limit, categories: [place]),
                ]
                return (category.name, [Double(table.positives[place * table.areaCount])] + overall)
            })
    }

    /// Of hits whose results state deviations of their box.
    private func addCoverage(_ outcomes: [DetectionOutcome], to section: inout ConfidenceSection) {
        var errors = [[Double]](repeating: [], count: 4)
        var deviations = errors
        for outcome in outcomes where outcome.kind == .hit {
            guard let detection = outcome.detection, let truth = outcome.truth,
                let stated = statements[detection]?.boxDeviation, stated.count == 4
            else { continue }
            let step = detections.boxes[detection] - truths.boxes[truth]
            for side in 0..<4 {
                errors[side].append(step[side])
                deviations[side].append(stated[side])
            }
        }
        for (side, name) in ["box x", "box y", "box width", "box height"].enumerated() {
            section.addCoverage(name, errors: errors[side], deviations: deviations[side])
        }
    }
}

extension PrecisionRecall {
    /// Precision over recall, the mean over categories.
    func line(limit: Int, threshold: Int) -> [SIMD2<Double>] {
        let curve = meanCurve(limit: limit, threshold: threshold)
        return curve.enumerated().map { SIMD2(Double($0.offset) / Double(max(1, curve.count - 1)), $0.element) }
    }
}

extension ReportPlot {
    static func precisionRecall(_ lines: [Line]) -> ReportPlot {
        ReportPlot(
            "precision-recall", title: "Precision over recall", xAxis: "recall", yAxis: "precision",
            lines: lines.filter { !$0.points.isEmpty })
    }
}

extension ConfidenceSection {
    /// Scores, and what results state beside them, against hits.
    mutating func add(
        _ outcomes: [DetectionOutcome], statements: [Int: DetectionStatements], score: (Int) -> Double
    ) {
        var scores: [(confidence: Double, isHit: Bool)] = []
        var stated: [String: [(confidence: Double, isHit: Bool)]] = [:]
        for outcome in outcomes where outcome.kind != .ignored {
            guard let detection = outcome.detection else { continue }
            scores.append((min(1, max(0, score(detection))), outcome.kind == .hit))
            for (name, value) in statements[detection]?.confidences ?? [:] {
                stated[name, default: []].append((value, outcome.kind == .hit))
            }
        }
        add("score", claim: "share of hits", scores)
        for (name, events) in stated.sorted(by: { $0.key < $1.key }) { add(name, claim: "share of hits", events) }
    }
}

extension EvaluationReport {
    /// How many of each outcome, and the calibration error of scores.
    mutating func addCounts(_ outcomes: [DetectionOutcome]) {
        var counts: [Outcome: Int] = [:]
        for outcome in outcomes { counts[outcome.kind, default: 0] += 1 }
        metrics += Outcome.allCases.map { NamedMetric(name: $0.rawValue, value: Double(counts[$0] ?? 0)) }
        metrics.append(NamedMetric(name: "ECE", value: Reliability(outcomes).expectedError))
    }

    mutating func add(_ section: ConfidenceSection) {
        plots += section.plots
        tables += section.tables
    }
}
