import Catalog
import Checkpoints
import CommandLineTesting
import Foundation
import Testing

/// The sample of Documentation/Training.md, run as its readers run it, alone and as several processes.
@Suite(.serialized) struct ColorizerSampleTests {
    private static let sample = CommandLineTool.products + "/ColorizerSample"
    private let tool: CommandLineTool

    init() throws {
        tool = try CommandLineTool()
        for line in [
            "synth figures --pictures 12 --size 160x120", "init",
            "import densepose figures/densepose.json --dataset figures --images figures/images",
        ] {
            let outcome = try tool.run(
                CommandLineTool.products + "/annotate", line.split(separator: " ").map(String.init))
            try #require(outcome.status == 0, "\(outcome.error)")
        }
    }

    private func train(_ folder: String, epochs: Int, batch: Int) throws -> CommandLineTool.Outcome {
        try tool.run(Self.sample, ["catalog.sqlite", "figures", folder, "\(epochs)", "\(batch)"])
    }

    private func weights(_ folder: String) throws -> [String: [Float]] {
        let checkpoint = try Checkpoint.read(tool.folder + "/\(folder)/colorizer.safetensors")
        return Dictionary(uniqueKeysWithValues: try checkpoint.tensors.map { ($0.name, try $0.tensor.floats()) })
    }

    /// A port that nobody listens at.
    private func freePort() -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length)
                getsockname(descriptor, $0, &length)
            }
            return UInt16(bigEndian: pointer.pointee.sin_port)
        }
    }

    /// Starts one of two processes as torchrun does; its error output goes to a file.
    private func start(rank: Int, port: UInt16, _ folder: String, epochs: Int, batch: Int) throws -> Process {
        let process = tool.process(Self.sample, ["catalog.sqlite", "figures", folder, "\(epochs)", "\(batch)"])
        process.environment?.merge([
            "RANK": "\(rank)", "WORLD_SIZE": "2", "LOCAL_RANK": "\(rank)", "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": "\(port)", "OMP_NUM_THREADS": "1",
        ]) { $1 }
        let log = tool.folder + "/rank\(rank).log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: log)
        try process.run()
        return process
    }

    @Test func `the sample trains, and its two exports hold the same weights`() throws {
        let outcome = try train("run", epochs: 2, batch: 4)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.output.contains("finished at step 6, after 2 epochs"))
        let pth = try Checkpoint.read(tool.folder + "/run/colorizer.pth")
        let safetensors = try weights("run")
        #expect(safetensors.count == 6)
        #expect(pth.tensors.map(\.name).first == "model.0.weight")
        for tensor in pth.tensors { #expect(try tensor.tensor.floats() == safetensors[tensor.name]) }
        let shown = try tool.run(CommandLineTool.products + "/train", ["runs", "show", "colorizer"])
        #expect(shown.output.contains("finished"))
        #expect(shown.output.contains("picture"))
    }

    @Test func `killed at any moment, the same command goes on to the same weights`() throws {
        #expect(try train("whole", epochs: 3, batch: 4).status == 0)
        let process = tool.process(Self.sample, ["catalog.sqlite", "figures", "broken", "3", "4"])
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        // Killed as soon as the first checkpoint is there.
        let checkpoint = tool.folder + "/broken/checkpoints/step-00000003.safetensors"
        while process.isRunning, !FileManager.default.fileExists(atPath: checkpoint) { usleep(1000) }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let again = try train("broken", epochs: 3, batch: 4)
        #expect(again.status == 0, "\(again.error)")
        #expect(again.output.contains("going on from step"))
        #expect(try weights("broken") == weights("whole"))
    }

    @Test func `two processes make the steps of one with twice the batch`() throws {
        tool.environment["OMP_NUM_THREADS"] = "1"
        #expect(try train("one", epochs: 2, batch: 4).status == 0)
        let port = freePort()
        let ranks = try (0..<2).map { try start(rank: $0, port: port, "two", epochs: 2, batch: 2) }
        for (rank, process) in ranks.enumerated() {
            process.waitUntilExit()
            let log = try String(contentsOfFile: tool.folder + "/rank\(rank).log", encoding: .utf8)
            #expect(process.terminationStatus == 0, "\(log)")
        }
        let one = try weights("one")
        let two = try weights("two")
        for (name, values) in one {
            // Adam turns rounding of the smallest gradients into visible steps; the sums agree otherwise.
            for (a, b) in zip(values, try #require(two[name])) { #expect(abs(a - b) < 1e-3) }
        }
        let runs = try tool.run(CommandLineTool.products + "/train", ["runs", "list", "--json"])
        #expect(runs.output.components(separatedBy: "colorizer").count == 3)
    }

    @Test func `when a process dies, the others end with an error`() throws {
        let port = freePort()
        let ranks = try (0..<2).map { try start(rank: $0, port: port, "dying", epochs: 10_000, batch: 2) }
        let checkpoint = tool.folder + "/dying/checkpoints/step-00000003.safetensors"
        while ranks[0].isRunning, !FileManager.default.fileExists(atPath: checkpoint) { usleep(1000) }
        kill(ranks[1].processIdentifier, SIGKILL)
        for process in ranks { process.waitUntilExit() }
        #expect(ranks[0].terminationStatus == 1)
        let log = try String(contentsOfFile: tool.folder + "/rank0.log", encoding: .utf8)
        #expect(log.contains("averaging gradients over 2 processes") || log.contains("all-reduce"), "\(log)")
        let catalog = try CatalogFile.open(at: tool.folder + "/catalog.sqlite")
        #expect(try catalog.read { try $0.run(named: "colorizer").execution?.state } == .failed)
    }

    @Test func `a rendezvous that is incomplete is refused`() throws {
        tool.environment["WORLD_SIZE"] = "2"
        tool.environment["RANK"] = "0"
        let outcome = try train("run", epochs: 1, batch: 2)
        #expect(outcome.status == 1)
        #expect(outcome.error == "Colorizer: WORLD_SIZE is 2 but MASTER_ADDR is not set\n")
    }

    @Test func `the documentation shows the sample as it is`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let code = try String(
            contentsOfFile: root + "/Documentation/Samples/Colorizer/Colorizer.swift", encoding: .utf8)
        let page = try String(contentsOfFile: root + "/Documentation/Training.md", encoding: .utf8)
        #expect(page.contains("```swift\n\(code)```"))
        #expect(code.split(separator: "\n", omittingEmptySubsequences: false).count <= 61)
    }
}
