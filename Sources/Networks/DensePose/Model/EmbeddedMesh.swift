import Foundation
public import Geometry
public import Tensors

/// A reference mesh whose vertices a network embeds, with what is known of its surface.
public struct EmbeddedMesh: Sendable {
    /// What labels (`ref_model`) and the network call it.
    public let name: String
    public let mesh: TriangleMesh
    /// Each vertex's counterpart on the other side; without it the points of mirrored pictures are left out.
    public let mirror: [Int32]?
    /// Without charts it is learnt from vertices alone.
    private let charts: ChartLookup?

    /// - Throws: `MeshError` for charts of another mesh.
    public init(_ name: String, _ mesh: TriangleMesh, charts: ChartAtlas?, mirror: [Int32]?) throws {
        (self.name, self.mesh, self.mirror) = (name, mesh, mirror)
        self.charts = try charts.map { try ChartLookup($0, of: mesh) }
    }

    /// A template body by its name, `human`, or a file of a mesh with labels beside it under a name of its own,
    /// `smpl_27554=smpl.obj`.
    /// - Throws: `MeshFileError`, `MeshError`.
    public init(_ text: String) throws {
        guard let sign = text.firstIndex(of: "=") else {
            let body = try TemplateBody.named(text)
            try self.init(text, body.mesh, charts: ChartAtlas(body), mirror: body.mirror)
            return
        }
        let file = try BodyFile.read(String(text[text.index(after: sign)...]))
        try self.init(String(text[..<sign]), file.body.mesh, charts: file.atlas, mirror: file.body.mirror)
    }

    public var vertexCount: Int { mesh.vertexCount }
    public var hasCharts: Bool { charts != nil }

    /// The vertex nearest to a point of a chart: the corner that counts most. nil for a chart that is not there.
    public func vertex(at point: ChartPoint) -> Int32? {
        guard let found = charts?.surfacePoint(at: point)?.point else { return nil }
        let weights = found.barycentric
        let corner = weights.x >= weights.y && weights.x >= weights.z ? 0 : weights.y >= weights.z ? 1 : 2
        return mesh.triangles[Int(found.triangle)][corner]
    }

    /// Where each vertex lies in the first of its charts; chart 0 for one that is in none. nil without charts.
    public var chartPoints: [ChartPoint]? {
        charts.map { charts in
            var points = [ChartPoint](repeating: ChartPoint(chart: 0, u: 0, v: 0), count: vertexCount)
            for (face, chart) in zip(charts.atlas.faces, charts.atlas.charts) {
                for corner in 0..<3 {
                    let place = Int(face[corner])
                    let vertex = Int(charts.atlas.vertices[place])
                    guard points[vertex].chart == 0 else { continue }
                    let (u, v) = (charts.atlas.coordinates[place].x, charts.atlas.coordinates[place].y)
                    points[vertex] = ChartPoint(chart: chart, u: u, v: v)
                }
            }
            return points
        }
    }

    /// The lowest eigenfunctions of the surface's Laplacian, each with a mean square of one over the surface: [N, count].
    /// - Throws: `MeshError` for a mesh that is no manifold, or has fewer of them.
    public func features(count: Int) throws -> Tensor {
        let spectrum = try LaplacianSpectrum(mesh, count: count)
        guard spectrum.count == count else {
            throw MeshError.unsuitable("“\(name)” has \(spectrum.count) eigenfunctions, and \(count) are wanted")
        }
        let scale = spectrum.masses.reduce(0, +).squareRoot()
        let values = spectrum.eigenfunctions.map { Float($0 * scale) }
        return try Tensor(values, shape: [count, vertexCount]).transpose(0, 1).contiguous()
    }

    /// Distances along the surface between all vertices, [N, N].
    /// - Throws: as `GeodesicMatrix.cached`.
    public func geodesics(
        in cache: String = GeodesicMatrix.defaultCache, progress: (Double) -> Void = { _ in }
    ) throws -> Tensor {
        let matrix = try GeodesicMatrix.cached(of: mesh, in: cache, progress: progress)
        return try Tensor((0..<vertexCount).flatMap(matrix.row), shape: [vertexCount, vertexCount])
    }
}
