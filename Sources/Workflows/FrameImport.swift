import Annotations
import Catalog
import Foundation
import Hashing
import Imaging

/// Takes frames of clips into a dataset: files named after their pixels, and where in which clip each comes from.
///
/// Each clip is one transaction of one operation. An interrupted import goes on with the next clip when it is run
/// again, and a complete one adds nothing.
public struct FrameImport {
    public struct Options: Sendable {
        public var dataset: String
        /// A `FrameSelection`'s text, such as `1s`.
        public var every: String
        /// Name of the site of all clips.
        public var site: String?
        /// Take the site from the folder's name at this depth, 1 for the first below a folder of clips.
        public var siteLevel: Int?
        /// Where the frames are written; nil for a folder beside the catalog.
        public var frames: String?
        /// JPEG of this quality instead of PNG.
        public var jpegQuality: Int?
        public var isStrict = false

        public init(dataset: String, every: String) { (self.dataset, self.every) = (dataset, every) }
    }

    public struct Clip: Codable, Sendable {
        public var path: String
        /// Frames that the dataset did not have.
        public var added = 0
        /// The dataset had this selection of this clip already.
        public var isKnown = false
        public var problem: String?
        /// ffmpeg's words on damage that it could conceal.
        public var complaints: [String] = []
    }

    public struct Report: Codable, Sendable {
        public var dataset: String
        /// Folder of the frame files.
        public var frames: String
        public var added = 0
        public var clips: [Clip] = []
        public var problems: [Problem] = []
    }

    private let catalog: CatalogFile
    private let options: Options
    private let selection: FrameSelection
    private let store: FrameStore
    private let command: String

    /// - Throws: `VideoError` for a selection that is none or a program that is missing, and the first defect when
    ///   `isStrict`; `FormatError` for a folder without clips.
    public static func run(
        _ names: [String], into catalog: CatalogFile, options: Options, command: String,
        progress: (Double, String) -> Void = { _, _ in }
    ) async throws -> Report {
        let clips = try ClipFolder.clips(names)
        let folder = options.frames ?? Self.framesFolder(of: catalog.path)
        let work = FrameImport(
            catalog: catalog, options: options, selection: try FrameSelection(parsing: options.every),
            store: FrameStore(
                folder: URL(fileURLWithPath: folder).standardizedFileURL.path,
                format: options.jpegQuality.map { .jpeg(quality: $0) } ?? .png),
            command: command)
        work.store.removeLeftovers()
        var report = Report(dataset: options.dataset, frames: work.store.folder)
        var operation: Int64?
        for (index, clip) in clips.enumerated() {
            progress(Double(index) / Double(clips.count), clip.path)
            let result = try await work.take(clip, added: report.added, clips: index, &operation) { seconds, length in
                let share = length > 0 ? min(1, seconds / length) : 0
                progress((Double(index) + share) / Double(clips.count), clip.path)
            }
            report.added += result.added
            if let problem = result.problem {
                report.problems.append(Problem(kind: "clip", where: clip.path, message: problem))
            }
            report.clips.append(result)
        }
        return report
    }

    /// `c.frames` beside `c.sqlite`.
    public static func framesFolder(of catalog: String) -> String {
        URL(fileURLWithPath: catalog).deletingPathExtension().path + ".frames"
    }

    private func take(
        _ clip: ClipPlace, added: Int, clips: Int, _ operation: inout Int64?, progress: (Double, Double) -> Void
    ) async throws -> Clip {
        var result = Clip(path: clip.path)
        let digest = try? ContentHash.of(fileAt: clip.file)
        let known = try catalog.read { reader in try KnownClip(clip, dataset: options.dataset, reader) }
        if let video = known.video, video.sha256 == digest?.bytes {
            if known.selections.contains(options.every) {
                (result.isKnown, result.problem) = (true, video.problem)
                return result
            }
        } else if let video = known.video, video.sha256 != nil, !known.frames.isEmpty {
            let what = digest == nil ? "the file is gone" : "the file is another than the one whose frames were taken"
            let message = "\(clip.file): \(what) (SHA-256 differs); expected the clip of video \(video.id)"
            if options.isStrict { throw FormatError(file: clip.file, reason: what) }
            result.problem = message
            return result
        }
        let extraction = try await ClipExtraction.run(
            clip, selection: selection, store: store, known: known.frames, progress: progress)
        (result.problem, result.complaints) = (extraction.problem.map { "\($0)" }, extraction.complaints)
        if options.isStrict, let problem = extraction.problem { throw problem }
        operation = try catalog.write(command: command, continuing: operation) { writer in
            result.added = try add(extraction, of: clip, digest, writer)
            writer.summarize(
                "\(added + result.added) frames of \(clips + 1) clips into \(options.dataset)")
            return writer.operationID
        }
        return result
    }

    /// - Returns: how many frames the dataset did not have.
    private func add(
        _ extraction: ClipExtraction, of clip: ClipPlace, _ digest: ContentHash?, _ writer: CatalogWriter
    ) throws -> Int {
        let dataset = try writer.dataset(named: options.dataset, orAddWithFormat: "frames").id
        let root = try writer.root(folder: clip.folder)
        let known = try writer.video(root: root, path: clip.path)
        var video = known ?? VideoRecord(rootID: root, path: clip.path)
        video.sha256 = digest?.bytes
        extraction.describe(&video)
        video.siteID = try siteName(of: clip).map { try writer.site(named: $0) } ?? video.siteID
        if known == nil { video.id = try writer.add(video) } else { try writer.update(video) }
        try writer.link(video: video.id, to: dataset, selection: options.every)

        let frameRoot = try writer.root(folder: store.folder)
        let media = try MediumInserter(writer)
        let present = Dictionary(
            try writer.frames(of: video.id).compactMap { frame in frame.frameIndex.map { ($0, frame.id) } },
            uniquingKeysWith: { first, _ in first })
        let members = try writer.frames(of: video.id, in: dataset)
        var added = 0
        for frame in extraction.frames {
            guard present[frame.ordinal] != nil || frame.file != nil else {
                throw CatalogError.failed(
                    path: catalog.path,
                    reason: "frames of \(clip.path) were taken back meanwhile; run the import again")
            }
            let id = try present[frame.ordinal] ?? media.add(frame.medium(of: video, root: frameRoot)).id
            guard !members.contains(id) else { continue }
            try media.link(id, to: dataset, sourceID: nil)
            added += 1
        }
        return added
    }

    private func siteName(of clip: ClipPlace) -> String? {
        if let site = options.site { return site }
        guard let level = options.siteLevel, level <= clip.parents.count else { return nil }
        return clip.parents[level - 1]
    }
}

/// What the catalog knows of a clip.
private struct KnownClip {
    var video: VideoRecord?
    /// Selections that the dataset has.
    var selections: [String] = []
    /// Decoder ordinals of frames in the catalog.
    var frames: Set<Int> = []

    init(_ clip: ClipPlace, dataset: String, _ reader: CatalogReader) throws {
        let roots = try reader.roots().filter { reader.folder(of: $0) == clip.folder }
        video = try roots.lazy.compactMap { try reader.video(root: $0.id, path: clip.path) }.first
        guard let video else { return }
        frames = Set(try reader.frames(of: video.id).compactMap(\.frameIndex))
        guard try reader.hasDataset(named: dataset) else { return }
        let members = try reader.videoMembers(of: reader.dataset(named: dataset).id)
        let taken = members.first { $0.video.id == video.id }?.selection
        selections = taken?.split(separator: ",").map(String.init) ?? []
    }
}
