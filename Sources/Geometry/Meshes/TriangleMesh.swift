/// A triangle mesh: the one form that every algorithm takes.
///
/// Vertices are numbered from 0, and nothing renumbers them silently: correspondences, labels and published files all
/// speak of vertices by number. Triangles are counter-clockwise seen from outside. Lengths are in the file's own unit.
public struct TriangleMesh: Hashable, Sendable {
    public var positions: [SIMD3<Double>]
    public var triangles: [SIMD3<Int32>]

    /// - Throws: `MeshError.vertexOutOfRange` when a triangle names a vertex that is not there,
    ///   `MeshError.notFinite` when a coordinate is no number.
    public init(positions: [SIMD3<Double>], triangles: [SIMD3<Int32>]) throws(MeshError) {
        let count = Int32(clamping: positions.count)
        for (index, triangle) in triangles.enumerated() {
            for corner in 0..<3 where triangle[corner] < 0 || triangle[corner] >= count {
                throw .vertexOutOfRange(face: index, vertex: Int(triangle[corner]), vertices: positions.count)
            }
        }
        for (index, position) in positions.enumerated() where !(position.x + position.y + position.z).isFinite {
            throw .notFinite(vertex: index)
        }
        self.positions = positions
        self.triangles = triangles
    }

    public var vertexCount: Int { positions.count }
    public var triangleCount: Int { triangles.count }

    /// The positions of a triangle's corners.
    public func corners(of triangle: Int) -> (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) {
        let t = triangles[triangle]
        return (positions[Int(t.x)], positions[Int(t.y)], positions[Int(t.z)])
    }

    /// Twice the triangle's area along its outward normal.
    public func areaVector(of triangle: Int) -> SIMD3<Double> {
        let (a, b, c) = corners(of: triangle)
        return cross(b - a, c - a)
    }

    /// Area of the whole surface, in squared units of the file.
    public var area: Double { triangles.indices.reduce(0) { $0 + length(areaVector(of: $1)) / 2 } }

    /// Unit normals at the vertices, weighted by the area of the triangles around; zero where there is none.
    public func vertexNormals() -> [SIMD3<Double>] {
        var normals = [SIMD3<Double>](repeating: .zero, count: vertexCount)
        for (index, triangle) in triangles.enumerated() {
            let normal = areaVector(of: index)
            for corner in 0..<3 { normals[Int(triangle[corner])] += normal }
        }
        return normals.map(normalized)
    }

    /// A third of the area of the triangles around each vertex (the lumped mass matrix).
    public func vertexAreas() -> [Double] {
        var areas = [Double](repeating: 0, count: vertexCount)
        for (index, triangle) in triangles.enumerated() {
            let share = length(areaVector(of: index)) / 6
            for corner in 0..<3 { areas[Int(triangle[corner])] += share }
        }
        return areas
    }

    /// The corners of the smallest box around the vertices; zero when there is none.
    public var bounds: (low: SIMD3<Double>, high: SIMD3<Double>) {
        guard let first = positions.first else { return (.zero, .zero) }
        return positions.reduce((first, first)) { (pointwiseMin($0.0, $1), pointwiseMax($0.1, $1)) }
    }

    /// Where a point of the surface lies.
    public func position(of point: SurfacePoint) -> SIMD3<Double> {
        let (a, b, c) = corners(of: Int(point.triangle))
        return a * point.barycentric.x + b * point.barycentric.y + c * point.barycentric.z
    }

    /// The mesh with vertices at other places, such as in another pose.
    public func moved(to positions: [SIMD3<Double>]) throws(MeshError) -> TriangleMesh {
        try TriangleMesh(positions: positions, triangles: triangles)
    }
}

/// A point on a surface: a triangle and barycentric weights of its corners, which sum to 1.
public struct SurfacePoint: Hashable, Sendable {
    public var triangle: Int32
    public var barycentric: SIMD3<Double>

    public init(triangle: Int32, barycentric: SIMD3<Double>) {
        self.triangle = triangle
        self.barycentric = barycentric
    }

    /// The corner with the largest weight.
    public var nearestCorner: Int {
        let b = barycentric
        return b.x >= b.y && b.x >= b.z ? 0 : b.y >= b.z ? 1 : 2
    }
}
