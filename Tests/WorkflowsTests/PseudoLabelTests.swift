import Annotations
import Catalog
import Foundation
import Hashing
import Testing

@testable import Workflows

struct PseudoLabelTests {
    // MARK: Conditions

    @Test func conditionsSayWhichWayIsSure() throws {
        #expect(try ConfidenceCondition("score>=0.8") == ConfidenceCondition(.score, .value(0.8)))
        #expect(try ConfidenceCondition(" uv <= 0.2 ") == ConfidenceCondition(.uv, .value(0.2)))
        #expect(try ConfidenceCondition("parts:top=20%") == ConfidenceCondition(.parts, .top(0.2)))
        #expect(try ConfidenceCondition("score:precision=0.9") == ConfidenceCondition(.score, .precision(0.9)))
        #expect(
            try ConfidenceCondition("points.foreground>=90%")
                == ConfidenceCondition(.foreground, isOfPoints: true, .value(0.9)))
        for wrong in [
            "", "score", "score<=0.8", "uv>=0.2", "colour>=1", "score>=x", "score:top=120%", "points.score>=1",
            "uv:precision=0.9", "points.uv:top=0.5", "score>=-1", "score>=nan", "score>=inf",
        ] {
            #expect(throws: PseudoLabelError.self, "\(wrong)") { try ConfidenceCondition(wrong) }
        }
    }

    @Test(arguments: ConfidenceKey.allCases) func aValueIsReachedFromItsOwnSurenessOn(key: ConfidenceKey) {
        for sureness in stride(from: 1, through: key.limit, by: max(1, key.limit / 97)) {
            #expect(key.least(reaching: key.value(sureness)!) == sureness)
        }
        #expect(key.least(reaching: key.isDeviation ? 1e-9 : 1.5) == key.limit + 1)
    }

    // MARK: Points

    /// On a grid, each surer than the one before of the body, and less sure of the chart and of (u, v).
    private let points: [CandidatePoint] = (0..<64).map { (index: Int) -> CandidatePoint in
        let (row, column) = (UInt8(index / 8), UInt8(index % 8))
        let number = UInt8(index)
        return CandidatePoint(
            x: column * 32, y: row * 32, chart: 1 + number % 3, u: 0, v: 0, foreground: 10 + number,
            part: 200 - number, uv: 10 + number)
    }

    private func choose(_ recipe: PointRecipe, seed: UInt64 = 1, thresholds: [ConfidenceKey: Int] = [:]) -> [Int] {
        var generator = SeededGenerator(seed: seed)
        return PointSampler(recipe, thresholds: thresholds)(points, using: &generator)
    }

    /// detectron2's samplers take the least sure half by both segmentations' confidences.
    @Test func samplersTakeTheSurestPoints() {
        #expect(choose(PointRecipe(.mask, count: 3)) == [61, 62, 63])
        #expect(choose(PointRecipe(.parts, count: 3)) == [0, 1, 2])
        #expect(choose(PointRecipe(.uv, count: 3)) == [0, 1, 2])
        #expect(choose(PointRecipe(.mask, count: 100)) == Array(0..<64))
        #expect(choose(PointRecipe(.mask, count: 0)) == [])
    }

    @Test func combinedConfidenceIsTheProbabilityOfAll() {
        let sure = CandidatePoint(x: 0, y: 0, chart: 1, u: 0, v: 0, foreground: 200, part: 200, uv: 60)
        var (offBody, otherChart, blurred) = (sure, sure, sure)
        (offBody.foreground, otherChart.part, blurred.uv) = (40, 40, 200)
        var generator = SeededGenerator(seed: 0)
        for worse in [offBody, otherChart, blurred] {
            #expect(PointSampler(PointRecipe(.combined, count: 1))([worse, sure], using: &generator) == [1])
        }
    }

    @Test func lotsAreDrawnByTheSeedAndFavourNobody() {
        let uniform = PointRecipe(.uniform, count: 8)
        #expect(choose(uniform) == choose(uniform))
        #expect(choose(uniform) != choose(uniform, seed: 2))
        var counts = [Int](repeating: 0, count: 64)
        for seed in 0..<2000 { for index in choose(uniform, seed: UInt64(seed)) { counts[index] += 1 } }
        // 250 each, with a deviation of 15.
        #expect(counts.allSatisfy { 180...320 ~= $0 }, "\(counts)")
        // Equals are drawn by lot too, not in the order in which they lie.
        let equals = [CandidatePoint](
            repeating: CandidatePoint(x: 0, y: 0, chart: 1, u: 0, v: 0, foreground: 9), count: 40)
        var generator = SeededGenerator(seed: 3)
        let chosen = PointSampler(PointRecipe(.mask, count: 5))(equals, using: &generator)
        #expect(chosen.count == 5 && chosen != [0, 1, 2, 3, 4])
    }

    @Test func aSearchDrawsAmongTheSurest() {
        var seen: Set<Int> = []
        for seed in 0..<50 {
            seen.formUnion(choose(PointRecipe(.mask, count: 4, search: 0.25), seed: UInt64(seed)))
        }
        #expect(seen == Set(48..<64))
    }

    @Test func pointsOfEachChart() {
        let chosen = choose(PointRecipe(.mask, count: 2, isPerChart: true))
        #expect(Dictionary(grouping: chosen) { points[$0].chart }.mapValues(\.count) == [1: 2, 2: 2, 3: 2])
        #expect(chosen == [58, 59, 60, 61, 62, 63])
    }

    @Test(arguments: [PointRecipe.Spread.poisson, .clusters]) func pointsKeepApart(spread: PointRecipe.Spread) {
        func nearest(_ chosen: [Int]) -> Double {
            chosen.flatMap { one in
                chosen.filter { $0 != one }.map { other in
                    let gap = points[one].place - points[other].place
                    return (gap * gap).sum().squareRoot()
                }
            }.min()!
        }
        let spreadOut = choose(PointRecipe(.mask, count: 6, spread: spread))
        #expect(spreadOut.count == 6)
        #expect(nearest(spreadOut) > nearest(choose(PointRecipe(.mask, count: 6))))
        // The surest of all has its place wherever points lie.
        #expect(spreadOut.contains(63))
        #expect(choose(PointRecipe(.mask, count: 64, spread: spread)).count == 64)
    }

    @Test func pointsBelowAThresholdAreNotChosen() {
        #expect(choose(PointRecipe(.parts, count: 5), thresholds: [.foreground: 60]) == [50, 51, 52, 53, 54])
        #expect(choose(PointRecipe(.parts, count: 5), thresholds: [.foreground: 256]) == [])
    }

    // MARK: Calibration

    @Test func theTemperatureIsFound() {
        // A network that is twice as sure as it should be.
        var its = ProbabilityCalibration()
        for code in 20...250 {
            let right = 1 / (1 + exp(-ProbabilityCalibration.logit(code) / 2))
            for _ in 0..<10 { its.add(code: UInt8(code), share: right) }
        }
        its.fit()
        #expect(abs(its.temperature - 2) < 1e-6)
        #expect(its.errorBefore > 0.05 && its.errorAfter < 1e-9)
    }

    @Test func thePrecisionIsThatOfAllThatAreAsSure() throws {
        var its = ProbabilityCalibration()
        for _ in 0..<10 { its.add(code: 200, share: 1) }
        for _ in 0..<10 { its.add(code: 100, share: 0.5) }
        for _ in 0..<20 { its.add(code: 50, share: 0) }
        its.add(code: 0, share: 0)
        #expect(its.total == 40)
        #expect(its.least(precision: 1) == 200)
        #expect(its.least(precision: 0.75) == 100)
        #expect(its.least(precision: 0.3) == 50)
        var wrong = ProbabilityCalibration()
        wrong.add(code: 200, share: 0)
        #expect(wrong.least(precision: 0.5) == nil)
        #expect(HeadCalibration.probability(wrong).least(precision: 0.5, .parts) == 256)
    }

    @Test func theScaleOfAVarianceIsTheMeanSquare() {
        let its = DeviationCalibration(ratios: [2, -2, 2, -2])
        #expect(its.varianceScale == 4)
        #expect(its.within == [0, 1, 1] && its.withinScaled == [1, 1, 1])
    }
}
