/// What each pixel of a picture shows: which triangle of which surface, where in it, how far away.
///
/// Drawing decides visibility only; colours and labels are computed from it afterwards, once a pixel.
public struct VisibilityBuffer: Sendable {
    public let width: Int
    public let height: Int
    /// Row-major; the number of the surface, counted from 0 in the order of drawing, or -1 for the background.
    public private(set) var surface: [Int32]
    /// The triangle of that surface.
    public private(set) var triangle: [Int32]
    /// Weights of the triangle's second and third corner on the surface itself (perspective is undone).
    public private(set) var barycentric: [SIMD2<Float>]
    /// Distance along the camera's axis; infinity for the background.
    public private(set) var depth: [Float]
    public private(set) var surfaceCount = 0

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
        surface = [Int32](repeating: -1, count: width * height)
        triangle = [Int32](repeating: -1, count: width * height)
        barycentric = [SIMD2<Float>](repeating: .zero, count: width * height)
        depth = [Float](repeating: .infinity, count: width * height)
    }

    /// Forgets what was drawn and keeps the memory.
    public mutating func reset() {
        surfaceCount = 0
        surface.withUnsafeMutableBufferPointer { $0.update(repeating: -1) }
        depth.withUnsafeMutableBufferPointer { $0.update(repeating: .infinity) }
    }

    /// A picture of one surface, which may be open: its back shows too.
    init(of mesh: TriangleMesh, camera: Camera) {
        self.init(width: camera.width, height: camera.height)
        draw(mesh, camera: camera, culling: false)
    }

    /// Draws a surface; what is nearer wins. O(triangles + pixels covered).
    /// - Parameter culling: leaves out triangles that show their back, which a closed surface never shows.
    /// - Returns: the surface's number.
    @discardableResult
    public mutating func draw(_ mesh: TriangleMesh, camera: Camera, culling: Bool = true) -> Int {
        draw(positions: mesh.positions, triangles: mesh.triangles, camera: camera, culling: culling)
    }

    @discardableResult
    public mutating func draw(
        positions: [SIMD3<Double>], triangles: [SIMD3<Int32>], camera: Camera, culling: Bool = true
    ) -> Int {
        let number = surfaceCount
        surfaceCount += 1
        // Corners in the picture: pixel x, pixel y, 1 / distance; 0 for what lies nearer than the camera sees.
        let (focal, center, near) = (Float(camera.focalLength), SIMD2<Float>(camera.center), camera.near)
        var corners = [SIMD3<Float>](repeating: .zero, count: positions.count)
        var needsClipping = false
        for i in positions.indices {
            let p = camera.local(positions[i])
            if p.z < near {
                needsClipping = true
                continue
            }
            let inverse = Float(1 / p.z)
            corners[i] = SIMD3(
                Float(p.x) * focal * inverse + center.x, Float(p.y) * focal * inverse + center.y, inverse)
        }
        let size = (Int32(width), Int32(height))
        surface.withUnsafeMutableBufferPointer { surface in
            triangle.withUnsafeMutableBufferPointer { triangle in
                barycentric.withUnsafeMutableBufferPointer { barycentric in
                    depth.withUnsafeMutableBufferPointer { depth in
                        var raster = TriangleRaster(
                            width: size.0, height: size.1, surface: surface.baseAddress!,
                            triangle: triangle.baseAddress!,
                            barycentric: barycentric.baseAddress!, depth: depth.baseAddress!, number: Int32(number),
                            culling: culling)
                        corners.withUnsafeBufferPointer { corners in
                            for (index, t) in triangles.enumerated() {
                                let (a, b, c) = (corners[Int(t.x)], corners[Int(t.y)], corners[Int(t.z)])
                                if needsClipping, a.z == 0 || b.z == 0 || c.z == 0 {
                                    let points = (positions[Int(t.x)], positions[Int(t.y)], positions[Int(t.z)])
                                    raster.clipped(points, index: Int32(index), camera: camera)
                                } else {
                                    raster.fill(a, b, c, index: Int32(index), weights: .identity)
                                }
                            }
                        }
                    }
                }
            }
        }
        return number
    }
}

/// Barycentric weights (second and third corner) of a piece's corners in the triangle that it is cut from.
private struct PieceWeights {
    var a: SIMD2<Float>
    var b: SIMD2<Float>
    var c: SIMD2<Float>
    static let identity = PieceWeights(a: [0, 0], b: [1, 0], c: [0, 1])
}

/// Fills triangles pixel by pixel. Pointers are valid for one call of `draw` and never leave it.
private struct TriangleRaster {
    let width: Int32
    let height: Int32
    let surface: UnsafeMutablePointer<Int32>
    let triangle: UnsafeMutablePointer<Int32>
    let barycentric: UnsafeMutablePointer<SIMD2<Float>>
    let depth: UnsafeMutablePointer<Float>
    let number: Int32
    let culling: Bool

    @inline(__always)
    mutating func fill(
        _ a: SIMD3<Float>, _ b: SIMD3<Float>, _ c: SIMD3<Float>, index: Int32, weights: PieceWeights
    ) {
        // Pixels grow downwards: a triangle that shows its outside has a negative area here.
        let area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)
        if area == 0 || (culling && area > 0) { return }
        let low = (min(a.x, min(b.x, c.x)), min(a.y, min(b.y, c.y)))
        let high = (max(a.x, max(b.x, c.x)), max(a.y, max(b.y, c.y)))
        guard high.0 > 0, high.1 > 0, low.0 < Float(width), low.1 < Float(height) else { return }
        let firstX = Int32(max(0, (low.0 - 0.5).rounded(.up)))
        let lastX = Int32(min(Float(width - 1), (high.0 - 0.5).rounded(.down)))
        let firstY = Int32(max(0, (low.1 - 0.5).rounded(.up)))
        let lastY = Int32(min(Float(height - 1), (high.1 - 0.5).rounded(.down)))
        guard firstX <= lastX, firstY <= lastY else { return }
        let scale = 1 / area
        for y in firstY...lastY {
            let dy = Float(y) + 0.5 - a.y
            for x in firstX...lastX {
                let dx = Float(x) + 0.5 - a.x
                // Weights of b and c in the picture.
                let wb = (dx * (c.y - a.y) - dy * (c.x - a.x)) * scale
                let wc = (dy * (b.x - a.x) - dx * (b.y - a.y)) * scale
                let wa = 1 - wb - wc
                guard wa >= 0, wb >= 0, wc >= 0 else { continue }
                let inverse = wa * a.z + wb * b.z + wc * c.z
                let distance = 1 / inverse
                let pixel = Int(y * width + x)
                guard distance < depth[pixel] else { continue }
                depth[pixel] = distance
                surface[pixel] = number
                triangle[pixel] = index
                let (sa, sb, sc) = (wa * a.z * distance, wb * b.z * distance, wc * c.z * distance)
                barycentric[pixel] = sa * weights.a + sb * weights.b + sc * weights.c
            }
        }
    }

    /// Cuts off what lies before the near plane; one or two triangles are left.
    mutating func clipped(
        _ points: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>), index: Int32, camera: Camera
    ) {
        let corners = [points.0, points.1, points.2].map { camera.local($0) }
        let weights: [SIMD2<Double>] = [[0, 0], [1, 0], [0, 1]]
        var kept: [(point: SIMD3<Double>, weight: SIMD2<Double>)] = []
        for i in 0..<3 {
            let (p, q) = (corners[i], corners[(i + 1) % 3])
            if p.z >= camera.near { kept.append((p, weights[i])) }
            guard (p.z >= camera.near) != (q.z >= camera.near) else { continue }
            let share = (camera.near - p.z) / (q.z - p.z)
            kept.append((p + (q - p) * share, weights[i] + (weights[(i + 1) % 3] - weights[i]) * share))
        }
        guard kept.count >= 3 else { return }
        let projected = kept.map { corner in
            SIMD3<Float>(
                Float(corner.point.x * camera.focalLength / corner.point.z + camera.center.x),
                Float(corner.point.y * camera.focalLength / corner.point.z + camera.center.y),
                Float(1 / corner.point.z))
        }
        for i in 1..<(kept.count - 1) {
            fill(
                projected[0], projected[i], projected[i + 1], index: index,
                weights: PieceWeights(
                    a: SIMD2(kept[0].weight), b: SIMD2(kept[i].weight), c: SIMD2(kept[i + 1].weight)))
        }
    }
}
