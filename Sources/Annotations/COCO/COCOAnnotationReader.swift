import Catalog
import Foundation

/// Turns annotation objects (or result objects) into rows: values in columns, everything else kept as text.
///
/// One pass over the members. A value goes into its column when the same text can be written from the column; else its
/// text is kept too. Hot: a COCO file has a million of these.
struct COCOAnnotationReader {
    let file: String
    let problems: ProblemLog
    /// Finds what an image id stands for.
    private let lists: COCOLists

    private let objects = JSONObjectReader()
    private var numbers = NumberListCodec()
    private var segmentation = SegmentationText()
    private(set) var source = SourceTemplateBuilder()

    /// What the last object said. Ids are the file's.
    private(set) var imageID: Int64?
    private(set) var image: COCOLists.KnownImage?
    private(set) var categoryID: Int64?
    private(set) var sourceID: Int64?
    private(set) var box: Box?
    private(set) var area: Double?
    private(set) var score: Double?
    private(set) var isCrowd = false
    private(set) var pointCount = 0
    private(set) var parts = InstanceParts()

    private var columns: [COCOKey: (values: [Double], blob: [UInt8])] = [:]
    /// One bit a key.
    private var seen: UInt32 = 0

    init(file: String, problems: ProblemLog, lists: COCOLists) {
        (self.file, self.problems, self.lists) = (file, problems, lists)
    }

    /// Reads one object.
    /// - Parameter index: its 0-based place in the array, for messages.
    /// - Returns: false when it is not an object at all.
    mutating func read(_ text: UnsafeRawBufferPointer, index: Int) throws -> Bool {
        (imageID, image, categoryID, sourceID) = (nil, nil, nil, nil)
        (box, area, score) = (nil, nil, nil)
        (isCrowd, pointCount) = (false, 0)
        parts.removeAll()
        if !columns.isEmpty { columns.removeAll(keepingCapacity: true) }
        seen = 0
        source.removeAll()
        if let defect = objects.read(text) {
            try problems.report("json", file: file, place: "annotation at index \(index)", defect)
            return false
        }
        var isRepeated = false
        var end = text.baseAddress!
        for member in 0..<objects.count {
            let value = objects.value(member)
            source.literal(UnsafeRawBufferPointer(start: end, count: value.baseAddress! - end))
            end = value.baseAddress! + value.count
            if let key = COCOKey(objects.key(member)) {
                if seen & key.bit != 0 { isRepeated = true }
                seen |= key.bit
                if try !column(key, value, index) { source.verbatim(value) }
            } else {
                if value.first == UInt8(ascii: "{") || value.first == UInt8(ascii: "["),
                    let defect = objects.defect(of: value)
                {
                    try problems.report("json", file: file, place: place(index), defect)
                    return false
                }
                source.verbatim(value)
            }
        }
        source.literal(UnsafeRawBufferPointer(start: end, count: text.baseAddress! + text.count - end))
        try finishPoints(index)
        if isRepeated { source.whole(text) }
        if source.hasControlCharacter {
            try problems.report("json", file: file, place: place(index), "a control character stands in the text")
            return false
        }
        return true
    }

    private func place(_ index: Int) -> String {
        var place = "annotation \(sourceID.map(String.init) ?? "at index \(index)")"
        if let imageID { place += " (image \(imageID))" }
        return place
    }

    /// Stores a member in its column; false when its text must be kept as well.
    private mutating func column(_ key: COCOKey, _ value: UnsafeRawBufferPointer, _ index: Int) throws -> Bool {
        switch key {
        case .id: return try identifier(value, .id, \.sourceID, index)
        case .image_id:
            let isPlain = try identifier(value, .imageID, \.imageID, index)
            if image == nil { image = try imageID.flatMap { try lists.image($0) } }
            return isPlain
        case .category_id: return try identifier(value, .categoryID, \.categoryID, index)
        case .bbox: return try readBox(value, index)
        case .area: return try scalar(value, .area, \.area, "area", index)
        case .score: return try scalar(value, .score, \.score, "score", index)
        case .iscrowd: return try readCrowd(value, index)
        case .segmentation: return try readSegmentation(value, index)
        case .keypoints: return try readKeypoints(value, index)
        case .dp_x, .dp_y, .dp_I, .dp_U, .dp_V, .dp_vertex: return try readPoints(key, value, index)
        case .dp_masks:
            if let defect = objects.defect(of: value) {
                try problems.report("dp_masks", file: file, place: place(index), "dp_masks is not JSON (\(defect))")
                return false
            }
            parts.partMasks = Array(value)
            source.field(.partMasks)
            return true
        case .ref_model:
            guard JSONScalar.isPlainString(value), let mesh = JSONScalar.string(value) else { return false }
            self.mesh = mesh
            source.field(.mesh)
            return true
        case .uv_data: return try readMap(value, index)
        case .name, .supercategory, .file_name, .width, .height: return false
        }
    }

    private var mesh: String?

    private mutating func identifier(
        _ value: UnsafeRawBufferPointer, _ field: SourceTemplate.Field, _ property: WritableKeyPath<Self, Int64?>,
        _ index: Int
    ) throws -> Bool {
        if let number = JSONScalar.integer(value) {
            self[keyPath: property] = number
            // Where two ids name one picture, the picture does not tell the id.
            if field == .imageID {
                image = try lists.image(number)
                if image?.isAlias == true { return false }
            }
            source.field(field)
            return true
        }
        // Some writers give ids as 7.0 or "7": read, and kept as written.
        let text = JSONScalar.string(value) ?? String(decoding: value, as: UTF8.self)
        self[keyPath: property] = Int64(text) ?? Double(text).flatMap { Int64(exactly: $0) }
        return false
    }

    private mutating func scalar(
        _ value: UnsafeRawBufferPointer, _ field: SourceTemplate.Field, _ property: WritableKeyPath<Self, Double?>,
        _ name: String, _ index: Int
    ) throws -> Bool {
        var position = 0
        if let decimal = NumberText.decimal(value, &position), position == value.count {
            self[keyPath: property] = NumberText.value(decimal)
            source.field(field, style: CollectionOfOne(UInt8(ascii: decimal.isBare ? "b" : "z")))
            return true
        }
        guard let number = JSONScalar.number(value) else {
            if value.first != UInt8(ascii: "n") {
                try problems.report(name, file: file, place: place(index), "\(name) is not a number")
            }
            return false
        }
        self[keyPath: property] = number
        var again: [UInt8] = []
        NumberText.append(number, bare: false, to: &again)
        guard again.elementsEqual(value) else { return false }
        source.field(field, style: CollectionOfOne(UInt8(ascii: "z")))
        return true
    }

    /// Leaves a gap for the list that was read last; false when its text must be kept.
    private mutating func list(_ field: SourceTemplate.Field, prefix: [UInt8] = []) -> Bool {
        if numbers.isExact { source.field(field, style: prefix + numbers.style) }
        return numbers.isExact
    }

    private mutating func readBox(_ value: UnsafeRawBufferPointer, _ index: Int) throws -> Bool {
        if numbers.read(value, depth: 1), numbers.counts[0] == 4 {
            let values = numbers.values
            box = Box(x: values[0], y: values[1], width: values[2], height: values[3])
            return list(.box)
        }
        if value.first != UInt8(ascii: "n") {
            try problems.report("box", file: file, place: place(index), "bbox is not a list of 4 finite numbers")
        }
        return false
    }

    private mutating func readCrowd(_ value: UnsafeRawBufferPointer, _ index: Int) throws -> Bool {
        switch JSONScalar.integer(value) {
        case 0: isCrowd = false
        case 1: isCrowd = true
        default:
            isCrowd = value.first == UInt8(ascii: "t")
            if value.first != UInt8(ascii: "t"), value.first != UInt8(ascii: "f") {
                try problems.report("crowd", file: file, place: place(index), "iscrowd is neither 0 nor 1")
            }
            return false
        }
        source.field(.crowd)
        return true
    }

    private mutating func readSegmentation(_ value: UnsafeRawBufferPointer, _ index: Int) throws -> Bool {
        switch segmentation.read(value) {
        case .stored(let mask, let field):
            parts.mask = mask
            guard let field else { return false }
            source.field(field, style: segmentation.style)
            return true
        case .absent: return false
        case .unsound(let reason):
            if let defect = objects.defect(of: value) {
                throw FormatError(file: file, place: place(index), reason: "segmentation: \(defect)")
            }
            try problems.report("polygon", file: file, place: place(index), reason)
            parts.mask = MaskRecord(encoding: .text, data: Array(value))
            source.field(.maskText)
            return true
        }
    }

    private mutating func readKeypoints(_ value: UnsafeRawBufferPointer, _ index: Int) throws -> Bool {
        guard numbers.read(value, depth: 1), numbers.counts[0] % 3 == 0 else {
            try problems.report(
                "keypoints", file: file, place: place(index), "keypoints is not a list of x, y and visibility in turn")
            return false
        }
        var blob: [UInt8] = []
        numbers.encode(stride: 1, into: &blob)
        parts.keypoints = blob
        parts.visibleKeypoints = stride(from: 2, to: numbers.values.count, by: 3).count { numbers.values[$0] > 0 }
        return list(.keypoints)
    }

    private mutating func readPoints(_ key: COCOKey, _ value: UnsafeRawBufferPointer, _ index: Int) throws -> Bool {
        guard numbers.read(value, depth: 1) else {
            try problems.report(
                "points", file: file, place: place(index), "\(key.spelling) is not a list of finite numbers")
            return false
        }
        var blob: [UInt8] = []
        numbers.encode(stride: 1, into: &blob)
        columns[key] = (numbers.values, blob)
        // Which column it is stands first in the style.
        let column = COCOKey.pointColumns.firstIndex { $0.key == key }!
        return list(.points, prefix: [0x30 + UInt8(column)])
    }

    private mutating func finishPoints(_ index: Int) throws {
        defer { mesh = nil }
        guard !columns.isEmpty else {
            if let mesh { parts.points = DensePointsRecord(columns: "", mesh: mesh, data: []) }
            return
        }
        var names: [String] = []
        var data: [UInt8] = []
        for (key, name) in COCOKey.pointColumns {
            guard let column = columns[key] else { continue }
            names.append(name)
            Varint.append(UInt64(column.blob.count), to: &data)
            data += column.blob
        }
        parts.points = DensePointsRecord(columns: names.joined(separator: " "), mesh: mesh, data: data)
        let lengths = Set(columns.values.map(\.values.count))
        if lengths.count > 1 {
            let list = COCOKey.pointColumns.compactMap { key, _ in
                columns[key].map { "\(key.spelling) has \($0.values.count)" }
            }
            try problems.report(
                "points", file: file, place: place(index),
                "\(list.joined(separator: ", ")) numbers, expected as many each")
        } else if columns[.dp_x] == nil || columns[.dp_y] == nil {
            try problems.report("points", file: file, place: place(index), "dense points without dp_x and dp_y")
        } else {
            pointCount = lengths.first ?? 0
        }
    }

    private mutating func readMap(_ value: UnsafeRawBufferPointer, _ index: Int) throws -> Bool {
        guard let (data, style) = Base64Text.read(value) else {
            try problems.report("uv_data", file: file, place: place(index), "uv_data is not base64 text")
            return false
        }
        guard data.starts(with: [0x89, 0x50, 0x4e, 0x47]) else {
            try problems.report("uv_data", file: file, place: place(index), "uv_data is not a PNG image")
            return false
        }
        parts.denseMap = data
        guard let style else { return false }
        source.field(.denseMap, style: CollectionOfOne(style.rawValue))
        return true
    }
}
