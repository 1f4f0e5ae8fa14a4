/// What becomes of (u, v) when the picture is mirrored: DensePose's `UV_symmetry_transforms.mat`.
///
/// For each chart a table of 256 x 256 places, rows for v and columns for u, that holds (u, v) in the mirrored chart.
public struct ChartSymmetry: Hashable, Sendable {
    public static let size = 256
    /// Index chart - 1, then `v * 256 + u`.
    public var u: [[Double]]
    public var v: [[Double]]

    public init(u: [[Double]], v: [[Double]]) {
        self.u = u
        self.v = v
    }

    /// Computes the tables from the body's own mirror map.
    /// - Parameter mirror: for each vertex its counterpart on the other side.
    public init(_ lookup: ChartLookup, mesh: TriangleMesh, mirror: [Int32]) {
        u = []
        v = []
        let mirrorPoint = SurfaceMirror(mesh, mirror: mirror)
        for chart in 1...UInt8(ChartLayout.chartCount) {
            var (us, vs) = ([Double](), [Double]())
            for row in 0..<Self.size {
                for column in 0..<Self.size {
                    let asked = ChartPoint(
                        chart: chart, u: Double(column) / Double(Self.size - 1), v: Double(row) / Double(Self.size - 1))
                    let other = lookup.surfacePoint(at: asked).flatMap { mirrorPoint($0.point) }
                        .flatMap { lookup.chartPoint(at: $0) }
                    us.append(other?.u ?? asked.u)
                    vs.append(other?.v ?? asked.v)
                }
            }
            u.append(us)
            v.append(vs)
        }
    }

    /// The point in the mirror, as detectron2 looks it up: the table at the floor of 255 u and 255 v.
    public func mirrored(_ point: ChartPoint) -> ChartPoint {
        let chart = Int(point.chart)
        guard (1...ChartLayout.chartCount).contains(chart), u.count >= chart else { return point }
        let column = Int(min(max(point.u, 0), 1) * 255)
        let row = Int(min(max(point.v, 0), 1) * 255)
        let at = row * Self.size + column
        return ChartPoint(
            chart: UInt8(ChartLayout.mirroredChart[chart]), u: u[chart - 1][at], v: v[chart - 1][at])
    }
}

/// Takes points of a symmetric surface to the other side.
public struct SurfaceMirror: Sendable {
    private let triangles: [SIMD3<Int32>]
    private let mirror: [Int32]
    private var triangleOf: [SIMD3<Int32>: Int32] = [:]

    /// - Parameter mirror: for each vertex its counterpart.
    public init(_ mesh: TriangleMesh, mirror: [Int32]) {
        triangles = mesh.triangles
        self.mirror = mirror
        for (index, t) in mesh.triangles.enumerated() { triangleOf[Self.sorted(t)] = Int32(index) }
    }

    /// nil where the surface has no such triangle on the other side.
    public func callAsFunction(_ point: SurfacePoint) -> SurfacePoint? {
        let t = triangles[Int(point.triangle)]
        let across = SIMD3(mirror[Int(t.x)], mirror[Int(t.y)], mirror[Int(t.z)])
        guard let other = triangleOf[Self.sorted(across)] else { return nil }
        let corners = triangles[Int(other)]
        var weights = SIMD3<Double>.zero
        for c in 0..<3 { for d in 0..<3 where corners[d] == across[c] { weights[d] = point.barycentric[c] } }
        return SurfacePoint(triangle: other, barycentric: weights)
    }

    private static func sorted(_ t: SIMD3<Int32>) -> SIMD3<Int32> {
        let s = [t.x, t.y, t.z].sorted()
        return [s[0], s[1], s[2]]
    }
}
