import Annotations
import Catalog
import Geometry
import Imaging

/// The exact labels of one animal in a picture, in the terms of COCO and DensePose.
public struct BodyLabel: Sendable {
    /// A point as annotators of DensePose place them.
    public struct DensePoint: Hashable, Sendable {
        /// Shares of the box times 256, at most 255: the picture's x is `box.x + x * box.width / 256`.
        public var x: Double
        public var y: Double
        /// 1...24, and the place there, 0...1.
        public var chart: Int
        public var u: Double
        public var v: Double
        /// The nearest corner of the body's triangle.
        public var vertex: Int
    }

    /// Pixels; visibility as in COCO: 0 outside (and then at 0, 0), 1 hidden, 2 seen.
    public struct Keypoint: Hashable, Sendable {
        public var x: Double
        public var y: Double
        public var visibility: Int
    }

    /// Of the animal in its scene, from 0.
    public let animal: Int
    public let species: String
    public let track: Int?
    /// Tight around the pixels that are seen.
    public let box: Box
    /// The pixels that are seen.
    public let mask: RunLengthMask
    /// Those that would be seen if nothing stood before the animal.
    public let fullMask: RunLengthMask
    /// In the order of the recipe's layout.
    public let keypoints: [Keypoint]
    public let points: [DensePoint]
    /// 14 masks of 256 x 256 over the box; nil for a part that is not seen.
    public let parts: [RunLengthMask?]
    /// Chart, 255 u and 255 v of each pixel of the box; 0 where something else is seen.
    public let map: Image
}

/// The surface of a body at a pixel.
public struct SurfaceSample: Hashable, Sendable {
    public var triangle: Int
    /// Weights of the triangle's second and third corner.
    public var weights: SIMD2<Float>
    /// 1...24
    public var chart: Int
    public var u: Float
    public var v: Float
}

/// Reads labels from what the renderer knows of each pixel.
struct BodyLabeller {
    /// Animals of which fewer pixels are seen are left without a label: nobody could annotate them.
    static let fewestPixels = 48

    let target: RenderTarget
    let scene: SyntheticScene
    let keypoints: KeypointSet

    func sample(_ body: PosedBody, _ buffer: VisibilityBuffer, _ pixel: Int) -> SurfaceSample {
        let triangle = Int(buffer.triangle[pixel])
        let weights = buffer.barycentric[pixel]
        let uv = body.model.cornerUV
        let place =
            uv[3 * triangle] * (1 - weights.x - weights.y) + uv[3 * triangle + 1] * weights.x
            + uv[3 * triangle + 2] * weights.y
        return SurfaceSample(
            triangle: triangle, weights: weights, chart: Int(body.model.charts[triangle]),
            u: min(max(place.x, 0), 1), v: min(max(place.y, 0), 1))
    }

    /// The label of an animal; nil when too little of it is seen.
    func label(
        _ k: Int, _ body: PosedBody, _ buffer: VisibilityBuffer, _ extent: (columns: Range<Int>, rows: Range<Int>)
    ) -> BodyLabel? {
        let (width, height) = (target.width, target.height)
        let number = Int16(k + 1)
        var seen = [UInt8](repeating: 0, count: width * height)
        var full = seen
        var (count, left, right, top, bottom) = (0, width, -1, height, -1)
        for y in extent.rows {
            for x in extent.columns {
                let i = y * width + x
                guard buffer.surface[i] >= 0 else { continue }
                full[i] = 1
                guard target.owner[i] == number else { continue }
                seen[i] = 1
                count += 1
                left = min(left, x)
                right = max(right, x)
                top = min(top, y)
                bottom = max(bottom, y)
            }
        }
        guard count >= Self.fewestPixels,
            let mask = try? RunLengthMask(rowMajor: seen, height: height, width: width),
            let fullMask = try? RunLengthMask(rowMajor: full, height: height, width: width)
        else { return nil }
        let box = Box(
            x: Double(left), y: Double(top), width: Double(right - left + 1), height: Double(bottom - top + 1))
        let (boxWidth, boxHeight) = (right - left + 1, bottom - top + 1)
        var map = [UInt8](repeating: 0, count: 3 * boxWidth * boxHeight)
        var partOfPixel = [UInt8](repeating: 0, count: boxWidth * boxHeight)
        for y in 0..<boxHeight {
            for x in 0..<boxWidth {
                let i = (y + top) * width + x + left
                guard target.owner[i] == number else { continue }
                let sample = sample(body, buffer, i)
                let j = y * boxWidth + x
                partOfPixel[j] = UInt8(ChartLayout.partOfChart[sample.chart])
                map[3 * j] = UInt8(sample.chart)
                map[3 * j + 1] = UInt8((sample.u * 255).rounded())
                map[3 * j + 2] = UInt8((sample.v * 255).rounded())
            }
        }
        let places = PointPlacement.places(partOfPixel, width: boxWidth, height: boxHeight)
        let triangles = body.model.body.mesh.triangles
        let points = places.map { j -> BodyLabel.DensePoint in
            let (x, y) = (j % boxWidth, j / boxWidth)
            let sample = sample(body, buffer, (y + top) * width + x + left)
            let corners = triangles[sample.triangle]
            let (b, c) = (sample.weights.x, sample.weights.y)
            let a = 1 - b - c
            let vertex = a >= b && a >= c ? corners.x : b >= c ? corners.y : corners.z
            return BodyLabel.DensePoint(
                x: (Double(x) + 0.5) / Double(boxWidth) * 256, y: (Double(y) + 0.5) / Double(boxHeight) * 256,
                chart: sample.chart, u: Double(sample.u), v: Double(sample.v), vertex: Int(vertex))
        }
        return BodyLabel(
            animal: k, species: scene.animals[k].species, track: scene.animals[k].track, box: box, mask: mask,
            fullMask: fullMask, keypoints: keypoints.points.map { keypoint($0.place, k, body) }, points: points,
            parts: Self.partMasks(partOfPixel, width: boxWidth, height: boxHeight),
            map: Image(width: boxWidth, height: boxHeight, channels: 3, bytes: map))
    }

    /// A place of the skeleton or the surface in the scene, and how deep below the surface it may lie, in metres.
    private func place(_ place: KeypointSet.Place, _ body: PosedBody) -> (point: SIMD3<Double>, below: Double)? {
        let skeleton = body.model.body.skeleton
        let margin = 0.02 * body.model.height * body.scale
        func joint(_ name: String) -> (SIMD3<Double>, Double)? {
            skeleton.index(of: name).map {
                (body.joints[$0], 1.8 * body.model.jointDepths[$0] * body.scale + margin)
            }
        }
        switch place {
        case .joint(let name): return joint(name).map { (point: $0.0, below: $0.1) }
        case .between(let a, let b):
            guard let (p, r) = joint(a), let (q, s) = joint(b) else { return nil }
            return ((p + q) / 2, max(r, s))
        case .vertex(let name):
            return body.model.body.keyVertices[name].map { (body.positions[$0], margin) }
        }
    }

    private func keypoint(_ place: KeypointSet.Place, _ k: Int, _ body: PosedBody) -> BodyLabel.Keypoint {
        let absent = BodyLabel.Keypoint(x: 0, y: 0, visibility: 0)
        guard let (point, below) = self.place(place, body), let (pixel, depth) = scene.camera.project(point),
            pixel.x >= 0, pixel.y >= 0, pixel.x < Double(target.width), pixel.y < Double(target.height)
        else { return absent }
        var isSeen = false
        // At a silhouette the pixel itself may show what lies behind.
        for y in max(0, Int(pixel.y) - 1)...min(target.height - 1, Int(pixel.y) + 1) {
            for x in max(0, Int(pixel.x) - 1)...min(target.width - 1, Int(pixel.x) + 1) {
                let i = y * target.width + x
                if target.owner[i] == Int16(k + 1), depth - Double(target.depth[i]) <= below { isSeen = true }
            }
        }
        return BodyLabel.Keypoint(x: pixel.x, y: pixel.y, visibility: isSeen ? 2 : 1)
    }

    /// The coarse parts on a grid of 256 x 256 over the box, as runs of column after column.
    private static func partMasks(_ partOfPixel: [UInt8], width: Int, height: Int) -> [RunLengthMask?] {
        var runs = [[UInt32]](repeating: [], count: 15)
        var ends = [Int](repeating: 0, count: 15)
        let rows = (0..<256).map { (2 * $0 + 1) * height / 512 * width }
        var (current, start) = (0, 0)
        func close(_ end: Int) {
            guard current > 0, end > start else { return }
            runs[current].append(UInt32(start - ends[current]))
            runs[current].append(UInt32(end - start))
            ends[current] = end
        }
        for column in 0..<256 {
            let x = (2 * column + 1) * width / 512
            for row in 0..<256 {
                let part = Int(partOfPixel[rows[row] + x])
                guard part != current else { continue }
                close(column * 256 + row)
                (current, start) = (part, column * 256 + row)
            }
        }
        close(65_536)
        return (1...14).map { part in
            guard !runs[part].isEmpty else { return nil }
            if ends[part] < 65_536 { runs[part].append(UInt32(65_536 - ends[part])) }
            return try? RunLengthMask(height: 256, width: 256, runs: runs[part])
        }
    }
}
