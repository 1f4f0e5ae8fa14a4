import Annotations
import Catalog
import Imaging

/// Truths with dense points, in columns.
public struct DensePoseTruths: Sendable {
    public let index: EvaluationIndex
    /// Height and width of each picture in pixels.
    public let sizes: [SIMD2<Int32>]
    public private(set) var ids: [Int64] = []
    public private(set) var categories: [Int32] = []
    public private(set) var pictures: [Int32] = []
    public private(set) var areas: [Double] = []
    public private(set) var isCrowd: [Bool] = []
    public private(set) var boxes: [SIMD4<Double>] = []
    /// Whether vertices are of detectron2's `smpl_27554`, which alone has a tolerance for each part in the reference.
    private(set) var isHumanMesh: [Bool] = []
    static let humanMesh = "smpl_27554"
    /// Truths without points do not count.
    public private(set) var hasPoints: [Bool] = []
    private var firstPoint = [0]
    private var points: [DensePoint] = []
    /// Union of the parts, 256 x 256 over the box; or else a mask of the whole picture.
    private(set) var partMasks = MaskColumn()
    private(set) var masks = MaskColumn()

    public init(index: EvaluationIndex, sizes: [SIMD2<Int32>]) {
        precondition(sizes.count == index.pictures.count)
        (self.index, self.sizes) = (index, sizes)
    }

    public var count: Int { ids.count }

    func points(of truth: Int) -> ArraySlice<DensePoint> { points[firstPoint[truth]..<firstPoint[truth + 1]] }

    /// - Parameters:
    ///   - points: nil for a truth that has none and does not count.
    ///   - partMask: union of the parts, 256 x 256 over the box.
    ///   - mask: of the picture, used where there is no part mask.
    ///   - isHumanMesh: whether vertices are of `smpl_27554`.
    /// - Throws: `EvaluationError` for an unknown picture.
    public mutating func append(
        id: Int64, picture: Int64, category: Int64, box: Box, area: Double, isCrowd: Bool = false,
        points: [DensePoint]?, partMask: RunLengthMask? = nil, mask: RunLengthMask? = nil, isHumanMesh: Bool = false
    ) throws {
        guard let place = index.picture(picture) else {
            throw EvaluationError.unknownPicture(object: "annotation \(id)", picture: picture)
        }
        guard box.isPlausible else { throw EvaluationError.box(object: "annotation \(id)") }
        guard (points ?? []).allSatisfy({ abs($0.x) <= 1e6 && abs($0.y) <= 1e6 }) else {
            throw EvaluationError.point(object: "annotation \(id)")
        }
        ids.append(id)
        pictures.append(place)
        categories.append(index.category(category) ?? -1)
        areas.append(area)
        self.isCrowd.append(isCrowd)
        boxes.append(SIMD4(box.x, box.y, box.width, box.height))
        hasPoints.append(points != nil)
        self.isHumanMesh.append(isHumanMesh)
        self.points += points ?? []
        firstPoint.append(self.points.count)
        partMasks.append(partMask)
        masks.append(partMask == nil ? mask : nil)
    }
}

/// A point of a picture with its place on the surface.
public struct DensePoint: Hashable, Sendable {
    /// In the box, 0...255 or 256 by side (`dp_x`, `dp_y`).
    public var x: Double
    public var y: Double
    /// 1...24, with u and v in 0...1; or
    public var chart: UInt8
    public var u: Double
    public var v: Double
    /// a vertex of the mesh, from 0; -1 for none.
    public var vertex: Int32

    public init(x: Double, y: Double, chart: UInt8, u: Double, v: Double) {
        (self.x, self.y, self.chart, self.u, self.v, vertex) = (x, y, chart, u, v, -1)
    }

    public init(x: Double, y: Double, vertex: Int32, chart: UInt8 = 0) {
        (self.x, self.y, self.chart, u, v, self.vertex) = (x, y, chart, 0, 0, vertex)
    }
}

/// What is predicted for the pixels of a box.
public enum SurfaceMap: Sendable {
    /// A PNG of chart, 255 u and 255 v, decoded when it is needed.
    case png([UInt8])
    /// A PNG whose pixels are 1 + the vertex, red + 256 green + 65,536 blue; 0 on the background.
    case vertexPNG([UInt8])
    /// Chart, 255 u, 255 v in turn, row after row.
    case charts(width: Int, height: Int, pixels: [UInt8])
    /// A vertex a pixel, from 0; -1 for background.
    case vertices(width: Int, height: Int, vertices: [Int32])
}

/// Predicted surfaces, in columns.
public struct DensePoseDetections: Sendable {
    public let index: EvaluationIndex
    /// The catalog's; empty for results of a file.
    public private(set) var ids: [Int64] = []
    public private(set) var categories: [Int32] = []
    public private(set) var pictures: [Int32] = []
    public private(set) var scores: [Double] = []
    public private(set) var boxes: [SIMD4<Double>] = []
    public private(set) var maps: [SurfaceMap] = []
    /// Of the detections that make any, by place.
    public private(set) var statements: [Int: DetectionStatements] = [:]

    public init(index: EvaluationIndex) { self.index = index }

    public var count: Int { scores.count }

    /// For messages.
    func name(of index: Int) -> String { ids.isEmpty ? "result \(index)" : "instance \(ids[index])" }

    /// - Throws: `EvaluationError` for an unknown picture, or a score that is no number.
    public mutating func append(
        id: Int64? = nil, picture: Int64, category: Int64, score: Double, box: Box, map: SurfaceMap,
        statements: DetectionStatements? = nil
    ) throws {
        let object = id.map { "instance \($0)" } ?? "result \(count)"
        guard let place = index.picture(picture) else {
            throw EvaluationError.unknownPicture(object: object, picture: picture)
        }
        guard box.isPlausible else { throw EvaluationError.box(object: object) }
        guard score.isFinite else { throw EvaluationError.score(object: object, value: score) }
        if let id { ids.append(id) }
        pictures.append(place)
        categories.append(index.category(category) ?? -1)
        scores.append(score)
        boxes.append(SIMD4(box.x, box.y, box.width, box.height))
        maps.append(map)
        if let statements, !statements.isEmpty { self.statements[count - 1] = statements }
    }
}

extension Box {
    /// Small enough to be filled with pixels.
    var isPlausible: Bool {
        abs(x) <= 1e6 && abs(y) <= 1e6 && width >= 0 && height >= 0 && width <= 1e6 && height <= 1e6
            && width * height <= 0x1p28
    }
}
