import Catalog
import Foundation

/// Where the file of a medium is.
public enum MediaFile: Sendable, Equatable {
    case found(String)
    /// The root is not located, or there is no such file.
    case missing
    /// The catalog's path would lead out of the root.
    case unsafe

    /// - Parameter folders: absolute path of each root, as `CatalogReader.rootFolders` gives them.
    public static func locate(_ medium: MediumRecord, folders: [Int64: String]) -> MediaFile {
        guard isSafe(medium.path) else { return .unsafe }
        guard let folder = folders[medium.rootID] else { return .missing }
        let path = folder + "/" + medium.path
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
            ? .found(path) : .missing
    }

    /// Whether a path stays below the folder that it starts from.
    public static func isSafe(_ path: String) -> Bool {
        !path.isEmpty && !path.hasPrefix("/") && !path.contains("\0") && !path.split(separator: "/").contains("..")
    }
}
