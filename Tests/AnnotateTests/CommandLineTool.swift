import Foundation

/// Runs the built `annotate` in a folder of its own.
final class CommandLineTool {
    struct Outcome {
        var status: Int32
        var output: String
        var error: String
    }

    let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("annotate-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The folder of the products, where the test bundle lies as well.
    static let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
    static let executable = products + "/annotate"

    func process(_ program: String, _ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        var environment = ProcessInfo.processInfo.environment
        environment["PATH"] = Self.products + ":" + (environment["PATH"] ?? "")
        environment["KINDRED_CATALOG"] = nil
        process.environment = environment
        return process
    }

    @discardableResult
    func run(_ program: String, _ arguments: [String]) throws -> Outcome {
        let process = process(program, arguments)
        // Files, not pipes: a full pipe would stop the command.
        let (out, err) = (folder + "/.out-\(UUID())", folder + "/.err-\(UUID())")
        for path in [out, err] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        process.standardOutput = FileHandle(forWritingAtPath: out)
        process.standardError = FileHandle(forWritingAtPath: err)
        try process.run()
        process.waitUntilExit()
        defer { for path in [out, err] { try? FileManager.default.removeItem(atPath: path) } }
        func text(_ path: String) throws -> String {
            String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
        }
        return Outcome(status: process.terminationStatus, output: try text(out), error: try text(err))
    }

    /// Runs `annotate` with words separated by single spaces.
    @discardableResult
    func annotate(_ line: String) throws -> Outcome {
        try run(Self.executable, line.split(separator: " ").map(String.init))
    }

    func json(_ line: String) throws -> [String: Any] {
        let outcome = try annotate(line)
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        return object as? [String: Any] ?? [:]
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
    }

    func contents(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)) }
}
