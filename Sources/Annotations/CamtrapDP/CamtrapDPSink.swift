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
    enum Subject {
        case picture(MediumRecord)
        case clip(VideoRecord)
    }

    var report = CamtrapDPImport.Report(dataset: "")
    let writer: CatalogWriter
    let dataset: Int64
    let run: Int64
    private let folder: String
    private let mustHaveFiles: Bool
    let problems: ProblemLog
    private let media: MediumInserter
    let instances: InstanceInserter
    private let localRoot: Int64
    private var remoteRoot: Int64?
    var deployments: [String: DeploymentRecord] = [:]
    var deploymentNames: [Int64: String] = [:]
    var subjects: [String: Subject] = [:]
    private var linked: Set<Int64> = []
    var categories: [String: Int64] = [:]

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

    static func key(_ name: String, _ supercategory: String?) -> String {
        "\(name)\u{1f}\(supercategory ?? "")"
    }
}
