/// A surface laid flat in charts: which chart each triangle is in, and where its corners lie there.
///
/// The same figures as DensePose's `UV_Processed.mat`: a vertex of the surface on the border of several charts is a chart vertex
/// of each. (u, v) fill [0, 1] x [0, 1] in every chart.
public struct ChartAtlas: Hashable, Sendable {
    /// The surface's vertex that each chart vertex is.
    public var vertices: [Int32]
    /// Where each chart vertex lies in its chart.
    public var coordinates: [SIMD2<Double>]
    /// Corners of the triangles, as chart vertices.
    public var faces: [SIMD3<Int32>]
    /// The chart of each triangle, from 1.
    public var charts: [UInt8]

    /// - Precondition: numbers fit together.
    public init(vertices: [Int32], coordinates: [SIMD2<Double>], faces: [SIMD3<Int32>], charts: [UInt8]) {
        precondition(vertices.count == coordinates.count && faces.count == charts.count, "parts of an atlas differ")
        self.vertices = vertices
        self.coordinates = coordinates
        self.faces = faces
        self.charts = charts
    }

    /// From a chart and three places for each triangle of a surface. Corners of one chart at one vertex are one chart vertex
    /// where they lie at the same place.
    /// - Parameters:
    ///   - charts: one a triangle; 0 leaves it out.
    ///   - corners: (u, v) of the three corners of each triangle.
    public init(_ mesh: TriangleMesh, charts: [UInt8], corners: [[SIMD2<Double>]]) {
        struct Key: Hashable {
            var vertex: Int32
            var chart: UInt8
            var place: SIMD2<Double>
        }
        var numbers: [Key: Int32] = [:]
        self.init(vertices: [], coordinates: [], faces: [], charts: [])
        // Chart by chart, as the published tables are ordered.
        let order = mesh.triangles.indices.sorted { (charts[$0], $0) < (charts[$1], $1) }
        for index in order where charts[index] > 0 {
            var face = SIMD3<Int32>(repeating: 0)
            for c in 0..<3 {
                let key = Key(vertex: mesh.triangles[index][c], chart: charts[index], place: corners[index][c])
                if numbers[key] == nil {
                    numbers[key] = Int32(vertices.count)
                    vertices.append(key.vertex)
                    coordinates.append(key.place)
                }
                face[c] = numbers[key]!
            }
            faces.append(face)
            self.charts.append(charts[index])
        }
    }

    /// The charts that have triangles, in order.
    public var chartNumbers: [UInt8] { Set(charts).sorted() }

    /// The surface's vertices of a triangle.
    public func surfaceTriangle(_ face: Int) -> SIMD3<Int32> {
        let f = faces[face]
        return [vertices[Int(f.x)], vertices[Int(f.y)], vertices[Int(f.z)]]
    }

    /// Whether every vertex that it names is on a surface of so many vertices.
    public func fits(vertexCount: Int) -> Bool { vertices.allSatisfy { $0 >= 0 && Int($0) < vertexCount } }

    /// For each triangle of a surface the face here with the same three vertices, and by how many corners it is turned;
    /// -1 where there is none.
    public func faces(of mesh: TriangleMesh) -> [(face: Int32, turn: Int)] {
        func key(_ t: SIMD3<Int32>) -> (SIMD3<Int32>, Int) {
            let first = t.x <= t.y && t.x <= t.z ? 0 : t.y <= t.z ? 1 : 2
            return ([t[first], t[(first + 1) % 3], t[(first + 2) % 3]], first)
        }
        var known: [SIMD3<Int32>: (Int32, Int)] = [:]
        for face in faces.indices {
            let (triangle, turn) = key(surfaceTriangle(face))
            known[triangle] = (Int32(face), turn)
        }
        return mesh.triangles.map { triangle in
            let (wanted, turn) = key(triangle)
            guard let (face, other) = known[wanted] else { return (-1, 0) }
            return (face, (other - turn + 3) % 3)
        }
    }
}

/// A point by its chart and its place there.
public struct ChartPoint: Hashable, Sendable {
    /// From 1; 0 is no chart.
    public var chart: UInt8
    public var u: Double
    public var v: Double

    public init(chart: UInt8, u: Double, v: Double) {
        self.chart = chart
        self.u = u
        self.v = v
    }
}
