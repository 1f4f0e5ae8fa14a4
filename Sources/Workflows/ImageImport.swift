import Annotations
import Catalog
import Foundation
import Hashing
import Imaging

/// Takes the pictures of a folder into a dataset: sizes, digests, EXIF. The files stay where they are.
public struct ImageImport {
    public struct Options: Sendable {
        public var dataset: String
        /// Name of the site of all pictures.
        public var site: String?
        /// Take the site from the folder's name at this depth, 1 for the first below the folder.
        public var siteLevel: Int?
        public var limits = ImageLimits.standard

        public init(dataset: String) { self.dataset = dataset }
    }

    public struct Report: Codable, Sendable {
        public var dataset: String
        public var added = 0
        /// Pictures that the dataset had already.
        public var known = 0
        public var problems: [Problem] = []
    }

    /// Imports in batches, each complete when it is written: an interrupted import goes on where it stopped.
    public static func run(
        folder: String, into catalog: CatalogFile, options: Options, command: String,
        progress: (Double) -> Void = { _ in }
    ) throws -> Report {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw FormatError(file: folder, reason: "this is not a folder; expected a folder of pictures")
        }
        let paths = PictureFolder.files(in: folder)
        guard !paths.isEmpty else {
            throw FormatError(file: folder, reason: "there are no pictures (.jpg, .jpeg, .png) here or below")
        }
        var report = Report(dataset: options.dataset)
        var operation: Int64?
        let batch = 256
        for start in stride(from: 0, to: paths.count, by: batch) {
            let some = Array(paths[start..<min(start + batch, paths.count)])
            let known = try catalog.read { reader in
                try some.filter { try reader.hasMember(path: $0, folder: folder, dataset: options.dataset) }
            }
            report.known += known.count
            let new = some.filter { !known.contains($0) }
            guard !new.isEmpty else { continue }
            let inspections = inspect(new, in: folder, limits: options.limits)
            operation = try catalog.write(command: command, continuing: operation) { writer in
                try add(inspections, folder: folder, options, writer, &report)
                writer.summarize("\(report.added) pictures into \(options.dataset)")
                return writer.operationID
            }
            progress(Double(start + some.count) / Double(paths.count))
        }
        return report
    }

    private enum Inspection: Sendable {
        case sound(
            path: String, header: ImageHeader, metadata: ImageMetadata, bytes: Int, digest: [UInt8], looks: UInt64,
            isGrey: Bool)
        case unsound(path: String, reason: String)
    }

    /// Reads pictures on all cores.
    private static func inspect(_ paths: [String], in folder: String, limits: ImageLimits) -> [Inspection] {
        let results = Slots<Inspection>(count: paths.count)
        DispatchQueue.concurrentPerform(iterations: paths.count) { index in
            results.set(index, inspect(paths[index], in: folder, limits: limits))
        }
        return results.values
    }

    private static func inspect(_ path: String, in folder: String, limits: ImageLimits) -> Inspection {
        let file = folder + "/" + path
        do {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
            let header = try ImageHeader.read(bytes, name: path)
            let picture = try Image(decoding: bytes, name: path, limits: limits)
            return .sound(
                path: path, header: header, metadata: try ImageMetadata.read(bytes, name: path), bytes: bytes.count,
                digest: ContentHash.of(bytes).bytes, looks: PerceptualHash(of: picture).bits,
                isGrey: InfraredGuess.isColourless(picture))
        } catch let error as ImageError {
            return .unsound(path: path, reason: "\(error)")
        } catch {
            return .unsound(path: path, reason: (error as NSError).localizedDescription)
        }
    }

    private static func add(
        _ inspections: [Inspection], folder: String, _ options: Options, _ writer: CatalogWriter, _ report: inout Report
    ) throws {
        let dataset = try writer.dataset(named: options.dataset, orAddWithFormat: "images")
        let root = try writer.root(folder: folder)
        let media = try MediumInserter(writer)
        for inspection in inspections {
            switch inspection {
            case .unsound(let path, let reason):
                report.problems.append(Problem(kind: "unreadable-file", where: path, message: reason))
            case .sound(let path, let header, let metadata, let bytes, let digest, let looks, let isGrey):
                var medium = MediumRecord(rootID: root, path: path, width: header.width, height: header.height)
                (medium.bytes, medium.sha256) = (bytes, digest)
                medium.perceptualHash = Int64(bitPattern: looks)
                medium.orientation = header.orientation.rawValue
                medium.capturedAt = metadata.captureTime
                let camera = [metadata.make, metadata.model].compactMap { $0 }.joined(separator: " ")
                medium.camera = camera.isEmpty ? nil : camera
                medium.latitude = metadata.location?.latitude
                medium.longitude = metadata.location?.longitude
                medium.infrared = isGrey
                medium.siteID = try siteName(of: path, options).map { try writer.site(named: $0) }
                try media.link(try media.add(medium).id, to: dataset.id, sourceID: nil)
                report.added += 1
            }
        }
    }

    private static func siteName(of path: String, _ options: Options) -> String? {
        if let site = options.site { return site }
        guard let level = options.siteLevel else { return nil }
        let folders = path.split(separator: "/").dropLast()
        return level <= folders.count ? String(folders[level - 1]) : nil
    }
}

/// Tells pictures taken in infra-red light, which camera traps write as colour files without colour.
public enum InfraredGuess {
    /// Whether red, green and blue differ by no more than noise; looks at some thousand pixels.
    public static func isColourless(_ picture: Image) -> Bool {
        guard picture.channels >= 3, picture.bitDepth == 8 else { return picture.channels == 1 }
        let pixels = picture.width * picture.height
        let step = max(1, pixels / 4096)
        var coloured = 0
        var seen = 0
        for pixel in stride(from: 0, to: pixels, by: step) {
            let place = pixel * picture.channels
            let (red, green, blue) = (
                Int(picture.bytes[place]), Int(picture.bytes[place + 1]), Int(picture.bytes[place + 2])
            )
            seen += 1
            if max(red, green, blue) - min(red, green, blue) > 16 { coloured += 1 }
        }
        return coloured * 50 < seen
    }
}

/// Results of a parallel loop, each written by one iteration.
final class Slots<Value: Sendable>: @unchecked Sendable {
    // Sound because a lock guards every access.
    private let lock = NSLock()
    private var storage: [Value?]

    init(count: Int) { storage = [Value?](repeating: nil, count: count) }

    func set(_ index: Int, _ value: Value) { lock.withLock { storage[index] = value } }

    var values: [Value] { lock.withLock { storage.compactMap { $0 } } }
}
