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

    @Test("The page holds the numbers and escapes what is not its own")
    func page() throws {
        let page = EvaluationPage(
            title: "a < b", metrics: [NamedMetric(name: "AP", value: 0.25)], curves: [("one", [1, 0.5, 0])],
            reliability: Reliability([(0.9, true)]), outcomes: [.hit: 3]
        ).html
        #expect(page.contains("<h1>a &lt; b</h1>"))
        #expect(page.contains("<td>AP</td><td>0.2500</td>"))
        #expect(page.contains("points=\"44.0,10.0 194.0,160.0 344.0,310.0\""))
        #expect(page.contains("<td>hit</td><td>3</td>"))
    }
}
