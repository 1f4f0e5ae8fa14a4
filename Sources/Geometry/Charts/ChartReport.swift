/// How well each chart lies flat.
public struct ChartReport: Sendable, Codable, Hashable {
    public struct Chart: Sendable, Codable, Hashable {
        public var chart: Int
        public var triangles: Int
        public var vertices: Int
        /// Connected, with one boundary and no handle.
        public var isDisk: Bool
        /// Triangles whose corners run clockwise in (u, v).
        public var flipped: Int
        /// Mean over the area of (largest + 1 / smallest stretch) / 2, with the chart scaled to its area on the body: 1 for an
        /// isometry.
        public var stretch: Double
        /// Mean over the area of the ratio of the largest and the smallest stretch: 1 for a conformal map.
        public var anisotropy: Double
        /// 5th and 95th percentile of the triangles' share of the chart relative to that on the body.
        public var areaRatios: [Double]
    }

    public var charts: [Chart]
    public var isValid: Bool { charts.allSatisfy { $0.isDisk && $0.flipped == 0 } }

    /// (u, v) fill a square whatever the chart's shape; distortion is told of the shape, with u and v in their mean scales.
    public init(_ atlas: ChartAtlas, of mesh: TriangleMesh) {
        charts = atlas.chartNumbers.map { Self.report(on: $0, atlas, mesh) }
    }

    private static func report(on chart: UInt8, _ atlas: ChartAtlas, _ mesh: TriangleMesh) -> Chart {
        let faces = atlas.faces.indices.filter { atlas.charts[$0] == chart }
        var jacobians: [(area: Double, uu: Double, uv: Double, vv: Double, det: Double)] = []
        var flipped = 0
        for face in faces {
            let f = atlas.faces[face]
            let t = atlas.surfaceTriangle(face)
            let p = (0..<3).map { mesh.positions[Int(t[$0])] }
            let q = (0..<3).map { atlas.coordinates[Int(f[$0])] }
            // The triangle in its own plane.
            let x = normalized(p[1] - p[0])
            let normal = cross(p[1] - p[0], p[2] - p[0])
            let y = cross(normalized(normal), x)
            let area = length(normal) / 2
            let (a, b) = (length(p[1] - p[0]), SIMD2(dot(p[2] - p[0], x), dot(p[2] - p[0], y)))
            let (e, g) = (q[1] - q[0], q[2] - q[0])
            let signed = (e.x * g.y - e.y * g.x) / 2
            if signed <= 0 { flipped += 1 }
            guard area > 0 else { continue }
            // Columns of the Jacobian: along x and along y.
            let jx = e / a
            let jy = (g - jx * b.x) / b.y
            jacobians.append(
                (area, jx.x * jx.x + jy.x * jy.x, jx.x * jx.y + jy.x * jy.y, jx.y * jx.y + jy.y * jy.y, signed / area))
        }
        let total = jacobians.reduce(0) { $0 + $1.area }
        // Squares of how far a unit of the body goes along u and along v, on average: the chart's own scale.
        let su = jacobians.reduce(0) { $0 + $1.area * $1.uu } / max(total, 1e-300)
        let sv = jacobians.reduce(0) { $0 + $1.area * $1.vv } / max(total, 1e-300)
        var (stretch, anisotropy) = (0.0, 0.0)
        var ratios: [Double] = []
        // In the chart's own scale, with areas kept on the whole.
        let kept =
            jacobians.reduce(0) { $0 + $1.area * abs($1.det) } / max(total, 1e-300)
            / max((su * sv).squareRoot(), 1e-300)
        for j in jacobians {
            let scale = 1 / max(kept, 1e-300)
            let (a, b, c) = (j.uu / su * scale, j.uv / (su * sv).squareRoot() * scale, j.vv / sv * scale)
            let (mean, half) = ((a + c) / 2, (((a - c) / 2) * ((a - c) / 2) + b * b).squareRoot())
            let (large, small) = ((mean + half).squareRoot(), max(mean - half, 1e-12).squareRoot())
            stretch += j.area * (large + 1 / small) / 2
            anisotropy += j.area * large / small
            ratios.append(abs(j.det) / max((su * sv).squareRoot(), 1e-300) / max(kept, 1e-300))
        }
        ratios.sort()
        func percentile(_ share: Double) -> Double {
            ratios.isEmpty ? 0 : ratios[Int(Double(ratios.count - 1) * share)]
        }
        return Chart(
            chart: Int(chart), triangles: faces.count,
            vertices: Set(faces.flatMap { f in (0..<3).map { atlas.faces[f][$0] } }).count,
            isDisk: FlatDisk.isDisk(faces.map { atlas.faces[$0] }), flipped: flipped,
            stretch: stretch / max(total, 1e-300),
            anisotropy: anisotropy / max(total, 1e-300), areaRatios: [percentile(0.05), percentile(0.95)])
    }
}
