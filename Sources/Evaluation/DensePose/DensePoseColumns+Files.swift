import Annotations
import Catalog

extension DensePoseTruths {
    /// Reads a COCO file with `dp_x`, `dp_y`, and `dp_I`, `dp_U`, `dp_V` or `dp_vertex`; `dp_masks` or `segmentation`.
    /// - Throws: `FormatError` naming the annotation that is wrong.
    public init(contentsOf file: String) throws {
        let stream = try JSONDocumentStream(path: file)
        var lists = COCOIndexReader(file: file)
        var truths: DensePoseTruths?
        var reader = DensePoseObject(file: file)
        let needed: Set<String> = ["images", "categories"]
        try stream.read(
            streamed: needed.union(["annotations"]),
            isReady: { name, seen in name != "annotations" || needed.isSubset(of: seen) },
            handler: { name in
                switch name {
                case "images": return { try lists.image($0, $1) }
                case "categories": return { try lists.category($0, $1) }
                default:
                    let index = lists.index
                    let sizes = try index.pictures.map { picture in
                        guard let size = lists.sizes[picture], size.height > 0, size.width > 0,
                            size.height <= 1 << 20, size.width <= 1 << 20, size.height * size.width <= 1 << 28
                        else {
                            throw FormatError(
                                file: file, place: "image \(picture)",
                                reason: "width and height are missing or impossible")
                        }
                        return SIMD2(Int32(size.height), Int32(size.width))
                    }
                    truths = DensePoseTruths(index: index, sizes: sizes)
                    return { try reader.add($0, $1, sizes: lists.sizes, to: &truths!) }
                }
            })
        guard stream.arrays["images"] != nil, let truths else {
            throw FormatError(file: file, reason: "there is no list “images” or “annotations”; is this a COCO file?")
        }
        self = truths
    }
}

extension DensePoseDetections {
    /// Reads a list of results of the DensePose challenge: `image_id`, `category_id`, `bbox`, `score`, `uv_data`.
    /// - Throws: `FormatError` naming the result that is wrong.
    public init(contentsOf file: String, truths: DensePoseTruths) throws {
        let stream = try JSONDocumentStream(path: file)
        var detections = DensePoseDetections(index: truths.index)
        var object = LabelObject(file: file)
        let handler: JSONDocumentStream.ElementHandler = { text, index in
            func place() -> String { "result \(index)" }
            try object.read(text, place())
            guard let score = object.number(.score), let box = try object.box(place()) else {
                throw FormatError(file: file, place: place(), reason: "bbox or score is missing")
            }
            guard let text = object.members[.map], let map = Base64Text.data(text) else {
                throw FormatError(file: file, place: place(), reason: "uv_data is missing or not base64 text")
            }
            do {
                try detections.append(
                    picture: object.required(.image, place()), category: object.required(.category, place()),
                    score: score, box: box, map: .png(map))
            } catch let error as EvaluationError {
                throw FormatError(file: file, reason: "\(error)")
            }
        }
        try stream.read(streamed: [JSONDocumentStream.root], isReady: { _, _ in true }, handler: { _ in handler })
        guard stream.arrays[JSONDocumentStream.root] != nil else {
            throw FormatError(file: file, reason: "it is not a list of results")
        }
        self = detections
    }
}

/// Reads annotations with dense points.
private struct DensePoseObject {
    let file: String
    private var object: LabelObject
    private var segmentation = SegmentationReader()

    init(file: String) { (self.file, object) = (file, LabelObject(file: file)) }

    mutating func add(
        _ text: UnsafeRawBufferPointer, _ index: Int, sizes: [Int64: (height: Int, width: Int)],
        to truths: inout DensePoseTruths
    ) throws {
        try object.read(text, "annotation at index \(index)")
        let id = object.integer(.id) ?? Int64(index)
        let place = "annotation \(id)"
        let picture = try object.required(.image, place)
        let category = try object.required(.category, place)
        guard let box = try object.box(place) else {
            throw FormatError(file: file, place: place, reason: "there is no bbox")
        }
        do {
            let parts = try partMask(place)
            var mask: RunLengthMask?
            if parts == nil, let text = object.members[.segmentation] {
                mask = try segmentation.read(text, size: sizes[picture])
                if let found = mask, let size = sizes[picture], (found.height, found.width) != size {
                    throw SegmentationDefect("the mask is \(found.height) x \(found.width), not of its picture's size")
                }
            }
            try truths.append(
                id: id, picture: picture, category: category, box: box,
                area: object.number(.area) ?? box.width * box.height, isCrowd: object.isCrowd, points: points(place),
                partMask: parts, mask: mask)
        } catch let error as SegmentationDefect {
            throw FormatError(file: file, place: place, reason: error.reason)
        } catch let error as EvaluationError {
            throw FormatError(file: file, reason: "\(error)")
        }
    }

    /// The union of the parts.
    private mutating func partMask(_ place: String) throws -> RunLengthMask? {
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
    private mutating func points(_ place: String) throws -> [DensePoint]? {
        guard let x = try object.numbers(.pointX, place) else { return nil }
        func column(_ key: LabelObject.Key) throws -> [Double]? {
            guard let values = try object.numbers(key, place) else { return nil }
            guard values.count == x.count else {
                throw FormatError(
                    file: file, place: place, reason: "\(key.rawValue) has \(values.count) numbers, expected \(x.count)"
                )
            }
            return values
        }
        guard let y = try column(.pointY) else {
            throw FormatError(file: file, place: place, reason: "there is dp_x, but no dp_y")
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
            throw FormatError(file: file, place: place, reason: "there is neither dp_I, dp_U and dp_V nor dp_vertex")
        }
        return x.indices.map {
            DensePoint(x: x[$0], y: y[$0], chart: UInt8(exactly: charts[$0]) ?? 0, u: u[$0], v: v[$0])
        }
    }
}
