import Annotations
import Catalog
import Foundation

extension DensePoseTruths {
    /// Reads a COCO file with `dp_x`, `dp_y`, and `dp_I`, `dp_U`, `dp_V` or `dp_vertex`; `dp_masks` or `segmentation`.
    /// - Parameter isAgnostic: takes all categories for one.
    /// - Throws: `FormatError` naming the annotation that is wrong.
    public init(contentsOf file: String, isAgnostic: Bool = false) throws {
        var truths: DensePoseTruths?
        var segmentation = SegmentationReader()
        try LabelDocument(file).readTruths(
            start: { lists in
                let sizes = try lists.index.pictures.map { picture in
                    guard let size = lists.sizes[picture], size.height > 0, size.width > 0,
                        size.height <= 1 << 20, size.width <= 1 << 20, size.height * size.width <= 1 << 28
                    else {
                        throw FormatError(
                            file: file, place: "image \(picture)", reason: "width and height are missing or impossible"
                        )
                    }
                    return SIMD2(Int32(size.height), Int32(size.width))
                }
                truths = DensePoseTruths(
                    index: isAgnostic ? lists.index.withoutCategories : lists.index, sizes: sizes)
            },
            annotation: { object, id, lists in
                let place = "annotation \(id)"
                let picture = try object.required(.image, place)
                guard let box = try object.box(place) else {
                    throw FormatError(file: file, place: place, reason: "there is no bbox")
                }
                let parts = try Self.partMask(object, &segmentation)
                var mask: RunLengthMask?
                if parts == nil, let text = object.members[.segmentation] {
                    mask = try segmentation.read(text, size: lists.sizes[picture])
                    if let found = mask, let size = lists.sizes[picture], (found.height, found.width) != size {
                        throw SegmentationDefect(
                            "the mask is \(found.height) x \(found.width), not of its picture's size")
                    }
                }
                try truths!.append(
                    id: id, picture: picture, category: object.required(.category, place), box: box,
                    area: object.number(.area) ?? box.width * box.height, isCrowd: object.isCrowd,
                    points: Self.points(&object, place), partMask: parts, mask: mask,
                    isHumanMesh: object.string(.mesh) == Self.humanMesh)
            })
        self = truths!
    }

    /// The union of the parts.
    private static func partMask(
        _ object: LabelObject, _ segmentation: inout SegmentationReader
    ) throws -> RunLengthMask? {
        guard let text = object.members[.partMasks], object.has(.partMasks) else { return nil }
        if text.first == UInt8(ascii: "{") { return try segmentation.read(text, size: nil) }
        guard let parts = JSONArrayElements.split(text) else { throw SegmentationDefect("dp_masks is no list") }
        var union: RunLengthMask?
        for part in parts where part.first == UInt8(ascii: "{") {
            guard let mask = try segmentation.read(part, size: nil) else { continue }
            guard mask.height == mask.width, mask.height <= 4096, union.map({ $0.height == mask.height }) ?? true else {
                throw SegmentationDefect("a part of dp_masks is \(mask.height) x \(mask.width), expected 256 x 256")
            }
            union = try union?.union(mask) ?? mask
        }
        return try union ?? .empty(height: 256, width: 256)
    }

    /// nil where there are no points.
    private static func points(_ object: inout LabelObject, _ place: String) throws -> [DensePoint]? {
        guard let x = try object.numbers(.pointX, place) else { return nil }
        func column(_ key: LabelObject.Key) throws -> [Double]? {
            guard let values = try object.numbers(key, place) else { return nil }
            guard values.count == x.count else {
                throw FormatError(
                    file: object.file, place: place,
                    reason: "\(key.rawValue) has \(values.count) numbers, expected \(x.count)"
                )
            }
            return values
        }
        guard let y = try column(.pointY) else {
            throw FormatError(file: object.file, place: place, reason: "there is dp_x, but no dp_y")
        }
        let charts = try column(.pointChart)
        if let vertices = try column(.pointVertex) {
            return x.indices.map { point in
                DensePoint(
                    x: x[point], y: y[point], vertex: Int32(exactly: vertices[point]) ?? -1,
                    chart: charts.flatMap { UInt8(exactly: $0[point]) } ?? 0)
            }
        }
        guard let charts, let u = try column(.pointU), let v = try column(.pointV) else {
            throw FormatError(
                file: object.file, place: place, reason: "there is neither dp_I, dp_U and dp_V nor dp_vertex")
        }
        return x.indices.map {
            DensePoint(x: x[$0], y: y[$0], chart: UInt8(exactly: charts[$0]) ?? 0, u: u[$0], v: v[$0])
        }
    }
}

extension DensePoseDetections {
    /// Reads a list of results of the DensePose challenge: `image_id`, `category_id`, `bbox`, `score`, and `uv_data`, or
    /// `vertex_data`: a PNG whose pixels are 1 + the vertex, red + 256 green + 65,536 blue, 0 on the background. What a network says
    /// of itself is read from `confidences`, `uv_sigma` and `bbox_sigma`.
    /// - Throws: `FormatError` naming the result that is wrong.
    public init(contentsOf file: String, truths: DensePoseTruths) throws {
        var detections = DensePoseDetections(index: truths.index)
        try LabelDocument(file).readResults { object, index in
            let place = "result \(index)"
            guard let score = object.number(.score), let box = try object.box(place) else {
                throw FormatError(file: file, place: place, reason: "bbox or score is missing")
            }
            let isVertices = object.members[.map] == nil && object.has(.vertices)
            let key = isVertices ? LabelObject.Key.vertices : .map
            guard let text = object.members[key], let map = Base64Text.data(text) else {
                throw FormatError(file: file, place: place, reason: "\(key.rawValue) is missing or not base64 text")
            }
            try detections.append(
                picture: object.required(.image, place), category: object.required(.category, place), score: score,
                box: box, map: isVertices ? .vertexPNG(map) : .png(map), statements: object.statements(place))
        }
        self = detections
    }
}
