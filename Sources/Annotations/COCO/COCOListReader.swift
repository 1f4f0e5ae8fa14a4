import Catalog
import Foundation

/// Reads the objects of `images` and `categories`: few members in columns, the rest as text.
struct COCOListReader {
    let file: String
    /// `image` or `category`, for messages.
    let noun: String
    let problems: ProblemLog

    private let objects = JSONObjectReader()
    private(set) var source = SourceTemplateBuilder()
    private(set) var id: Int64?
    private(set) var name: String?
    private(set) var supercategory: String?
    private(set) var width: Int?
    private(set) var height: Int?
    private(set) var dateCaptured: String?
    private(set) var url: String?

    init(file: String, noun: String, problems: ProblemLog) {
        (self.file, self.noun, self.problems) = (file, noun, problems)
    }

    /// Reads one object; false when it is unsound.
    mutating func read(_ text: UnsafeRawBufferPointer, index: Int) throws -> Bool {
        (id, name, supercategory, width, height, dateCaptured, url) = (nil, nil, nil, nil, nil, nil, nil)
        source.removeAll()
        if let defect = objects.read(text) {
            try problems.report("json", file: file, place: "\(noun) at index \(index)", defect)
            return false
        }
        var end = text.baseAddress!
        var seen: UInt32 = 0
        var isRepeated = false
        for member in 0..<objects.count {
            let value = objects.value(member)
            source.literal(UnsafeRawBufferPointer(start: end, count: value.baseAddress! - end))
            end = value.baseAddress! + value.count
            let entry = COCOKey.find(objects.key(member))
            if let entry {
                if seen & entry.bit != 0 { isRepeated = true }
                seen |= entry.bit
            }
            let key = entry?.key
            if try !column(key, value) {
                if key == nil { note(objects.key(member), value) }
                if let defect = objects.defect(of: value) {
                    try problems.report("json", file: file, place: "\(noun) \(id.map(String.init) ?? "?")", defect)
                    return false
                }
                source.verbatim(value)
            }
        }
        source.literal(UnsafeRawBufferPointer(start: end, count: text.baseAddress! + text.count - end))
        if isRepeated { source.whole(text) }
        let place = "\(noun) \(id.map(String.init) ?? "at index \(index)")"
        if source.hasControlCharacter {
            try problems.report("json", file: file, place: place, "a control character stands in the text")
            return false
        }
        guard id != nil else {
            try problems.report("id", file: file, place: place, "there is no whole number as “id”")
            return false
        }
        return true
    }

    /// Keeps the object that was read as one piece of text.
    mutating func keepWhole(_ text: UnsafeRawBufferPointer) { source.whole(text) }

    private mutating func column(_ key: COCOKey?, _ value: UnsafeRawBufferPointer) throws -> Bool {
        switch key {
        case .id:
            id = JSONScalar.integer(value) ?? JSONScalar.number(value).flatMap { Int64(exactly: $0) }
            return field(.id, if: JSONScalar.integer(value) != nil)
        case .width:
            width = JSONScalar.number(value).flatMap { Int(exactly: $0) }
            return field(.width, if: JSONScalar.integer(value) != nil)
        case .height:
            height = JSONScalar.number(value).flatMap { Int(exactly: $0) }
            return field(.height, if: JSONScalar.integer(value) != nil)
        case .fileName:
            name = JSONScalar.string(value)
            return field(.fileName, if: name != nil && JSONScalar.isPlainString(value))
        case .name:
            name = JSONScalar.string(value)
            return field(.name, if: name != nil && JSONScalar.isPlainString(value))
        case .supercategory:
            supercategory = JSONScalar.string(value)
            return field(.supercategory, if: supercategory != nil && JSONScalar.isPlainString(value))
        default: return false
        }
    }

    private mutating func field(_ field: SourceTemplate.Field, if isPlain: Bool) -> Bool {
        if isPlain { source.field(field) }
        return isPlain
    }

    /// Members that are kept as text and tell something besides.
    private mutating func note(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        if key.elementsEqual("date_captured".utf8) || key.elementsEqual("datetime".utf8) {
            dateCaptured = JSONScalar.string(value)
        } else if key.elementsEqual("coco_url".utf8) {
            url = JSONScalar.string(value)
        }
    }
}
