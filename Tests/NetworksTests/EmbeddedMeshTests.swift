import Annotations
import Catalog
import Geometry
import Tensors
import Testing

@testable import Networks

/// A sheet of 5 × 5 vertices, its left half chart 2 and its right half chart 3.
@Suite struct EmbeddedMeshTests {
    private let mesh: EmbeddedMesh

    init() throws { mesh = try Self.sheet("sheet") }

    private static func sheet(_ name: String, hasMirror: Bool = true) throws -> EmbeddedMesh {
        let side = 5
        func vertex(_ column: Int, _ row: Int) -> Int32 { Int32(row * side + column) }
        var (triangles, charts): ([SIMD3<Int32>], [UInt8]) = ([], [])
        for row in 0..<side - 1 {
            for column in 0..<side - 1 {
                let (a, b) = (vertex(column, row), vertex(column + 1, row))
                let (c, d) = (vertex(column + 1, row + 1), vertex(column, row + 1))
                triangles += [SIMD3(a, b, c), SIMD3(a, c, d)]
                charts += [UInt8](repeating: column < 2 ? 2 : 3, count: 2)
            }
        }
        let positions = (0..<side * side).map { SIMD3(Double($0 % side) - 2, Double($0 / side), 0) }
        let surface = try TriangleMesh(positions: positions, triangles: triangles)
        let corners = zip(triangles, charts).map { triangle, chart in
            (0..<3).map { corner -> SIMD2<Double> in
                let vertex = Int(triangle[corner])
                let column = Double(vertex % side)
                return SIMD2(chart == 2 ? column / 2 : column / 2 - 1, Double(vertex / side) / 4)
            }
        }
        return try EmbeddedMesh(
            name, surface, charts: ChartAtlas(surface, charts: charts, corners: corners),
            mirror: hasMirror ? (0..<25).map { Int32($0 / side * side + side - 1 - $0 % side) } : nil)
    }

    private func record(_ columns: [(name: String, values: [Double])], mesh: String? = nil) -> DensePointsRecord {
        DensePointsRecord(columns: columns.map { ($0.name, $0.values, 3) }, mesh: mesh)
    }

    private func vertices(
        _ record: DensePointsRecord, _ meshes: [EmbeddedMesh]? = nil, isMirrored: Bool = false
    ) -> DensePoints? {
        let places = (0..<record.values("x")!.count).map(Float.init)
        return LabelReader.vertexPoints(record, places, places, meshes ?? [mesh], isMirrored: isMirrored)
    }

    @Test func everyVertexIsNearestToItsOwnPlace() throws {
        let points = try #require(mesh.chartPoints)
        #expect(points.count == 25)
        #expect(points.map { mesh.vertex(at: $0) } == (0..<25).map { Int32($0) })
        #expect(mesh.vertex(at: ChartPoint(chart: 2, u: 0.2, v: 0.05)) == 0)
        #expect(mesh.vertex(at: ChartPoint(chart: 3, u: 0.9, v: 1)) == 24)
        #expect(mesh.vertex(at: ChartPoint(chart: 7, u: 0, v: 0)) == nil)
    }

    @Test func featuresAreAsLargeAsOneOverTheSurface() throws {
        let features = try mesh.features(count: 4)
        #expect(features.shape == [25, 4])
        let values: [Float] = try features.array()
        // Constant first; the others have no mean and a mean square of one, by area.
        for vertex in 0..<25 { #expect(abs(abs(values[4 * vertex]) - 1) < 1e-4) }
        let masses = try LaplacianSpectrum(mesh.mesh, count: 4).masses.map(Float.init)
        for column in 1..<4 {
            var (sum, area): (Float, Float) = (0, 0)
            for (vertex, mass) in masses.enumerated() {
                let value = values[4 * vertex + column]
                sum += mass * value * value
                area += mass
            }
            #expect(abs(sum / area - 1) < 1e-4)
        }
        #expect(throws: MeshError.self) { try mesh.features(count: 26) }
    }

    @Test func pointsOfChartsBecomeVertices() throws {
        let given = record([
            ("x", [0, 1, 2]), ("y", [0, 1, 2]), ("I", [2, 0, 3]), ("U", [0, 0.5, 1]), ("V", [0, 0.5, 1]),
        ])
        let points = try #require(vertices(given))
        // The second lies on the background.
        #expect(points.vertices == [0, 24] && points.x == [0, 2] && points.mesh == "sheet")
        #expect(vertices(given, isMirrored: true)?.vertices == [4, 20])
        #expect(try vertices(given, [Self.sheet("sheet", hasMirror: false)], isMirrored: true) == nil)
    }

    @Test func annotatedVerticesCountOnTheirOwnMesh() throws {
        let given = record([("x", [0, 1, 2, 3]), ("y", [0, 1, 2, 3]), ("vertex", [7, 25, -1, 3])], mesh: "other")
        let other = try Self.sheet("other")
        let points = try #require(vertices(given, [mesh, other]))
        #expect(points.vertices == [7, 3] && points.x == [0, 3] && points.mesh == "other")
        #expect(vertices(given) == nil)
    }
}
