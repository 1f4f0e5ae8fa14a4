import Geometry
import Testing

@Suite struct RemeshingTests {
    @Test func aRemeshedSurfaceIsEvenClosedAndOnTheOldOne() throws {
        let torus = Shapes.torus()
        let result = try IsotropicRemesher.remesh(torus, vertices: 1500)
        let report = try MeshCheck.report(on: SurfaceMesh(result.mesh))
        #expect(report.genus == 1)
        #expect(report.isSound)
        #expect(abs(Double(report.vertices) / 1500 - 1) < 0.03)
        #expect(report.smallestAngle > 20)
        #expect(abs(report.area / torus.area - 1) < 0.01)
        for (position, origin) in zip(result.mesh.positions, result.origins) {
            #expect(distance(position, torus.position(of: origin)) < 1e-12)
            #expect(origin.barycentric.min() >= 0)
        }
    }

    @Test func aBoundaryStaysWhereItIs() throws {
        let result = try IsotropicRemesher.remesh(Shapes.square(cells: 10), vertices: 300)
        let report = try MeshCheck.report(on: SurfaceMesh(result.mesh))
        #expect(report.isSound)
        #expect(abs(report.area - 1) < 1e-9)
        #expect(report.holes.count == 1)
        #expect(abs(report.holes[0] - 4) < 1e-9)
    }

    @Test func theSameMeshIsRemeshedTheSameWay() throws {
        let sphere = Shapes.sphere(level: 3)
        #expect(
            try IsotropicRemesher.remesh(sphere, vertices: 500).mesh
                == IsotropicRemesher.remesh(sphere, vertices: 500).mesh)
    }

    @Test func simplifyingKeepsTheShape() throws {
        let sphere = Shapes.sphere(level: 4)
        let (mesh, vertices) = try QuadricSimplifier.simplify(sphere, toVertices: 300)
        #expect(mesh.vertexCount == 300)
        #expect(vertices.count == 300)
        let report = try MeshCheck.report(on: SurfaceMesh(mesh))
        #expect(report.isSound && report.genus == 0)
        #expect(mesh.positions.allSatisfy { abs(length($0) - 1) < 0.02 })
        // A flat square needs its corners alone.
        let (square, _) = try QuadricSimplifier.simplify(Shapes.square(cells: 8), toVertices: 4)
        #expect(square.vertexCount <= 5)
        #expect(abs(square.area - 1) < 1e-9)
    }

    @Test func aMeshThatIsNotManifoldIsRefused() throws {
        let mesh = try TriangleMesh(
            positions: [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, -1, 0]],
            triangles: [[0, 1, 2], [1, 0, 3], [1, 0, 4]])
        #expect(throws: MeshError.edgeNotManifold(0, 1)) { try IsotropicRemesher.remesh(mesh, vertices: 100) }
    }
}
