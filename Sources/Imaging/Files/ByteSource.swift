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
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ImageError(path, .cannotOpen(String(cString: strerror(errno)))) }
        defer { close(descriptor) }
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw ImageError(path, .cannotOpen("it is a folder"))
        }
        return try body(.descriptor(descriptor))
    }

    /// All of a file.
    static func contents(ofFileAt path: String) throws -> [UInt8] {
        try withFile(at: path) { source in
            var bytes: [UInt8] = []
            guard case .descriptor(let descriptor) = source else { return bytes }
            var status = stat()
            // One byte more than the size, to see the end in one go; files that grow or are pipes take more turns.
            var turn = fstat(descriptor, &status) == 0 ? max(4096, Int(status.st_size) + 1) : 1 << 16
            while true {
                let part = source.read(at: bytes.count, count: turn)
                if bytes.isEmpty { bytes = part } else { bytes += part }
                if part.count < turn { return bytes }
                turn = 1 << 20
            }
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
