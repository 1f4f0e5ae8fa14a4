import Foundation
import Hashing

/// The files of a package, and what must be kept of them beside their rows.
struct CamtrapDPPackage {
    /// What the run of an import keeps, as its configuration.
    struct Description: Codable {
        /// Column names of each table, in the order of its file.
        var columns: [String: [String]] = [:]
        /// Text of `datapackage.json`; nil where there was none.
        var datapackage: String?
    }

    let folder: String
    private(set) var files: [CamtrapDPTable: String] = [:]
    let datapackage: String?
    /// Of all files together.
    let digest: ContentHash
    let bytes: Int

    /// - Throws: `FormatError` when it is no folder of such a package.
    init(folder: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw FormatError(
                file: folder, reason: "this is not a folder; expected the folder of a Camtrap DP package")
        }
        self.folder = folder
        let descriptor = "\(folder)/datapackage.json"
        var places: [String: String] = [:]
        if FileManager.default.fileExists(atPath: descriptor) {
            datapackage = try Self.text(of: descriptor)
            places = try Self.paths(datapackage ?? "", descriptor)
        } else {
            datapackage = nil
        }
        var hasher = ContentHasher()
        var size = 0
        for table in CamtrapDPTable.allCases {
            let path = "\(folder)/\(places[table.rawValue] ?? table.fileName)"
            guard FileManager.default.fileExists(atPath: path) else {
                throw FormatError(
                    file: path, reason: "there is no such file; a Camtrap DP package has \(table.fileName)")
            }
            files[table] = path
            try ContentHash.of(fileAt: path).bytes.withUnsafeBytes { hasher.update($0) }
            size += (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        }
        Array((datapackage ?? "").utf8).withUnsafeBytes { hasher.update($0) }
        (digest, bytes) = (hasher.finish(), size + (datapackage?.utf8.count ?? 0))
    }

    /// Opens a table.
    /// - Throws: `FormatError` when it lacks a column without which its rows mean nothing.
    func reader(of table: CamtrapDPTable) throws -> CSVReader {
        let reader = try CSVReader(path: files[table] ?? "")
        var needed = [table.key]
        if table == .media { needed.append("filePath") }
        for column in needed where !reader.header.contains(column) {
            throw FormatError(
                file: reader.path, place: "line 1",
                reason: "there is no column “\(column)”; is this the \(table.fileName) of a Camtrap DP package?")
        }
        return reader
    }

    private static func text(of path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(validating: data, as: UTF8.self)
        else { throw FormatError(file: path, reason: "the text is not UTF-8") }
        return text
    }

    /// Where the descriptor says that the tables are; places outside the folder are refused.
    private static func paths(_ text: String, _ file: String) throws -> [String: String] {
        let object: Any
        do {
            object = try JSONSerialization.jsonObject(with: Data(text.utf8))
        } catch {
            throw FormatError(file: file, reason: "it is not sound JSON (\((error as NSError).localizedDescription))")
        }
        var paths: [String: String] = [:]
        let resources = (object as? [String: Any])?["resources"] as? [[String: Any]] ?? []
        for resource in resources {
            guard let name = resource["name"] as? String, let path = resource["path"] as? String else { continue }
            guard !path.hasPrefix("/"), !path.contains("://"), !path.split(separator: "/").contains("..") else {
                throw FormatError(
                    file: file, place: "resource “\(name)”",
                    reason: "its path \(path) leaves the package; expected a file in its folder")
            }
            paths[name] = path
        }
        return paths
    }
}
