import Annotations
import Catalog
import Evaluation
import Foundation
import Testing

struct COCOEvaluatorTests {
    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("evaluation-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test("Boxes, masks and keypoints have pycocotools' numbers, with crowds, ties and ids of zero")
    func pycocotools() throws {
        let path = try #require(Bundle.module.url(forResource: "Fixtures/coco", withExtension: "json"))
        let fixture = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: path)) as? [String: [[String: Any]]])
        let cases = try #require(fixture["cases"])
        #expect(cases.count == 18)
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for entry in cases {
            let kind = try #require((entry["kind"] as? String).flatMap(OverlapKind.init(rawValue:)))
            let expected = try #require(entry["expected"] as? [Double])
            let files = try ["truth", "results"].map { name in
                let file = folder.appendingPathComponent(name + ".json")
                let object = try #require(entry[name])
                try JSONSerialization.data(withJSONObject: object).write(to: file)
                return file.path
            }
            let truths = try COCOTruths(contentsOf: files[0], for: kind)
            let detections = try COCODetections(contentsOf: files[1], for: kind, truths: truths)
            let evaluation = try COCOEvaluator(kind).evaluate(detections, against: truths)
            #expect(evaluation.warnings.count == 1)
            try #require(evaluation.metrics.count == expected.count)
            for (metric, value) in zip(evaluation.metrics, expected) {
                #expect(
                    abs(metric.value - value) < 1e-9,
                    "\(kind) \(entry["seed"]!) \(metric.name): \(metric.value), expected \(value)")
            }
        }
    }

    private func index(_ categories: [EvaluatedCategory] = [EvaluatedCategory(id: 1, name: "one")]) -> EvaluationIndex {
        EvaluationIndex(pictures: [1, 2], categories: categories)
    }

    @Test("From arrays: one hit, one miss, one truth that is not found")
    func arrays() throws {
        var truths = COCOTruths(index: index())
        var detections = COCODetections(index: index())
        try truths.append(id: 1, picture: 1, category: 1, box: Box(x: 0, y: 0, width: 50, height: 50))
        try truths.append(id: 2, picture: 2, category: 1, box: Box(x: 0, y: 0, width: 50, height: 50))
        try detections.append(picture: 1, category: 1, score: 0.9, box: Box(x: 0, y: 0, width: 50, height: 40))
        try detections.append(picture: 1, category: 1, score: 0.8, box: Box(x: 90, y: 0, width: 50, height: 40))
        let evaluation = try COCOEvaluator(.boxes).evaluate(detections, against: truths)
        let metrics = Dictionary(uniqueKeysWithValues: evaluation.metrics.map { ($0.name, $0.value) })
        // An overlap of 0.8 passes seven of the ten thresholds, for one truth of two.
        #expect(abs(metrics["AR100"]! - 0.35) < 1e-12)
        #expect(abs(metrics["AP"]! - 0.7 * 51 / 101) < 1e-12)
        #expect(abs(metrics["AP50"]! - 51.0 / 101) < 1e-12)
        #expect(metrics["APs"] == -1)
        #expect(metrics["APm"]! > 0)
    }

    @Test("LVIS's rule leaves out pictures that say nothing about a category, and forgives where labels are partial")
    func federated() throws {
        let categories = [
            EvaluatedCategory(id: 1, name: "rare", frequency: "r"),
            EvaluatedCategory(id: 2, name: "often", frequency: "f"),
        ]
        let box = Box(x: 0, y: 0, width: 50, height: 50)
        func precision(negative: Set<Int32>, partial: Set<Int32>) throws -> [String: Double] {
            var truths = COCOTruths(index: index(categories))
            var detections = COCODetections(index: index(categories))
            try truths.append(id: 1, picture: 1, category: 1, box: box)
            try detections.append(picture: 2, category: 1, score: 0.9, box: box)
            try detections.append(picture: 1, category: 1, score: 0.8, box: box)
            truths.negativeCategories = [1: negative]
            truths.partialCategories = [1: partial]
            let evaluation = try COCOEvaluator(.boxes, isFederated: true).evaluate(detections, against: truths)
            return Dictionary(uniqueKeysWithValues: evaluation.metrics.map { ($0.name, $0.value) })
        }
        // The false one in picture 2 counts only where the category is known to be absent.
        #expect(abs(try precision(negative: [], partial: [])["AP"]! - 1) < 1e-9)
        #expect(abs(try precision(negative: [0], partial: [])["APr"]! - 0.5) < 1e-9)
        #expect(abs(try precision(negative: [0], partial: [0])["APr"]! - 1) < 1e-9)
        #expect(try precision(negative: [], partial: [])["APf"] == -1)
    }

    @Test("Without categories a detection may match a truth whose category has another number")
    func withoutCategories() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let truth = folder.appendingPathComponent("truth.json").path
        let results = folder.appendingPathComponent("results.json").path
        let annotation = #"{"id":5,"image_id":1,"category_id":7,"bbox":[0,0,50,50],"area":2500,"iscrowd":0}"#
        try
            #"{"images":[{"id":1,"width":90,"height":90}],"annotations":[\#(annotation)],"categories":[{"id":7,"name":"a"}]}"#
            .write(toFile: truth, atomically: true, encoding: .utf8)
        try #"[{"image_id":1,"category_id":1,"score":1,"bbox":[0,0,50,50]}]"#
            .write(toFile: results, atomically: true, encoding: .utf8)
        for (isAgnostic, precision) in [(true, 1.0), (false, 0)] {
            let truths = try COCOTruths(contentsOf: truth, for: .boxes, isAgnostic: isAgnostic)
            let detections = try COCODetections(contentsOf: results, for: .boxes, truths: truths)
            let evaluation = try COCOEvaluator(.boxes).evaluate(detections, against: truths)
            #expect(abs(evaluation.metrics[0].value - precision) < 1e-9)
        }
    }

    @Test("A result of an unknown picture, without a score or with a broken mask is told by its place")
    func badResults() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let truth = folder.appendingPathComponent("truth.json").path
        let results = folder.appendingPathComponent("results.json").path
        try #"{"images":[{"id":1,"width":9,"height":9}],"annotations":[],"categories":[{"id":1,"name":"a"}]}"#
            .write(toFile: truth, atomically: true, encoding: .utf8)
        let truths = try COCOTruths(contentsOf: truth, for: .masks)
        for (text, message) in [
            (
                #"[{"image_id":2,"category_id":1,"score":1,"bbox":[0,0,1,1]}]"#,
                "result 0: image 2 is not among those of the truth"
            ),
            (#"[{"image_id":1,"category_id":1,"bbox":[0,0,1,1]}]"#, "result 0: score is missing or no number"),
            (
                #"[{"image_id":1,"category_id":1,"score":1,"segmentation":{"size":[9,9],"counts":"1"}}]"#,
                "result 0: segmentation: the runs of the mask cover 1 pixels, expected the 81 of its size"
            ),
            (#"{"a":1}"#, "it is not a list of results"),
        ] {
            try text.write(toFile: results, atomically: true, encoding: .utf8)
            let error = #expect(throws: FormatError.self) {
                try COCODetections(contentsOf: results, for: .masks, truths: truths)
            }
            #expect("\(error!)".contains(message), "\(error!)")
        }
    }
}
