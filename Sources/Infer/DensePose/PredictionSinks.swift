import Foundation
import Imaging
import Networks

/// Where what was found goes beside the catalog: drawn pictures, IUV maps, a list of results.
struct PredictionSinks {
    private let painter: PredictionPainter
    private let out, iuv: String?
    private let keepsResults: Bool
    private let categories: [String]
    private(set) var results = ResultList()
    private(set) var pictures = 0
    private(set) var objects = 0
    private var seconds = 0.0
    /// Names that were given out, so that pictures of one name do not replace each other.
    private var taken: Set<String> = []

    init(
        painter: PredictionPainter, out: String?, iuv: String?, keepsResults: Bool, categories: [String]
    ) throws {
        (self.painter, self.out, self.iuv) = (painter, out, iuv)
        (self.keepsResults, self.categories) = (keepsResults, categories)
        for folder in [out, iuv].compactMap({ $0 }) {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
    }

    /// Pictures a second of the network, without reading and writing.
    var rate: Double { seconds > 0 ? Double(pictures) / seconds : 0 }

    mutating func timed<Result>(_ body: () throws -> Result) rethrows -> Result {
        let start = Date()
        defer { seconds += Date().timeIntervalSince(start) }
        return try body()
    }

    /// - Parameter drawsFile: whether the drawn picture becomes a file of its own.
    /// - Returns: the drawn picture, where drawn pictures are wanted.
    @discardableResult
    mutating func add(
        _ found: [FoundObject], image: Image, name: String, number: Int64, drawsFile: Bool = true
    ) throws -> Image? {
        pictures += 1
        objects += found.count
        let stem = uniqueName(name)
        let drawn = try out.map { _ in try painter.paint(found, categories: categories, over: image) }
        if drawsFile, let out, let drawn { try drawn.write(toFileAt: "\(out)/\(stem).png") }
        if let iuv {
            for (index, object) in found.enumerated() {
                guard let chart = object.chart else { continue }
                try chart.image.write(toFileAt: "\(iuv)/\(stem)-\(index + 1).png")
            }
        }
        if keepsResults {
            try results.add(found, image: number, categories: Array(1...max(1, categories.count)))
        }
        return drawn
    }

    /// The name of a file without folder and ending, with a number where another has it.
    mutating func uniqueName(_ path: String) -> String {
        let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        var name = stem
        var number = 2
        while !taken.insert(name).inserted {
            name = "\(stem)-\(number)"
            number += 1
        }
        return name
    }
}

/// The pictures that a command line names.
enum PictureInputs {
    private static let endings: Set<String> = ["jpg", "jpeg", "png"]
    private static let clipEndings: Set<String> = [
        "avi", "mp4", "m4v", "mov", "asf", "wmv", "mkv", "webm", "mpg", "mpeg", "mts", "m2ts", "ts", "3gp", "flv",
    ]

    static func isClip(_ path: String) -> Bool {
        clipEndings.contains((path as NSString).pathExtension.lowercased())
    }

    /// A picture as it is to be looked at.
    static func upright(_ path: String) throws -> Image {
        try Image(fileAt: path).oriented(try ImageHeader.read(fileAt: path).orientation)
    }

    /// Files as they are named, and those of folders in order of their names.
    /// - Throws: `ImageError` for what is not there.
    static func files(_ inputs: [String]) throws -> [String] {
        try inputs.flatMap { input -> [String] in
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: input, isDirectory: &isFolder) else {
                throw ImageError(input, .cannotOpen("there is no such file or folder"))
            }
            guard isFolder.boolValue else { return [input] }
            let names = try FileManager.default.subpathsOfDirectory(atPath: input)
            return names.filter { endings.contains(($0 as NSString).pathExtension.lowercased()) }.sorted()
                .map { "\(input)/\($0)" }
        }
    }
}
