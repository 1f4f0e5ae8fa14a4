import Catalog
import Foundation
import Hashing

/// Reads MegaDetector's batch output, versions 1.0 to 1.6, an image at a time.
///
/// Boxes are `[x, y, width, height]` as shares of the picture as displayed (MegaDetector applies the EXIF orientation).
/// Members that the format does not name are kept. See <https://lila.science/megadetector-output-format>.
public struct MegaDetectorReader {
    public struct Detection: Sendable, Equatable {
        /// A key of `categories`.
        public var category: String
        /// Confidence, 0...1.
        public var score: Double
        /// Left, top, width and height as shares of the displayed picture.
        public var box: Box
        /// 0-based number of the frame, for videos.
        public var frame: Int?
        /// JSON object of the other members (such as `classifications`); nil where there are none.
        public var extra: String?
    }

    /// One image or video of the list.
    public struct Entry: Sendable {
        public var file: String
        /// Empty: processed, and nothing found. Nil: not processed.
        public var detections: [Detection]?
        /// Why it was not processed.
        public var failure: String?
        /// Detections that could not be read, one sentence each.
        public var defects: [String] = []
    }

    public let path: String
    /// Names of the categories, by the text that detections use.
    public let categories: [String: String]
    /// JSON of everything but the images: `info` with the detector and its thresholds, and the names of categories.
    public let header: String
    public let digest: ContentHash
    public let bytes: Int

    /// Reads everything but the images.
    /// - Throws: `FormatError` when the file is none of MegaDetector's.
    public init(path: String) throws {
        let stream = try JSONDocumentStream(path: path)
        let (layout, digest) = try stream.read(
            streamed: ["images"], isReady: { _, _ in true }, handler: { _ in { _, _ in } })
        guard stream.arrays["images"] != nil else {
            throw FormatError(file: path, reason: "there is no list “images”; is this MegaDetector's output?")
        }
        var text: [UInt8] = []
        for segment in DocumentLayout(String(decoding: layout, as: UTF8.self)).segments {
            if case .literal(let bytes) = segment { text += bytes } else { text += Array("[]".utf8) }
        }
        struct Names: Decodable {
            var categories: [String: String]?
            enum CodingKeys: String, CodingKey { case categories = "detection_categories" }
        }
        let names: Names
        do {
            names = try JSONDecoder().decode(Names.self, from: Data(text))
        } catch {
            throw FormatError(
                file: path, place: "detection_categories",
                reason: "expected an object of names by category, such as {\"1\": \"animal\"}")
        }
        guard let categories = names.categories else {
            throw FormatError(
                file: path, reason: "there are no “detection_categories”; is this MegaDetector's output?")
        }
        (self.path, self.categories, self.digest, bytes) = (path, categories, digest, stream.size)
        header = String(decoding: text, as: UTF8.self)
    }

    /// Calls `body` with each entry of `images`, its 0-based index, and the share of the file that has been read. An
    /// entry that cannot be read comes as what is wrong with it.
    public func forEachEntry(_ body: (Result<Entry, FormatError>, Int, Double) throws -> Void) throws {
        let stream = try JSONDocumentStream(path: path)
        let (image, detection) = (JSONObjectReader(), JSONObjectReader())
        try withoutActuallyEscaping(body) { body in
            _ = try stream.read(streamed: ["images"], isReady: { _, _ in true }) { _ in
                { text, index in
                    let entry = Self.entry(text, index, path, image, detection)
                    try body(entry, index, Double(stream.offset) / Double(max(1, stream.size)))
                }
            }
        }
    }

    private static func entry(
        _ text: UnsafeRawBufferPointer, _ index: Int, _ path: String, _ reader: JSONObjectReader,
        _ detection: JSONObjectReader
    ) -> Result<Entry, FormatError> {
        func failure(_ reason: String) -> Result<Entry, FormatError> {
            .failure(FormatError(file: path, place: "image at index \(index)", reason: reason))
        }
        if let reason = reader.read(text) ?? reader.defect(of: text) { return failure(reason) }
        var entry = Entry(file: "")
        for member in 0..<reader.count {
            let value = reader.value(member)
            switch String(decoding: reader.key(member), as: UTF8.self) {
            case "file": entry.file = JSONScalar.string(value) ?? ""
            case "failure": entry.failure = JSONScalar.string(value)
            case "detections" where !value.elementsEqual("null".utf8):
                guard let elements = JSONArrayElements.split(value) else {
                    return failure("“detections” is no list, expected one or null")
                }
                entry.detections = []
                for (place, element) in elements.enumerated() {
                    switch read(element, detection) {
                    case .success(let found): entry.detections?.append(found)
                    case .failure(let defect): entry.defects.append("detection \(place): \(defect.reason)")
                    }
                }
            default: break
            }
        }
        return entry.file.isEmpty ? failure("there is no “file”") : .success(entry)
    }

    private struct Defect: Error { let reason: String }

    private static func read(
        _ text: UnsafeRawBufferPointer, _ reader: JSONObjectReader
    ) -> Result<Detection, Defect> {
        if let reason = reader.read(text) { return .failure(Defect(reason: reason)) }
        var (category, score, box): (String?, Double?, Box?)
        var frame: Int?
        var extra: [String] = []
        for member in 0..<reader.count {
            let value = reader.value(member)
            switch String(decoding: reader.key(member), as: UTF8.self) {
            // Early files have numbers here, the format has strings.
            case "category": category = JSONScalar.string(value) ?? JSONScalar.integer(value).map(String.init)
            case "conf": score = JSONScalar.number(value)
            case "bbox":
                let numbers = JSONArrayElements.split(value)?.compactMap(JSONScalar.number) ?? []
                if numbers.count == 4 {
                    box = Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
                }
            case "frame_number": frame = JSONScalar.integer(value).flatMap { Int(exactly: $0) }
            case let key: extra.append("\"\(key)\": \(String(decoding: value, as: UTF8.self))")
            }
        }
        guard let category else { return .failure(Defect(reason: "there is no “category”")) }
        guard let score, (0...1).contains(score) else {
            return .failure(Defect(reason: "“conf” is no number from 0 to 1"))
        }
        guard let box, box.width >= 0, box.height >= 0, abs(box.x) <= 2, abs(box.y) <= 2, box.width <= 2,
            box.height <= 2
        else {
            return .failure(
                Defect(reason: "“bbox” is not left, top, width and height as shares of the picture's size"))
        }
        return .success(
            Detection(
                category: category, score: score, box: box, frame: frame,
                extra: extra.isEmpty ? nil : "{\(extra.joined(separator: ", "))}"))
    }
}
