import Foundation
import Hashing
import Imaging

/// Frame files named after their content: `ab/cdef….png`, from the SHA-256 of the decoded pixels (RGB, row by row).
///
/// The same pixels are written once, and a file that an interrupted import left behind is found again.
struct FrameStore: Sendable {
    enum Format: Sendable, Hashable {
        case png
        /// Quality 1...100; the file's name says it, so that the same file can be written again.
        case jpeg(quality: Int)

        var ending: String {
            switch self {
            case .png: "png"
            case .jpeg(let quality): "q\(quality).jpg"
            }
        }

        /// The format of a frame file, from its name.
        init(path: String) {
            let parts = path.split(separator: ".")
            let isJPEG = parts.last == "jpg"
            let quality = parts.dropLast().last.flatMap { $0.hasPrefix("q") ? Int($0.dropFirst()) : nil } ?? 90
            self = isJPEG ? .jpeg(quality: min(100, max(1, quality))) : .png
        }
    }

    struct File: Sendable {
        /// Below the store's folder.
        let path: String
        let bytes: Int
        let digest: ContentHash
    }

    let folder: String
    let format: Format

    /// Digest of a frame's pixels.
    static func digest(of frame: VideoFrame) -> ContentHash {
        var hasher = ContentHasher()
        frame.pixels.withUnsafeBytes { hasher.update($0) }
        return hasher.finish()
    }

    /// Writes the frame unless its file is there.
    /// - Throws: `ImageError`, `CocoaError`.
    func store(_ frame: VideoFrame) throws -> File {
        let digest = Self.digest(of: frame)
        let name = digest.description
        var path = "\(name.prefix(2))/\(name.dropFirst(2)).\(format.ending)"
        if let known = try? ImageHeader.read(fileAt: "\(folder)/\(path)") {
            if (known.width, known.height) == (frame.width, frame.height) { return try file(path, digest) }
            // Frames of one colour can have the same bytes in another shape.
            path = "\(name.prefix(2))/\(name.dropFirst(2))-\(frame.width)x\(frame.height).\(format.ending)"
            if FileManager.default.fileExists(atPath: "\(folder)/\(path)") { return try file(path, digest) }
        }
        try write(frame, to: path)
        return try file(path, digest)
    }

    /// Writes a frame's file at its place; it appears whole or not at all.
    func write(_ frame: VideoFrame, to path: String) throws {
        let target = URL(fileURLWithPath: "\(folder)/\(path)")
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        let picture = Image(width: frame.width, height: frame.height, channels: 3, bytes: frame.pixels)
        if case .jpeg(let quality) = format {
            try picture.write(toFileAt: target.path, quality: quality)
        } else {
            try picture.write(toFileAt: target.path)
        }
    }

    private func file(_ path: String, _ digest: ContentHash) throws -> File {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)")
        return File(path: path, bytes: attributes[.size] as? Int ?? 0, digest: digest)
    }

    /// Removes what writers left that were killed in the middle: half files older than an hour, which nobody names.
    func removeLeftovers() {
        let walk = FileManager.default.enumerator(atPath: folder)
        while let path = walk?.nextObject() as? String {
            guard path.contains(".partial-"),
                let date = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)")[.modificationDate]
                    as? Date, date.timeIntervalSinceNow < -3600
            else { continue }
            try? FileManager.default.removeItem(atPath: "\(folder)/\(path)")
        }
    }
}
