import Glibc

/// A file that is written beside its place and moved there whole: whoever stops it midway leaves what was there before.
final class DraftFile {
    let path: String
    private let draft: String
    private let replaces: Bool
    private var descriptor: Int32

    private(set) var count = 0

    /// - Parameters:
    ///   - size: What will be written, so that a full disk is noticed at once; 0 when unknown.
    ///   - replaces: Whether a file that is there already may be replaced.
    /// - Throws: `CheckpointError`
    init(_ path: String, size: Int, replacing replaces: Bool) throws {
        (self.path, self.replaces) = (path, replaces)
        if !replaces, access(path, F_OK) == 0 { throw CheckpointError(path, Self.present) }
        draft = path + ".partial-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        descriptor = open(draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Self.failure(path) }
        // Filesystems that cannot reserve space say so; the write itself will find out.
        if size > 0, posix_fallocate(descriptor, 0, size) == ENOSPC {
            errno = ENOSPC
            throw Self.failure(path)
        }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(draft)
    }

    private static let present = "is there already; choose another name or allow overwriting"

    private static func failure(_ path: String) -> CheckpointError {
        CheckpointError(path, "cannot be written (\(String(cString: strerror(errno))))")
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw Self.failure(path) }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
        count += bytes.count
    }

    func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

    func fill(to position: Int) throws { try write([UInt8](repeating: 0, count: max(0, position - count))) }

    /// Changes bytes that were written before.
    func patch(_ bytes: [UInt8], at position: Int) throws {
        guard pwrite(descriptor, bytes, bytes.count, position) == bytes.count else { throw Self.failure(path) }
    }

    /// Puts the file in its place, on the disk.
    func commit() throws {
        guard ftruncate(descriptor, count) == 0, fsync(descriptor) == 0, close(descriptor) == 0 else {
            throw Self.failure(path)
        }
        descriptor = -1
        if !replaces, link(draft, path) == 0 {
            unlink(draft)
        } else if !replaces, errno == EEXIST {
            unlink(draft)
            throw CheckpointError(path, Self.present)
        } else if rename(draft, path) != 0 {
            let error = Self.failure(path)
            unlink(draft)
            throw error
        }
        let end = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = open(end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".", O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }
}
