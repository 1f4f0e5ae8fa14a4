import Annotations
import Catalog

/// Pictures and categories of a COCO file.
struct COCOIndexReader {
    let file: String
    private var object: LabelObject
    private(set) var pictures: [Int64] = []
    private(set) var sizes: [Int64: (height: Int, width: Int)] = [:]
    private(set) var negative: [Int64: [Int64]] = [:]
    private(set) var partial: [Int64: [Int64]] = [:]
    private(set) var categories: [EvaluatedCategory] = []

    init(file: String) { (self.file, object) = (file, LabelObject(file: file)) }

    mutating func image(_ text: UnsafeRawBufferPointer, _ index: Int) throws {
        try object.read(text, "image at index \(index)")
        let id = try object.required(.id, "image at index \(index)")
        pictures.append(id)
        if let height = object.integer(.height), let width = object.integer(.width) {
            sizes[id] = (Int(clamping: height), Int(clamping: width))
        }
        if let list = try object.numbers(.negative, "image \(id)") {
            negative[id] = list.compactMap { Int64(exactly: $0) }
        }
        if let list = try object.numbers(.partial, "image \(id)") {
            partial[id] = list.compactMap { Int64(exactly: $0) }
        }
    }

    mutating func category(_ text: UnsafeRawBufferPointer, _ index: Int) throws {
        try object.read(text, "category at index \(index)")
        let id = try object.required(.id, "category at index \(index)")
        categories.append(
            EvaluatedCategory(id: id, name: object.string(.name) ?? "\(id)", frequency: object.string(.frequency)))
    }

    var index: EvaluationIndex { EvaluationIndex(pictures: pictures, categories: categories) }
}

extension COCOTruths {
    /// Reads a COCO file (images, annotations, categories). Only what the kind needs is kept.
    /// - Parameter isAgnostic: takes all categories for one.
    /// - Throws: `FormatError` naming the annotation that is wrong.
    public init(
        contentsOf file: String, for kind: OverlapKind, keypointCount: Int = 17, isAgnostic: Bool = false
    ) throws {
        var truths: COCOTruths?
        var segmentation = SegmentationReader()
        var federation: (negative: [Int64: [Int64]], partial: [Int64: [Int64]]) = ([:], [:])
        try LabelDocument(file).readTruths(
            start: { lists in
                truths = COCOTruths(
                    index: isAgnostic ? lists.index.withoutCategories : lists.index, keypointCount: keypointCount)
                federation = (lists.negative, lists.partial)
            },
            annotation: { object, id, lists in
                func place() -> String { "annotation \(id)" }
                let picture = try object.required(.image, place())
                var mask: RunLengthMask?
                if kind == .masks, let text = object.members[.segmentation] {
                    mask = try segmentation.read(text, size: lists.sizes[picture])
                }
                let box = try object.box(place())
                if kind == .boxes, box == nil {
                    throw FormatError(
                        file: file, place: place(), reason: "there is no bbox, expected one to compare boxes")
                }
                try truths!.append(
                    id: id, picture: picture, category: object.required(.category, place()),
                    box: box ?? Box(x: 0, y: 0, width: 0, height: 0), area: object.number(.area),
                    isCrowd: object.isCrowd, mask: mask,
                    keypoints: kind == .keypoints ? object.numbers(.keypoints, place()) ?? [] : [])
            })
        self = truths!
        setFederation(negative: federation.negative, partial: federation.partial)
    }

    private mutating func setFederation(negative: [Int64: [Int64]], partial: [Int64: [Int64]]) {
        func places(_ lists: [Int64: [Int64]]) -> [Int32: Set<Int32>] {
            var places: [Int32: Set<Int32>] = [:]
            for (picture, categories) in lists {
                if let place = index.picture(picture) { places[place] = Set(categories.compactMap(index.category)) }
            }
            return places
        }
        negativeCategories = places(negative)
        partialCategories = places(partial)
    }
}

extension COCODetections {
    /// Reads a list of results: `image_id`, `category_id`, `score`, and `bbox`, `segmentation` or `keypoints`.
    ///
    /// As with pycocotools the first result decides what the sizes are taken from: boxes, else masks, else keypoints.
    /// - Parameter withStatements: also reads `confidences` and `bbox_sigma`.
    /// - Throws: `FormatError` naming the result that is wrong.
    public init(
        contentsOf file: String, for kind: OverlapKind, truths: COCOTruths, withStatements: Bool = false
    ) throws {
        var detections = COCODetections(index: truths.index, keypointCount: truths.keypointCount)
        var segmentation = SegmentationReader()
        var hasBoxes = false
        try LabelDocument(file).readResults { object, index in
            func place() -> String { "result \(index)" }
            guard let score = object.number(.score) else {
                throw FormatError(file: file, place: place(), reason: "score is missing or no number")
            }
            let box = try object.box(place())
            if index == 0 { hasBoxes = box != nil }
            var mask: RunLengthMask?
            if kind == .masks || (kind == .boxes && box == nil), let text = object.members[.segmentation] {
                mask = try segmentation.read(text, size: nil)
            }
            try detections.append(
                picture: object.required(.image, place()), category: object.required(.category, place()),
                score: score, box: box, area: !hasBoxes && box != nil ? mask.map { Double($0.area) } : nil,
                mask: kind == .masks ? mask : nil,
                keypoints: kind == .keypoints ? object.numbers(.keypoints, place()) ?? [] : [],
                statements: withStatements ? object.statements(place()) : nil)
        }
        self = detections
    }
}
