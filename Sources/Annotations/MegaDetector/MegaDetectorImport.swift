import Catalog
import Foundation
import Hashing
import Imaging

/// Takes MegaDetector's detections as the predictions of a run over the pictures and frames of a dataset.
///
/// Boxes become pixels of the picture as stored: MegaDetector turns a picture upright by its EXIF orientation first, so
/// boxes of turned pictures are turned back.
public struct MegaDetectorImport {
    public struct Options: Sendable {
        public var dataset: String
        /// Folder that the file names start from; pictures there that the dataset lacks are added to it.
        public var images: String?
        /// Name of the run; the file's name without its ending where it is nil.
        public var run: String?
        /// Detections below are left out.
        public var minimumScore: Double?
        public var isStrict = false

        public init(dataset: String) { self.dataset = dataset }
    }

    public struct Report: Codable, Sendable {
        public var dataset: String
        public var run: String
        /// Entries of the list.
        public var images = 0
        public var added = 0
        public var instances = 0
        /// Pictures that were processed and have no detection.
        public var empty = 0
        /// Pictures that MegaDetector could not read.
        public var failed = 0
        public var belowScore = 0
        /// Detections and entries that could not be taken.
        public var skipped = 0
        /// The catalog had this very file already; nothing was done.
        public var wasPresent = false
        public var problemCount = 0
        public var problems: [Problem] = []
    }

    private let reader: MegaDetectorReader
    private let options: Options
    private let problems: ProblemLog
    private var report: Report

    /// Imports a file as one transaction; nothing of it stays when an error is thrown.
    /// - Throws: `FormatError`; `CatalogError` when the run's name is taken.
    public static func run(
        _ path: String, into catalog: CatalogFile, options: Options, command: String,
        progress: @escaping (Double) -> Void = { _ in }
    ) throws -> Report {
        guard FileManager.default.fileExists(atPath: path) else {
            throw FormatError(file: path, reason: "there is no such file")
        }
        let reader = try MegaDetectorReader(path: path)
        let name = options.run ?? URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        var work = MegaDetectorImport(
            reader: reader, options: options, problems: ProblemLog(isStrict: options.isStrict),
            report: Report(dataset: options.dataset, run: name))
        let known = try catalog.read { catalog in
            try catalog.hasDataset(named: options.dataset)
                ? catalog.documents(of: catalog.dataset(named: options.dataset).id) : []
        }
        if known.contains(where: { $0.sha256 == reader.digest }) {
            work.report.wasPresent = true
            return work.report
        }
        return try catalog.write(command: command) { writer in try work.run(writer, progress) }
    }

    private mutating func run(_ writer: CatalogWriter, _ progress: (Double) -> Void) throws -> Report {
        let dataset = try dataset(writer)
        let run = try writer.addRun(named: report.run, kind: .predictions, configuration: reader.header)
        let sink = try MegaDetectorSink(writer, dataset: dataset, run: run, folder: options.images, reader)
        try reader.forEachEntry { entry, index, share in
            report.images += 1
            switch entry {
            case .failure(let error):
                report.skipped += 1
                try problems.report("image", file: reader.path, place: error.place, error.reason)
            case .success(let entry):
                try take(entry, sink)
            }
            if index % 256 == 0 { progress(share) }
        }
        (report.problems, report.problemCount) = (problems.problems, problems.count)
        try writer.addDocument(
            dataset: dataset, run: run, format: DataFormat.megadetector.rawValue,
            path: URL(fileURLWithPath: reader.path).standardizedFileURL.path, bytes: reader.bytes,
            sha256: reader.digest, layout: nil, problems: problems.count)
        writer.summarize("\(report.instances) detections in \(report.images) pictures of \(options.dataset)")
        return report
    }

    private func dataset(_ writer: CatalogWriter) throws -> Int64 {
        guard options.images != nil else { return try writer.dataset(named: options.dataset).id }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: options.images!, isDirectory: &isFolder), isFolder.boolValue
        else {
            throw FormatError(
                file: options.images!, reason: "this is not a folder; expected the folder of the images")
        }
        return try writer.dataset(named: options.dataset, orAddWithFormat: DataFormat.megadetector.rawValue).id
    }

    private mutating func take(_ entry: MegaDetectorReader.Entry, _ sink: MegaDetectorSink) throws {
        let place = "image “\(entry.file)”"
        for defect in entry.defects {
            report.skipped += 1
            try problems.report("detection", file: reader.path, place: place, defect)
        }
        guard let detections = entry.detections else {
            report.failed += 1
            let reason = entry.failure.map { "MegaDetector could not process it: \($0)" }
            return try problems.report(
                "failure", file: reader.path, place: place, reason ?? "it has no detections, and no failure says why")
        }
        let target: MegaDetectorSink.Target
        do {
            target = try sink.target(entry.file)
        } catch let error as MegaDetectorSink.NoMedium {
            report.skipped += max(1, detections.count)
            return try problems.report("image", file: reader.path, place: place, error.reason)
        }
        if target.isNew { report.added += 1 }
        if detections.isEmpty, entry.defects.isEmpty { report.empty += 1 }
        for (index, detection) in detections.enumerated() {
            guard detection.score >= options.minimumScore ?? 0 else {
                report.belowScore += 1
                continue
            }
            do {
                report.instances += try sink.add(detection, to: target)
            } catch let error as MegaDetectorSink.NoMedium {
                report.skipped += 1
                try problems.report(
                    "detection", file: reader.path, place: "\(place): detection \(index)", error.reason)
            }
        }
    }
}
