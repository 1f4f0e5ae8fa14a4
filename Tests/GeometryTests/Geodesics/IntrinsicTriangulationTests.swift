import Foundation
import Testing

@testable import Geometry

@Suite struct IntrinsicTriangulationTests {
    /// A strip of needles: a flat rectangle of 1 by 0.05 whose triangles all reach over its whole length.
    static func needles() throws -> TriangleMesh {
        var positions: [SIMD3<Double>] = []
        for i in 0...20 { positions += [[0, 0.0025 * Double(i), 0], [1, 0.0025 * Double(i) + 0.001, 0]] }
        var triangles: [SIMD3<Int32>] = []
        for i in Int32(0)..<20 { triangles += [[2 * i, 2 * i + 1, 2 * i + 2], [2 * i + 1, 2 * i + 3, 2 * i + 2]] }
        return try TriangleMesh(positions: positions, triangles: triangles)
    }

    @Test func flipsKeepTheAreaAndLeaveNoEdgeWithANegativeWeight() throws {
        for mesh in [Shapes.torus(around: 60, across: 7), Shapes.sphere(level: 2), try Self.needles()] {
            let squeezed = try mesh.moved(to: mesh.positions.map { $0 * SIMD3(1, 0.2, 1) })
            var triangulation = try IntrinsicTriangulation(squeezed)
            triangulation.flipToDelaunay()
            let area = squeezed.triangles.indices.reduce(0) { $0 + triangulation.area(of: $1) }
            if mesh.vertexCount > 100 {
                // Flips are isometries of the polyhedron; needles were mollified.
                #expect(abs(area - squeezed.area) < 1e-9 * squeezed.area)
            }
            let laplacian = Laplacian(triangulation)
            for j in 0..<mesh.vertexCount {
                for p in Int(laplacian.stiffness.columnStart[j])..<Int(laplacian.stiffness.columnStart[j + 1])
                where Int(laplacian.stiffness.rows[p]) != j {
                    #expect(laplacian.stiffness.values[p] < 1e-8)
                }
            }
            for h in triangulation.twin.indices where triangulation.twin[h] >= 0 {
                let t = Int(triangulation.twin[h])
                #expect(Int(triangulation.twin[t]) == h)
                #expect(triangulation.lengths[t] == triangulation.lengths[h])
            }
        }
    }

    @Test func theDiagonalOfALongQuadIsFlippedToTheShortOne() throws {
        let mesh = try TriangleMesh(
            positions: [[0, 0, 0], [2, -0.5, 0], [4, 0, 0], [2, 0.5, 0]], triangles: [[0, 1, 2], [0, 2, 3]])
        var triangulation = try IntrinsicTriangulation(mesh)
        #expect(triangulation.flipToDelaunay() == 1)
        #expect(triangulation.triangles.allSatisfy { Set([$0.x, $0.y, $0.z]).isSuperset(of: [1, 3]) })
        #expect(abs(triangulation.lengths[0] - 1) < 1e-12)
    }

    @Test func trianglesWithoutAreaGetOne() throws {
        let mesh = try TriangleMesh(
            positions: [[0, 0, 0], [1, 0, 0], [2, 0, 0], [1, 1, 0]], triangles: [[0, 1, 3], [1, 2, 3], [0, 2, 1]])
        let triangulation = try IntrinsicTriangulation(mesh)
        #expect((0..<3).allSatisfy { triangulation.area(of: $0) > 0 })
        let laplacian = try Laplacian(mesh)
        #expect(laplacian.stiffness.values.allSatisfy { $0.isFinite })
    }

    @Test(arguments: [0, 1e-150, 1e150])
    func aMeshWithoutExtentOrBeyondNumbersIsRefused(scale: Double) throws {
        let sphere = Shapes.sphere(level: 1)
        let mesh = try sphere.moved(to: sphere.positions.map { $0 * scale })
        #expect(throws: MeshError.self) { try LaplacianSpectrum(mesh, count: 3) }
        #expect(throws: MeshError.self) { try GeodesicSolver(mesh, method: .heat) }
        #expect(throws: MeshError.self) { try GeodesicSolver(mesh, method: .exact) }
    }
}
