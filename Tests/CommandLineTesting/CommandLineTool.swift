import Foundation

/// Runs a built program in a folder of its own.
public final class CommandLineTool {
    public struct Outcome {
        public var status: Int32
        public var output: String
        public var error: String
    }

    public let folder: String
    /// Changes to the environment in which programs run.
    public var environment: [String: String] = [:]

    public init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("kindred-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The folder of the products, where the test bundle lies as well.
    public static let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path

    public func process(_ program: String, _ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        var environment = ProcessInfo.processInfo.environment
        environment["PATH"] = Self.products + ":" + (environment["PATH"] ?? "")
        environment["KINDRED_CATALOG"] = nil
        environment["KINDRED_WEIGHTS"] = nil
        environment.merge(self.environment) { $1 }
        process.environment = environment
        return process
    }

    @discardableResult
    public func run(_ program: String, _ arguments: [String]) throws -> Outcome {
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

    public func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
    }

    public func contents(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
    }
}
