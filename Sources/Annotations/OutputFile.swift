import Catalog
import Foundation
import Hashing

/// A file that is written beside its place, hashed on the way, and moved there whole.
final class OutputFile {
    var buffer: [UInt8] = []
    private(set) var count = 0
    private let path: String
    private let draft: String
    private let handle: FileHandle
    private let isStream: Bool
    private var hasher: ContentHasher? = ContentHasher()

    /// Makes the folder where it is missing. Links are followed; a pipe or a device is written to as it stands.
    /// - Throws: `FormatError` when the place cannot be written.
    init(path: String) throws {
        let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        self.path = path
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        draft = path + ".part-\(ProcessInfo.processInfo.processIdentifier)"
        var status = stat()
        isStream = stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
        let target = isStream ? path : draft
        guard isStream || FileManager.default.createFile(atPath: draft, contents: nil),
            let handle = FileHandle(forWritingAtPath: target)
        else { throw FormatError(file: path, reason: "cannot be written here (is it a folder, or read-only?)") }
        self.handle = handle
        buffer.reserveCapacity(1 << 21)
    }

    deinit { if hasher != nil { try? FileManager.default.removeItem(atPath: draft) } }

    func flushIfLarge() throws {
        if buffer.count >= 1 << 20 { try flush() }
    }

    private func flush() throws {
        buffer.withUnsafeBytes { hasher?.update($0) }
        count += buffer.count
        do {
            try handle.write(contentsOf: buffer)
        } catch {
            throw FormatError(file: path, reason: "writing failed (\((error as NSError).localizedDescription))")
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Completes the file and gives its digest.
    func finish() throws -> ContentHash {
        try flush()
        try handle.close()
        guard isStream || rename(draft, path) == 0 else {
            throw FormatError(file: path, reason: "cannot be replaced (\(String(cString: strerror(errno))))")
        }
        return hasher.take()!.finish()
    }
}

extension CatalogReader {
    /// - Throws: `FormatError` when a file at this path would replace the catalog, or a file that was imported.
    func refuseToReplace(_ path: String) throws {
        let place = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let catalog = URL(fileURLWithPath: catalogPath).resolvingSymlinksInPath().path
        if ["", "-wal", "-shm", ".lock"].contains(where: { place == catalog + $0 }) {
            throw FormatError(file: path, reason: "this is the catalog itself; choose another name")
        }
        for dataset in try datasets() {
            for document in try documents(of: dataset.id)
            where URL(fileURLWithPath: document.path).resolvingSymlinksInPath().path == place {
                throw FormatError(
                    file: path, reason: "“\(dataset.name)” was imported from this file; choose another name to keep it")
            }
        }
    }
}
