import Foundation

/// The pictures below a folder.
public enum PictureFolder {
    public static let endings: Set<String> = ["jpg", "jpeg", "png"]

    /// Paths relative to the folder, sorted, so that every run sees the same order. Hidden files, and folders such as
    /// `@eaDir` that devices leave, are passed over.
    public static func files(in folder: String, endings: Set<String> = endings) -> [String] {
        let base = URL(fileURLWithPath: folder).standardizedFileURL.path
        guard let walk = FileManager.default.enumerator(atPath: base) else { return [] }
        var files: [String] = []
        for case let path as String in walk {
            let name = path.split(separator: "/").last ?? ""
            if name.hasPrefix(".") || name.hasPrefix("@") {
                walk.skipDescendants()
            } else if endings.contains((path as NSString).pathExtension.lowercased()) {
                files.append(path)
            }
        }
        return files.sorted()
    }
}
