import Geometry
import Imaging
import Testing

@Suite struct VisibilityBufferTests {
    /// A square in the plane z = `depth`, 2 units wide, seen from +z.
    private func square(at depth: Double) throws -> TriangleMesh {
        try TriangleMesh(
            positions: [[-1, -1, depth], [1, -1, depth], [1, 1, depth], [-1, 1, depth]],
            triangles: [[0, 1, 2], [0, 2, 3]])
    }

    private let camera = Camera(
        width: 64, height: 48, fieldOfView: 90, position: [0, 0, 3], target: [0, 0, 0])

    @Test func theNearerSurfaceIsSeen() throws {
        var buffer = VisibilityBuffer(width: 64, height: 48)
        #expect(try buffer.draw(square(at: 1), camera: camera) == 0)
        #expect(try buffer.draw(square(at: 0), camera: camera) == 1)
        let middle = 24 * 64 + 32
        #expect(buffer.surface[middle] == 0)
        #expect(abs(buffer.depth[middle] - 2) < 1e-6)
        // The nearer square ends at 24 / 2 = 12 pixels from the middle, the farther at 8.
        #expect(buffer.surface[24 * 64 + 32 + 11] == 0)
        #expect(buffer.surface[24 * 64 + 32 + 13] == -1)
    }

    @Test func barycentricWeightsGiveBackTheWorldPoint() throws {
        // A slanted triangle: without perspective correction the error would be large.
        let mesh = try TriangleMesh(positions: [[-1, -1, 2], [1, -1, -6], [0, 1.5, 0]], triangles: [[0, 1, 2]])
        var buffer = VisibilityBuffer(width: 64, height: 48)
        buffer.draw(mesh, camera: camera)
        var checked = 0
        for pixel in buffer.surface.indices where buffer.surface[pixel] == 0 {
            let w = SIMD2<Double>(buffer.barycentric[pixel])
            let point = mesh.position(
                of: SurfacePoint(triangle: buffer.triangle[pixel], barycentric: [1 - w.x - w.y, w.x, w.y]))
            let (place, depth) = try #require(camera.project(point))
            #expect(distance([place.x, place.y, 0], [Double(pixel % 64) + 0.5, Double(pixel / 64) + 0.5, 0]) < 1e-3)
            #expect(abs(depth - Double(buffer.depth[pixel])) < 1e-3)
            checked += 1
        }
        #expect(checked > 50)
    }

    @Test func whatReachesBehindTheCameraIsCutOff() throws {
        // A floor from far ahead to behind the viewer fills the lower half of the picture.
        let floor = try TriangleMesh(
            positions: [[-500, -1, 50], [500, -1, 50], [500, -1, -500], [-500, -1, -500]],
            triangles: [[0, 1, 2], [0, 2, 3]])
        var buffer = VisibilityBuffer(width: 64, height: 48)
        buffer.draw(floor, camera: camera)
        #expect((30..<48).allSatisfy { y in (0..<64).allSatisfy { buffer.surface[y * 64 + $0] == 0 } })
        #expect((0..<24).allSatisfy { y in (0..<64).allSatisfy { buffer.surface[y * 64 + $0] == -1 } })
        // The bottom row looks down 45 degrees: the floor is one unit below.
        #expect(abs(buffer.depth[47 * 64 + 32] - 24 / 23.5) < 1e-3)
    }

    @Test func backsAreLeftOut() throws {
        let behind = Camera(width: 64, height: 48, fieldOfView: 90, position: [0, 0, -3], target: [0, 0, 0])
        var buffer = VisibilityBuffer(width: 64, height: 48)
        try buffer.draw(square(at: 0), camera: behind)
        #expect(buffer.surface.allSatisfy { $0 == -1 })
        try buffer.draw(square(at: 0), camera: behind, culling: false)
        #expect(buffer.surface[24 * 64 + 32] == 1)
    }

    @Test func aFittedCameraShowsTheWholeBox() throws {
        let mesh = try square(at: 0)
        for (_, view) in MeshView.named {
            let camera = Camera(width: 50, height: 80, view: view, fitting: mesh.bounds)
            for position in mesh.positions {
                let pixel = try #require(camera.project(position)).pixel
                #expect(pixel.x >= 0 && pixel.x <= 50 && pixel.y >= 0 && pixel.y <= 80)
            }
        }
    }

    @Test func aPlainSurfaceIsDrawnInItsColour() throws {
        var renderer = MeshRenderer(width: 40, height: 40)
        renderer.background = .black
        let image = try renderer.render(
            square(at: 0), view: MeshView(yaw: 0, pitch: 0), coloring: .plain(Color(hex: 0xC80000)))
        #expect(image[20, 20, 0] > 120)
        #expect(image[20, 20, 1] == 0)
        #expect(image[0, 0, 0] == 0)
    }
}
