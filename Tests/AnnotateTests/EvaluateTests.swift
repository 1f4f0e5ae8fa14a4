import CommandLineTesting
import Foundation
import Testing

@Suite struct EvaluateTests {
    /// Three pictures; the second run finds one object more.
    private func evaluated() throws -> CommandLineTool {
        let tool = try CommandLineTool()
        func square(_ x: Int, _ id: Int, _ image: Int, _ category: Int = 1) -> String {
            #"{"id": \#(id), "image_id": \#(image), "category_id": \#(category), "iscrowd": 0, "area": 2500, "#
                + #""bbox": [\#(x), 0, 50, 50], "segmentation": [[\#(x),0,\#(x + 50),0,\#(x + 50),50,\#(x),50]]}"#
        }
        try tool.write(
            #"{"images": ["#
                + (1...3).map { #"{"id": \#($0), "file_name": "\#($0).jpg", "width": 300, "height": 60}"# }
                .joined(separator: ", ") + #"], "categories": [{"id": 1, "name": "ape"}, {"id": 2, "name": "cat"}], "#
                + #""annotations": [\#(square(0, 1, 1)), \#(square(100, 2, 1, 2)), \#(square(0, 3, 2)), "#
                + #"\#(square(200, 4, 2)), \#(square(10, 5, 3))]}"#, to: "truth.json")
        func result(_ x: Int, _ image: Int, _ score: Double, _ category: Int = 1) -> String {
            #"{"image_id": \#(image), "category_id": \#(category), "score": \#(score), "bbox": [\#(x), 0, 50, 50]}"#
        }
        let first = [
            result(2, 1, 0.9), result(4, 1, 0.6), result(100, 1, 0.8, 2), result(1, 2, 0.7), result(150, 3, 0.3),
        ]
        try tool.write("[" + first.joined(separator: ", ") + "]", to: "one.json")
        try tool.write("[" + (first + [result(200, 2, 0.95)]).joined(separator: ", ") + "]", to: "two.json")
        try tool.annotate("init --catalog c.sqlite")
        for line in ["truth.json", "one.json --run one", "two.json --run two"] {
            let outcome = try tool.annotate("import coco \(line) --dataset d --catalog c.sqlite")
            #expect(outcome.status == 0, "\(outcome.error)")
        }
        return tool
    }

    private func numbers(_ object: [String: Any]) -> [String: Double] { object.compactMapValues { $0 as? Double } }

    @Test func `a run of the catalog has the numbers of its file`() throws {
        let tool = try evaluated()
        let files = try tool.json("evaluate boxes --truth truth.json --predictions one.json --json")
        let catalog = try tool.json("evaluate boxes --dataset d --run one --catalog c.sqlite --json")
        #expect(numbers(files).count == 12)
        #expect(numbers(files) == numbers(catalog))
        // Of four apes two are found up to an overlap of 0.9, one at 0.95; the cat is always.
        let apes: Double = (9 * 0.5 + 0.25) / 10
        let recall = try #require(numbers(files)["AR1"])
        #expect(abs(recall - (apes + 1) / 2) < 1e-12)
    }

    @Test func `what became of each label is found by filters, shown, listed, and taken back`() throws {
        let tool = try evaluated()
        try tool.annotate("evaluate boxes --dataset d --run one --catalog c.sqlite")
        func found(_ filter: String) throws -> Int {
            let outcome = try tool.run(
                CommandLineTool.executable,
                ["list", "instances", "--filter", filter, "--catalog", "c.sqlite", "--json"])
            let rows = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [Any]
            return rows?.count ?? -1
        }
        #expect(try found("outcome = missed") == 2)
        #expect(try found("outcome = missed and run = one") == 0)
        #expect(try found("outcome = one/boxes/hit") == 3)
        #expect(try found("outcome = one/duplicate") == 1)
        #expect(try found("outcome = background") == 1)
        #expect(try tool.annotate("show 1 --catalog c.sqlite").output.contains("hit by 6 with 0.92 (boxes, one)"))
        #expect(try tool.annotate("show 4 --catalog c.sqlite").output.contains("missed (boxes, one)"))
        #expect(try tool.annotate("list evaluations --catalog c.sqlite").output.contains("boxes"))
        try tool.annotate("undo --catalog c.sqlite")
        #expect(try found("outcome = missed") == 0)
        try tool.annotate("evaluate boxes --dataset d --run one --dry-run --catalog c.sqlite")
        #expect(try tool.annotate("list evaluations --catalog c.sqlite --json").output == "[\n\n]\n")
    }

    @Test func `labels that a filter leaves out are neither found nor missed`() throws {
        let tool = try evaluated()
        let all = try tool.json("evaluate boxes --dataset d --run one --details --dry-run --catalog c.sqlite --json")
        #expect(all["hit"] as? Double == 3 && all["missed"] as? Double == 2 && all["ignored"] as? Double == 0)
        let some = try tool.json(
            "evaluate boxes --dataset d --run one --where id>1 --details --dry-run --catalog c.sqlite --json")
        #expect(some["hit"] as? Double == 2 && some["missed"] as? Double == 2 && some["ignored"] as? Double == 1)
        let agnostic = try tool.json(
            "evaluate boxes --dataset d --run one --class-agnostic --details --dry-run --catalog c.sqlite --json")
        let categories = (agnostic["tables"] as? [String: Any])?["categories"] as? [[String: Any]]
        #expect(categories?.map { $0["category"] as? String } == ["object"])
        #expect(categories?.first?["truths"] as? Double == 5)
    }

    @Test func `two runs are compared, and a report has tables, curves, plots and a page`() throws {
        let tool = try evaluated()
        let report = try tool.json(
            "evaluate boxes --dataset d --run one --compare two --bootstrap 200 --details --html r.html --plots p "
                + "--catalog c.sqlite --json")
        let (one, two) = (try #require(report["AP"] as? Double), try #require(report["APother"] as? Double))
        #expect(two > one)
        #expect(try #require(report["pValue"] as? Double) <= 1)
        let tables = try #require(report["tables"] as? [String: Any])
        let categories = try #require(tables["categories"] as? [[String: Any]])
        #expect(categories.map { $0["category"] as? String } == ["ape", "cat"])
        #expect(categories[1]["AP"] as? Double == 1)
        #expect((tables["confidences"] as? [[String: Any]])?.first?["count"] as? Double == 5)
        let curves = try #require(report["curves"] as? [String: [String: [[Double]]]])
        #expect(curves["precision-recall"]?["overlap 0.5"]?.count == 101)
        let page = String(decoding: try tool.contents("r.html"), as: UTF8.self)
        #expect(page.contains("<h2>Categories</h2>") && page.contains("<td>ape</td>"))
        for name in ["precision-recall", "reliability-score"] {
            #expect(try tool.contents("p/\(name).png").prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
        }
    }

    @Test func `masks and dense maps of the catalog have the numbers of their files`() throws {
        let tool = try CommandLineTool()
        let fixtures =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
            + "/GoldenTests/Fixtures"
        for name in ["eval_gt", "eval_results", "eval_mesh"] {
            try FileManager.default.copyItem(
                atPath: "\(fixtures)/\(name).json", toPath: "\(tool.folder)/\(name).json")
        }
        try tool.annotate("init --catalog c.sqlite")
        try tool.annotate("import densepose eval_gt.json --dataset d --catalog c.sqlite")
        try tool.annotate("import densepose eval_results.json --dataset d --run r --catalog c.sqlite")
        for mode in ["reference", "clean"] {
            let options = "--mesh eval_mesh.json --mode \(mode) --metric gpsm --json"
            let files = try tool.json(
                "evaluate densepose --truth eval_gt.json --predictions eval_results.json \(options)")
            let catalog = try tool.json("evaluate densepose --dataset d --run r --catalog c.sqlite \(options)")
            #expect(numbers(files).count == 10)
            #expect(numbers(files) == numbers(catalog))
        }
        let details = try tool.json(
            "evaluate densepose --dataset d --run r --mesh eval_mesh.json --details --html r.html --catalog c.sqlite --json"
        )
        let tables = try #require(details["tables"] as? [String: [[String: Any]]])
        #expect(tables["parts"]?.first?["points"] as? Double == 182)
        #expect(tables["sizes"]?.map { $0["truths"] as? Double } == [5, 1, 1, 3])
        #expect(try tool.annotate("list instances --filter outcome=r/densepose/hit --catalog c.sqlite").status == 0)
    }

    @Test func `files and labels of the catalog are not mixed`() throws {
        let tool = try evaluated()
        for line in [
            "boxes --truth truth.json --predictions one.json --dataset d --run one", "boxes --dataset d",
            "boxes --truth truth.json", "boxes", "boxes --truth truth.json --predictions one.json --split x",
        ] {
            #expect(try tool.annotate("evaluate \(line)").status == 2, "\(line)")
        }
        let unknown = try tool.annotate("evaluate boxes --dataset d --run none --catalog c.sqlite")
        #expect(unknown.status == 1 && unknown.error.contains("there is no run named “none”"))
        let masks = try tool.annotate("evaluate masks --dataset d --run one --catalog c.sqlite --json")
        #expect(masks.status == 0, "\(masks.error)")
    }
}
