import Annotations
import Catalog
import Foundation
import Imaging

/// Copies the pictures of a dataset into a folder, below their paths.
public struct ImageExport {
    public struct Options: Sendable {
        public var selection: MediaSelection
        /// Take GPS positions out of EXIF and XMP. Files that cannot be cleaned for certain are not copied.
        public var scrubsLocation = false
        /// Replace files that are there and differ.
        public var overwrites = false

        public init(selection: MediaSelection) { self.selection = selection }
    }

    public struct Report: Codable, Sendable {
        public var dataset: String
        public var folder: String
        public var pictures = 0
        public var copied = 0
        /// Files that were there already, byte for byte.
        public var present = 0
        /// Copies that differ from their original because a position was taken out.
        public var scrubbed = 0
        public var bytes = 0
        /// One for every picture that was not copied.
        public var problems: [Problem] = []
    }

    private enum Outcome: Sendable {
        case copied(bytes: Int, isScrubbed: Bool)
        case present(isScrubbed: Bool)
        case refused(Problem)
    }

    /// Copies on all cores.
    /// - Throws: `OutputFolderError` when the folder holds the dataset's pictures, `CatalogError` when a name is
    ///   unknown or no picture is chosen.
    public static func run(
        into folder: String, from catalog: CatalogFile, options: Options, progress: (Double) -> Void = { _ in }
    ) throws -> Report {
        let selection = options.selection
        let (media, roots) = try catalog.read { (try selection.media($0), try $0.rootFolders()) }
        guard !media.isEmpty else {
            throw CatalogError.failed(
                path: catalog.path, reason: "no picture of \(selection.dataset) is chosen; there is nothing to copy")
        }
        try OutputFolder.prepare(folder, apartFrom: Set(media.map(\.rootID)).sorted().compactMap { roots[$0] })
        var report = Report(dataset: selection.dataset, folder: folder, pictures: media.count)
        // Two roots may have the same path below them: the first is copied.
        var taken: Set<String> = []
        let isFirst = media.map { taken.insert(($0.path as NSString).standardizingPath).inserted }
        let batch = 64
        for start in stride(from: 0, to: media.count, by: batch) {
            let range = start..<min(start + batch, media.count)
            let outcomes = Slots<Outcome>(count: range.count)
            DispatchQueue.concurrentPerform(iterations: range.count) { index in
                let medium = media[start + index]
                outcomes.set(
                    index,
                    isFirst[start + index]
                        ? copy(medium, MediaFile.locate(medium, folders: roots), to: folder, options)
                        : refusal("duplicate-path", medium, "another picture has this path and was taken"))
            }
            for outcome in outcomes.values {
                switch outcome {
                case .copied(let bytes, let isScrubbed):
                    report.copied += 1
                    report.bytes += bytes
                    report.scrubbed += isScrubbed ? 1 : 0
                case .present(let isScrubbed):
                    report.present += 1
                    report.scrubbed += isScrubbed ? 1 : 0
                case .refused(let problem): report.problems.append(problem)
                }
            }
            progress(Double(range.upperBound) / Double(media.count))
        }
        return report
    }

    private static func refusal(_ kind: String, _ medium: MediumRecord, _ message: String) -> Outcome {
        .refused(Problem(kind: kind, where: medium.path, message: message))
    }

    private static func copy(
        _ medium: MediumRecord, _ file: MediaFile, to folder: String, _ options: Options
    ) -> Outcome {
        switch file {
        case .unsafe: return refusal("path", medium, "the path leads out of the folder of the pictures")
        case .missing: return refusal("missing-file", medium, "there is no such file below the folder of the pictures")
        case .found(let path):
            do {
                let original = try Data(contentsOf: URL(fileURLWithPath: path))
                let data = options.scrubsLocation ? try scrubbed(original, name: medium.path) : original
                let isScrubbed = options.scrubsLocation && data != original
                let target = URL(fileURLWithPath: folder + "/" + medium.path)
                if let present = try? Data(contentsOf: target) {
                    if present == data { return .present(isScrubbed: isScrubbed) }
                    guard options.overwrites else {
                        return refusal("exists", medium, "another file is there already; --overwrite replaces it")
                    }
                }
                try FileManager.default.createDirectory(
                    at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
                try data.write(to: target, options: .atomic)
                return .copied(bytes: data.count, isScrubbed: isScrubbed)
            } catch let error as ImageError {
                return refusal("location", medium, "not copied, since its location cannot be removed: \(error)")
            } catch {
                return refusal("file", medium, (error as NSError).localizedDescription)
            }
        }
    }

    private static func scrubbed(_ data: Data, name: String) throws -> Data {
        let bytes = [UInt8](data)
        return Data(
            ImageFormat(magic: bytes.prefix(12)) == .png
                ? try PNGMetadata.removingLocation(from: bytes, name: name)
                : try JPEGMetadata.removingLocation(from: bytes, name: name))
    }
}
