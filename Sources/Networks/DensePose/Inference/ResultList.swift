import Annotations
import Catalog
public import Foundation

/// What was found as lists that other programs evaluate: COCO results (box, mask), with the IUV map of each object as the
/// DensePose challenge wants it (`uv_shape`, `uv_data`: a PNG of chart, 255·u and 255·v in base64). Networks with embeddings give
/// `vertex_data` instead, a PNG of vertices, and `ref_model`, the mesh. What the network says of
/// itself is in `confidences` and `bbox_sigma`.
public struct ResultList {
    private var entries: [Entry] = []

    public init() {}

    public var count: Int { entries.count }

    /// - Parameter image: the picture's number in the file that is evaluated against.
    public mutating func add(_ objects: [FoundObject], image: Int64, categories: [Int]) throws {
        for object in objects {
            var entry = Entry(
                image: image, category: categories[object.category],
                box: [object.box.x, object.box.y, object.box.width, object.box.height], score: object.score)
            entry.mask = object.mask.map { Entry.Mask(size: [$0.height, $0.width], counts: $0.compressedString()) }
            if let vertices = object.vertices {
                entry.mesh = vertices.mesh
                entry.vertices = Data(try vertices.image.pngBytes()).base64EncodedString()
            } else if let chart = object.chart {
                entry.shape = [3, chart.height, chart.width]
                entry.map = Data(try chart.image.pngBytes()).base64EncodedString()
            }
            entry.statements = object.statements
            entries.append(entry)
        }
    }

    /// JSON, one list.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(entries)
    }

    private struct Entry: Encodable {
        struct Mask: Encodable {
            let size: [Int]
            let counts: String
        }

        let image: Int64
        let category: Int
        let box: [Double]
        let score: Double
        var mask: Mask?
        var shape: [Int]?
        var map: String?
        var mesh: String?
        var vertices: String?
        var statements: FoundObject.Statements?

        enum CodingKeys: String, CodingKey {
            case image = "image_id"
            case category = "category_id"
            case box = "bbox"
            case score
            case mask = "segmentation"
            case shape = "uv_shape"
            case map = "uv_data"
            case mesh = "ref_model"
            case vertices = "vertex_data"
        }

        func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: CodingKeys.self)
            try object.encode(image, forKey: .image)
            try object.encode(category, forKey: .category)
            try object.encode(box, forKey: .box)
            try object.encode(score, forKey: .score)
            try object.encodeIfPresent(mask, forKey: .mask)
            try object.encodeIfPresent(shape, forKey: .shape)
            try object.encodeIfPresent(map, forKey: .map)
            try object.encodeIfPresent(mesh, forKey: .mesh)
            try object.encodeIfPresent(vertices, forKey: .vertices)
            try statements?.encode(to: encoder)
        }
    }
}
