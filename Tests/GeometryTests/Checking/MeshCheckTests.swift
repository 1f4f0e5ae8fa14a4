import Geometry
import Hashing
import Testing

@Suite struct MeshCheckTests {
    @Test func aSphereHasNothingWrong() throws {
        let report = try MeshCheck.report(on: SurfaceMesh(Shapes.sphere(level: 3)))
        #expect(report.problems.isEmpty)
        #expect(report.isClosed && report.isManifold && report.isOriented)
        #expect(report.genus == 0)
        #expect(report.edges == 3 * 640)
        #expect(abs(report.area - 4 * .pi) < 0.1)
        #expect(abs((report.volume ?? 0) - 4 / 3 * .pi) < 0.08)
    }

    @Test func aTorusHasAHandleAndASquareAHole() throws {
        #expect(try MeshCheck.report(on: SurfaceMesh(Shapes.torus())).genus == 1)
        let square = try MeshCheck.report(on: SurfaceMesh(Shapes.square(cells: 4)))
        #expect(square.holes.count == 1)
        #expect(abs(square.holes[0] - 4) < 1e-12)
        #expect(square.genus == nil)
        #expect(square.problems.map(\.kind) == [.holes])
        #expect(square.isSound)
    }

    /// Every way to break a sphere, and whether the mended mesh is closed again.
    static let broken:
        [(name: String, kind: MeshReport.Problem.Kind, isWhole: Bool, change: @Sendable (inout SurfaceMesh) -> Void)] =
            [
                ("a face names a vertex twice", .degenerateFaces, true, { $0.faces.append([3, 3, 4]) }),
                ("a face is there twice", .duplicateFaces, true, { $0.faces.append(Array($0.faces.corners[0..<3])) }),
                (
                    "a flap on an edge", .nonManifoldEdges, false,
                    {
                        $0.positions.append([0, 0, 3])
                        $0.faces.append([$0.faces.corners[0], $0.faces.corners[1], Int32($0.positions.count - 1)])
                    }
                ),
                (
                    "a fan that touches in a vertex", .nonManifoldVertices, false,
                    {
                        $0.positions += [[5, 0, 0], [5, 1, 0]]
                        $0.faces.append([0, Int32($0.positions.count - 2), Int32($0.positions.count - 1)])
                    }
                ),
                ("a turned face", .inconsistentFaces, true, { $0.faces.corners.swapAt(1, 2) }),
                (
                    "inside out", .insideOut, true,
                    {
                        for face in 0..<$0.faces.count { $0.faces.corners.swapAt(3 * face + 1, 3 * face + 2) }
                    }
                ),
                (
                    "split along a seam", .duplicateVertices, true,
                    {
                        for corner in 0..<30 {
                            $0.positions.append($0.positions[Int($0.faces.corners[corner])])
                            $0.faces.corners[corner] = Int32($0.positions.count - 1)
                        }
                    }
                ),
                ("a lost vertex", .unreferencedVertices, true, { $0.positions.append([0, 0, 0]) }),
            ]

    @Test(arguments: broken.indices)
    func eachDefectIsNamedAndMended(_ index: Int) throws {
        let (name, kind, isWhole, change) = Self.broken[index]
        var mesh = SurfaceMesh(Shapes.sphere(level: 2))
        change(&mesh)
        let report = try MeshCheck.report(on: mesh)
        #expect(report.problems.contains { $0.kind == kind }, "\(name)")
        let (fixed, steps) = try MeshRepair().repaired(mesh)
        #expect(!steps.isEmpty, "\(name)")
        let after = try MeshCheck.report(on: fixed)
        #expect(after.isSound, "\(name)")
        #expect(after.isClosed == isWhole, "\(name)")
        if isWhole { #expect((after.volume ?? 0) > 4, "\(name)") }
        _ = try MeshTopology(fixed.triangulated().mesh)
    }

    @Test func aSoundMeshIsLeftAsItIs() throws {
        let mesh = Shapes.torus()
        let result = try MeshRepair().repaired(mesh)
        #expect(result.mesh == mesh)
        #expect(result.steps.isEmpty)
    }

    @Test func verticesWithinTheToleranceBecomeOne() throws {
        var mesh = SurfaceMesh(Shapes.sphere(level: 2))
        let count = mesh.positions.count
        for corner in 0..<60 {
            mesh.positions.append(mesh.positions[Int(mesh.faces.corners[corner])] + [1e-6, -1e-6, 1e-6])
            mesh.faces.corners[corner] = Int32(mesh.positions.count - 1)
        }
        var repair = MeshRepair()
        #expect(try repair.repaired(mesh).mesh.positions.count > count)
        repair.tolerance = 1e-5
        let fixed = try repair.repaired(mesh).mesh
        #expect(fixed.positions.count == count)
        #expect(try MeshCheck.report(on: fixed).isClosed)
    }

    @Test func anyHeapOfTrianglesBecomesManifold() throws {
        var random = SeededGenerator(seed: 5, stream: 0)
        for _ in 0..<200 {
            let count = Int.random(in: 3...12, using: &random)
            let positions = (0..<count).map { _ in
                SIMD3<Double>(
                    Double(Int.random(in: 0...2, using: &random)), Double(Int.random(in: 0...2, using: &random)),
                    Double(Int.random(in: 0...2, using: &random)))
            }
            let triangles = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                SIMD3<Int32>(
                    Int32.random(in: 0..<Int32(count), using: &random),
                    Int32.random(in: 0..<Int32(count), using: &random),
                    Int32.random(in: 0..<Int32(count), using: &random))
            }
            let mesh = try TriangleMesh(positions: positions, triangles: triangles)
            _ = try MeshCheck.report(on: SurfaceMesh(mesh))
            let fixed = try MeshRepair().repaired(mesh).mesh
            _ = try MeshTopology(fixed)
            #expect(try MeshCheck.report(on: SurfaceMesh(fixed)).isSound)
        }
    }
}
