import Annotations
import Catalog
import Foundation

/// The members of a COCO or DensePose object that evaluation needs, read one object after the other.
struct LabelObject {
    let file: String
    private let objects = JSONObjectReader()
    private var list: [Double] = []
    private(set) var members: [Key: UnsafeRawBufferPointer] = [:]

    enum Key: String, CaseIterable {
        case id, bbox, area, score, name, width, height, keypoints, segmentation, frequency
        case crowd = "iscrowd"
        case image = "image_id"
        case category = "category_id"
        case negative = "neg_category_ids"
        case partial = "not_exhaustive_category_ids"
        case pointX = "dp_x"
        case pointY = "dp_y"
        case pointChart = "dp_I"
        case pointU = "dp_U"
        case pointV = "dp_V"
        case pointVertex = "dp_vertex"
        case partMasks = "dp_masks"
        case mesh = "ref_model"
        case map = "uv_data"
        case vertices = "vertex_data"
        case confidences
        case uvDeviation = "uv_sigma"
        case boxDeviation = "bbox_sigma"

        static let byLength: [[(bytes: [UInt8], key: Key)]] = {
            var table = [[(bytes: [UInt8], key: Key)]](repeating: [], count: 32)
            for key in allCases { table[key.rawValue.utf8.count].append((Array(key.rawValue.utf8), key)) }
            return table
        }()
    }

    init(file: String) { self.file = file }

    /// - Throws: `FormatError` where the text is no object.
    mutating func read(_ text: UnsafeRawBufferPointer, _ place: @autoclosure () -> String) throws {
        members.removeAll(keepingCapacity: true)
        if let defect = objects.read(text) { throw FormatError(file: file, place: place(), reason: defect) }
        for member in 0..<objects.count {
            let key = objects.key(member)
            guard key.count < 32 else { continue }
            if let entry = Key.byLength[key.count].first(where: { $0.bytes.elementsEqual(key) }) {
                members[entry.key] = objects.value(member)
            }
        }
    }

    func has(_ key: Key) -> Bool { members[key].map { $0.first != UInt8(ascii: "n") } ?? false }

    func number(_ key: Key) -> Double? { members[key].flatMap { JSONScalar.number($0) } }

    func string(_ key: Key) -> String? { members[key].flatMap { JSONScalar.string($0) } }

    func integer(_ key: Key) -> Int64? {
        guard let text = members[key] else { return nil }
        return JSONScalar.integer(text) ?? JSONScalar.number(text).flatMap { Int64(exactly: $0) }
    }

    /// - Throws: `FormatError` where it is missing or no whole number.
    func required(_ key: Key, _ place: @autoclosure () -> String) throws -> Int64 {
        if let value = integer(key) { return value }
        throw FormatError(file: file, place: place(), reason: "\(key.rawValue) is missing or no whole number")
    }

    /// - Returns: nil where it is missing.
    /// - Throws: `FormatError` where it is no list of numbers.
    mutating func numbers(_ key: Key, _ place: @autoclosure () -> String) throws -> [Double]? {
        guard has(key), let text = members[key] else { return nil }
        guard NumberLists.read(text, into: &list) else {
            throw FormatError(file: file, place: place(), reason: "\(key.rawValue) is not a list of finite numbers")
        }
        return list
    }

    /// - Returns: nil where it is missing or an empty list.
    mutating func box(_ place: @autoclosure () -> String) throws -> Box? {
        guard let values = try numbers(.bbox, place()), !values.isEmpty else { return nil }
        guard values.count == 4 else {
            throw FormatError(file: file, place: place(), reason: "bbox has \(values.count) numbers, expected 4")
        }
        return Box(x: values[0], y: values[1], width: values[2], height: values[3])
    }

    /// What a network says of its result.
    /// - Throws: `FormatError` where it is of another form.
    func statements(_ place: @autoclosure () -> String) throws -> DetectionStatements {
        var text = ""
        for key in [Key.confidences, .uvDeviation, .boxDeviation] where has(key) {
            text +=
                (text.isEmpty ? "" : ", ") + "\"\(key.rawValue)\": " + String(decoding: members[key]!, as: UTF8.self)
        }
        guard !text.isEmpty else { return DetectionStatements() }
        do { return try JSONDecoder().decode(DetectionStatements.self, from: Data("{\(text)}".utf8)) } catch {
            throw FormatError(
                file: file, place: place(),
                reason: "confidences is an object of numbers, uv_sigma 1 or 2 and bbox_sigma 4 positive numbers")
        }
    }

    /// The flag of a crowd: 1, or true.
    var isCrowd: Bool { integer(.crowd).map { $0 != 0 } ?? (members[.crowd]?.first == UInt8(ascii: "t")) }
}
