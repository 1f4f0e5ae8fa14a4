import CommandLineTesting
import Foundation
import Testing

@Suite struct SynthTests {
    private let recipe = "--species human:2,chimpanzee:1 --size 96x72 --seed 5"

    @Test func `drawn bodies are found sound and come back from a file as they are`() throws {
        let tool = try CommandLineTool()
        try tool.annotate("init --catalog c.sqlite")
        let made = try tool.json("synth bodies \(recipe) --pictures 6 --dataset drawn --catalog c.sqlite --json")
        #expect(made["added"] as? Int == 6)
        #expect(made["folder"] as? String == tool.folder + "/c.synth/drawn")
        let check = try tool.json("check --catalog c.sqlite --json")
        #expect((check["problems"] as? [[String: Any]])?.isEmpty == true)
        #expect(check["checkedMedia"] as? Int == 6)
        let export = try tool.annotate("export densepose out.json --dataset drawn --catalog c.sqlite --verify")
        #expect(export.status == 0 && export.output.contains("exactly the same"), "\(export.output)\(export.error)")
        #expect(
            try tool.annotate("import densepose out.json --dataset copy --images c.synth/drawn --catalog c.sqlite")
                .status == 0)
        #expect(try tool.annotate("export densepose again.json --dataset copy --catalog c.sqlite").status == 0)
        #expect(try tool.contents("again.json") == tool.contents("out.json"))
    }

    @Test func `a killed command goes on to the labels of one that was not killed`() throws {
        let tool = try CommandLineTool()
        for name in ["a", "b"] { try tool.annotate("init --catalog \(name).sqlite") }
        let line = "synth bodies \(recipe) --pictures 300 --dataset d --workers 2 --catalog"
        #expect(try tool.annotate("\(line) a.sqlite").status == 0)
        let process = tool.process(
            CommandLineTool.executable, "\(line) b.sqlite".split(separator: " ").map(String.init))
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Somewhere in the second batch, or soon after.
        let mark = tool.folder + "/b.synth/d/images/000140.jpg"
        let limit = Date().addingTimeInterval(60)
        while !FileManager.default.fileExists(atPath: mark), process.isRunning, Date() < limit { usleep(2000) }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal)
        let rest = try tool.json("\(line) b.sqlite --json")
        let known = try #require(rest["known"] as? Int)
        #expect(known > 0 && known < 300)
        #expect(rest["added"] as? Int == 300 - known)
        for name in ["a", "b"] {
            try tool.annotate("export densepose \(name).json --dataset d --catalog \(name).sqlite")
        }
        #expect(try tool.contents("a.json") == tool.contents("b.json"))
        #expect(try tool.contents("a.synth/d/images/000141.jpg") == tool.contents("b.synth/d/images/000141.jpg"))
    }

    @Test func `clips keep individuals apart, and their frames are decoded again from the video`() throws {
        let tool = try CommandLineTool()
        try tool.annotate("init --catalog c.sqlite")
        let line =
            "synth clips --species chimpanzee --size 96x72 --animals 1 --clips 2 --frames 5 --motion knuckle-walk"
            + " --dataset walks --png --catalog c.sqlite --json"
        let made = try tool.json(line)
        #expect(made["added"] as? Int == 2 && made["frames"] as? Int == 10)
        #expect(try tool.json(line)["known"] as? Int == 2)
        let first = "c.synth/walks/images/000001-0001.png"
        let frame = try tool.contents(first)
        #expect(try tool.contents("c.synth/walks/images/000001-0005.png") != frame)
        try FileManager.default.removeItem(atPath: tool.folder + "/" + first)
        let again = try tool.json("frames regenerate --catalog c.sqlite --json")
        #expect(again["written"] as? Int == 1 && (again["problems"] as? [Any])?.isEmpty == true)
        #expect(try tool.contents(first) == frame)
        let wrong = try tool.annotate(
            "synth clips --species zebra --motion dance --size 96x72 --dataset other --catalog c.sqlite")
        #expect(wrong.status == 1)
        #expect(wrong.error.contains("there is no motion of the zebra “dance”; there are walk"))
    }

    @Test(arguments: [
        ("--species unicorn --dataset d", 1, "there is no species “unicorn”; there are human"),
        ("--species human:x --dataset d", 64, "--species is like human:2,chimpanzee:1"),
        ("--pictures 2", 64, "--dataset is missing"), ("--dataset d --size 3x3", 64, "--size is like 320x240"),
        ("--dataset d --recipe missing.json", 1, "missing.json: it cannot be read"),
        ("--dataset d --backgrounds nowhere", 1, "nowhere: this is no folder"),
    ])
    func `wrong wishes are refused in one sentence`(line: String, status: Int, sentence: String) throws {
        let tool = try CommandLineTool()
        try tool.annotate("init")
        let outcome = try tool.annotate("synth bodies \(line)")
        #expect(outcome.status == (status == 64 ? 2 : 1))
        #expect(outcome.error.contains(sentence), "\(outcome.error)")
    }

    @Test func `the recipe that is shown can be given back`() throws {
        let tool = try CommandLineTool()
        let shown = try tool.annotate("synth bodies --species zebra:3 --night 1 --show-recipe")
        try tool.write(shown.output, to: "recipe.json")
        let again = try tool.annotate("synth bodies --recipe recipe.json --show-recipe")
        #expect(again.output == shown.output && shown.output.contains("zebra"))
    }
}
