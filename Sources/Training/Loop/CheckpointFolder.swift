import Catalog
import Checkpoints
import Foundation
import Glibc
import Hashing

/// The checkpoints of a run: `step-00001200.safetensors` for the newest ones and `best.safetensors`. Each file is
/// complete or not there.
struct CheckpointFolder {
    let path: String

    init(_ path: String) throws {
        self.path = URL(fileURLWithPath: path).standardizedFileURL.path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func file(atStep step: Int) -> String {
        "\(path)/step-\(String(repeating: "0", count: max(0, 8 - "\(step)".count)))\(step).safetensors"
    }

    var best: String { path + "/best.safetensors" }

    /// Checkpoints by step, the newest last.
    var files: [(step: Int, path: String)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.compactMap { name in
            guard name.hasPrefix("step-"), name.hasSuffix(".safetensors"),
                let step = Int(name.dropFirst(5).dropLast(12))
            else { return nil }
            return (step, path + "/" + name)
        }.sorted { $0.step < $1.step }
    }

    /// The newest checkpoint that can be read, and what was wrong with newer ones.
    func newest() throws -> (checkpoint: TrainingCheckpoint, problems: [String])? {
        var problems: [String] = []
        for (_, file) in files.reversed() {
            do {
                return (try TrainingCheckpoint(readingFrom: file), problems)
            } catch {
                problems.append("\(error)")
            }
        }
        guard problems.isEmpty else {
            throw CheckpointError(path, "has no checkpoint that can be read: \(problems[0])")
        }
        return nil
    }

    /// Gives a file a second name; no second copy lies on the disk where it supports links.
    func link(_ file: String, as name: String) throws {
        let draft = name + ".partial"
        try? FileManager.default.removeItem(atPath: draft)
        if Glibc.link(file, draft) != 0 { try FileManager.default.copyItem(atPath: file, toPath: draft) }
        guard rename(draft, name) == 0 else {
            throw CheckpointError(name, "cannot be replaced (\(String(cString: strerror(errno))))")
        }
    }

    /// What trainings that were killed in mid-write left behind. Nobody else may be writing.
    func removeDrafts() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for name in names where name.contains(".safetensors.partial") {
            try? FileManager.default.removeItem(atPath: path + "/" + name)
        }
    }

    /// Removes all but the newest `count`.
    /// - Returns: what was removed.
    func prune(keeping count: Int) -> [String] {
        files.dropLast(max(1, count)).map(\.path).filter { (try? FileManager.default.removeItem(atPath: $0)) != nil }
    }

    static func record(
        _ file: String, _ kind: CheckpointKind, _ progress: TrainingProgress, epoch: Double, metric: String? = nil
    ) throws -> CheckpointRecord {
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        return CheckpointRecord(
            path: file, sha256: try ContentHash.of(fileAt: file), bytes: attributes[.size] as? Int ?? 0, kind: kind,
            step: progress.step, epoch: epoch, metric: metric, value: metric == nil ? nil : progress.bestValue)
    }
}
