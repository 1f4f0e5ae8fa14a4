import Annotations
import Catalog
import Foundation
import Geometry
import Hashing
import Imaging

/// How pictures and labels are written.
public struct SceneOutput: Hashable, Sendable, Codable {
    /// PNG instead of JPEG.
    public var isPNG = false
    /// Maps of what each pixel shows, as PNG files beside the pictures.
    public var hasMaps = false
    /// `dp_vertex` of the points beside chart, u and v.
    public var hasVertices = false

    public init() {}
}

/// A picture that lies in its file, and its labels as the catalog takes them.
struct MadePicture: Sendable {
    struct Instance: Sendable {
        var species: String
        var number: Int64
        var box: Box
        var area: Double
        var points: Int
        var track: Int?
        var parts: InstanceParts
    }

    /// Below the dataset's folder.
    var path: String
    var width: Int
    var height: Int
    var bytes: Int
    var digest: ContentHash
    var capturedAt: String
    var isInfrared: Bool
    var instances: [Instance]
    /// Its number in its clip, from 0; nil for a picture of its own.
    var frame: Int?
}

/// Draws pictures of scenes, writes them and packs their labels. One a worker.
public final class PictureMaker {
    private let renderer: SceneRenderer
    private let recipe: SceneRecipe
    private let output: SceneOutput
    private let folder: String

    init(_ recipe: SceneRecipe, output: SceneOutput, folder: String, models: BodyLibrary, photographs: [Image]) throws {
        (self.recipe, self.output, self.folder) = (recipe, output, folder)
        renderer = SceneRenderer(
            width: recipe.width, height: recipe.height, models: models, photographs: photographs,
            banner: try BannerPainter(height: max(10, recipe.height / 17)))
    }

    /// For pictures that stay in memory.
    /// - Throws: `ImageError` when the font is missing.
    public convenience init(_ recipe: SceneRecipe, models: BodyLibrary, photographs: [Image] = []) throws {
        try self.init(recipe, output: SceneOutput(), folder: "", models: models, photographs: photographs)
    }

    /// A scene's picture and the labels of the animals that it shows.
    /// - Precondition: the scene's camera has the recipe's size.
    public func picture(of scene: SyntheticScene) throws(MeshError) -> (picture: Image, labels: [BodyLabel]) {
        let (rendered, labels) = try draw(scene)
        return (rendered.picture, labels)
    }

    func draw(_ scene: SyntheticScene) throws(MeshError) -> (RenderedScene, [BodyLabel]) {
        let rendered = try renderer.render(scene)
        let labeller = BodyLabeller(target: renderer.target, scene: scene, keypoints: recipe.keypoints.set)
        let labels = rendered.bodies.enumerated().compactMap { k, body in
            labeller.label(k, body, renderer.buffers[k], renderer.extents[k])
        }
        return (rendered, labels)
    }

    /// Writes `images/NAME.jpg`, and `maps/NAME.….png` on request.
    /// - Parameter number: of the picture, from 1; its animals are numbered `100 * number + k`, k from 1.
    func make(_ scene: SyntheticScene, name: String, number: Int) throws -> MadePicture {
        let (rendered, labels) = try draw(scene)
        return try write(
            scene, rendered, labels, path: "images/\(name).\(output.isPNG ? "png" : "jpg")", name: name, number: number)
    }

    /// As `make`, for a frame of a clip: its digest is that of its pixels, which come along, and the file's name says the
    /// quality of a JPEG.
    func makeFrame(_ scene: SyntheticScene, name: String, number: Int) throws -> (MadePicture, [UInt8]) {
        let (rendered, labels) = try draw(scene)
        var made = try write(
            scene, rendered, labels,
            path: "images/\(name).\(output.isPNG ? "png" : "q\(recipe.quality).jpg")", name: name, number: number)
        let pixels = rendered.picture.withPixels { Array($0) }
        made.digest = ContentHash.of(pixels)
        return (made, pixels)
    }

    private func write(
        _ scene: SyntheticScene, _ rendered: RenderedScene, _ labels: [BodyLabel], path: String, name: String,
        number: Int
    ) throws -> MadePicture {
        let bytes =
            output.isPNG
            ? try rendered.picture.pngBytes() : try rendered.picture.jpegBytes(quality: recipe.quality)
        try Image.write(encoded: bytes, toFileAt: "\(folder)/\(path)")
        if output.hasMaps { try writeMaps(rendered, labels, name: name) }
        return MadePicture(
            path: path, width: recipe.width, height: recipe.height, bytes: bytes.count,
            digest: ContentHash.of(bytes), capturedAt: scene.look.capturedAt, isInfrared: scene.look.isInfrared,
            instances: try labels.map { label in
                MadePicture.Instance(
                    species: label.species, number: Int64(100 * number + label.animal + 1), box: label.box,
                    area: Double(label.mask.area), points: label.points.count, track: label.track,
                    parts: try label.instanceParts(hasVertices: output.hasVertices))
            })
    }

    /// Numbers of animals, coarse parts, metres along the axis in thousandths, and each animal's whole outline.
    private func writeMaps(_ rendered: RenderedScene, _ labels: [BodyLabel], name: String) throws {
        let target = renderer.target
        var instances = [UInt8](repeating: 0, count: target.count)
        var parts = instances
        var depth = [UInt16](repeating: 0, count: target.count)
        for i in 0..<target.count {
            let metres = target.depth[i]
            if metres < 65 { depth[i] = UInt16(metres * 1000) }
            let owner = Int(target.owner[i])
            guard owner > 0 else { continue }
            instances[i] = UInt8(owner)
            let triangle = Int(renderer.buffers[owner - 1].triangle[i])
            parts[i] = rendered.bodies[owner - 1].model.parts[triangle]
        }
        let (width, height) = (target.width, target.height)
        func write(_ image: Image, _ kind: String) throws {
            try Image.write(encoded: image.pngBytes(), toFileAt: "\(folder)/maps/\(name).\(kind).png")
        }
        try write(Image(width: width, height: height, channels: 1, bytes: instances), "instances")
        try write(Image(width: width, height: height, channels: 1, bytes: parts), "parts")
        try write(Image(width: width, height: height, channels: 1, samples16: depth), "depth")
        for label in labels {
            let full = label.fullMask.rowMajorPixels().map { $0 == 0 ? 0 : UInt8(255) }
            try write(Image(width: width, height: height, channels: 1, bytes: full), "full-\(label.animal + 1)")
        }
    }
}

extension BodyLabel {
    /// The label as the catalog keeps it.
    /// - Throws: `ImageError`
    func instanceParts(hasVertices: Bool) throws -> InstanceParts {
        var parts = InstanceParts()
        parts.mask = MaskRecord(mask)
        if !points.isEmpty {
            var columns: [(name: String, values: [Double], digits: Int)] = [
                ("x", points.map(\.x), 3), ("y", points.map(\.y), 3), ("I", points.map { Double($0.chart) }, 0),
                ("U", points.map(\.u), 5), ("V", points.map(\.v), 5),
            ]
            if hasVertices { columns.append(("vertex", points.map { Double($0.vertex) }, 0)) }
            parts.points = DensePointsRecord(columns: columns, mesh: hasVertices ? species : nil)
        }
        parts.partMasks = PartMasks.json(of: self.parts)
        parts.denseMap = try map.pngBytes()
        parts.keypoints = NumberListBlob.packed(
            keypoints.flatMap { [$0.x, $0.y, Double($0.visibility)] }, digits: 2)
        parts.visibleKeypoints = keypoints.count { $0.visibility > 0 }
        return parts
    }
}
