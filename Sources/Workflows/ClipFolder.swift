import Annotations
import Foundation

/// A clip that a command names, or finds in a folder that it names.
struct ClipPlace: Sendable, Hashable {
    /// The root that the path starts from.
    let folder: String
    let path: String
    /// Folders between what the command names and the clip, for the sites.
    let parents: [String]

    var file: String { folder + "/" + path }
}

/// The clips below a folder.
enum ClipFolder {
    static let endings: Set<String> = [
        "avi", "mp4", "m4v", "mov", "asf", "wmv", "mkv", "webm", "mpg", "mpeg", "mts", "m2ts", "ts", "3gp", "flv",
    ]

    /// Clips as named, folders replaced by the clips below them, sorted.
    /// - Throws: `FormatError` for a folder without any.
    static func clips(_ names: [String]) throws -> [ClipPlace] {
        var clips: [ClipPlace] = []
        for name in names {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), isFolder.boolValue else {
                let url = URL(fileURLWithPath: name).standardizedFileURL
                clips.append(
                    ClipPlace(
                        folder: url.deletingLastPathComponent().path, path: url.lastPathComponent,
                        parents: name.split(separator: "/").dropLast().map(String.init).filter { $0 != "." }))
                continue
            }
            let found = PictureFolder.files(in: name, endings: endings)
            guard !found.isEmpty else {
                throw FormatError(file: name, reason: "there are no clips (.avi, .mp4, .mov, .asf, …) here or below")
            }
            let folder = URL(fileURLWithPath: name).standardizedFileURL.path
            clips += found.map { path in
                ClipPlace(
                    folder: folder, path: path, parents: path.split(separator: "/").dropLast().map(String.init))
            }
        }
        return clips
    }
}
