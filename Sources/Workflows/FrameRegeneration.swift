import Annotations
import Catalog
import Foundation
import Imaging

/// Writes missing frame files again, from their clips, once the decoded pixels prove to be those that were taken.
public struct FrameRegeneration {
    public struct Report: Codable, Sendable {
        /// Frames of the catalog.
        public var frames = 0
        /// Files that were there.
        public var present = 0
        public var written = 0
        public var problems: [Problem] = []
    }

    /// Each clip with missing frames is decoded once, up to the last of them.
    /// - Parameter dataset: only the clips of this dataset.
    public static func run(
        on catalog: CatalogFile, dataset: String? = nil, progress: (Double, String) -> Void = { _, _ in }
    ) async throws -> Report {
        let (videos, folders) = try catalog.read { reader in
            let videos = try dataset.map { try reader.videoMembers(of: reader.dataset(named: $0).id).map(\.video) }
            return (try videos ?? reader.videos(), try reader.rootFolders())
        }
        var report = Report()
        for (index, video) in videos.enumerated() {
            progress(Double(index) / Double(videos.count), video.path)
            let frames = try catalog.read { try $0.frames(of: video.id) }
            report.frames += frames.count
            let missing = frames.filter { frame in
                guard let folder = folders[frame.rootID] else { return true }
                return !FileManager.default.fileExists(atPath: "\(folder)/\(frame.path)")
            }
            report.present += frames.count - missing.count
            guard !missing.isEmpty else { continue }
            guard let folder = folders[video.rootID] else {
                report.add(video.path, "nobody has said where this clip is; `annotate relocate` does")
                continue
            }
            try await write(missing, of: "\(folder)/\(video.path)", folders, &report)
        }
        return report
    }

    private static func write(
        _ missing: [MediumRecord], of clip: String, _ folders: [Int64: String], _ report: inout Report
    ) async throws {
        var wanted = Dictionary(grouping: missing.filter { $0.frameIndex != nil }) { $0.frameIndex! }
        var result = report
        do {
            try await FrameExtraction(path: clip, selection: .all).forEachFrame { frame in
                for medium in wanted.removeValue(forKey: frame.ordinal) ?? [] {
                    try rewrite(medium, from: frame, clip, folders, &result)
                }
                if wanted.isEmpty { throw EnoughFrames() }
            }
        } catch is EnoughFrames {
        } catch let error as VideoError {
            if case .programMissing = error { throw error }
            result.add(clip, "\(error)")
        }
        for ordinal in wanted.keys.sorted() { result.add(clip, "frame \(ordinal) could not be decoded again") }
        report = result
    }

    private static func rewrite(
        _ medium: MediumRecord, from frame: VideoFrame, _ clip: String, _ folders: [Int64: String],
        _ report: inout Report
    ) throws {
        guard medium.sha256 == FrameStore.digest(of: frame).bytes else {
            return report.add(
                clip,
                "frame \(frame.ordinal) decodes to other pixels than those that were taken in (SHA-256 differs); "
                    + "is this another file, or another version of ffmpeg?")
        }
        guard let folder = folders[medium.rootID] else {
            return report.add(medium.path, "nobody has said where the frames are; `annotate relocate` does")
        }
        let store = FrameStore(folder: folder, format: FrameStore.Format(path: medium.path))
        try store.write(frame, to: medium.path)
        report.written += 1
    }

    /// Ends the decoding when nothing more is wanted.
    private struct EnoughFrames: Error {}
}

extension FrameRegeneration.Report {
    fileprivate mutating func add(_ place: String, _ message: String) {
        problems.append(Problem(kind: "frame", where: place, message: message))
    }
}
