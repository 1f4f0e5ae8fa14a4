import Catalog
import Foundation

/// Finds the media of a dataset by the paths that another tool's file uses for them.
struct MediaIndex {
    private var byName: [Substring: [MediumRecord]] = [:]
    private var clips: [Substring: [VideoRecord]] = [:]
    private let folders: [Int64: String]

    init(_ reader: CatalogReader, dataset: Int64) throws {
        folders = try reader.rootFolders()
        try reader.forEachMedium(dataset: dataset) { medium in
            byName[Self.name(medium.path), default: []].append(medium)
        }
        for member in try reader.videoMembers(of: dataset) {
            clips[Self.name(member.video.path), default: []].append(member.video)
        }
    }

    mutating func add(_ medium: MediumRecord) { byName[Self.name(medium.path), default: []].append(medium) }

    /// Media whose file `path` names: below `folder`, else by the end of the path, as long as one file alone fits.
    /// Frames with the same pixels share a file, so that there can be several.
    func media(_ path: String, below folder: String?) -> [MediumRecord] {
        Self.matches(byName[Self.name(path)] ?? [], path, folder) { ($0.path, folders[$0.rootID]) }
    }

    /// The clip that `path` names.
    func clip(_ path: String, below folder: String?) -> VideoRecord? {
        Self.matches(clips[Self.name(path)] ?? [], path, folder) { ($0.path, folders[$0.rootID]) }.first
    }

    private static func name(_ path: String) -> Substring {
        path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
    }

    private static func matches<Item>(
        _ candidates: [Item], _ path: String, _ folder: String?, place: (Item) -> (path: String, folder: String?)
    ) -> [Item] {
        let path = path.replacing("\\", with: "/")
        if let folder {
            let full = URL(fileURLWithPath: path.hasPrefix("/") ? path : "\(folder)/\(path)").standardizedFileURL.path
            let exact = candidates.filter { item in
                let place = place(item)
                return place.folder.map { "\($0)/\(place.path)" == full } ?? false
            }
            if !exact.isEmpty { return exact }
        }
        let exact = candidates.filter { place($0).path == path }
        let ending =
            exact.isEmpty
            ? candidates.filter { item in
                let known = place(item).path
                return known.hasSuffix("/" + path) || path.hasSuffix("/" + known)
            } : exact
        let files = Set(ending.map { item in "\(place(item).folder ?? "")/\(place(item).path)" })
        return files.count == 1 ? ending : []
    }
}
