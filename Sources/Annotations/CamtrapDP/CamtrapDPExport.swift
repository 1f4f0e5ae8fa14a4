import Catalog
import Foundation

/// Writes a dataset as a Camtrap DP 1.0 package: `datapackage.json` and three tables.
///
/// Rows that came from a package come out cell by cell as they were, but for labels that were changed since. Media that
/// came otherwise get a deployment for each site; what the standard requires and nobody knows is written as
/// `CamtrapDPCells` says, and counted in the report.
public struct CamtrapDPExport {
    public struct Options: Sendable {
        public var dataset: String
        /// Predictions of this run, as classifications by machine; the labels themselves where it is nil.
        public var run: String?
        /// Coarsen positions and leave out what names places.
        public var scrubsLocation = false

        public init(dataset: String) { self.dataset = dataset }
    }

    public struct Report: Codable, Sendable {
        public var path: String
        public var deployments = 0
        public var media = 0
        public var observations = 0
        /// Labels that a reviewer rejected, which are left out.
        public var rejected = 0
        /// What a reader of the package should know.
        public var notes: [String] = []
    }

    /// Writes the files into a folder, which is made if it is new; each appears whole or not at all.
    /// - Throws: `FormatError` when it cannot be written, `CatalogError` for unknown names.
    public static func run(_ folder: String, from catalog: CatalogFile, options: Options) throws -> Report {
        return try catalog.read { reader in
            var export = try CamtrapDPExport(folder: folder, reader: reader, options: options)
            try makeFolder(folder)
            return try export.run()
        }
    }

    private static func makeFolder(_ folder: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw FormatError(
                file: folder,
                reason: "the folder cannot be made (\((error as NSError).localizedDescription))")
        }
    }

    let folder: String
    let reader: CatalogReader
    let options: Options
    let dataset: DatasetRecord
    private let runs: [RunRecord]
    private let description: CamtrapDPPackage.Description
    private let categories: [Int64: CategoryRecord]
    private var places: CamtrapDPPlaces
    private var scrub: CamtrapDPScrub?
    private var coverage = CamtrapDPCoverage()
    private var report: Report

    private init(folder: String, reader: CatalogReader, options: Options) throws {
        (self.folder, self.reader, self.options) = (folder, reader, options)
        dataset = try reader.dataset(named: options.dataset)
        let all = try reader.runs()
        runs = try options.run.map { [try reader.run(named: $0)] } ?? all.filter { $0.kind.makesTruth }
        let document = try reader.documents(of: dataset.id).first { $0.format == DataFormat.camtrapDP.rawValue }
        let configuration = try document.flatMap { try reader.configuration(ofRun: $0.runID) }
        description =
            configuration.flatMap {
                try? JSONDecoder().decode(CamtrapDPPackage.Description.self, from: Data($0.utf8))
            } ?? CamtrapDPPackage.Description()
        categories = Dictionary(uniqueKeysWithValues: try reader.categories(of: dataset.id).map { ($0.id, $0) })
        places = try CamtrapDPPlaces(reader, dataset: dataset.id)
        scrub = options.scrubsLocation ? CamtrapDPScrub() : nil
        report = Report(path: folder)
    }

    private mutating func run() throws -> Report {
        let targets = try writeMedia()
        try writeDeployments()
        try writeObservations(targets)
        let descriptor = CamtrapDPDescriptor(
            dataset: dataset.name, original: description.datapackage, coverage: coverage,
            isScrubbed: options.scrubsLocation)
        let output = try OutputFile(path: "\(folder)/datapackage.json")
        output.buffer += try descriptor.bytes()
        _ = try output.finish()
        report.notes += places.notes
        if options.scrubsLocation {
            report.notes.append("paths and names of files are left as they are; look whether they name places")
            if description.datapackage != nil {
                report.notes.append("texts of datapackage.json are left as they are; look whether they name places")
            }
        }
        return report
    }

    /// The standard's columns, then those that the imported file had beside.
    private func columns(_ table: CamtrapDPTable) -> [String] {
        let known = description.columns[table.rawValue] ?? []
        return table.columns + known.filter { !table.columns.contains($0) }
    }

    private mutating func write(
        _ table: CamtrapDPTable, _ rows: (inout Self, (CamtrapDPRow) throws -> Void) throws -> Void
    ) throws -> Int {
        let columns = columns(table)
        let output = try OutputFile(path: "\(folder)/\(table.fileName)")
        CSVText.append(columns, to: &output.buffer)
        var count = 0
        try rows(&self) { row in
            CSVText.append(columns.map { row[$0] }, to: &output.buffer)
            count += 1
            try output.flushIfLarge()
        }
        _ = try output.finish()
        return count
    }

    // MARK: Deployments

    private mutating func writeDeployments() throws {
        report.deployments = try write(.deployments) { work, emit in
            for row in work.places.rows() {
                let row = work.scrub?.deployment(row) ?? row
                work.coverage.add(deployment: row)
                try emit(row)
            }
        }
    }

    // MARK: Media

    /// What observations say of media and clips.
    private struct Targets {
        var media: [Int64: (target: CamtrapDPCells.Target, medium: MediumRecord)] = [:]
        var clips: [Int64: CamtrapDPCells.Target] = [:]
    }

    /// Media before deployments: those without one of their own make it.
    private mutating func writeMedia() throws -> Targets {
        var targets = Targets()
        let clips = Dictionary(uniqueKeysWithValues: try reader.videos().map { ($0.id, $0) })
        // Clips whose frames were taken are no media themselves, unless a package says so.
        var videos = try reader.videoMembers(of: dataset.id).filter { $0.extra != nil || $0.sourceID != nil }[...]
        report.media = try write(.media) { work, emit in
            func emitVideos(before source: Int64) throws {
                while let member = videos.first, member.sourceID ?? .max < source {
                    videos.removeFirst()
                    try work.emit(member, &targets, emit)
                }
            }
            try work.reader.forEachMemberMedium(of: work.dataset.id) { medium, source, extra in
                try emitVideos(before: source ?? .max)
                let clip = medium.videoID.flatMap { clips[$0] }
                let name = medium.deploymentID.flatMap { work.places.name(ofDeployment: $0) } ?? ""
                var row = CamtrapDPCells.medium(
                    medium, mediaID: "medium-\(medium.id)", deployment: name, clip: clip
                ).merged(with: extra)
                row["deploymentID"] = work.places.name(row["deploymentID"], of: medium)
                work.places.note(row, capturedAt: medium.capturedAt)
                targets.media[medium.id] = (
                    CamtrapDPCells.Target(
                        mediaID: row["mediaID"], deployment: row["deploymentID"], time: row["timestamp"],
                        event: clip?.path ?? ""), medium
                )
                try emit(work.scrub?.medium(row) ?? row)
            }
            for member in videos { try work.emit(member, &targets, emit) }
        }
        return targets
    }

    private mutating func emit(
        _ member: VideoMember, _ targets: inout Targets, _ emit: (CamtrapDPRow) throws -> Void
    ) throws {
        let deployment = member.video.deploymentID.flatMap { places.name(ofDeployment: $0) } ?? ""
        let row = CamtrapDPCells.clip(member.video, mediaID: "clip-\(member.video.id)", deployment: deployment)
            .merged(with: member.extra)
        targets.clips[member.video.id] = CamtrapDPCells.Target(
            mediaID: row["mediaID"], deployment: row["deploymentID"], time: row["timestamp"])
        try emit(scrub?.medium(row) ?? row)
    }

    // MARK: Observations

    private mutating func writeObservations(_ targets: Targets) throws {
        let kinds = Dictionary(uniqueKeysWithValues: runs.map { ($0.id, $0) })
        var others = try reader.observations(of: dataset.id, runs: runs.map(\.id))[...]
        let query = InstanceQuery(datasetID: dataset.id, runIDs: runs.map(\.id))
        report.observations = try write(.observations) { work, emit in
            func emitRow(_ row: CamtrapDPRow) throws {
                work.coverage.add(observation: row)
                try emit(work.scrub?.observation(row) ?? row)
            }
            try work.reader.forEachInstance(query, parts: false) { record, _ in
                while let other = others.first, other.sourceID ?? .max < record.sourceID ?? .max {
                    try emitRow(work.row(of: others.removeFirst(), targets))
                }
                guard record.review != .rejected else {
                    work.report.rejected += 1
                    return
                }
                guard let target = targets.media[record.mediumID], let run = kinds[record.runID] else { return }
                try emitRow(work.row(of: record, target.target, target.medium, run))
            }
            for other in others { try emitRow(work.row(of: other, targets)) }
        }
    }

    private func row(
        of record: InstanceRecord, _ target: CamtrapDPCells.Target, _ medium: MediumRecord, _ run: RunRecord
    ) -> CamtrapDPRow {
        let category = categories[record.categoryID]
        let shown = CamtrapDPCategory(name: category?.name ?? "unknown", supercategory: category?.supercategory)
        var rendered = CamtrapDPCells.observation(
            shown, target: target, level: "media", isPrediction: !run.kind.makesTruth, run: run.name)
        rendered["observationID"] = "observation-\(record.id)"
        CamtrapDPCells.setBox(record.box.flatMap(medium.normalised), of: &rendered)
        rendered["classificationProbability"] = record.score.map(CamtrapDPCells.number) ?? ""
        var row = rendered.merged(with: record.extra)
        // Cells of the imported row count as long as they say what the catalog says.
        let kept = CamtrapDPCategory(row)
        if kept.name != category?.name || kept.supercategory != category?.supercategory {
            for column in ["observationType", "scientificName"] { row[column] = rendered[column] }
        }
        if let box = record.box, CamtrapDPCells.box(of: row).flatMap(medium.box(normalised:)) != box {
            for column in CamtrapDPCells.boxColumns { row[column] = rendered[column] }
        }
        if row.number("classificationProbability") != record.score {
            row["classificationProbability"] = rendered["classificationProbability"]
        }
        return row
    }

    private func row(of record: ObservationRecord, _ targets: Targets) -> CamtrapDPRow {
        let category = categories[record.categoryID]
        var target = record.videoID.flatMap { targets.clips[$0] } ?? CamtrapDPCells.Target()
        target.deployment = record.deploymentID.flatMap { places.name(ofDeployment: $0) } ?? ""
        var rendered = CamtrapDPCells.observation(
            CamtrapDPCategory(name: category?.name ?? "unknown", supercategory: category?.supercategory),
            target: target, level: record.videoID == nil ? "event" : "media", isPrediction: false, run: "")
        rendered["observationID"] = "event-\(record.id)"
        return rendered.merged(with: record.extra)
    }
}
