import Annotations
import Catalog
import Foundation
import Imaging

/// Renders pictures with their labels into a folder, one file each, and a contact sheet of some of them.
public struct RenderJob: Sendable {
    public enum Format: String, CaseIterable, Sendable { case png, jpg }

    public struct Options: Sendable {
        public var selection: MediaSelection
        public var style = RenderStyle()
        public var format = Format.png
        /// Render pictures again whose file is there.
        public var keepsExisting = false

        public init(selection: MediaSelection) { self.selection = selection }
    }

    public struct Report: Codable, Sendable {
        public var dataset: String
        public var folder: String
        public var pictures = 0
        public var rendered = 0
        /// Files that were there already.
        public var present = 0
        /// Pictures whose file is missing or cannot be read, drawn on grey.
        public var onGrey = 0
        public var labels = 0
        public var contactSheet: String?
        public var problems: [Problem] = []
    }

    /// Pictures on a contact sheet.
    static let sheetCells = 36
    static let sheetName = "contact-sheet.png"

    private let folder: String
    private let catalog: CatalogFile
    private let options: Options
    private let query: InstanceQuery
    private let categories: CategoryNames
    private let roots: [Int64: String]
    /// Paths of the clips, by id.
    private let clips: [Int64: String]

    /// Renders on all cores, one picture a core in memory. The same catalog and options give the same bytes.
    /// - Throws: `OutputFolderError` when the folder holds the dataset's pictures, `CatalogError` when a name is
    ///   unknown or no picture is chosen, `ImageError` when a file cannot be written.
    public static func run(
        into folder: String, from catalog: CatalogFile, options: Options, progress: (Double) -> Void = { _ in }
    ) throws -> Report {
        let selection = options.selection
        let (media, query, categories, roots, clips) = try catalog.read { reader in
            (
                try selection.media(reader), try selection.labels(reader),
                try CategoryNames(of: try reader.dataset(named: selection.dataset).id, reader),
                try reader.rootFolders(),
                Dictionary(uniqueKeysWithValues: try reader.listVideos().map { ($0.id, $0.path) })
            )
        }
        guard !media.isEmpty else {
            throw CatalogError.failed(
                path: catalog.path, reason: "no picture of \(selection.dataset) is chosen; there is nothing to render")
        }
        try OutputFolder.prepare(folder, apartFrom: Set(media.map(\.rootID)).sorted().compactMap { roots[$0] })
        let job = RenderJob(
            folder: folder, catalog: catalog, options: options, query: query, categories: categories, roots: roots,
            clips: clips)
        return try job.run(over: media, progress)
    }

    private struct Outcome: Sendable {
        var isPresent = false
        var isRendered = false
        var isGround = false
        var labels = 0
        var thumbnail: Image?
        var problems: [Problem] = []
        var failure: (any Error)?
    }

    private func run(over media: [MediumRecord], _ progress: (Double) -> Void) throws -> Report {
        var report = Report(dataset: options.selection.dataset, folder: folder, pictures: media.count)
        var cells: [ContactSheet.Cell] = []
        let onSheet = Self.spread(Self.sheetCells, over: media.count)
        let batch = 32
        for start in stride(from: 0, to: media.count, by: batch) {
            let some = Array(media[start..<min(start + batch, media.count)])
            let outcomes = Slots<Outcome>(count: some.count)
            DispatchQueue.concurrentPerform(iterations: some.count) { index in
                outcomes.set(index, render(some[index], keepsThumbnail: onSheet.contains(start + index)))
            }
            for (medium, outcome) in zip(some, outcomes.values) {
                if let failure = outcome.failure { throw failure }
                report.present += outcome.isPresent ? 1 : 0
                report.rendered += outcome.isRendered ? 1 : 0
                report.onGrey += outcome.isGround ? 1 : 0
                report.labels += outcome.labels
                report.problems += outcome.problems
                if let image = outcome.thumbnail {
                    cells.append(.init(image: image, caption: (title(of: medium) as NSString).lastPathComponent))
                }
            }
            progress(Double(start + some.count) / Double(media.count))
        }
        if !cells.isEmpty {
            let title = "\(options.selection.dataset): \(cells.count) of \(media.count) pictures"
            let sheet = ContactSheet(
                title: title, cells: cells, columns: min(6, Int(Double(cells.count).squareRoot().rounded(.up))))
            let path = folder + "/" + Self.sheetName
            try sheet.render().write(toFileAt: path)
            report.contactSheet = path
        }
        return report
    }

    private func render(_ medium: MediumRecord, keepsThumbnail: Bool) -> Outcome {
        var outcome = Outcome()
        let path = folder + "/" + Self.fileName(title(of: medium), id: medium.id, options.format)
        do {
            if options.keepsExisting, FileManager.default.fileExists(atPath: path) {
                outcome.isPresent = true
                if keepsThumbnail { outcome.thumbnail = try? Image(fileAt: path).fitted(within: 320) }
                return outcome
            }
            let picture = try catalog.read { try LabelledPicture(medium, query, categories, $0) }
            let result = try LabelRenderer(style: options.style).render(
                picture, file: MediaFile.locate(medium, folders: roots))
            outcome.problems = result.problems
            guard let image = result.image else {
                outcome.problems.append(
                    Problem(
                        kind: "image-size", where: medium.path,
                        message: "there is no readable file, and the picture's size is not known; it is left out"))
                return outcome
            }
            (outcome.isGround, outcome.labels) = (result.isGround, picture.labels.count)
            try image.write(toFileAt: path)
            outcome.isRendered = true
            if keepsThumbnail { outcome.thumbnail = image.fitted(within: 320) }
        } catch {
            outcome.failure = error
        }
        return outcome
    }

    /// Indices at equal distances.
    static func spread(_ count: Int, over total: Int) -> Set<Int> {
        Set((0..<min(count, total)).map { $0 * total / min(count, total) })
    }

    /// A picture's path; of a frame, whose file bears the name of its pixels, the clip's path and the frame's number.
    private func title(of medium: MediumRecord) -> String {
        guard let clip = medium.videoID.flatMap({ clips[$0] }) else { return medium.path }
        return "\(clip) frame \(medium.frameIndex ?? 0)"
    }

    /// A name that is safe anywhere: the letters and digits of the medium's title, the end of it where it is long, and
    /// the medium's id, so that no two media share one.
    static func fileName(_ title: String, id: Int64, _ format: Format) -> String {
        let isPicture = PictureFolder.endings.contains((title as NSString).pathExtension.lowercased())
        let stem = (isPicture ? (title as NSString).deletingPathExtension : title).unicodeScalars.map {
            scalar -> Character in
            let isPlain = scalar.isASCII && scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            return isPlain || scalar == "-" ? Character(scalar) : "_"
        }
        let text = String(String(stem.suffix(120)).drop { $0 == "_" })
        return (text.isEmpty ? "picture" : text) + "-\(id).\(format.rawValue)"
    }
}
