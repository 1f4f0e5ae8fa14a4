import Annotations
import Foundation
import Hashing
import Imaging

/// Photographs of a folder, cut to the pictures' shape and size: they are kept in memory, at most 512 of them, evenly chosen.
struct PhotographFolder: Sendable {
    private static let most = 512
    let pictures: [Image]
    /// Of names and sizes of the files, so that another folder is noticed.
    let digest: String
    let problems: [Problem]

    /// - Throws: `SceneError.file` for a folder without a picture that can be read.
    init(_ folder: String, width: Int, height: Int) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw SceneError.file(folder, "this is no folder, expected one with photographs")
        }
        let endings: Set<String> = ["jpg", "jpeg", "png"]
        let all = (FileManager.default.enumerator(atPath: folder)?.allObjects ?? []).compactMap { $0 as? String }
            .filter { path in
                let name = (path as NSString).lastPathComponent
                return endings.contains((path as NSString).pathExtension.lowercased()) && !name.hasPrefix(".")
            }.sorted()
        let step = max(1, (all.count + Self.most - 1) / Self.most)
        let paths = stride(from: 0, to: all.count, by: step).map { all[$0] }
        var (pictures, problems): ([Image], [Problem]) = ([], [])
        var text = ""
        for path in paths {
            do {
                let picture = try Image(fileAt: "\(folder)/\(path)", options: .applyOrientation)
                pictures.append(Self.filling(picture.eightBit(), width: width, height: height))
                text += "\(path) \(picture.width)x\(picture.height)\n"
            } catch {
                problems.append(Problem(kind: "unreadable-file", where: path, message: "\(error)"))
            }
        }
        guard !pictures.isEmpty else {
            throw SceneError.file(folder, "there is no photograph (.jpg, .jpeg, .png) here or below that can be read")
        }
        (self.pictures, self.problems) = (pictures, problems)
        digest = ContentHash.of(Array(text.utf8)).description
    }

    /// The middle of the picture in the wanted shape, at the wanted size, as RGB.
    private static func filling(_ picture: Image, width: Int, height: Int) -> Image {
        let rgb = Canvas(picture).image.channels == 3 ? Canvas(picture).image : Canvas(picture).image.flattened()
        let shape = min(Double(rgb.width) / Double(width), Double(rgb.height) / Double(height))
        let (w, h) = (
            max(1, min(rgb.width, Int(Double(width) * shape))), max(1, min(rgb.height, Int(Double(height) * shape)))
        )
        let cut = rgb.cropped(x: (rgb.width - w) / 2, y: (rgb.height - h) / 2, width: w, height: h) ?? rgb
        return cut.resized(width: width, height: height, filter: .lanczosPillow)
    }
}
