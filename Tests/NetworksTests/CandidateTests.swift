import Catalog
import Foundation
import Hashing
import Tensors
import Testing

@testable import Networks

struct CandidateTests {
    private let prediction: ChartPrediction
    private static let box = BoxCorners(3.6, 5.2, 43.9, 61)

    init() throws {
        try RandomGenerator.shared().reseed(4)
        let shape = [1, 25, 8, 8]
        var prediction = ChartPrediction(
            coarse: try Tensor.randn([1, 2, 8, 8]), fine: try Tensor.randn(shape) * 3, u: try Tensor.rand(shape),
            v: try Tensor.rand(shape))
        prediction.sigma2 = try Tensor.randn(shape)
        self.prediction = prediction
    }

    private func candidates(_ limit: Int, seed: UInt64 = 0) throws -> [CandidatePoint] {
        var generator = SeededGenerator(seed: seed)
        return try prediction.candidates(0, box: Self.box, limit: limit, using: &generator)
    }

    @Test func candidatesSayWhatTheDrawnChartsSay() throws {
        let drawn = try prediction.result(0, box: Self.box, withConfidences: true)
        let all = try candidates(10_000)
        #expect(all.count == drawn.charts.count { $0 > 0 } && all.count > 100)
        let certainty = try #require(drawn.confidences[.uv])
        for point in all {
            let x = Int(point.place.x / 256 * Double(drawn.width))
            let y = Int(point.place.y / 256 * Double(drawn.height))
            let pixel = y * drawn.width + x
            #expect(point.chart == drawn.charts[pixel])
            #expect(abs(Double(point.u) / 255 - Double(min(1, max(0, drawn.u[pixel])))) <= 1 / 509)
            #expect(abs(Double(point.v) / 255 - Double(min(1, max(0, drawn.v[pixel])))) <= 1 / 509)
            let deviation = try #require(ConfidenceCode.deviation(of: point.uv))
            #expect(abs(deviation * Double(certainty[pixel]).squareRoot() - 1) < 0.0195)
            // More likely than not on the body, and no other chart is as likely.
            #expect(try #require(ConfidenceCode.probability(of: point.foreground)) > 0.49)
            #expect(try #require(ConfidenceCode.probability(of: point.part)) > 1 / 26)
        }
    }

    @Test func fewCandidatesLieAllOverTheBody() throws {
        let all = try candidates(10_000)
        let few = try candidates(60)
        #expect(few.count <= 60 && few.count > 20)
        #expect(Set(few).isSubset(of: Set(all)))
        // Every point of the body has one within two squares of its grid.
        let side = 1.5 * (Double(all.count) / 60).squareRoot().rounded(.up) / 40 * 256
        for point in all {
            let nearest = few.map { other in
                let gap = other.place - point.place
                return max(abs(gap.x), abs(gap.y))
            }.min()!
            #expect(nearest <= 2 * side)
        }
        #expect(try candidates(60) == few)
        #expect(try candidates(60, seed: 1) != few)
        #expect(try candidates(1).count == 1)
    }

    @Test func aTemperatureMakesPosteriorsSurer() throws {
        var sharp = prediction
        sharp.fine = try prediction.fine * 2
        var generator = SeededGenerator(seed: 0)
        let surer = try sharp.candidates(0, box: Self.box, limit: 10_000, using: &generator)
        let plain = try candidates(10_000)
        #expect(surer.map(\.chart) == plain.map(\.chart))
        #expect(zip(surer, plain).allSatisfy { $0.part >= $1.part } && surer.map(\.part) != plain.map(\.part))
    }

    @Test func aBoxOfOnePixelAndAnEmptyBody() throws {
        var generator = SeededGenerator(seed: 0)
        let one = BoxCorners(3.2, 3.2, 3.4, 3.4)
        #expect(try prediction.candidates(0, box: one, limit: 5, using: &generator).count <= 1)
        var empty = prediction
        empty.coarse = try Tensor.cat([Tensor.ones([1, 1, 8, 8]), Tensor.zeros([1, 1, 8, 8])], dim: 1)
        #expect(try empty.candidates(0, box: Self.box, limit: 5, using: &generator).isEmpty)
    }
}
