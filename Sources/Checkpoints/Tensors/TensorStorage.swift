import Glibc

/// Read-only bytes below one or several tensors: a region of a mapped file, or memory of its own.
///
/// Two tensors share their storage when they hold the same object. The bytes are never written after the storage is made,
/// and live as long as it does: that is why it may cross threads.
public final class TensorStorage: @unchecked Sendable {
    /// Valid while the storage is; no alignment is promised.
    public let bytes: UnsafeRawBufferPointer
    private let owner: (any AnyObject & Sendable)?

    /// - Parameter owner: What keeps the bytes alive and unchanged, such as a mapped file or another library's tensor.
    public init(bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable) {
        (self.bytes, self.owner) = (bytes, owner)
    }

    /// Memory of its own, filled by a closure.
    public init(count: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
        do {
            try fill(memory)
        } catch {
            memory.deallocate()
            throw error
        }
        bytes = UnsafeRawBufferPointer(memory)
        owner = nil
    }

    public convenience init(copying values: [some BitwiseCopyable]) {
        self.init(count: values.withUnsafeBytes(\.count)) { memory in
            values.withUnsafeBytes { memory.copyMemory(from: $0) }
        }
    }

    deinit { if owner == nil { bytes.deallocate() } }

    /// A region of these bytes, which it keeps alive.
    func region(_ range: Range<Int>) -> TensorStorage {
        TensorStorage(bytes: UnsafeRawBufferPointer(rebasing: bytes[range]), owner: self)
    }

    /// Maps a file into memory: nothing is read before it is looked at. A file that another program shortens meanwhile
    /// ends the process (as with every mapping); one that is replaced by renaming, as our writers do, does no harm.
    /// - Throws: `CheckpointError` when it is missing, empty or no regular file.
    static func map(_ path: String) throws -> TensorStorage {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw CheckpointError(path, "cannot be read (\(String(cString: strerror(errno))))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            throw CheckpointError(path, "is \(isFolder ? "a folder" : "no regular file"), expected a checkpoint file")
        }
        let count = Int(status.st_size)
        guard count > 0 else { throw CheckpointError(path, "is empty, expected a checkpoint") }
        guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw CheckpointError(path, "cannot be mapped into memory (\(String(cString: strerror(errno))))")
        }
        let mapping = Mapping(bytes: UnsafeRawBufferPointer(start: address, count: count))
        return TensorStorage(bytes: mapping.bytes, owner: mapping)
    }

    /// Unmaps when the last region is gone. The pages are read-only, hence safe to share.
    private final class Mapping: @unchecked Sendable {
        let bytes: UnsafeRawBufferPointer

        init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

        deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
    }
}
