import Catalog
import Foundation
import Hashing
import Imaging

/// MegaDetector's detections on their way into the catalog: finds the picture or frame of each, and its category.
final class MegaDetectorSink {
    /// What an entry speaks of.
    enum Target {
        case pictures([MediumRecord], isNew: Bool)
        case clip(VideoRecord, frames: [Int: MediumRecord])

        var isNew: Bool {
            if case .pictures(_, let isNew) = self { return isNew }
            return false
        }
    }

    /// Why a detection has no place in the catalog.
    struct NoMedium: Error { let reason: String }

    private let writer: CatalogWriter
    private let dataset: Int64
    private let run: Int64
    private let folder: String?
    private let names: [String: String]
    private let instances: InstanceInserter
    private let media: MediumInserter
    private var index: MediaIndex
    private var categories: [String: Int64] = [:]

    init(
        _ writer: CatalogWriter, dataset: Int64, run: Int64, folder: String?, _ reader: MegaDetectorReader
    ) throws {
        (self.writer, self.dataset, self.run, self.folder) = (writer, dataset, run, folder)
        names = reader.categories
        instances = try InstanceInserter(writer)
        media = try MediumInserter(writer)
        index = try MediaIndex(writer, dataset: dataset)
    }

    /// The picture or clip that a file name means.
    /// - Throws: `NoMedium`.
    func target(_ file: String) throws -> Target {
        let known = index.media(file, below: folder)
        if !known.isEmpty { return .pictures(known, isNew: false) }
        if let clip = index.clip(file, below: folder) {
            let frames = try writer.frames(of: clip.id).compactMap { frame in frame.frameIndex.map { ($0, frame) } }
            return .clip(clip, frames: Dictionary(frames, uniquingKeysWith: { first, _ in first }))
        }
        return .pictures([try addPicture(file)], isNew: true)
    }

    /// Adds a detection; returns how many instances that makes.
    /// - Throws: `NoMedium`.
    func add(_ detection: MegaDetectorReader.Detection, to target: Target) throws -> Int {
        let places: [MediumRecord]
        switch target {
        case .pictures(let media, _): places = media
        case .clip(let clip, let frames):
            guard let number = detection.frame else {
                throw NoMedium(reason: "there is no “frame_number”, expected one for the clip \(clip.path)")
            }
            guard let frame = frames[number] else {
                throw NoMedium(
                    reason: "frame \(number) of \(clip.path) is not in the catalog; "
                        + "`annotate import frames` with a selection that includes it adds it")
            }
            places = [frame]
        }
        for medium in places {
            guard let box = medium.box(normalised: detection.box) else {
                throw NoMedium(reason: "the size of \(medium.path) is unknown; `annotate check --fix` reads it")
            }
            var record = InstanceRecord(
                datasetID: dataset, runID: run, mediumID: medium.id, categoryID: try category(detection.category))
            (record.box, record.area) = (box, box.area)
            (record.score, record.extra) = (detection.score, detection.extra)
            try instances.add(record, InstanceParts())
        }
        return places.count
    }

    private func category(_ key: String) throws -> Int64 {
        if let known = categories[key] { return known }
        guard let name = names[key] else {
            throw NoMedium(reason: "the category “\(key)” is not among detection_categories")
        }
        let id = try writer.category(named: name, in: dataset)
        categories[key] = id
        return id
    }

    private func addPicture(_ file: String) throws -> MediumRecord {
        guard let folder else {
            throw NoMedium(reason: "the dataset has no picture or clip of this name; --images FOLDER would add it")
        }
        guard !file.hasPrefix("/"), !file.split(separator: "/").contains("..") else {
            throw NoMedium(reason: "the name leaves the folder of the images")
        }
        let path = "\(folder)/\(file)"
        guard FileManager.default.fileExists(atPath: path) else {
            throw NoMedium(reason: "there is no file \(path)")
        }
        let medium = MediumRecord(rootID: try writer.root(folder: folder), path: file)
        do {
            return try add(medium, at: path)
        } catch let error as ImageError {
            throw NoMedium(reason: "\(error)")
        }
    }

    private func add(_ medium: MediumRecord, at path: String) throws -> MediumRecord {
        var medium = medium
        let header = try ImageHeader.read(fileAt: path)
        (medium.width, medium.height) = (header.width, header.height)
        medium.orientation = header.orientation.rawValue
        medium.bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        medium.sha256 = try ContentHash.of(fileAt: path).bytes
        medium.capturedAt = try? ImageMetadata.read(fileAt: path).captureTime
        let added = try media.add(medium)
        if !added.isNew, let known = try writer.medium(added.id) { medium = known }
        medium.id = added.id
        try media.link(medium.id, to: dataset, sourceID: nil)
        index.add(medium)
        return medium
    }
}
