import Annotations
import Catalog

/// What is asked for: which overlap decides.
public enum OverlapKind: String, CaseIterable, Sendable, Codable {
    case boxes, masks, keypoints
}

/// A category that is evaluated.
public struct EvaluatedCategory: Hashable, Sendable, Codable {
    public var id: Int64
    public var name: String
    /// LVIS: `r`are, `c`ommon or `f`requent.
    public var frequency: String?

    public init(id: Int64, name: String, frequency: String? = nil) {
        (self.id, self.name, self.frequency) = (id, name, frequency)
    }
}

/// Pictures and categories, in the ascending order of their ids, as pycocotools has them.
public struct EvaluationIndex: Sendable {
    public let pictures: [Int64]
    public let categories: [EvaluatedCategory]
    private let pictureOfID: [Int64: Int32]
    private let categoryOfID: [Int64: Int32]
    private let takesAllForOne: Bool

    public init(pictures: [Int64], categories: [EvaluatedCategory]) {
        self.pictures = Set(pictures).sorted()
        takesAllForOne = false
        var seen: Set<Int64> = []
        self.categories = categories.filter { seen.insert($0.id).inserted }.sorted { $0.id < $1.id }
        pictureOfID = Dictionary(uniqueKeysWithValues: zip(self.pictures, Int32(0)...))
        categoryOfID = Dictionary(uniqueKeysWithValues: zip(self.categories.map(\.id), Int32(0)...))
    }

    /// The same pictures with one category, which all labels are of whatever they say.
    public var withoutCategories: EvaluationIndex {
        EvaluationIndex(pictures: pictures, pictureOfID: pictureOfID)
    }

    private init(pictures: [Int64], pictureOfID: [Int64: Int32]) {
        (self.pictures, self.pictureOfID) = (pictures, pictureOfID)
        (categories, categoryOfID, takesAllForOne) = ([EvaluatedCategory(id: 1, name: "object")], [:], true)
    }

    public func picture(_ id: Int64) -> Int32? { pictureOfID[id] }
    public func category(_ id: Int64) -> Int32? { takesAllForOne ? 0 : categoryOfID[id] }
}

/// Truths in columns, in the order of their file.
public struct COCOTruths: Sendable {
    public let index: EvaluationIndex
    /// The file's ids; duplicates and zero are no matter here.
    public private(set) var ids: [Int64] = []
    /// Places in the index; -1 for a category that it has not.
    public private(set) var categories: [Int32] = []
    public private(set) var pictures: [Int32] = []
    /// In square pixels, as the file says.
    public private(set) var areas: [Double] = []
    public private(set) var isCrowd: [Bool] = []
    /// Neither finding nor missing these matters.
    public private(set) var isIgnored: [Bool] = []
    /// In pixels: x, y, width, height.
    public private(set) var boxes: [SIMD4<Double>] = []
    public private(set) var masks = MaskColumn()
    /// x, y, visibility, `keypointCount` times a truth.
    public private(set) var keypoints: [Double] = []
    public let keypointCount: Int
    /// LVIS: categories that are known not to be in a picture, and those that are not labelled exhaustively there.
    public var negativeCategories: [Int32: Set<Int32>] = [:]
    public var partialCategories: [Int32: Set<Int32>] = [:]

    public init(index: EvaluationIndex, keypointCount: Int = 17) {
        (self.index, self.keypointCount) = (index, keypointCount)
    }

    public var count: Int { ids.count }

    /// - Parameters:
    ///   - area: nil takes the mask's, or else the box's.
    ///   - keypoints: empty for a truth without.
    /// - Throws: `EvaluationError` for a picture that the index has not, or a wrong number of keypoints.
    public mutating func append(
        id: Int64, picture: Int64, category: Int64, box: Box, area: Double? = nil, isCrowd: Bool = false,
        isIgnored: Bool = false, mask: RunLengthMask? = nil, keypoints: [Double] = []
    ) throws {
        guard let place = index.picture(picture) else {
            throw EvaluationError.unknownPicture(object: "annotation \(id)", picture: picture)
        }
        guard keypoints.isEmpty || keypoints.count == 3 * keypointCount else {
            throw EvaluationError.keypointCount(
                object: "annotation \(id)", found: keypoints.count, expected: keypointCount)
        }
        ids.append(id)
        pictures.append(place)
        categories.append(index.category(category) ?? -1)
        boxes.append(SIMD4(box.x, box.y, box.width, box.height))
        areas.append(area ?? mask.map { Double($0.area) } ?? box.width * box.height)
        self.isCrowd.append(isCrowd)
        self.isIgnored.append(isIgnored)
        masks.append(mask)
        self.keypoints += keypoints.isEmpty ? [Double](repeating: 0, count: 3 * keypointCount) : keypoints
    }
}

/// Detections in columns, in the order of their file.
public struct COCODetections: Sendable {
    public let index: EvaluationIndex
    /// The catalog's; empty for results of a file.
    public private(set) var ids: [Int64] = []
    public private(set) var categories: [Int32] = []
    public private(set) var pictures: [Int32] = []
    public private(set) var scores: [Double] = []
    /// Of the detections that make any, by place.
    public private(set) var statements: [Int: DetectionStatements] = [:]
    /// In square pixels: decides the range of size.
    public private(set) var areas: [Double] = []
    public private(set) var boxes: [SIMD4<Double>] = []
    public private(set) var masks = MaskColumn()
    public private(set) var keypoints: [Double] = []
    public let keypointCount: Int

    public init(index: EvaluationIndex, keypointCount: Int = 17) {
        (self.index, self.keypointCount) = (index, keypointCount)
    }

    public var count: Int { scores.count }

    /// - Parameter area: nil takes the box's, as pycocotools does wherever results have boxes, even for masks; without a box
    ///   the mask's, or that of the box around the keypoints.
    /// - Throws: `EvaluationError` for an unknown picture, a score that is no number, a wrong number of keypoints, or
    ///   nothing to compare.
    public mutating func append(
        id: Int64? = nil, picture: Int64, category: Int64, score: Double, box: Box? = nil, area: Double? = nil,
        mask: RunLengthMask? = nil, keypoints: [Double] = [], statements: DetectionStatements? = nil
    ) throws {
        let object = id.map { "instance \($0)" } ?? "result \(count)"
        guard let place = index.picture(picture) else {
            throw EvaluationError.unknownPicture(object: object, picture: picture)
        }
        guard score.isFinite else { throw EvaluationError.score(object: object, value: score) }
        guard keypoints.isEmpty || keypoints.count == 3 * keypointCount else {
            throw EvaluationError.keypointCount(object: object, found: keypoints.count, expected: keypointCount)
        }
        guard let extent = box ?? mask?.box ?? Self.extent(keypoints) else {
            throw EvaluationError.nothing(object: object)
        }
        if let id { ids.append(id) }
        pictures.append(place)
        categories.append(index.category(category) ?? -1)
        scores.append(score)
        boxes.append(SIMD4(extent.x, extent.y, extent.width, extent.height))
        areas.append(
            area ?? (box == nil ? mask.map { Double($0.area) } : nil) ?? extent.width * extent.height)
        masks.append(mask)
        self.keypoints += keypoints
        if let statements, !statements.isEmpty { self.statements[count - 1] = statements }
    }

    private static func extent(_ keypoints: [Double]) -> Box? {
        guard !keypoints.isEmpty else { return nil }
        let xs = stride(from: 0, to: keypoints.count, by: 3).map { keypoints[$0] }
        let ys = stride(from: 1, to: keypoints.count, by: 3).map { keypoints[$0] }
        let (left, top) = (xs.min() ?? 0, ys.min() ?? 0)
        return Box(x: left, y: top, width: (xs.max() ?? 0) - left, height: (ys.max() ?? 0) - top)
    }

    /// Whether every detection has keypoints.
    var hasKeypoints: Bool { keypoints.count == count * 3 * keypointCount }

    /// Takes the areas of masks instead of boxes.
    public mutating func setAreas(_ areas: [Double]) {
        precondition(areas.count == count)
        self.areas = areas
    }
}

/// Why something cannot be evaluated.
public enum EvaluationError: Error, Hashable, CustomStringConvertible {
    case unknownPicture(object: String, picture: Int64)
    case score(object: String, value: Double)
    case keypointCount(object: String, found: Int, expected: Int)
    case nothing(object: String)
    case noMask(object: String)
    case box(object: String)
    case point(object: String)
    case map(object: String)
    case sizes(picture: Int64, reason: String)
    case size(picture: String)
    case vertex(object: String, vertex: Int, count: Int)
    case mask(object: String, reason: String)

    public var description: String {
        switch self {
        case .unknownPicture(let object, let picture): "\(object): image \(picture) is not among those of the truth"
        case .score(let object, let value): "\(object): the score is \(value), expected a finite number"
        case .keypointCount(let object, let found, let expected):
            "\(object): \(found) numbers as keypoints, expected x, y and visibility of \(expected)"
        case .nothing(let object): "\(object): there is no box, mask or keypoint, expected at least one"
        case .noMask(let object): "\(object): there is no segmentation, expected one to compare masks"
        case .box(let object): "\(object): the box is larger than a picture can be, or lies beyond every picture"
        case .point(let object): "\(object): a dense point lies far outside of its box, expected 0 to 255"
        case .map(let object): "\(object): the surface map is not a picture of 3 channels of 8 bits"
        case .sizes(let picture, let reason): "image \(picture): \(reason)"
        case .size(let picture): "\(picture): the picture's width and height are not known or impossible"
        case .vertex(let object, let vertex, let count):
            "\(object): vertex \(vertex) is not of the surface, which has \(count)"
        case .mask(let object, let reason): "\(object): the mask cannot be read: \(reason)"
        }
    }
}
