import Catalog

/// A change to one label, such that everything that it does not touch is still written as its file wrote it.
public struct InstanceEdit: Sendable {
    public var categoryID: Int64?
    public var box: Box?
    public var area: Double?
    public var review: ReviewState?
    public var isCrowd: Bool?
    public var mask: MaskRecord?

    public init() {}

    /// Makes the change.
    /// - Throws: `FormatError` when the object's text cannot be taken apart (a key that comes twice).
    public func apply(to id: Int64, in writer: CatalogWriter, templates: TemplateInterner) throws {
        guard var (record, parts) = try writer.instance(id) else {
            throw CatalogError.absent(kind: "instance", id: id)
        }
        var fields: [(key: COCOKey, field: SourceTemplate.Field, style: [UInt8])] = []
        if let categoryID {
            record.categoryID = categoryID
            fields.append((.categoryID, .categoryID, []))
        }
        if let box {
            guard parts.points == nil, parts.partMasks == nil, parts.denseMap == nil else {
                throw FormatError(
                    file: "instance \(id)",
                    reason: "its dense points and part masks are relative to the box; changing it would move them")
            }
            guard box.width > 0, box.height > 0 else {
                throw FormatError(file: "instance \(id)", reason: "a box needs a width and a height above 0")
            }
            if parts.mask == nil, record.area != nil, area == nil {
                record.area = box.area
                fields.append((.area, .area, Array("z".utf8)))
            }
            record.box = box
            fields.append((.bbox, .box, ListStyle.pythonText))
        }
        if let area {
            record.area = area
            fields.append((.area, .area, Array("z".utf8)))
        }
        if let isCrowd {
            record.isCrowd = isCrowd
            fields.append((.crowd, .crowd, []))
        }
        if let mask {
            let isPolygons = mask.encoding == .polygons
            fields.append(
                (
                    .segmentation, isPolygons ? .polygons : .runs,
                    isPolygons ? ListStyle.pythonText : SegmentationText.compressedStyle
                ))
            parts.mask = mask
        }
        if let review { record.review = review }
        if let templateID = record.templateID, !fields.isEmpty {
            let text = try writer.templateText(templateID)
            var editor = TemplateEditor(template: text, extra: record.extra)
            for (key, field, style) in fields {
                guard editor.free(key.rawValue, for: field, style: style) else {
                    throw FormatError(
                        file: "instance \(id)", reason: "its text has a key twice and cannot be changed in part")
                }
            }
            if editor.isChanged {
                record.templateID = try templates.id(of: editor.template)
                record.extra = editor.extra
            }
        }
        try writer.update(record)
        if let mask { try writer.update(mask, of: id) }
    }
}

/// Turns a member that is kept as text into a gap that its column fills, or adds it.
struct TemplateEditor {
    private var segments: [SourceTemplate.Segment]
    private var extras: [[UInt8]]
    private(set) var isChanged = false

    init(template: String, extra: String?) {
        segments = SourceTemplate(template.utf8).segments
        extras =
            extra?.utf8.split(separator: SourceTemplate.extraSeparator, omittingEmptySubsequences: false)
            .map { Array($0) } ?? []
    }

    /// Sees to it that `field` has a gap; false when the object is one piece of text.
    mutating func free(_ key: String, for field: SourceTemplate.Field, style: [UInt8]) -> Bool {
        if segments.contains(where: { if case .field(field, _) = $0 { true } else { false } }) { return true }
        guard case .literal = segments.first else { return false }
        isChanged = true
        let quoted = Array("\"\(key)\"".utf8)
        var verbatims = 0
        for index in segments.indices {
            let isText =
                switch segments[index] {
                case .verbatim: true
                case .field(.polygons, _), .field(.runs, _), .field(.maskText, _): key == COCOKey.segmentation.rawValue
                default: false
                }
            if isText, index > 0, case .literal(let before) = segments[index - 1], Self.ends(before, with: quoted) {
                if case .verbatim = segments[index] { extras.remove(at: verbatims) }
                segments[index] = .field(field, style: style)
                return true
            }
            if case .verbatim = segments[index] { verbatims += 1 }
        }
        // The object had no such member: it comes last.
        guard case .literal(var tail) = segments.last, let brace = tail.lastIndex(of: UInt8(ascii: "}")) else {
            return false
        }
        let rest = Array(tail[brace...])
        tail.removeSubrange(brace...)
        let comma = segments.count > 1 ? ", " : ""
        segments[segments.count - 1] = .literal(tail + "\(comma)\"\(key)\": ".utf8)
        segments += [.field(field, style: style), .literal(rest)]
        return true
    }

    /// Whether a text ends with this key and a colon.
    private static func ends(_ text: [UInt8], with key: [UInt8]) -> Bool {
        let trimmed = text.reversed().drop { $0 <= 0x20 }
        guard trimmed.first == UInt8(ascii: ":") else { return false }
        let beforeColon = Array(trimmed.dropFirst().drop { $0 <= 0x20 }.prefix(key.count).reversed())
        return beforeColon == key
    }

    var template: [UInt8] {
        segments.flatMap { segment -> [UInt8] in
            switch segment {
            case .literal(let bytes): bytes
            case .verbatim: [SourceTemplate.verbatimMark]
            case .field(let field, let style):
                [SourceTemplate.open, field.rawValue] + style + [SourceTemplate.close]
            }
        }
    }

    var extra: String? {
        guard !extras.isEmpty else { return nil }
        return String(
            decoding: extras.joined(separator: [SourceTemplate.extraSeparator]).map { $0 }, as: UTF8.self)
    }
}

extension InstanceEdit {
    /// Gives a label another id in its file.
    public static func renumber(
        _ id: Int64, to sourceID: Int64, in writer: CatalogWriter, _ templates: TemplateInterner
    ) throws {
        guard var (record, _) = try writer.instance(id) else { return }
        record.sourceID = sourceID
        if let templateID = record.templateID {
            var editor = TemplateEditor(template: try writer.templateText(templateID), extra: record.extra)
            guard editor.free(COCOKey.id.rawValue, for: .id, style: []) else {
                throw FormatError(
                    file: "instance \(id)", reason: "its text has a key twice and cannot be changed in part")
            }
            record.templateID = try templates.id(of: editor.template)
            record.extra = editor.extra
        }
        try writer.update(record)
    }
}
