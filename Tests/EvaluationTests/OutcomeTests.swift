import Catalog
import Evaluation
import Testing

struct OutcomeTests {
    /// Two pictures: every kind of outcome once, and a second hit.
    private func evaluation() throws -> COCOEvaluation {
        let index = EvaluationIndex(
            pictures: [1, 2],
            categories: [EvaluatedCategory(id: 1, name: "cat"), EvaluatedCategory(id: 2, name: "dog")])
        var truths = COCOTruths(index: index)
        var detections = COCODetections(index: index)
        func box(_ x: Double) -> Box { Box(x: x, y: 0, width: 50, height: 50) }
        try truths.append(id: 1, picture: 1, category: 1, box: box(0))
        try truths.append(id: 2, picture: 1, category: 2, box: box(100))
        try truths.append(id: 3, picture: 1, category: 1, box: box(200), isCrowd: true)
        try truths.append(id: 4, picture: 2, category: 1, box: box(0))
        try detections.append(picture: 1, category: 1, score: 0.9, box: box(0))
        try detections.append(picture: 1, category: 1, score: 0.8, box: box(2))
        try detections.append(picture: 1, category: 1, score: 0.7, box: box(100))
        try detections.append(picture: 1, category: 1, score: 0.6, box: box(35))
        try detections.append(picture: 1, category: 1, score: 0.5, box: box(200))
        try detections.append(picture: 1, category: 1, score: 0.4, box: box(400))
        try detections.append(picture: 2, category: 1, score: 0.95, box: box(0))
        return try COCOEvaluator(.boxes).evaluate(detections, against: truths)
    }

    @Test("Hits, duplicates, confusions, wrong places, crowds, background and misses are told apart")
    func kinds() throws {
        let outcomes = try evaluation().outcomes()
        let kinds = outcomes.map { "\($0.kind.rawValue) \($0.detection ?? -1) \($0.truth ?? -1)" }
        #expect(
            kinds == [
                "hit 0 0", "duplicate 1 0", "confusion 2 1", "localisation 3 0", "ignored 4 2", "background 5 -1",
                "hit 6 3",
                "missed -1 1",
            ])
        #expect(outcomes[1].overlap > 0.9)
    }

    @Test("The expected calibration error is the mean gap of the bins")
    func reliability() throws {
        let reliability = Reliability([(0.95, true), (0.95, true), (0.05, true), (0.05, false)])
        #expect(reliability.bins[9].count == 2)
        #expect(reliability.bins[9].hitRate == 1)
        #expect(abs(reliability.bins[0].hitRate - 0.5) < 1e-12)
        #expect(abs(reliability.expectedError - (0.5 * 0.05 + 0.5 * 0.45)) < 1e-12)
        #expect(Reliability([DetectionOutcome]()).expectedError == 0)
    }

    @Test("Deviations cover what they claim")
    func coverage() {
        #expect(DeviationCoverage(errors: [0.5, -1.5, 2.5, 4], deviations: [1, 1, 1, 1]).within == [0.25, 0.5, 0.75])
    }

    @Test("The same seed draws the same; a run against itself does not differ")
    func bootstrap() throws {
        let evaluation = try evaluation()
        let draws = Bootstrap(evaluation, count: 200, seed: 7)
        #expect(draws.draws == Bootstrap(evaluation, count: 200, seed: 7).draws)
        #expect(draws.draws != Bootstrap(evaluation, count: 200, seed: 8).draws)
        let interval = draws.interval()
        let precision = try #require(evaluation.metrics.first).value
        #expect(interval.contains(precision))
        #expect(interval.lowerBound < interval.upperBound)
        #expect(draws.pValue(against: draws) == 1)
    }

    @Test("A ranking tells whether the surer results are the better ones")
    func ranking() {
        let ranking = ConfidenceRanking([(3, true), (2, true), (1, false), (2, false)], binCount: 2)
        // Of four pairs of a hit and another three and a half are in order.
        #expect(ranking.area == 0.875)
        #expect(ranking.bins.map(\.count) == [2, 2])
        #expect(ranking.bins.map(\.meanConfidence) == [1.5, 2.5])
        #expect(ConfidenceRanking([(1, true)]).area == -1)
    }

    @Test("The report tells categories and confidences, those that are no probabilities by their order")
    func report() throws {
        let index = EvaluationIndex(pictures: [1], categories: [EvaluatedCategory(id: 1, name: "cat")])
        var truths = COCOTruths(index: index)
        var detections = COCODetections(index: index)
        for (place, x) in [0.0, 100, 200].enumerated() {
            let box = Box(x: x, y: 0, width: 50, height: 50)
            if place < 2 { try truths.append(id: Int64(place + 1), picture: 1, category: 1, box: box) }
            var stated = DetectionStatements()
            stated.confidences = ["class": Double(3 - place)]
            stated.boxDeviation = [1, 1, 1, 1]
            try detections.append(
                picture: 1, category: 1, score: 0.9 - 0.1 * Double(place),
                box: Box(x: x + Double(place), y: 0, width: 50, height: 52.5), statements: stated)
        }
        let evaluation = try COCOEvaluator(.boxes).evaluate(detections, against: truths)
        let report = evaluation.report(title: "", notes: [], outcomes: try evaluation.outcomes())
        func row(_ table: String, _ name: String) -> [Double]? {
            report.tables.first { $0.name == table }?.rows.first { $0.name == name }?.values
        }
        #expect(row("categories", "cat")?.prefix(3) == [2, evaluation.metrics[0].value, 1])
        #expect(row("confidences", "class") == [3, 2, 2.0 / 3, -1, 1])
        #expect(row("coverage", "box x") == [2, 1, 1, 1])
        #expect(row("coverage", "box height") == [2, 0, 0, 1])
        #expect(report.plots.map(\.name) == ["precision-recall", "reliability-score", "reliability-class"])
    }

    @Test("The page holds the numbers and escapes what is not its own")
    func page() throws {
        let page = EvaluationPage(
            EvaluationReport(
                title: "a < b", metrics: [NamedMetric(name: "AP", value: 0.25), NamedMetric(name: "hit", value: 3)],
                tables: [ReportTable("t", title: "T", subject: "of", columns: ["n", "m"], rows: [("<x>", [-1, -2])])],
                plots: [
                    ReportPlot(
                        "one", title: "One", xAxis: "x", yAxis: "y", x: 0...2,
                        lines: [.init("l", [SIMD2(0, 1), SIMD2(1, 0.5), SIMD2(2, 0)])])
                ])
        ).html
        #expect(page.contains("<h1>a &lt; b</h1>"))
        #expect(page.contains("<td>AP</td><td>0.2500</td>"))
        #expect(page.contains("points=\"44.0,10.0 194.0,160.0 344.0,310.0\""))
        #expect(page.contains("<td>hit</td><td>3</td>"))
        #expect(page.contains("<td>&lt;x&gt;</td><td>–</td><td>-2</td>"))
    }
}
