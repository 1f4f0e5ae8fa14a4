import Evaluation
import Foundation
import Testing

/// detectron2's numbers on a small synthetic dataset.
struct EvaluationGoldenTests {
    private func input() throws -> (EvaluationSurface, DensePoseTruths, DensePoseDetections) {
        let truths = try DensePoseTruths(contentsOf: try GoldenFiles.path("eval_gt.json"))
        return (
            try EvaluationSurface(contentsOf: try GoldenFiles.path("eval_mesh.json")), truths,
            try DensePoseDetections(contentsOf: try GoldenFiles.path("eval_results.json"), truths: truths)
        )
    }

    @Test("The reference mode gives detectron2's numbers", arguments: DensePoseEvaluator.Metric.allCases, [0.5, 0.2])
    func metrics(metric: DensePoseEvaluator.Metric, threshold: Double) throws {
        let (surface, truths, detections) = try input()
        let expected = try #require(
            try GoldenFiles.json("eval_expected.json")["\(metric.rawValue.uppercased())@\(threshold)"]
                as? [String: Double])
        let evaluation = try DensePoseEvaluator(
            metric, surface: surface, mode: .reference, leastThreshold: threshold
        ).evaluate(detections, against: truths)
        #expect(evaluation.metrics.count == expected.count)
        for metric in evaluation.metrics {
            let value = try #require(expected[metric.name])
            #expect(abs(metric.value - value) < 1e-6, "\(metric.name): \(metric.value), expected \(value)")
        }
    }

    @Test("Similarities are detectron2's, picture by picture")
    func matrices() throws {
        let (surface, truths, detections) = try input()
        let expected = try GoldenFiles.json("eval_expected.json")
        let evaluator = DensePoseEvaluator(.gpsm, surface: surface, mode: .reference)
        for picture: Int64 in [11, 12, 13] {
            let found = try evaluator.similarities(picture: picture, detections, truths)
            for (name, matrix) in [
                ("gps_matrix", found.points), ("mask_iou_matrix", found.masks), ("bbox_iou_matrix", found.boxes),
            ] {
                let matrices = try #require(expected[name] as? [String: [[Double]]])
                let values = try #require(matrices["\(picture)"])
                try #require(matrix.count == values.count)
                for (row, line) in values.enumerated() {
                    try #require(matrix[row].count == line.count)
                    for (column, value) in line.enumerated() {
                        #expect(abs(matrix[row][column] - value) < 1e-6, "\(name) \(picture) \(row) \(column)")
                    }
                }
            }
        }
    }
}
