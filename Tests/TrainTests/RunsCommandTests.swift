import Catalog
import CommandLineTesting
import Foundation
import Hashing
import Imaging
import Testing

@Suite struct RunsCommandTests {
    private func train(_ tool: CommandLineTool, _ line: String) throws -> CommandLineTool.Outcome {
        try tool.run(CommandLineTool.products + "/train", line.split(separator: " ").map(String.init))
    }

    /// A catalog with a finished training, one that failed and one that goes on from the first, and an import.
    private func tool() throws -> CommandLineTool {
        let tool = try CommandLineTool()
        let catalog = try CatalogFile.create(at: tool.folder + "/catalog.sqlite")
        _ = try catalog.write(command: "import") { try $0.addRun(named: "labels", kind: .import) }
        try catalog.record { recorder in
            func run(_ name: String, rate: Double, parent: Int64? = nil, _ losses: [Double]) throws -> Int64 {
                var start = RunStart(
                    name: name, kind: .training,
                    configuration: #"{"optimizer":{"name":"sgd","rate":\#(rate)},"crop":[256,256]}"#, seed: 7)
                (start.libraries, start.device, start.parentID) = (["libtorch": "1.13.1"], "cpu", parent)
                let id = try recorder.start(start)
                try recorder.append(
                    losses.enumerated().map { index, value in
                        MetricSample(
                            name: "loss/total", step: index + 1, epoch: Double(index) / 10, value: value,
                            time: 1e9 + Double(index) * 60)
                    }, to: id)
                return id
            }
            let falling: [Double] = (0..<300).map { (step: Int) -> Double in
                let noise = Double(step % 7) / 20
                return 4 / Double(step + 1) + noise
            }
            let first = try run("baseline", rate: 0.1, falling)
            try recorder.add(
                [RunInput(role: "picture", path: "a.jpg", sha256: .of([1]), bytes: 1234)], to: first)
            try recorder.add(
                CheckpointRecord(
                    path: "best.safetensors", sha256: .of([2]), bytes: 99, kind: .best, step: 200, metric: "loss/total",
                    value: 0.02), to: first)
            try recorder.add(
                CheckpointRecord(path: "old.safetensors", sha256: .of([3]), bytes: 99, kind: .periodic, step: 100),
                to: first)
            try recorder.markDeleted(checkpoint: "old.safetensors", of: first)
            try recorder.end(first, as: .finished)
            let second = try run("second", rate: 0.01, parent: first, [5, 4, .infinity, .nan])
            try recorder.end(second, as: .failed, problem: "the loss is not a number at step 4")
        }
        return tool
    }

    @Test func `runs are listed by kind and state`() throws {
        let tool = try tool()
        let list = try train(tool, "runs list")
        #expect(list.status == 0)
        let lines = list.output.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[2].contains("second") && lines[2].contains("failed") && lines[2].contains(" 4 "))
        #expect(lines[3].contains("baseline") && lines[3].contains("finished") && lines[3].contains(" 300 "))
        let failed = try train(tool, "runs list --state failed --json")
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(failed.output.utf8)) as? [[String: Any]])
        #expect(rows.map { $0["name"] as? String } == ["second"])
        #expect(rows[0]["lastStep"] as? Int == 4 && rows[0]["device"] as? String == "cpu")
        #expect(try train(tool, "runs list --kind import").output.contains("labels"))
        #expect(try train(tool, "runs list --kind evaluation").output == "no runs\n")
        #expect(try train(tool, "runs list --kind dreams").status == 2)
    }

    @Test func `a run is shown with all that is known of it`() throws {
        let tool = try tool()
        let text = try train(tool, "runs show baseline").output
        for part in [
            "baseline: training, finished", "seed        7", "libtorch 1.13.1", #""rate" : 0.1"#, "1,234",
            "best.safetensors", "deleted 2", "loss/total",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        let json = try train(tool, "runs show second --json")
        let report = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        let configuration = try #require(report["configuration"] as? [String: Any])
        #expect((configuration["optimizer"] as? [String: Any])?["rate"] as? Double == 0.01)
        #expect(report["parent"] as? String == "baseline")
        let metrics = try #require(report["metrics"] as? [[String: Any]])
        #expect(metrics[0]["minimum"] as? Double == 4 && metrics[0]["maximum"] as? String == "Infinity")
        #expect(metrics[0]["last"] == nil)
        #expect(try train(tool, "runs show 2").output.hasPrefix("baseline:"))
        let unknown = try train(tool, "runs show best")
        #expect(unknown.status == 1)
        #expect(unknown.error == "train: there is no run named “best”; there are: labels, baseline, second\n")
    }

    @Test func `a comparison tells what differs`() throws {
        let tool = try tool()
        let lines = try train(tool, "runs compare baseline second").output.split(separator: "\n").map(String.init)
        #expect(lines[0].split(separator: " ") == ["setting", "baseline", "second"])
        #expect(lines[2].split(separator: " ") == ["optimizer.rate", "0.1", "0.01"])
        #expect(lines[5].split(separator: " ").prefix(2) == ["loss/total", "last"])
        #expect(lines[5].hasSuffix("NaN"))
        #expect(lines[6].split(separator: " ").last == "4")
        let json = try train(tool, "runs compare baseline second --json").output
        #expect(json.contains(#""name" : "optimizer.rate""#))
        #expect(try train(tool, "runs compare baseline").status == 2)
    }

    @Test func `curves are drawn in the colours of their runs`() throws {
        let tool = try tool()
        let plot = try train(
            tool,
            "runs plot baseline second --metric loss/total --out p.png --log --smooth 0.9 --width 600 --height 300")
        #expect(plot.status == 0 && plot.output == "p.png\n")
        #expect(plot.error == "2 values are left out: not finite, or not positive\n")
        let image = try Image(fileAt: tool.folder + "/p.png")
        #expect((image.width, image.height) == (600, 300))
        func pixels(_ color: Color) -> Int {
            (0..<600 * 300).count { i in
                let (x, y) = (i % 600, i / 600)
                return image[x, y, 0] == color.red && image[x, y, 1] == color.green && image[x, y, 2] == color.blue
            }
        }
        // More than the strokes of the legend; the faint curve behind the smoothed one is there too.
        #expect(pixels(Palette.instance(0)) > 200)
        #expect(pixels(Palette.instance(1)) > 20)
        #expect(pixels(Palette.instance(0).mixed(with: .white, 0.72)) > 100)

        for axis in ["epoch", "time"] {
            #expect(try train(tool, "runs plot baseline --metric loss/total --out q.png --over \(axis)").status == 0)
        }
        let unknown = try train(tool, "runs plot baseline --metric loss --out q.png")
        #expect(unknown.error == "train: there is no metric named “loss”; there are: loss/total\n")
        #expect(try train(tool, "runs plot baseline --metric loss/total --out q.png --smooth 1").status == 2)
        #expect(try train(tool, "runs plot baseline --metric loss/total --out no/q.png").status == 1)
    }

    @Test func `a missing catalog is one sentence`() throws {
        let tool = try CommandLineTool()
        let outcome = try train(tool, "runs list")
        #expect(outcome.status == 1)
        #expect(outcome.error.contains("there is no catalog here"))
        #expect(outcome.error.split(separator: "\n").count == 1)
    }
}
