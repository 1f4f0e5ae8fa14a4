import Checkpoints
import Foundation

/// Keeps two trainings out of one folder: both would write its checkpoints and its log. Held until it is released, or
/// the process ends in whatever way.
final class RunLock {
    private let descriptor: Int32

    /// - Throws: `CheckpointError` when another training holds the folder, or nothing can be written there.
    init(_ folder: String) throws {
        let path = folder + "/lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw CheckpointError(path, "cannot be written (\(String(cString: strerror(errno))))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .newlines)
            close(descriptor)
            throw CheckpointError(
                folder,
                "is where another training is at work\(holder.map { " (process \($0))" } ?? ""); name another folder, or wait for it"
            )
        }
        let text = "\(getpid())\n"
        guard ftruncate(descriptor, 0) == 0, write(descriptor, text, text.utf8.count) == text.utf8.count else {
            let problem = String(cString: strerror(errno))
            close(descriptor)
            throw CheckpointError(path, "cannot be written (\(problem))")
        }
    }

    deinit {
        // Closing is not enough: a process that is just being started may hold a copy until it runs.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
