import Geometry

/// A surface as DensePose's metrics know it: vertices in charts, and distances between them.
///
/// Points on the surface are (chart, u, v), charts from 1; each stands for the nearest vertex of its chart.
public struct EvaluationSurface: Sendable {
    /// How far two vertices are apart, in the surface's unit (metres for people).
    public enum Distances: Sendable {
        /// Straight, between positions: for figures made up for tests.
        case straight([SIMD3<Double>])
        /// Along the surface, from a file.
        case matrix(GeodesicMatrix)

        /// Of vertices counted from 0.
        public subscript(_ one: Int, _ two: Int) -> Double {
            switch self {
            case .straight(let positions):
                let step = positions[one] - positions[two]
                return (step * step).sum().squareRoot()
            case .matrix(let matrix): return Double(matrix[one, two])
            }
        }

        public var vertexCount: Int {
            switch self {
            case .straight(let positions): positions.count
            case .matrix(let matrix): matrix.vertexCount
            }
        }
    }

    /// A vertex of a chart; those of a chart are sorted by u.
    private struct ChartVertex: Sendable {
        var u: Double
        var v: Double
        /// Its place in the lists that were given: decides ties.
        var place: Int32
        var vertex: Int32
    }

    private let charts: [[ChartVertex]]
    public let distances: Distances
    /// The chart of each vertex, 0 for one without.
    public let chartOfVertex: [UInt8]

    /// - Parameters:
    ///   - charts: of each chart vertex, from 1.
    ///   - vertices: the mesh vertex of each, from 0; nil where they are one and the same.
    ///   - chartOfVertex: nil takes that of the first chart vertex of each.
    /// - Throws: `MeshError` where the lists do not fit together.
    public init(
        charts: [UInt8], u: [Double], v: [Double], vertices: [Int32]? = nil, chartOfVertex: [UInt8]? = nil,
        distances: Distances
    ) throws(MeshError) {
        guard charts.count == u.count, charts.count == v.count, vertices.map({ $0.count == charts.count }) ?? true
        else {
            throw .unsuitable("has charts, u and v of unequal lengths")
        }
        let vertexCount = distances.vertexCount
        let vertices = vertices ?? Array(0..<Int32(charts.count))
        guard vertices.allSatisfy({ $0 >= 0 && Int($0) < vertexCount }) else {
            throw .unsuitable("names a vertex beyond the \(vertexCount) whose distances are known")
        }
        guard u.allSatisfy(\.isFinite), v.allSatisfy(\.isFinite) else {
            throw .unsuitable("has a u or v that is no number")
        }
        var sorted = [[ChartVertex]](repeating: [], count: 256)
        var ofVertex = [UInt8](repeating: 0, count: vertexCount)
        for place in charts.indices {
            sorted[Int(charts[place])].append(
                ChartVertex(u: u[place], v: v[place], place: Int32(place), vertex: vertices[place]))
            if ofVertex[Int(vertices[place])] == 0 { ofVertex[Int(vertices[place])] = charts[place] }
        }
        self.charts = sorted.map { $0.sorted { ($0.u, $0.place) < ($1.u, $1.place) } }
        self.chartOfVertex = chartOfVertex ?? ofVertex
        guard self.chartOfVertex.count == vertexCount else { throw .unsuitable("has not a chart for every vertex") }
        self.distances = distances
    }

    /// The vertex nearest to (u, v) in a chart, the first of several; -1 for chart 0 or one without vertices.
    /// Searches outwards from u until no nearer one can come.
    public func nearest(chart: UInt8, u: Double, v: Double) -> Int32 {
        let vertices = charts[Int(chart)]
        guard chart > 0, !vertices.isEmpty else { return -1 }
        return vertices.withUnsafeBufferPointer { vertices in
            var (low, high) = (0, vertices.count)
            while low < high {
                let middle = (low + high) / 2
                if vertices[middle].u < u { low = middle + 1 } else { high = middle }
            }
            var best = Double.infinity
            var (place, found) = (Int32.max, Int32(-1))
            func take(_ vertex: ChartVertex) {
                let (du, dv) = (vertex.u - u, vertex.v - v)
                // Roots, because unequal squares may have equal roots, and then the first counts.
                let distance = (du * du + dv * dv).squareRoot()
                if distance < best || (distance == best && vertex.place < place) {
                    (best, place, found) = (distance, vertex.place, vertex.vertex)
                }
            }
            var (left, right) = (low - 1, low)
            var goesLeft = true
            var goesRight = true
            while goesLeft || goesRight {
                goesLeft = goesLeft && left >= 0 && u - vertices[left].u <= best
                if goesLeft {
                    take(vertices[left])
                    left -= 1
                }
                goesRight = goesRight && right < vertices.count && vertices[right].u - u <= best
                if goesRight {
                    take(vertices[right])
                    right += 1
                }
            }
            return found
        }
    }
}

/// Distances at which a point is as good as half lost: the deviation of a Gaussian, in metres, for each part of the body.
public struct PointTolerance: Hashable, Sendable, Codable {
    /// Of charts 0...24.
    public var ofChart: [Double]

    /// - Precondition: 25 numbers.
    public init(ofChart: [Double]) {
        precondition(ofChart.count == 25)
        self.ofChart = ofChart
    }

    /// In metres.
    public static let uniformValue = 0.255

    /// The same everywhere: 0.255, of the DensePose paper of 2018 and of surface embeddings on animals.
    public static func uniform(_ value: Double = uniformValue) -> PointTolerance {
        PointTolerance(ofChart: [Double](repeating: value, count: 25))
    }

    /// By part, of DensePose since July 2018: torso, hands, feet, upper and lower legs, upper and lower arms, head.
    public static let byPart: PointTolerance = {
        let parts = [0, 0.351, 0.107, 0.126, 0.237, 0.173, 0.142, 0.128, 0.150]
        let partOfChart = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 8, 8]
        return PointTolerance(ofChart: partOfChart.map { parts[$0] })
    }()
}
