import Catalog
import Foundation

/// A folder with an empty catalog and clips that ffmpeg makes; removed with its last reference.
final class TrapFolder {
    let path: String
    let catalog: CatalogFile

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("traps-\(UUID())").standardizedFileURL.path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        catalog = try CatalogFile.create(at: path + "/c.sqlite")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// 64 x 48 moving test pictures at 10 a second, a keyframe every 5.
    @discardableResult
    func clip(_ name: String, frames: Int = 20, source: String = "testsrc", _ options: String...) throws -> String {
        let clip = "\(path)/\(name)"
        try FileManager.default.createDirectory(
            atPath: (clip as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                "ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", "\(source)=s=64x48:r=10", "-frames:v",
                "\(frames)", "-c:v", "ffv1", "-pix_fmt", "bgr0", "-g", "5",
            ] + options + [clip]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
        return clip
    }

    @discardableResult
    func write(_ bytes: some Sequence<UInt8>, as name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

    /// Frames of a dataset, in order.
    func frames(of dataset: String) throws -> [MediumRecord] {
        try catalog.read { reader in
            var frames: [MediumRecord] = []
            try reader.forEachMemberMedium(of: reader.dataset(named: dataset).id) { medium, _, _ in
                frames.append(medium)
            }
            return frames
        }
    }
}
