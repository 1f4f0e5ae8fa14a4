import Catalog
import Foundation
import Hashing
import Imaging

/// The rows of a Camtrap DP package on their way into the catalog.
final class CamtrapDPSink {
    /// A row and where it stands.
    struct Source {
        let row: CamtrapDPRow
        let header: [String]
        /// 1-based number of the row in its table: the order in which an export writes.
        let number: Int64
        let file: String
        let place: String
    }

    /// What a mediaID stands for.
    private enum Subject {
        case picture(MediumRecord)
        case clip(VideoRecord)
    }

    var report = CamtrapDPImport.Report(dataset: "")
    private let writer: CatalogWriter
    private let dataset: Int64
    private let run: Int64
    private let folder: String
    private let mustHaveFiles: Bool
    private let problems: ProblemLog
    private let media: MediumInserter
    private let instances: InstanceInserter
    private let localRoot: Int64
    private var remoteRoot: Int64?
    private var deployments: [String: DeploymentRecord] = [:]
    private var deploymentNames: [Int64: String] = [:]
    private var subjects: [String: Subject] = [:]
    private var linked: Set<Int64> = []
    private var categories: [String: Int64] = [:]

    init(
        _ writer: CatalogWriter, dataset: Int64, run: Int64, folder: String, mustHaveFiles: Bool, problems: ProblemLog
    ) throws {
        (self.writer, self.dataset, self.run, self.folder) = (writer, dataset, run, folder)
        (self.mustHaveFiles, self.problems) = (mustHaveFiles, problems)
        media = try MediumInserter(writer)
        instances = try InstanceInserter(writer)
        localRoot = try writer.root(folder: folder)
        for deployment in try writer.deployments(of: dataset) { deploymentNames[deployment.id] = deployment.name }
        for category in try writer.categories(of: dataset) {
            categories[Self.key(category.name, category.supercategory)] = category.id
        }
    }

    // MARK: Deployments

    func deployment(_ source: Source) throws {
        let row = source.row
        var record = DeploymentRecord(datasetID: dataset, name: row["deploymentID"])
        record.startedAt = row.text("deploymentStart")
        record.endedAt = row.text("deploymentEnd")
        for (column, limit) in [("latitude", 90.0), ("longitude", 180.0)] {
            guard let text = row.text(column) else { continue }
            guard let number = row.number(column), abs(number) <= limit else {
                try problems.report(
                    "position", file: source.file, place: source.place,
                    "\(column) is \(text), expected degrees from -\(Int(limit)) to \(Int(limit))")
                continue
            }
        }
        var site: SiteRecord?
        if let name = row.text("locationName") ?? row.text("locationID") {
            let id = try writer.site(named: name, latitude: row.number("latitude"), longitude: row.number("longitude"))
            site = try writer.site(id)
        }
        record.siteID = site?.id
        record.extra = row.remainder(source.header, over: CamtrapDPCells.deployment(record, site))
        record.id = try writer.add(record)
        deployments[record.name] = record
        deploymentNames[record.id] = record.name
        report.deployments += 1
    }

    // MARK: Media

    func medium(_ source: Source) throws {
        let row = source.row
        let path = row["filePath"]
        let deployment = deployments[row["deploymentID"]]
        if deployment == nil, let name = row.text("deploymentID") {
            try problems.report(
                "deployment", file: source.file, place: source.place, "there is no deployment “\(name)”")
        }
        let root = try root(of: path, source)
        guard row["fileMediatype"].hasPrefix("video/") else {
            return try picture(path, root, deployment, source)
        }
        let known = try writer.video(root: root, path: path)
        var video = known ?? VideoRecord(rootID: root, path: path)
        video.capturedAt = video.capturedAt ?? row.text("timestamp")
        video.deploymentID = video.deploymentID ?? deployment?.id
        video.siteID = video.siteID ?? deployment?.siteID
        if known == nil { video.id = try writer.add(video) } else { try writer.update(video) }
        guard linked.insert(-video.id).inserted else {
            report.skipped += 1
            return try problems.report(
                "duplicate-file", file: source.file, place: source.place, "the file \(path) comes twice")
        }
        let rendered = CamtrapDPCells.clip(
            video, mediaID: "", deployment: video.deploymentID.flatMap { deploymentNames[$0] } ?? "")
        try writer.link(
            video: video.id, to: dataset, sourceID: source.number, extra: row.remainder(source.header, over: rendered))
        subjects[row["mediaID"]] = .clip(video)
        report.clips += 1
    }

    private func picture(_ path: String, _ root: Int64, _ deployment: DeploymentRecord?, _ source: Source) throws {
        let row = source.row
        var medium = MediumRecord(rootID: root, path: path)
        medium.capturedAt = row.text("timestamp")
        (medium.deploymentID, medium.siteID) = (deployment?.id, deployment?.siteID)
        if root == localRoot { try inspect(&medium, source) }
        let added = try media.add(medium)
        if !added.isNew, var known = try writer.medium(added.id) {
            // What the catalog knows of the picture stands; what it did not know is added.
            known.capturedAt = known.capturedAt ?? medium.capturedAt
            known.deploymentID = known.deploymentID ?? medium.deploymentID
            known.siteID = known.siteID ?? medium.siteID
            try writer.update(known)
            medium = known
        }
        medium.id = added.id
        let rendered = CamtrapDPCells.medium(
            medium, mediaID: "", deployment: medium.deploymentID.flatMap { deploymentNames[$0] } ?? "", clip: nil)
        let extra = row.remainder(source.header, over: rendered).map { Array($0.utf8) }
        try media.link(medium.id, to: dataset, sourceID: source.number, extra: extra)
        subjects[row["mediaID"]] = .picture(medium)
        report.media += 1
    }

    /// Paths in the package start from its folder; addresses have a root without a place.
    private func root(of path: String, _ source: Source) throws -> Int64 {
        guard path.contains("://") else {
            if path.hasPrefix("/") || path.split(separator: "/").contains("..") {
                try problems.report(
                    "path", file: source.file, place: source.place, "the path \(path) leaves the folder of the media")
                return try unlocatedRoot()
            }
            return localRoot
        }
        report.remote += 1
        return try unlocatedRoot()
    }

    private func unlocatedRoot() throws -> Int64 {
        if let remoteRoot { return remoteRoot }
        let root = try writer.root(named: "remote media", path: nil)
        remoteRoot = root
        return root
    }

    private func inspect(_ medium: inout MediumRecord, _ source: Source) throws {
        let file = "\(folder)/\(medium.path)"
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: file) else {
            report.missingFiles += 1
            if mustHaveFiles {
                try problems.report("missing-file", file: source.file, place: source.place, "there is no file \(file)")
            }
            return
        }
        do {
            let header = try ImageHeader.read(fileAt: file)
            (medium.width, medium.height) = (header.width, header.height)
            medium.orientation = header.orientation.rawValue
            medium.bytes = attributes[.size] as? Int
            medium.sha256 = try ContentHash.of(fileAt: file).bytes
        } catch let error as ImageError {
            try problems.report("unreadable-file", file: source.file, place: source.place, "\(error)")
        }
    }

    // MARK: Observations

    func observation(_ source: Source) throws {
        let row = source.row
        let category = CamtrapDPCategory(row)
        if !CamtrapDPCategory.types.contains(category.type) {
            try problems.report(
                "observation-type", file: source.file, place: source.place,
                "observationType is “\(category.type)”, expected one of "
                    + CamtrapDPCategory.types.sorted().joined(separator: ", "))
        }
        if let media = row.text("mediaID"), subjects[media] == nil {
            try problems.report("media", file: source.file, place: source.place, "there is no medium “\(media)”")
        }
        let categoryID = try categoryRow(category)
        if case .picture(let medium) = subjects[row["mediaID"]], row["observationLevel"] != "event" {
            return try instance(of: medium, categoryID, source)
        }
        var record = ObservationRecord(datasetID: dataset, runID: run, categoryID: categoryID)
        var target = CamtrapDPCells.Target()
        if case .clip(let video) = subjects[row["mediaID"]] {
            record.videoID = video.id
            target.mediaID = row["mediaID"]
            target.time = CamtrapDPCells.timestamp(video.capturedAt)
        }
        record.deploymentID = deployments[row["deploymentID"]]?.id
        target.deployment = record.deploymentID.flatMap { deploymentNames[$0] } ?? ""
        record.sourceID = source.number
        let rendered = CamtrapDPCells.observation(
            CamtrapDPCategory(name: category.name, supercategory: category.supercategory), target: target,
            level: record.videoID == nil ? "event" : "media", isPrediction: false, run: "")
        record.extra = row.remainder(source.header, over: rendered)
        try writer.add(record)
        report.observations += 1
    }

    private func instance(of medium: MediumRecord, _ categoryID: Int64, _ source: Source) throws {
        let row = source.row
        let category = CamtrapDPCategory(row)
        var record = InstanceRecord(
            datasetID: dataset, runID: run, mediumID: medium.id, categoryID: categoryID)
        record.sourceID = source.number
        record.score = row.number("classificationProbability")
        try setBox(of: &record, medium, source)
        let target = CamtrapDPCells.Target(
            mediaID: row["mediaID"], deployment: medium.deploymentID.flatMap { deploymentNames[$0] } ?? "",
            time: CamtrapDPCells.timestamp(medium.capturedAt))
        var rendered = CamtrapDPCells.observation(
            CamtrapDPCategory(name: category.name, supercategory: category.supercategory), target: target,
            level: "media", isPrediction: false, run: "")
        CamtrapDPCells.setBox(record.box.flatMap(medium.normalised), of: &rendered)
        rendered["classificationProbability"] = record.score.map(CamtrapDPCells.number) ?? ""
        record.extra = row.remainder(source.header, over: rendered)
        try instances.add(record, InstanceParts())
        report.instances += 1
    }

    private func setBox(of record: inout InstanceRecord, _ medium: MediumRecord, _ source: Source) throws {
        guard CamtrapDPCells.boxColumns.contains(where: { source.row.text($0) != nil }) else { return }
        guard let shares = CamtrapDPCells.box(of: source.row) else {
            return try problems.report(
                "box", file: source.file, place: source.place,
                "bboxX, bboxY, bboxWidth and bboxHeight are not four numbers; the box is kept as text only")
        }
        if min(shares.x, shares.y) < 0 || max(shares.x + shares.width, shares.y + shares.height) > 1 + 1e-6 {
            try problems.report(
                "box", file: source.file, place: source.place,
                "the box leaves the picture; expected shares of its width and height, from 0 to 1")
        }
        guard let box = medium.box(normalised: shares) else {
            return try problems.report(
                "box", file: source.file, place: source.place,
                "the size of \(medium.path) is unknown, so that its box is kept as text only; "
                    + "--media FOLDER says where the files are")
        }
        (record.box, record.area) = (box, box.area)
        report.withBox += 1
    }

    private func categoryRow(_ category: CamtrapDPCategory) throws -> Int64 {
        let key = Self.key(category.name, category.supercategory)
        if let known = categories[key] { return known }
        let number = try writer.categories(of: dataset).map(\.sourceID).max() ?? 0
        let id = try writer.add(
            CategoryRecord(
                datasetID: dataset, sourceID: number + 1, name: category.name, supercategory: category.supercategory))
        categories[key] = id
        return id
    }

    private static func key(_ name: String, _ supercategory: String?) -> String {
        "\(name)\u{1f}\(supercategory ?? "")"
    }
}
