import Foundation

/// What is wrong with the log of a run.
public struct MetricLogError: Error, Equatable, CustomStringConvertible {
    public let file: String
    public let reason: String

    public var description: String { "\(file): \(reason)" }
}

/// A file that grows at its end. What was flushed is in the file when the process is killed.
final class AppendedFile {
    let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    /// - Parameter isNew: fails when the file exists.
    /// - Throws: `MetricLogError`
    init(path: String, isNew: Bool = false) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (isNew ? O_EXCL : 0), 0o666)
        guard descriptor >= 0 else {
            throw MetricLogError(file: path, reason: "cannot be written (\(String(cString: strerror(errno))))")
        }
        self.path = path
    }

    deinit { close(descriptor) }

    func append(_ bytes: some Sequence<UInt8>) { buffer.append(contentsOf: bytes) }

    /// - Throws: `MetricLogError`, for instance when the disk is full; what was not written stays in memory.
    func flush() throws {
        while !buffer.isEmpty {
            let count = buffer.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw MetricLogError(file: path, reason: "cannot be written (\(String(cString: strerror(errno))))")
            }
            buffer.removeFirst(count)
        }
    }

    /// Waits until what was flushed is on the disk.
    func synchronize() throws {
        guard fsync(descriptor) == 0 else {
            throw MetricLogError(file: path, reason: "cannot be written (\(String(cString: strerror(errno))))")
        }
    }
}
