import Catalog
import Foundation

/// Writes rows as COCO objects: through the template of the file they came from, or a plain one.
struct COCOObjectWriter {
    private let templates: [Int64: String]
    private var parsed: [Int64: SourceTemplate] = [:]

    init(templates: [Int64: String]) { self.templates = templates }

    private mutating func template(_ id: Int64?) -> SourceTemplate? {
        guard let id else { return nil }
        if let known = parsed[id] { return known }
        guard let text = templates[id] else { return nil }
        let template = SourceTemplate(text.utf8)
        parsed[id] = template
        return template
    }

    /// Ids that an instance is written with.
    struct Identity {
        var id: Int64
        var imageID: Int64
        var categoryID: Int64
    }

    mutating func append(
        _ record: InstanceRecord, _ parts: InstanceParts, _ identity: Identity, to text: inout [UInt8]
    ) {
        let template = template(record.templateID) ?? Self.plain(record, parts)
        template.render(extra: record.extra.map { Array($0.utf8) }, to: &text) { field, style, text in
            Self.fill(field, style, record, parts, identity, &text)
        }
    }

    mutating func append(_ member: MemberRecord, id: Int64, to text: inout [UInt8]) {
        let template = template(member.templateID) ?? Self.plainImage(member)
        template.render(extra: member.extra, to: &text) { field, _, text in
            switch field {
            case .id: text += String(id).utf8
            case .fileName: JSONScalar.append(member.path, to: &text)
            case .width: text += String(member.width ?? 0).utf8
            case .height: text += String(member.height ?? 0).utf8
            default: break
            }
        }
    }

    mutating func append(_ category: CategoryRecord, to text: inout [UInt8]) {
        let template = template(category.templateID) ?? Self.plainCategory(category)
        template.render(extra: category.extra.map { Array($0.utf8) }, to: &text) { field, _, text in
            switch field {
            case .id: text += String(category.sourceID).utf8
            case .name: JSONScalar.append(category.name, to: &text)
            case .supercategory: JSONScalar.append(category.supercategory ?? "", to: &text)
            default: break
            }
        }
    }

    private static func fill(
        _ field: SourceTemplate.Field, _ style: [UInt8], _ record: InstanceRecord, _ parts: InstanceParts,
        _ identity: Identity, _ text: inout [UInt8]
    ) {
        let isBare = style.first == UInt8(ascii: "b")
        switch field {
        case .id: text += String(identity.id).utf8
        case .imageID: text += String(identity.imageID).utf8
        case .categoryID: text += String(identity.categoryID).utf8
        case .box:
            let box = record.box ?? Box(x: 0, y: 0, width: 0, height: 0)
            ListStyle(style: style).append([box.x, box.y, box.width, box.height], to: &text)
        case .area: NumberText.append(record.area ?? 0, bare: isBare, to: &text)
        case .score: NumberText.append(record.score ?? 0, bare: isBare, to: &text)
        case .crowd: text += (record.isCrowd ? "1" : "0").utf8
        case .polygons, .runs, .maskText:
            if let mask = parts.mask {
                SegmentationText.append(mask, field: field, style: style, to: &text)
            } else {
                text += "[]".utf8
            }
        case .keypoints:
            if let blob = parts.keypoints.flatMap({ NumberListBlob($0, stride: 1) }) {
                ListStyle(style: style).append(blob, depth: 1, to: &text)
            }
        case .points:
            let name = COCOKey.pointColumns[Int(style[0]) - 0x30].name
            if let blob = parts.points?.column(name) {
                ListStyle(style: style.dropFirst()).append(blob, depth: 1, to: &text)
            }
        case .mesh: JSONScalar.append(parts.points?.mesh ?? "", to: &text)
        case .partMasks: text += parts.partMasks ?? Array("[]".utf8)
        case .denseMap:
            let lines = style.first.flatMap(Base64Text.Style.init) ?? .oneLine
            text += Base64Text.quoted(parts.denseMap ?? [], style: lines)
        case .name, .supercategory, .fileName, .width, .height: break
        }
    }

    // MARK: Objects that no file gave a template

    private static func plainImage(_ member: MemberRecord) -> SourceTemplate {
        var members = [("id", gap(.id)), ("file_name", gap(.fileName))]
        if member.width != nil, member.height != nil {
            members += [("width", gap(.width)), ("height", gap(.height))]
        }
        return SourceTemplate(object(members))
    }

    private static func plainCategory(_ category: CategoryRecord) -> SourceTemplate {
        var members = [("id", gap(.id)), ("name", gap(.name))]
        if category.supercategory != nil { members.append(("supercategory", gap(.supercategory))) }
        return SourceTemplate(object(members))
    }

    private static func plain(_ record: InstanceRecord, _ parts: InstanceParts) -> SourceTemplate {
        let list = ListStyle.pythonText
        let number = Array("z".utf8)
        var members: [(String, [UInt8])] = []
        if record.score == nil { members.append(("id", gap(.id))) }
        members += [("image_id", gap(.imageID)), ("category_id", gap(.categoryID))]
        if record.box != nil { members.append(("bbox", gap(.box, list))) }
        if record.score != nil {
            members.append(("score", gap(.score, number)))
        } else {
            if record.area != nil { members.append(("area", gap(.area, number))) }
            members.append(("iscrowd", gap(.crowd)))
        }
        switch parts.mask?.encoding {
        case .polygons: members.append(("segmentation", gap(.polygons, list)))
        case .runs: members.append(("segmentation", gap(.runs, SegmentationText.compressedStyle)))
        case .text: members.append(("segmentation", gap(.maskText)))
        case nil: break
        }
        if parts.keypoints != nil {
            members.append(("num_keypoints", Array(String(parts.visibleKeypoints).utf8)))
            members.append(("keypoints", gap(.keypoints, list)))
        }
        for (index, column) in COCOKey.pointColumns.enumerated() where parts.points?.column(column.name) != nil {
            members.append((column.key.rawValue, gap(.points, [0x30 + UInt8(index)] + list)))
        }
        if parts.points?.mesh != nil { members.append(("ref_model", gap(.mesh))) }
        if parts.partMasks != nil { members.append(("dp_masks", gap(.partMasks))) }
        if parts.denseMap != nil { members.append(("uv_data", gap(.denseMap))) }
        return SourceTemplate(object(members))
    }

    private static func gap(_ field: SourceTemplate.Field, _ style: [UInt8] = []) -> [UInt8] {
        [SourceTemplate.open, field.rawValue] + style + [SourceTemplate.close]
    }

    private static func object(_ members: [(String, [UInt8])]) -> [UInt8] {
        var text: [UInt8] = [UInt8(ascii: "{")]
        for (index, member) in members.enumerated() {
            text += "\(index > 0 ? ", " : "")\"\(member.0)\": ".utf8
            text += member.1
        }
        return text + [UInt8(ascii: "}")]
    }
}

extension DensePointsRecord {
    /// Numbers of one column, by its name (`x`, `y`, `I`, `U`, `V`, `vertex`); nil when there is none.
    public func column(_ name: String) -> NumberListBlob? {
        var index = 0
        for column in columns.split(separator: " ") {
            guard let length = Varint.read(data, &index), index + Int(length) <= data.count else { return nil }
            if column == name { return NumberListBlob(Array(data[index..<index + Int(length)]), stride: 1) }
            index += Int(length)
        }
        return nil
    }

    /// The values of one column.
    public func values(_ name: String) -> [Double]? { column(name)?.lists.first }
}
