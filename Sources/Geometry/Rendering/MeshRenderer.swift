import Dispatch
import Imaging

/// Draws a mesh for people to look at: smooth shading by two lights and the sky, on a plain ground.
///
/// Everything is computed on the processor; the same mesh gives the same bytes anywhere.
public struct MeshRenderer: Sendable {
    public var width: Int
    public var height: Int
    public var background = Color(hex: 0xF4F4F2)
    /// Pixels are averaged from this many by this many.
    public var samples = 3
    /// Facets are drawn as they are instead of rounded.
    public var isFlat = false
    /// The edges of triangles are drawn.
    public var showsEdges = false

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// - Parameter coloring: the colour of each point of the surface.
    public func render(_ mesh: TriangleMesh, view: MeshView, coloring: SurfaceColoring) -> Image {
        render(
            mesh, camera: Camera(width: width, height: height, view: view, fitting: mesh.bounds), coloring: coloring)
    }

    public func render(_ mesh: TriangleMesh, camera: Camera, coloring: SurfaceColoring) -> Image {
        var fine = camera
        fine.width *= samples
        fine.height *= samples
        fine.focalLength *= Double(samples)
        fine.center *= Double(samples)
        let buffer = VisibilityBuffer(of: mesh, camera: fine)
        let fineWidth = fine.width
        let normals = mesh.vertexNormals()
        let lights = StudioLights(camera: camera)
        let rows = camera.height
        var bytes = [UInt8](repeating: 0, count: camera.width * rows * 3)
        bytes.withUnsafeMutableBufferPointer { bytes in
            nonisolated(unsafe) let output = bytes
            DispatchQueue.concurrentPerform(iterations: rows) { y in
                for x in 0..<camera.width {
                    var sum = SIMD3<Double>.zero
                    for sample in 0..<(samples * samples) {
                        let pixel = (y * samples + sample / samples) * fineWidth + x * samples + sample % samples
                        sum += shade(pixel, buffer, mesh, normals, lights, coloring)
                    }
                    sum /= Double(samples * samples)
                    for channel in 0..<3 {
                        output[(y * camera.width + x) * 3 + channel] = UInt8(min(max(sum[channel], 0), 255).rounded())
                    }
                }
            }
        }
        return Image(width: camera.width, height: rows, channels: 3, bytes: bytes)
    }

    private func shade(
        _ pixel: Int, _ buffer: VisibilityBuffer, _ mesh: TriangleMesh, _ normals: [SIMD3<Double>],
        _ lights: StudioLights, _ coloring: SurfaceColoring
    ) -> SIMD3<Double> {
        let triangle = Int(buffer.triangle[pixel])
        guard triangle >= 0 else {
            return [Double(background.red), Double(background.green), Double(background.blue)]
        }
        let weights = SIMD2<Double>(buffer.barycentric[pixel])
        let point = SurfacePoint(
            triangle: Int32(triangle), barycentric: [1 - weights.x - weights.y, weights.x, weights.y])
        let color = coloring.color(at: point, of: mesh)
        let corners = mesh.triangles[triangle]
        var normal = normalized(mesh.areaVector(of: triangle))
        if !isFlat {
            normal = normalized(
                normals[Int(corners.x)] * point.barycentric.x + normals[Int(corners.y)] * point.barycentric.y
                    + normals[Int(corners.z)] * point.barycentric.z)
        }
        var light = lights.light(on: normal)
        if showsEdges, point.barycentric.min() < 0.06 { light *= 0.55 }
        return color * light
    }
}

/// A key light over the viewer's shoulder, a weak one opposite, and light from above.
private struct StudioLights {
    let key: SIMD3<Double>
    let fill: SIMD3<Double>
    let toViewer: SIMD3<Double>

    init(camera: Camera) {
        key = normalized(-camera.forward - camera.down * 0.8 - camera.right * 0.6)
        fill = normalized(-camera.forward + camera.right * 1.2 - camera.down * 0.2)
        toViewer = -camera.forward
    }

    func light(on outward: SIMD3<Double>) -> Double {
        // The back of an open surface is lit as the front.
        let normal = dot(outward, toViewer) < -0.2 ? -outward : outward
        let sky = 0.5 + 0.5 * normal.y
        return 0.30 + 0.16 * sky + 0.52 * max(0, dot(normal, key)) + 0.16 * max(0, dot(normal, fill))
    }
}
