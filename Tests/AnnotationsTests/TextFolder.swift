import Catalog
import Foundation
import Imaging

/// A folder with an empty catalog, for files that a test writes; removed with its last reference.
final class TextFolder {
    let path: String
    let catalog: CatalogFile

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("text-\(UUID())").standardizedFileURL.path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        catalog = try CatalogFile.create(at: path + "/c.sqlite")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ text: String, as name: String) throws -> String {
        try write(bytes: Array(text.utf8), as: name)
    }

    @discardableResult
    func write(bytes: [UInt8], as name: String) throws -> String {
        let file = "\(path)/\(name)"
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")), as: UTF8.self)
    }

    /// A grey JPEG of 40 x 20 pixels as stored, with an EXIF orientation.
    func picture(_ name: String, orientation: UInt8 = 1) throws {
        let jpeg = try Image(width: 40, height: 20, channels: 1).jpegBytes()
        // An APP1 segment with one directory entry: 0x0112, short, one value.
        let exif: [UInt8] =
            [0xff, 0xe1, 0, 34] + Array("Exif\0\0".utf8) + Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 1]
            + [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
        try write(bytes: Array(jpeg[..<2]) + exif + Array(jpeg[2...]), as: name)
    }

    func instances(_ run: String? = nil) throws -> [InstanceRecord] {
        try catalog.read { reader in
            var records: [InstanceRecord] = []
            let runs = try run.map { [try reader.run(named: $0).id] }
            try reader.forEachInstance(InstanceQuery(runIDs: runs), parts: false) { record, _ in records.append(record)
            }
            return records
        }
    }
}
