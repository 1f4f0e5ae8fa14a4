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
}
