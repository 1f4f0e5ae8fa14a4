import CommandLineTesting
import Foundation
import Testing

@Suite struct TourTests {
    /// The commands of the README's tour, run as a newcomer would, in a shell that stops at the first failure.
    @Test func `the tour of the README runs`() throws {
        let readme = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("README.md")
        let text = String(decoding: try Data(contentsOf: readme), as: UTF8.self)
        let tour = try #require(text.components(separatedBy: "\n## ").first { $0.hasPrefix("Five-minute tour") })
        let blocks = tour.components(separatedBy: "```sh\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        #expect(blocks.count >= 4)
        let tool = try CommandLineTool()
        try tool.write("set -euo pipefail\n" + blocks.joined(separator: "\n"), to: "tour.sh")
        let outcome = try tool.run("/bin/bash", ["tour.sh"])
        #expect(outcome.status == 0, "\(outcome.output)\n\(outcome.error)")
        for picture in ["rendered/contact-sheet.png", "plots/categories.png"] {
            #expect(try tool.contents(picture).starts(with: [0x89, 0x50, 0x4e, 0x47]))
        }
    }

    /// The script behind `make demo`.
    private var demo: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Documentation/demo.sh").path
    }

    @Test func `the demo goes from raw files to a dataset written out byte for byte`() throws {
        let tool = try CommandLineTool()
        // Small bodies and a training of two steps: what is tested is that it runs.
        for (name, value) in [("VERTICES", "1000"), ("PICTURES", "8"), ("TESTS", "2"), ("STEPS", "2")] {
            tool.environment["KINDRED_DEMO_" + name] = value
        }
        let outcome = try tool.run("/bin/bash", [demo, tool.folder + "/out"])
        #expect(outcome.status == 0, "\(outcome.output)\n\(outcome.error)")
        #expect(try tool.contents("out/export/figures.json") == tool.contents("out/raw/densepose.json"))
        #expect(try tool.contents("out/rendered/transfer.png").starts(with: [0x89, 0x50, 0x4e, 0x47]))
        #expect(try tool.contents("out/report.html").starts(with: Array("<!DOCTYPE".utf8)))
    }

    @Test func `the demo takes a folder of one's own, and leaves other folders alone`() throws {
        let tool = try CommandLineTool()
        try tool.annotate("synth mine --pictures 2 --seed 4")
        let outcome = try tool.run("/bin/bash", [demo, tool.folder + "/out", tool.folder + "/mine"])
        #expect(outcome.status == 0, "\(outcome.output)\n\(outcome.error)")
        #expect(try tool.contents("out/export/densepose.json") == tool.contents("mine/densepose.json"))
        let refused = try tool.run("/bin/bash", [demo, tool.folder + "/mine"])
        #expect(refused.status == 1)
        #expect(try !tool.contents("mine/densepose.json").isEmpty)
    }
}
