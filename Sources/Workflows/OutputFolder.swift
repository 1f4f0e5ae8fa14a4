import Catalog
import Foundation

/// Why a folder is not written to.
public enum OutputFolderError: Error, CustomStringConvertible, Sendable, Equatable {
    case insideMedia(folder: String, root: String)
    case isFile(folder: String)
    case cannotMake(folder: String, reason: String)

    public var description: String {
        switch self {
        case .insideMedia(let folder, let root):
            "\(folder): this folder is inside \(root), which holds the dataset's own pictures; choose another"
        case .isFile(let folder):
            "\(folder): this is a file, expected a folder"
        case .cannotMake(let folder, let reason):
            "\(folder): the folder cannot be made (\(reason))"
        }
    }
}

/// A folder that pictures are written to, never one that holds the pictures of a dataset.
enum OutputFolder {
    /// Makes the folder, unless it is one of `roots` or inside one, symbolic links considered.
    /// - Throws: `OutputFolderError`
    static func prepare(_ folder: String, apartFrom roots: some Sequence<String>) throws {
        let place = resolved(folder)
        for root in roots {
            let media = resolved(root)
            guard place != media, !place.hasPrefix(media == "/" ? media : media + "/") else {
                throw OutputFolderError.insideMedia(folder: folder, root: root)
            }
        }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), !isFolder.boolValue {
            throw OutputFolderError.isFile(folder: folder)
        }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw OutputFolderError.cannotMake(folder: folder, reason: (error as NSError).localizedDescription)
        }
    }

    /// The path without symbolic links; of what does not exist yet, the part that does.
    private static func resolved(_ path: String) -> String {
        var existing = URL(fileURLWithPath: path).standardizedFileURL
        var rest: [String] = []
        while !FileManager.default.fileExists(atPath: existing.path), existing.path != "/" {
            rest.insert(existing.lastPathComponent, at: 0)
            existing.deleteLastPathComponent()
        }
        let base = realpath(existing.path, nil).map { pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        }
        return rest.reduce(base ?? existing.path) { $0 == "/" ? "/" + $1 : $0 + "/" + $1 }
    }
}
