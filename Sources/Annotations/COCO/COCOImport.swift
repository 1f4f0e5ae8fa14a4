import Catalog
import Foundation
import Hashing
import Imaging

/// Reads COCO instances, keypoints and DensePose files, and results files, into the catalog as one transaction.
public struct COCOImport {
    public struct Options: Sendable {
        /// Name of the dataset that the file becomes (or, for results, that it speaks of).
        public var dataset: String
        /// Folder that the file names start from.
        public var images: String?
        /// `coco` or `densepose`, for the record.
        public var format = "coco"
        /// Name of the run that results become; the file's name without an ending where it is nil.
        public var run: String?
        /// For results over images that no file declares: the file name of an image id, with `%012d` for the number.
        public var imageName: String?
        /// Names of categories that no file declares, by number.
        public var categoryNames: [Int64: String] = [:]
        /// Stop at the first defect.
        public var isStrict = false

        public init(dataset: String, images: String? = nil) { (self.dataset, self.images) = (dataset, images) }
    }

    public struct Report: Codable, Sendable {
        public var dataset: String
        public var images = 0
        public var categories = 0
        public var instances = 0
        public var withMask = 0
        public var withPoints = 0
        public var densePoints = 0
        /// Objects that could not be taken.
        public var skipped = 0
        public var missingFiles = 0
        /// The catalog had this very file already; nothing was done.
        public var wasPresent = false
        public var problemCount = 0
        public var problems: [Problem] = []
    }

    /// Share of the file that has been read, 0 to 1.
    public typealias Progress = (Double) -> Void

    private let path: String
    private let options: Options
    private let problems: ProblemLog
    private let progress: Progress
    private var report: Report

    private init(path: String, options: Options, progress: @escaping Progress) {
        (self.path, self.options, self.progress) = (path, options, progress)
        problems = ProblemLog(isStrict: options.isStrict)
        report = Report(dataset: options.dataset)
    }

    /// Imports a file; nothing of it stays when an error is thrown.
    /// - Throws: `FormatError` when the file is not one, `CatalogError` when the dataset exists from another file.
    public static func run(
        _ path: String, into catalog: CatalogFile, options: Options, command: String,
        progress: @escaping Progress = { _ in }
    ) throws -> Report {
        var work = COCOImport(path: path, options: options, progress: progress)
        if try work.isPresent(in: catalog) {
            work.report.wasPresent = true
            return work.report
        }
        try catalog.write(command: command, isBulk: true) { writer in try work.run(writer) }
        return work.report
    }

    /// Importing the same file into the same dataset again is no change; results under another run's name are.
    private func isPresent(in catalog: CatalogFile) throws -> Bool {
        guard FileManager.default.fileExists(atPath: path) else {
            throw FormatError(file: path, reason: "there is no such file")
        }
        let documents = try catalog.read { reader in
            guard try reader.hasDataset(named: options.dataset) else { return [DocumentRecord]() }
            let names = Dictionary(uniqueKeysWithValues: try reader.runs().map { ($0.id, $0.name) })
            return try reader.documents(of: reader.dataset(named: options.dataset).id)
                .filter { options.run == nil || names[$0.runID] == options.run }
        }
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? nil
        guard documents.contains(where: { $0.bytes == size }) else { return false }
        let digest = try ContentHash.of(fileAt: path)
        return documents.contains { $0.sha256 == digest }
    }

    private mutating func run(_ writer: CatalogWriter) throws {
        let stream = try JSONDocumentStream(path: path)
        try writer.deferIndexesOfFirstInstances()
        let start = try DocumentStart.read(path)
        guard !start.isList else { return try readResults(stream, writer) }
        let dataset = try writer.addDataset(named: options.dataset, format: options.format)
        let run = try writer.addRun(named: "import of \(options.dataset)", kind: .import)
        let lists = try COCOLists(file: path, dataset: dataset, options: options, writer: writer, problems: problems)
        let needed: Set<String> = ["images", "categories"]
        var annotations: AnnotationSink?
        let (layout, digest) = try stream.read(
            streamed: needed.union(["annotations"]),
            isReady: { name, seen in name != "annotations" || needed.isSubset(of: seen) },
            handler: { [progress, path, problems] name in
                switch name {
                case "images": return lists.image
                case "categories": return lists.category
                default:
                    let sink = try AnnotationSink(
                        file: path, dataset: dataset, run: run, lists: lists, writer: writer, problems: problems)
                    annotations = sink
                    return { text, index in
                        try sink.add(text, index)
                        if index % 4096 == 0 { progress(Double(stream.offset) / Double(max(stream.size, 1))) }
                    }
                }
            })
        for name in ["images", "annotations"] where stream.arrays[name] == nil {
            throw FormatError(file: path, reason: "there is no list “\(name)”; is this a COCO file?")
        }
        for (name, array) in stream.arrays where !array.isUniform {
            try problems.report(
                "layout", file: path, place: "list “\(name)”",
                "its elements are not all separated in the same way; an export separates them alike")
        }
        try annotations?.finish()
        annotations?.account(in: &report)
        (report.images, report.categories) = (lists.imageCount, lists.categoryCount)
        report.skipped += lists.skipped
        report.missingFiles = lists.missingFiles
        if options.format == "densepose", report.withPoints == 0, report.instances > 0 {
            try problems.report(
                "points", file: path, place: "annotations",
                "none has dense points (dp_x, dp_y); is this a DensePose file?")
        }
        try finish(writer, dataset: dataset, run: run, stream: stream, layout: layout, digest: digest)
    }

    /// A list of results: the predictions of a run over a dataset that is in the catalog.
    private mutating func readResults(_ stream: JSONDocumentStream, _ writer: CatalogWriter) throws {
        guard try options.imageName != nil || writer.hasDataset(named: options.dataset) else {
            throw FormatError(
                file: path,
                reason: "this is a list of results; import the dataset that they speak of first, then name it by "
                    + "--dataset; or give --image-name when there is only a folder of pictures")
        }
        let dataset = try writer.dataset(named: options.dataset, orAddWithFormat: options.format)
        let file = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        let run = try writer.addRun(named: options.run ?? file, kind: .predictions)
        let lists = try COCOLists(known: dataset.id, file: path, options: options, writer: writer, problems: problems)
        let sink = try AnnotationSink(
            file: path, dataset: dataset.id, run: run, lists: lists, writer: writer, problems: problems)
        let (layout, digest) = try stream.read(
            streamed: [JSONDocumentStream.root], isReady: { _, _ in true },
            handler: { [progress] _ in
                { text, index in
                    try sink.add(text, index)
                    if index % 4096 == 0 { progress(Double(stream.offset) / Double(max(stream.size, 1))) }
                }
            })
        try sink.finish()
        sink.account(in: &report)
        report.skipped += lists.skipped
        (report.images, report.missingFiles) = (lists.imageCount, lists.missingFiles)
        try finish(
            writer, dataset: dataset.id, run: run, stream: stream, layout: layout, digest: digest)
    }

    private mutating func finish(
        _ writer: CatalogWriter, dataset: Int64, run: Int64, stream: JSONDocumentStream, layout: [UInt8],
        digest: ContentHash
    ) throws {
        guard let text = String(validating: layout, as: UTF8.self) else {
            throw FormatError(file: path, reason: "its text is not UTF-8; convert it first (iconv -f latin1 -t utf-8)")
        }
        if report.images == 0, report.instances == 0, let first = problems.problems.first {
            throw FormatError(
                file: path, place: first.place,
                reason: "\(first.message); none of its objects can be read, nothing was imported")
        }
        report.problems = problems.problems
        report.problemCount = problems.count
        try writer.addDocument(
            dataset: dataset, run: run, format: options.format,
            path: URL(fileURLWithPath: path).standardizedFileURL.path,
            bytes: stream.size, sha256: digest, layout: text,
            problems: problems.count)
        let images = report.images > 0 ? "\(report.images) images, " : ""
        writer.summarize(
            images + "\(report.instances) instances into \(options.dataset)"
                + (problems.count > 0 ? ", \(problems.count) problems" : ""))
    }
}

/// What the first bytes of a JSON document say.
struct DocumentStart {
    let isList: Bool

    static func read(_ path: String) throws -> DocumentStart {
        let window = try JSONWindow(path: path)
        var space: [UInt8] = []
        return DocumentStart(isList: try window.peek(space: &space) == UInt8(ascii: "["))
    }
}
