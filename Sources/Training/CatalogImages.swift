import Catalog
import Foundation
import Hashing
import Imaging

/// Which pictures of a catalog a program works on.
public struct CatalogImageQuery: Sendable, Codable, Hashable {
    public var dataset: String
    /// A split's part: `train`, or `name/train` where there are several splits.
    public var split: String?
    /// A view: which labels count, and what they are called.
    public var view: String?
    /// On pictures by what they and their labels are.
    public var filter: String?

    public init(dataset: String, split: String? = nil, view: String? = nil, filter: String? = nil) {
        (self.dataset, self.split, self.view, self.filter) = (dataset, split, view, filter)
    }
}

/// A picture of a catalog, as a file.
public struct CatalogImage: Sendable, Equatable {
    public let mediumID: Int64
    /// Absolute path.
    public let path: String
    /// As the catalog knows it, if it does; of a frame's pixels for frames of clips.
    let recordedHash: ContentHash?
    /// The clip that the picture is a frame of, and its place there.
    public let clip: Int64?
    public let frame: Int?
}

/// A picture that the catalog names and the disk does not have.
public struct MissingImage: Sendable, Equatable {
    public let mediumID: Int64
    /// Path below its root.
    public let path: String
    public let reason: String
}

/// Pictures that a training cannot find.
public struct MissingImagesError: Error, Equatable, CustomStringConvertible {
    public let dataset: String
    public let missing: [MissingImage]
    public let count: Int

    public var description: String {
        "dataset “\(dataset)”: \(missing.count) of \(count) pictures have no file (the first: \(missing[0].path), "
            + "\(missing[0].reason)); say where they are with `annotate relocate`"
    }
}

/// The pictures of a dataset, chosen by split, view and filter, in order of their ids, with the files that they are in.
public struct CatalogImages: Sendable {
    public let query: CatalogImageQuery
    public let images: [CatalogImage]
    public let missing: [MissingImage]

    /// - Throws: `CatalogError` for names that the catalog does not have, or a filter that cannot be read.
    public init(_ query: CatalogImageQuery, in catalog: CatalogFile) throws {
        self.query = query
        let found = try catalog.read { reader in try Self.locate(query, reader) }
        (images, missing) = (found.images, found.missing)
    }

    private static func locate(
        _ query: CatalogImageQuery, _ reader: CatalogReader
    ) throws -> (images: [CatalogImage], missing: [MissingImage]) {
        let dataset = try reader.dataset(named: query.dataset)
        let conditions = [
            query.split.map { "split = \(quoted($0))" }, query.filter.map { "(\($0))" },
            try query.view.flatMap { try reader.view(named: $0).filter }.map { "(\($0))" },
        ].compactMap { $0 }
        let filter = try conditions.isEmpty ? nil : Filter(conditions.joined(separator: " and "))
        let chosen = try filter.map { try reader.chosenMedia(of: dataset.id, filter: $0) }
        let folders = try reader.rootFolders()
        var images: [CatalogImage] = []
        var missing: [MissingImage] = []
        try reader.forEachMedium(dataset: dataset.id) { medium in
            guard chosen?.contains(medium.id) ?? true else { return }
            func report(_ reason: String) {
                missing.append(MissingImage(mediumID: medium.id, path: medium.path, reason: reason))
            }
            guard isBelowRoot(medium.path) else { return report("the path leads out of its folder") }
            guard let folder = folders[medium.rootID] else { return report("nobody has said where its folder is") }
            let path = folder + "/" + medium.path
            guard isFile(path) else { return report("\(path) does not exist") }
            images.append(
                CatalogImage(
                    mediumID: medium.id, path: path, recordedHash: medium.sha256.flatMap(ContentHash.init(bytes:)),
                    clip: medium.videoID, frame: medium.frameIndex))
        }
        return (images, missing)
    }

    /// As a filter's text has it; there is no escape within quotation marks.
    private static func quoted(_ text: String) -> String { text.contains("'") ? "\"\(text)\"" : "'\(text)'" }

    private static func isBelowRoot(_ path: String) -> Bool {
        !path.isEmpty && !path.hasPrefix("/") && !path.contains("\0") && !path.split(separator: "/").contains("..")
    }

    private static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Refuses to begin with pictures missing: better now than at night.
    /// - Throws: `MissingImagesError`
    public func requireAll() throws {
        guard missing.isEmpty else {
            throw MissingImagesError(dataset: query.dataset, missing: missing, count: images.count + missing.count)
        }
    }

    /// Every picture by the content of its file, for the record of a run. Digests that the catalog has are taken from
    /// it, others computed (1.4 GB/s and core, or what the disk gives).
    /// - Throws: `CocoaError` when a file cannot be read.
    public func inputs(role: String = "picture") throws -> [RunInput] {
        try images.map { image in
            // A frame's digest is of its pixels: the file has another.
            let recorded = image.clip != nil ? nil : image.recordedHash
            var status = stat()
            let bytes = stat(image.path, &status) == 0 ? Int(status.st_size) : 0
            return RunInput(
                role: role, path: image.path, sha256: try recorded ?? ContentHash.of(fileAt: image.path), bytes: bytes)
        }
    }

    /// Reads a picture as stored (without EXIF rotation: labels are in these pixels) and augments it.
    /// - Parameter reduces: lets the decoder of JPEGs do a part of the reduction (see `Image.reduced`).
    /// - Throws: `ImageError`
    public func picture(
        _ index: Int, _ augmentation: Augmentation, reduces: Bool = false, using generator: inout SeededGenerator
    ) throws -> Picture {
        var picture = try Picture(fileAt: images[index].path, for: reduces ? augmentation : nil)
        augmentation.apply(to: &picture, using: &generator)
        return picture
    }
}
