import Foundation

/// A part of long work that one of the programs does.
public struct ProgramStep: Sendable, Codable, Hashable {
    /// In words, for progress.
    public var title: String
    /// Path below the work's folder, of the files that tell of it.
    public var file: String
    /// `annotate`, `infer` or `train`.
    public var program: String
    public var arguments: [String]

    public init(_ title: String, file: String, _ program: String, _ arguments: [String]) {
        (self.title, self.file, self.program, self.arguments) = (title, file, program, arguments)
    }
}

/// A step that did not come to its end.
public struct ProgramStepError: Error, CustomStringConvertible {
    public let step: ProgramStep
    public let reason: String

    public var description: String { "\(step.title): \(reason)" }
}

/// Runs steps once: what a step printed is kept, and with it that it is done. After an interruption steps that are done
/// are passed over, and the step that was cut goes on as its program does. A step whose arguments have changed is run
/// again.
public struct StepRunner: Sendable {
    /// Of the work.
    public let folder: String
    /// The folder of the programs.
    private let programs: String
    private let report: @Sendable (String) -> Void

    /// - Parameter programs: folder of the executables; that of this program where nil.
    public init(folder: String, programs: String? = nil, report: @escaping @Sendable (String) -> Void) {
        self.folder = folder
        self.programs =
            programs
            ?? URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
        self.report = report
    }

    /// - Returns: what the step's program printed.
    /// - Throws: `ProgramStepError` with the last line of its log; `CocoaError` where files cannot be written.
    @discardableResult
    public func run(_ step: ProgramStep) throws -> String {
        let base = "\(folder)/\(step.file)"
        if let printed = finished(step) { return printed }
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: base).deletingLastPathComponent(), withIntermediateDirectories: true)
        let start = Date()
        report(step.title)
        try execute(step, output: "\(base).out.part", log: "\(base).log")
        // Its arguments first: without the output they say nothing.
        try JSONEncoder().encode(step).write(to: URL(fileURLWithPath: "\(base).step"), options: .atomic)
        guard rename("\(base).out.part", "\(base).out") == 0 else {
            throw ProgramStepError(step: step, reason: "\(base).out cannot be written")
        }
        report("\(step.title): done in \(Int(Date().timeIntervalSince(start).rounded())) s")
        return try String(contentsOfFile: "\(base).out", encoding: .utf8)
    }

    /// What a step printed, if it is done.
    public func finished(_ step: ProgramStep) -> String? {
        let base = "\(folder)/\(step.file)"
        guard let known = FileManager.default.contents(atPath: "\(base).step"),
            (try? JSONDecoder().decode(ProgramStep.self, from: known)) == step
        else { return nil }
        return try? String(contentsOfFile: "\(base).out", encoding: .utf8)
    }

    private func execute(_ step: ProgramStep, output: String, log: String) throws {
        let process = Process()
        let program = "\(programs)/\(step.program)"
        // A program whose master is killed must not go on beside the one that a resumed master starts.
        let leash = "/usr/bin/setpriv"
        if FileManager.default.isExecutableFile(atPath: leash) {
            process.executableURL = URL(fileURLWithPath: leash)
            process.arguments = ["--pdeathsig", "KILL", program] + step.arguments
        } else {
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = step.arguments
        }
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw ProgramStepError(step: step, reason: "there is no program \(program)")
        }
        guard FileManager.default.createFile(atPath: output, contents: nil),
            FileManager.default.createFile(atPath: log, contents: nil)
        else { throw ProgramStepError(step: step, reason: "\(output) cannot be written") }
        let printed = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        let errors = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        defer {
            try? printed.close()
            try? errors.close()
        }
        (process.standardInput, process.standardOutput, process.standardError) = (
            FileHandle.nullDevice, printed, errors
        )
        try process.run()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let lines = (try? String(contentsOfFile: log, encoding: .utf8))?.split(separator: "\n") ?? []
            let how =
                process.terminationReason == .exit
                ? "status \(process.terminationStatus)" : "signal \(process.terminationStatus)"
            throw ProgramStepError(step: step, reason: "\(step.program) ended with \(how): \(lines.last ?? "")")
        }
    }
}
