import CommandLineTesting
import Foundation
import Testing

@Suite struct CommandTests {
    /// A drawn dataset, imported.
    private func figures(_ count: Int = 4) throws -> CommandLineTool {
        let tool = try CommandLineTool()
        #expect(try tool.annotate("synth raw --pictures \(count) --seed 3").status == 0)
        #expect(try tool.annotate("init --catalog c.sqlite").status == 0)
        let imported = try tool.annotate(
            "import densepose raw/densepose.json --dataset dp --images raw/images --catalog c.sqlite")
        #expect(imported.status == 0, "\(imported.error)")
        return tool
    }

    @Test func `a drawn dataset goes in and comes out byte for byte, and is found sound`() throws {
        let tool = try figures()
        let export = try tool.annotate("export densepose out.json --dataset dp --catalog c.sqlite --verify")
        #expect(export.status == 0, "\(export.output)\(export.error)")
        #expect(export.output.contains("byte for byte"))
        #expect(try tool.contents("out.json") == tool.contents("raw/densepose.json"))
        let check = try tool.json("check --catalog c.sqlite --json")
        #expect((check["problems"] as? [[String: Any]])?.isEmpty == true)
        #expect(check["checkedMedia"] as? Int == 4)
    }

    @Test func `problems are listed for programs with kind, where, message and fixable, and mended`() throws {
        let tool = try CommandLineTool()
        try tool.write(
            #"{"images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 50}], "annotations": ["#
                + #"{"id": 1, "image_id": 1, "category_id": 1, "bbox": [90.0, 40.0, 20.0, 5.0]},"#
                + #" {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1.0, 1.0, 2.0, 2.0]}],"#
                + #" "categories": [{"id": 1, "name": "dog"}]}"#, to: "in.json")
        try tool.annotate("init --catalog c.sqlite")
        try tool.annotate("import coco in.json --dataset d --catalog c.sqlite")
        let check = try tool.json("check --catalog c.sqlite --json")
        let problems = try #require(check["problems"] as? [[String: Any]])
        #expect(problems.compactMap { $0["kind"] as? String } == ["duplicate-id", "box-outside"])
        #expect(
            problems.allSatisfy { $0["fixable"] as? Bool == true && $0["where"] is String && $0["message"] is String })
        #expect(try tool.annotate("check --catalog c.sqlite --fix").status == 0)
        let again = try tool.json("check --catalog c.sqlite --json")
        #expect((again["problems"] as? [[String: Any]])?.isEmpty == true)
        try tool.annotate("export coco out.json --dataset d --catalog c.sqlite")
        let text = String(decoding: try tool.contents("out.json"), as: UTF8.self)
        #expect(text.contains(#""bbox": [90.0, 40.0, 10.0, 5.0]"#))
        #expect(text.contains(#"{"id": 2, "image_id": 1"#))
        try tool.annotate("undo --catalog c.sqlite")
        try tool.annotate("export coco out.json --dataset d --catalog c.sqlite")
        #expect(try tool.contents("out.json") == tool.contents("in.json"))
    }

    @Test func `statistics count what the dataset has`() throws {
        let tool = try figures()
        let statistics = try tool.json("stats --dataset dp --catalog c.sqlite --json")
        #expect(statistics["pictures"] as? Int == 4)
        let charts = try #require(statistics["pointsPerChart"] as? [Int])
        #expect(charts.count == 24)
        #expect(charts.reduce(0, +) == statistics["densePoints"] as? Int)
    }

    @Test func `an edit is listed, shown and undone`() throws {
        let tool = try figures(2)
        let before = try tool.annotate("list instances --catalog c.sqlite --json").output
        #expect(try tool.annotate("edit 1 --category ape --review accepted --catalog c.sqlite").status == 0)
        let shown = try tool.json("show 1 --catalog c.sqlite --json")
        #expect((shown["instance"] as? [String: Any])?["category"] as? String == "ape")
        #expect((shown["changes"] as? [Any])?.count == 1)
        #expect(try tool.annotate("history --catalog c.sqlite").output.contains("edit 1 --category ape"))
        #expect(try tool.annotate("undo --catalog c.sqlite").status == 0)
        #expect(try tool.annotate("list instances --catalog c.sqlite --json").output == before)
    }

    @Test func `wrong usage ends with 2, a failure with 1 and one sentence`() throws {
        let tool = try CommandLineTool()
        #expect(try tool.annotate("info --wrong").status == 2)
        #expect(try tool.annotate("list nothing").status == 2)
        let missing = try tool.annotate("info --catalog none.sqlite")
        #expect(missing.status == 1)
        #expect(missing.error.contains("there is no catalog here"))
        #expect(missing.error.split(separator: "\n").count == 1)
        try tool.annotate("init --catalog c.sqlite")
        let again = try tool.annotate("init --catalog c.sqlite")
        #expect(again.status == 1 && again.error.contains("exists already"))
        let unknown = try tool.annotate("stats --dataset none --catalog c.sqlite")
        #expect(unknown.status == 1 && unknown.error.contains("no dataset named “none”"))
    }

    @Test func `every command has help with an example`() throws {
        let tool = try CommandLineTool()
        var queue: [[String]] = [[]]
        var seen = 0
        while let command = queue.popLast() {
            let help = try tool.run(CommandLineTool.executable, command + ["--help"])
            #expect(help.status == 0)
            let subcommands = help.output.components(separatedBy: "SUBCOMMANDS:\n").dropFirst().first?
                .components(separatedBy: "\n\n").first?.split(separator: "\n")
                .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
                .compactMap { $0.split(separator: " ").first.map(String.init) }
            if let subcommands, !subcommands.isEmpty {
                queue += subcommands.map { command + [$0] }
            } else {
                seen += 1
                #expect(help.output.contains("Example:"), "annotate \(command.joined(separator: " ")) has no example")
            }
        }
        #expect(seen > 15)
    }

    @Test func `a killed import leaves a catalog as it was, and the same command completes it`() throws {
        let tool = try CommandLineTool()
        try tool.annotate("synth raw --pictures 60 --seed 5")
        try tool.annotate("init --catalog whole.sqlite")
        let line = "import densepose raw/densepose.json --dataset dp --catalog"
        try tool.annotate("\(line) whole.sqlite")
        for round in 0..<4 {
            let name = "killed\(round).sqlite"
            try tool.annotate("init --catalog \(name)")
            let process = tool.process(
                CommandLineTool.executable, "\(line) \(name)".split(separator: " ").map(String.init))
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            usleep(UInt32(60_000 + 70_000 * round))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let check = try tool.json("check --catalog \(name) --json")
            #expect((check["problems"] as? [[String: Any]])?.contains { $0["kind"] as? String == "database" } == false)
            #expect(try tool.annotate("\(line) \(name)").status == 0)
            try tool.annotate("export densepose \(name).json --dataset dp --catalog \(name)")
            #expect(try tool.contents("\(name).json") == tool.contents("raw/densepose.json"))
            let (ours, whole) = (
                try tool.annotate("list instances --limit 999 --json --catalog \(name)").output,
                try tool.annotate("list instances --limit 999 --json --catalog whole.sqlite").output
            )
            #expect(ours == whole)
        }
    }

    @Test func `processes that write and read at once wait for each other and damage nothing`() throws {
        let tool = try figures(3)
        var processes: [Process] = []
        for worker in 1...6 {
            let line =
                worker % 3 == 0
                ? "list instances --catalog c.sqlite --json" : "edit 1 --category c\(worker) --catalog c.sqlite"
            for _ in 0..<3 {
                let process = tool.process(CommandLineTool.executable, line.split(separator: " ").map(String.init))
                process.standardOutput = FileHandle.nullDevice
                process.standardError = FileHandle.nullDevice
                try process.run()
                processes.append(process)
            }
        }
        for process in processes {
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        let check = try tool.json("check --catalog c.sqlite --json")
        #expect((check["problems"] as? [[String: Any]])?.isEmpty == true)
        let history = try tool.annotate("history --catalog c.sqlite --json").output
        let entries = try JSONSerialization.jsonObject(with: Data(history.utf8)) as? [[String: Any]]
        #expect(entries?.count == 13)
    }

    @Test func `results come in again under the name of another run`() throws {
        let tool = try CommandLineTool()
        try tool.write(
            #"{"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [], "categories": [{"id": 1, "name": "dog"}]}"#,
            to: "in.json")
        try tool.write(#"[{"image_id": 1, "category_id": 1, "score": 0.5}]"#, to: "results.json")
        try tool.annotate("init --catalog c.sqlite")
        try tool.annotate("import coco in.json --dataset d --catalog c.sqlite")
        try tool.annotate("import coco results.json --dataset d --catalog c.sqlite")
        let again = try tool.annotate("import coco results.json --dataset d --catalog c.sqlite")
        #expect(again.output.contains("nothing to do"))
        #expect(try tool.annotate("import coco results.json --dataset d --run other --catalog c.sqlite").status == 0)
        #expect(try tool.annotate("list queue --run other --catalog c.sqlite --json").output.contains("\"id\" : 2"))
        let fix = try tool.annotate("check --fix --catalog c.sqlite")
        #expect(fix.status == 0 && !fix.output.contains("undo"))
    }

    @Test func `a file of which nothing can be read is a failure and leaves no dataset`() throws {
        let tool = try CommandLineTool()
        try tool.write(#"{"images": [{"id": "x"}], "annotations": []}"#, to: "in.json")
        try tool.annotate("init --catalog c.sqlite")
        let outcome = try tool.annotate("import coco in.json --dataset d --catalog c.sqlite")
        #expect(outcome.status == 1 && outcome.error.contains("nothing was imported"))
        #expect(try tool.annotate("info --catalog c.sqlite --json").output.contains("\"datasets\" : [\n\n  ]"))
    }
}
