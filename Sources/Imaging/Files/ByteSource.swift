import Glibc

/// Random access to the bytes of a file or of memory, without loading the whole.
enum ByteSource {
    case memory([UInt8])
    case descriptor(Int32)

    /// Up to `count` bytes from an offset; fewer at the end.
    func read(at offset: Int, count: Int) -> [UInt8] {
        switch self {
        case .memory(let bytes):
            guard offset < bytes.count else { return [] }
            return Array(bytes[offset..<offset + min(count, bytes.count - offset)])
        case .descriptor(let descriptor):
            return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                while initialized < count, let base = buffer.baseAddress {
                    let got = pread(descriptor, base + initialized, count - initialized, off_t(offset + initialized))
                    if got < 0 && errno == EINTR { continue }
                    guard got > 0 else { break }
                    initialized += got
                }
            }
        }
    }

    /// Opens a file for the duration of a closure.
    /// - Throws: `ImageError.Problem.cannotOpen`
    static func withFile<Result>(at path: String, _ body: (ByteSource) throws -> Result) throws -> Result {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw ImageError(path, .cannotOpen(String(cString: strerror(errno)))) }
        defer { close(descriptor) }
        var status = stat()
        // Pipes and devices have no end to trust and no positions to read at.
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            throw ImageError(path, .cannotOpen(isFolder ? "it is a folder" : "it is no regular file"))
        }
        return try body(.descriptor(descriptor))
    }

    /// All of an image file, once its first bytes show that it is one.
    /// - Throws: `ImageError`; a file larger than the limit on decoded bytes is refused unread.
    static func image(at path: String, limits: ImageLimits) throws -> [UInt8] {
        try withFile(at: path) { source in
            let prefix = source.read(at: 0, count: 16)
            guard ImageFormat(magic: prefix) != nil else {
                throw ImageError(path, .unknownFormat(found: ImageFormat.describe(prefix)))
            }
            var status = stat()
            guard case .descriptor(let descriptor) = source, fstat(descriptor, &status) == 0 else { return prefix }
            guard status.st_size <= limits.maximumBytes else {
                throw ImageError(
                    path, .unsupported("the file has \(status.st_size >> 20) MiB, more than the limit of \(limits)"))
            }
            return source.read(at: 0, count: Int(status.st_size))
        }
    }

    /// Writes beside the target and renames, so that nobody ever sees half a file.
    /// - Throws: `ImageError.Problem.cannotWrite`
    static func write(_ bytes: [UInt8], toFileAt path: String) throws {
        var template = Array((path + ".partial-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        func failure() -> ImageError { ImageError(path, .cannotWrite(String(cString: strerror(errno)))) }
        guard descriptor >= 0 else { throw failure() }
        // mkstemp makes private files; give the usual rights, less the process's mask.
        let mask = umask(0)
        umask(mask)
        fchmod(descriptor, 0o666 & ~mask)
        var written = 0
        let complete = bytes.withUnsafeBytes { raw in
            while written < raw.count {
                let count = Glibc.write(descriptor, raw.baseAddress! + written, raw.count - written)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                written += count
            }
            return true
        }
        guard complete, close(descriptor) == 0, rename(template, path) == 0 else {
            let error = failure()
            unlink(template)
            throw error
        }
    }
}
