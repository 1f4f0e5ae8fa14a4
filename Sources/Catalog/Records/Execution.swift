import Foundation
internal import GRDB

/// How far a program's run has come.
public enum ExecutionState: String, Sendable, Codable, CaseIterable {
    case running
    case finished
    /// It stopped with an error.
    case failed
    /// It was stopped, or its process is gone.
    case interrupted
}

/// How a program's run goes, or went.
public struct Execution: Sendable, Codable, Equatable {
    /// What is true now: a run whose process was killed reads as interrupted, though nobody was left to write it down.
    public let state: ExecutionState
    public let seed: Int64?
    /// Versions by name of library.
    public let libraries: [String: String]
    /// What it computes on, such as `cpu` or `cuda:0 NVIDIA H100`.
    public let device: String?
    public let process: ProcessIdentity
    /// ISO 8601, UTC; of the latest start, when it was resumed.
    public let startedAt: String
    /// When it last wrote anything.
    public let heartbeatAt: String
    public let finishedAt: String?
    /// Why it failed.
    public let problem: String?

    /// Seconds without a sign of life after which a run on another machine counts as interrupted: longer than any
    /// evaluation between two metrics should take.
    static let patience: Double = 30 * 60

    init(_ row: Row, now: Date) {
        let recorded = ExecutionState(rawValue: row["state"]) ?? .interrupted
        process = ProcessIdentity(
            host: row["host"], process: Int32(truncatingIfNeeded: row["process"] as Int64),
            startTicks: row["process_started"])
        heartbeatAt = row["heartbeat_at"]
        let silence = (try? Date(heartbeatAt, strategy: .iso8601)).map { now.timeIntervalSince($0) } ?? .infinity
        state = recorded == .running && !(process.isAlive ?? (silence < Self.patience)) ? .interrupted : recorded
        seed = row["seed"]
        libraries =
            (try? JSONDecoder().decode([String: String].self, from: Data((row["libraries"] as String).utf8))) ?? [:]
        (device, startedAt) = (row["device"], row["started_at"])
        (finishedAt, problem) = (row["finished_at"], row["problem"])
    }
}

/// A process among all that ever were on a machine: numbers are used again, a number with its start is not.
public struct ProcessIdentity: Sendable, Codable, Equatable {
    public let host: String
    public let process: Int32
    /// Clock ticks from the machine's start to the process's, where `/proc` tells.
    public let startTicks: Int64?

    init(host: String, process: Int32, startTicks: Int64?) {
        (self.host, self.process, self.startTicks) = (host, process, startTicks)
    }

    public static var current: ProcessIdentity {
        let process = getpid()
        return ProcessIdentity(host: hostName, process: process, startTicks: status(of: process)?.startTicks)
    }

    /// Whether it runs; nil when it is on another machine.
    public var isAlive: Bool? {
        guard host == Self.hostName else { return nil }
        guard let status = Self.status(of: process) else { return startTicks == nil && kill(process, 0) == 0 }
        return status.state != "Z" && status.state != "X" && (startTicks == nil || startTicks == status.startTicks)
    }

    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// From `/proc/PID/stat` (proc(5)): fields 3 and 22. The second field, the program's name, may hold anything.
    private static func status(of process: Int32) -> (state: Substring, startTicks: Int64)? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let start = Int64(fields[19]) else { return nil }
        return (fields[0], start)
    }
}
