import Foundation

/// Formats that `annotate import` reads.
public enum DataFormat: String, CaseIterable, Codable, Sendable {
    case coco, densepose
    case cocoResults = "coco-results"
    case denseposeResults = "densepose-results"
    case megadetector
    case camtrapDP = "camtrap-dp"
    case images, video

    /// How a file of this format is imported.
    public var importCommand: String {
        switch self {
        case .coco, .cocoResults: "annotate import coco FILE --dataset NAME"
        case .densepose, .denseposeResults: "annotate import densepose FILE --dataset NAME"
        case .megadetector: "annotate import megadetector FILE --dataset NAME --images FOLDER"
        case .camtrapDP: "annotate import camtrap-dp FOLDER --dataset NAME"
        case .images: "annotate import images FOLDER --dataset NAME"
        case .video: "annotate import frames FILE --dataset NAME --every 1s"
        }
    }
}

/// Which format a file or folder is in, and why it is not in the others.
public struct FormatDetection: Codable, Sendable {
    public var path: String
    /// Nil when it is none that can be imported.
    public var format: DataFormat?
    /// What speaks for it.
    public var evidence = ""
    /// Why each other format was ruled out.
    public var rejected: [String: String] = [:]

    /// Looks at a file or folder.
    /// - Throws: `FormatError` when there is none.
    public static func run(_ path: String) throws -> FormatDetection {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FormatError(file: path, reason: "there is no such file or folder")
        }
        var detection = FormatDetection(path: path)
        if isFolder.boolValue {
            detection.judgeFolder()
        } else {
            try detection.judgeFile()
        }
        return detection
    }

    private init(path: String) { self.path = path }

    private mutating func accept(_ format: DataFormat, _ evidence: String) {
        (self.format, self.evidence) = (format, evidence)
    }

    private mutating func reject(_ formats: [DataFormat], _ reason: String) {
        for format in formats where rejected[format.rawValue] == nil { rejected[format.rawValue] = reason }
    }

    private static let fileFormats: [DataFormat] = [
        .coco, .densepose, .cocoResults, .denseposeResults, .megadetector, .video,
    ]

    private mutating func judgeFolder() {
        reject(Self.fileFormats, "it is a folder, expected a file")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let tables = ["deployments.csv", "media.csv", "observations.csv"]
        let missing = tables.filter { !names.contains($0) }
        if missing.isEmpty {
            accept(.camtrapDP, "it holds \(tables.joined(separator: ", "))")
            return reject([.images], "the tables of a Camtrap DP package describe its pictures")
        }
        reject([.camtrapDP], "\(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") missing")
        let walk = FileManager.default.enumerator(atPath: path)
        while let item = walk?.nextObject() as? String {
            if ["jpg", "jpeg", "png"].contains((item as NSString).pathExtension.lowercased()) {
                return accept(.images, "it holds pictures, the first is \(item)")
            }
        }
        reject([.images], "there is no picture (.jpg, .jpeg, .png) in it")
    }

    private mutating func judgeFile() throws {
        reject([.images], "it is a file, expected a folder of pictures")
        let name = (path as NSString).lastPathComponent
        if ["datapackage.json", "deployments.csv", "media.csv", "observations.csv"].contains(name) {
            accept(.camtrapDP, "it is one of the files of a Camtrap DP package; import its folder")
            return reject(Self.fileFormats, "the name belongs to a Camtrap DP package")
        }
        reject([.camtrapDP], "it is a file, expected the folder of a package")
        let head = (try FileHandle(forReadingFrom: URL(fileURLWithPath: path)).read(upToCount: 4096)) ?? Data()
        let isText = !head.isEmpty && !head.contains(0)
        let first = head.first { $0 > 0x20 && $0 < 0x80 }
        guard isText, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else {
            let what = head.isEmpty ? "the file is empty" : "it is not JSON: it does not start with { or ["
            reject([.coco, .densepose, .cocoResults, .denseposeResults, .megadetector], what)
            return judgeBinary(head)
        }
        reject([.video], "it is JSON text")
        do {
            try judgeJSON(isList: first == UInt8(ascii: "["))
        } catch let error as FormatError {
            reject(Self.fileFormats, "it is not sound JSON: \(error.place) \(error.reason)")
        }
    }

    private mutating func judgeBinary(_ head: Data) {
        let bytes = [UInt8](head.prefix(16))
        func holds(_ text: String, at place: Int) -> Bool {
            bytes.count >= place + text.utf8.count && bytes[place...].starts(with: text.utf8)
        }
        let container: String? =
            holds("RIFF", at: 0) && holds("AVI ", at: 8)
            ? "AVI"
            : holds("ftyp", at: 4)
                ? "MP4 or QuickTime"
                : bytes.starts(with: [0x30, 0x26, 0xb2, 0x75])
                    ? "ASF" : bytes.starts(with: [0x1a, 0x45, 0xdf, 0xa3]) ? "Matroska or WebM" : nil
        if let container {
            accept(.video, "it starts as \(container) files do")
        } else if bytes.starts(with: [0xff, 0xd8]) || bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) {
            reject([.video], "it is a picture; import its folder")
            rejected[DataFormat.images.rawValue] = "it is one picture; import its folder"
        } else {
            reject([.video], "it does not start as AVI, MP4, QuickTime, ASF, Matroska or WebM files do")
        }
    }

    /// Reads the document once, looking at the keys of the first elements.
    private mutating func judgeJSON(isList: Bool) throws {
        let stream = try JSONDocumentStream(path: path)
        let objects = JSONObjectReader()
        var keys: [String: Set<String>] = [:]
        let layout = try stream.read(
            streamed: isList ? [JSONDocumentStream.root] : ["images", "annotations", "categories"],
            isReady: { _, _ in true },
            handler: { name in
                { text, index in
                    guard index < 64, objects.read(text) == nil else { return }
                    for member in 0..<objects.count {
                        keys[name, default: []].insert(String(decoding: objects.key(member), as: UTF8.self))
                    }
                }
            }
        ).layout
        if isList {
            reject([.coco, .densepose, .megadetector], "it is a list; expected an object with “images”")
            judgeResults(keys[JSONDocumentStream.root] ?? [])
        } else {
            reject([.cocoResults, .denseposeResults], "it is an object; expected a list of results")
            judgeObject(keys, arrays: Set(stream.arrays.keys), topLevel: String(decoding: layout, as: UTF8.self))
        }
    }

    private mutating func judgeResults(_ keys: Set<String>) {
        guard keys.isSuperset(of: ["image_id", "category_id"]) else {
            return reject([.cocoResults, .denseposeResults], "its elements have no image_id and category_id")
        }
        if keys.contains("uv_data") {
            accept(.denseposeResults, "a list of results with uv_data")
            reject([.cocoResults], "its results carry uv_data")
        } else if keys.contains("score") {
            accept(.cocoResults, "a list of results with scores")
            reject([.denseposeResults], "its results carry no uv_data")
        } else {
            reject([.cocoResults, .denseposeResults], "its elements have no score")
        }
    }

    private mutating func judgeObject(_ keys: [String: Set<String>], arrays: Set<String>, topLevel: String) {
        if arrays.contains("annotations"), arrays.contains("images") {
            reject([.megadetector], "it has “annotations”; MegaDetector puts detections into its images")
            let annotation = keys["annotations"] ?? []
            if annotation.contains(where: { $0.hasPrefix("dp_") }) {
                accept(.densepose, "images and annotations, with dense points (dp_…)")
                reject([.coco], "its annotations have dense points (`import coco` would read them too)")
            } else {
                accept(.coco, "images and annotations")
                reject([.densepose], "no annotation has dense points (dp_x, dp_y)")
            }
        } else if arrays.contains("images"), topLevel.contains("\"detection_categories\"") {
            accept(.megadetector, "images with detections, and detection_categories")
            reject([.coco, .densepose], "there is no list “annotations”")
        } else {
            let missing = ["images", "annotations"].filter { !arrays.contains($0) }.map { "“\($0)”" }
            reject([.coco, .densepose], "there is no list \(missing.joined(separator: " and "))")
            reject([.megadetector], "there are no “images” with “detection_categories”")
        }
    }
}
