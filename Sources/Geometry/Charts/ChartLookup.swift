/// Goes from (chart, u, v) to the surface and back.
///
/// Points inside a chart come out exactly; those outside go to the nearest point of the chart (DensePose's `IUV2FBC` takes the
/// nearest vertex there). O(log n) a question.
public struct ChartLookup: Sendable {
    public let atlas: ChartAtlas
    private let mesh: TriangleMesh
    /// The atlas's face of each triangle of the surface, and the triangle of each face.
    private let faceOfTriangle: [(face: Int32, turn: Int)]
    private var triangleOfFace: [Int32]
    /// The charts as flat meshes, index chart.
    private var trees: [TriangleTree?]
    private var facesOfTree: [[Int32]]

    /// - Throws: `MeshError.unsuitable` when the atlas is of another surface.
    public init(_ atlas: ChartAtlas, of mesh: TriangleMesh) throws(MeshError) {
        guard atlas.fits(vertexCount: mesh.vertexCount) else {
            throw .unsuitable("the charts name vertices that the mesh of \(mesh.vertexCount) does not have")
        }
        self.atlas = atlas
        self.mesh = mesh
        faceOfTriangle = atlas.faces(of: mesh)
        triangleOfFace = [Int32](repeating: -1, count: atlas.faces.count)
        for (triangle, found) in faceOfTriangle.enumerated() where found.face >= 0 {
            triangleOfFace[Int(found.face)] = Int32(triangle)
        }
        trees = [TriangleTree?](repeating: nil, count: 256)
        facesOfTree = [[Int32]](repeating: [], count: 256)
        for (face, chart) in atlas.charts.enumerated() where triangleOfFace[face] >= 0 {
            facesOfTree[Int(chart)].append(Int32(face))
        }
        let flat = atlas.coordinates.map { SIMD3($0.x, $0.y, 0) }
        for chart in facesOfTree.indices where !facesOfTree[chart].isEmpty {
            let triangles = facesOfTree[chart].map { atlas.faces[Int($0)] }
            trees[chart] = TriangleTree(try TriangleMesh(positions: flat, triangles: triangles))
        }
    }

    /// The point of the surface; nil for a chart that is not there. The distance is that to the chart, in (u, v), 0 inside.
    public func surfacePoint(at point: ChartPoint) -> (point: SurfacePoint, distance: Double)? {
        guard let tree = trees[Int(point.chart)] else { return nil }
        let (found, distance) = tree.nearest(to: [point.u, point.v, 0])
        let face = facesOfTree[Int(point.chart)][Int(found.triangle)]
        let triangle = triangleOfFace[Int(face)]
        let turn = faceOfTriangle[Int(triangle)].turn
        // Corner c of the triangle is corner c + turn of the face.
        var weights = SIMD3<Double>.zero
        for c in 0..<3 { weights[c] = found.barycentric[(c + turn) % 3] }
        return (SurfacePoint(triangle: triangle, barycentric: weights), distance)
    }

    /// Where a point of the surface lies; nil where it is in no chart.
    public func chartPoint(at point: SurfacePoint) -> ChartPoint? {
        let (face, turn) = faceOfTriangle[Int(point.triangle)]
        guard face >= 0 else { return nil }
        let corners = atlas.faces[Int(face)]
        var place = SIMD2<Double>.zero
        for c in 0..<3 { place += atlas.coordinates[Int(corners[(c + turn) % 3])] * point.barycentric[c] }
        return ChartPoint(chart: atlas.charts[Int(face)], u: place.x, v: place.y)
    }
}
