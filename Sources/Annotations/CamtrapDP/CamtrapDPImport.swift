import Catalog
import Foundation
import Hashing

/// Takes a Camtrap DP 1.0 package into the catalog as one transaction.
///
/// A deployment becomes a deployment and its site; a picture a medium; a video a clip. An observation of a picture
/// becomes an instance, with a box or without. What was seen over an event, or in a clip as a whole, belongs to no
/// picture and becomes an observation. Cells that no column reproduces are kept beside, so that an export gives every row
/// of the three tables again.
public struct CamtrapDPImport {
    public struct Options: Sendable {
        public var dataset: String
        /// Folder that the file paths start from; the package's own where it is nil.
        public var media: String?
        public var isStrict = false

        public init(dataset: String) { self.dataset = dataset }
    }

    public struct Report: Codable, Sendable {
        public var dataset: String
        public var deployments = 0
        public var media = 0
        public var clips = 0
        /// Observations of single pictures.
        public var instances = 0
        public var withBox = 0
        /// Observations of events and clips.
        public var observations = 0
        /// Rows that could not be taken.
        public var skipped = 0
        /// Media with an address on the network, which is kept and not read.
        public var remote = 0
        public var missingFiles = 0
        /// The catalog had this very package already; nothing was done.
        public var wasPresent = false
        public var problemCount = 0
        public var problems: [Problem] = []
    }

    /// Imports the package in a folder; nothing of it stays when an error is thrown.
    /// - Throws: `FormatError`; `CatalogError` when the dataset has another package.
    public static func run(
        _ folder: String, into catalog: CatalogFile, options: Options, command: String,
        progress: @escaping (Double) -> Void = { _ in }
    ) throws -> Report {
        let package = try CamtrapDPPackage(folder: folder)
        if let media = options.media {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: media, isDirectory: &isFolder), isFolder.boolValue else {
                throw FormatError(file: media, reason: "this is not a folder; expected the folder of the media")
            }
        }
        var report = Report(dataset: options.dataset)
        let format = DataFormat.camtrapDP.rawValue
        let known = try catalog.read { reader in
            try reader.hasDataset(named: options.dataset)
                ? reader.documents(of: reader.dataset(named: options.dataset).id) : []
        }
        if known.contains(where: { $0.sha256 == package.digest }) {
            report.wasPresent = true
            return report
        }
        guard !known.contains(where: { $0.format == format }) else {
            throw CatalogError.duplicate(kind: "dataset with a Camtrap DP package", name: options.dataset)
        }
        return try catalog.write(command: command) { writer in
            let dataset = try writer.dataset(named: options.dataset, orAddWithFormat: format).id
            let readers = try CamtrapDPTable.allCases.map { ($0, try package.reader(of: $0)) }
            let description = CamtrapDPPackage.Description(
                columns: Dictionary(uniqueKeysWithValues: readers.map { ($0.rawValue, $1.header) }),
                datapackage: package.datapackage)
            let run = try writer.addRun(
                named: "Camtrap DP of \(options.dataset)", kind: .import,
                configuration: String(decoding: try JSONEncoder().encode(description), as: UTF8.self))
            let problems = ProblemLog(isStrict: options.isStrict)
            let sink = try CamtrapDPSink(
                writer, dataset: dataset, run: run, folder: options.media ?? folder,
                mustHaveFiles: options.media != nil, problems: problems)
            for (index, (table, reader)) in readers.enumerated() {
                progress(Double(index) / Double(readers.count))
                try read(table, reader, into: sink, problems)
            }
            report = sink.report
            report.dataset = options.dataset
            (report.problems, report.problemCount) = (problems.problems, problems.count)
            try writer.addDocument(
                dataset: dataset, run: run, format: format,
                path: URL(fileURLWithPath: folder).standardizedFileURL.path, bytes: package.bytes,
                sha256: package.digest, layout: nil, problems: problems.count)
            writer.summarize(
                "\(report.deployments) deployments, \(report.media + report.clips) media, "
                    + "\(report.instances + report.observations) observations into \(options.dataset)")
            return report
        }
    }

    private static func read(
        _ table: CamtrapDPTable, _ reader: CSVReader, into sink: CamtrapDPSink, _ problems: ProblemLog
    ) throws {
        var number: Int64 = 0
        var seen: Set<String> = []
        while let line = try reader.next() {
            number += 1
            let place = "line \(line.line)"
            let surplus = line.cells.dropFirst(reader.header.count)
            if line.cells.count != reader.header.count {
                // Hand-made tables lack empty cells at the end, or have too many: that alone loses nothing.
                let isHarmless = surplus.allSatisfy(\.isEmpty)
                try problems.report(
                    "row", file: reader.path, place: place,
                    "there are \(line.cells.count) cells, expected \(reader.header.count) as in the first row"
                        + (isHarmless ? "; those at the end are taken as empty" : ""))
                guard isHarmless else {
                    sink.report.skipped += 1
                    continue
                }
            }
            let row = CamtrapDPRow(Dictionary(uniqueKeysWithValues: zip(reader.header, line.cells)))
            guard let key = row.text(table.key) else {
                sink.report.skipped += 1
                try problems.report("id", file: reader.path, place: place, "\(table.key) is empty")
                continue
            }
            guard seen.insert(key).inserted else {
                sink.report.skipped += 1
                try problems.report(
                    "duplicate-id", file: reader.path, place: place, "the \(table.key) “\(key)” comes twice")
                continue
            }
            let missing = table.required.filter { row.text($0) == nil }
            if !missing.isEmpty {
                try problems.report(
                    "required", file: reader.path, place: "\(place) (\(key))",
                    "\(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") empty, and required")
            }
            let source = CamtrapDPSink.Source(
                row: row, header: reader.header, number: number, file: reader.path, place: "\(place) (\(key))")
            switch table {
            case .deployments: try sink.deployment(source)
            case .media: try sink.medium(source)
            case .observations: try sink.observation(source)
            }
        }
    }
}
