/// Lays the charts of a surface flat and fits each into the unit square.
public struct ChartUnwrapper: Sendable {
    public enum Method: String, Sendable, CaseIterable, Codable {
        /// Least symmetric Dirichlet energy: no triangle turns over, lengths change little (Rabinovich et al. 2017).
        case isometric
        /// Angles are kept (Lévy et al. 2002).
        case conformal
        /// Distances on the surface are kept as far as a plane can: DensePose's own way.
        case mds
    }

    public var method = Method.isometric

    public init(method: Method = .isometric) {
        self.method = method
    }

    /// The charts of a surface, and those for which the method turned triangles over, so that the isometric one was taken.
    public struct Result: Sendable {
        public var atlas: ChartAtlas
        public var replaced: [Int]
    }

    /// - Parameters:
    ///   - charts: one a triangle, from 1; 0 leaves it out.
    ///   - up: the direction that runs along v in every chart, as far as there is one.
    /// - Throws: `MeshError.unsuitable` naming a chart that is no disk.
    public func unwrap(
        _ mesh: TriangleMesh, charts: [UInt8], up: SIMD3<Double> = [0, 1, 0]
    ) throws(MeshError) -> Result {
        var corners = [[SIMD2<Double>]](repeating: [.zero, .zero, .zero], count: mesh.triangleCount)
        var replaced: [Int] = []
        for chart in Set(charts).sorted() where chart > 0 {
            let triangles = mesh.triangles.indices.filter { charts[$0] == chart }
            let disk: FlatDisk
            do {
                disk = try FlatDisk(mesh, triangles: triangles)
            } catch {
                throw .unsuitable("chart \(chart) cannot be laid flat: \(error)")
            }
            var flat = try flatten(disk, method)
            if method != .isometric, Self.flips(disk, flat) > 0 {
                replaced.append(Int(chart))
                flat = try flatten(disk, .isometric)
            }
            let square = Self.fitted(Self.upright(disk, flat, up: up))
            for (index, triangle) in triangles.enumerated() {
                let t = disk.mesh.triangles[index]
                corners[triangle] = [square[Int(t.x)], square[Int(t.y)], square[Int(t.z)]]
            }
        }
        return Result(atlas: ChartAtlas(mesh, charts: charts, corners: corners), replaced: replaced)
    }

    private func flatten(_ disk: FlatDisk, _ method: Method) throws(MeshError) -> [SIMD2<Double>] {
        switch method {
        case .isometric: try IsometricFlattening(disk).flatten()
        case .conformal: try ConformalFlattening.flatten(disk)
        case .mds: try DistanceFlattening.flatten(disk)
        }
    }

    static func flips(_ disk: FlatDisk, _ flat: [SIMD2<Double>]) -> Int {
        disk.mesh.triangles.count { t in
            let (a, b) = (flat[Int(t.y)] - flat[Int(t.x)], flat[Int(t.z)] - flat[Int(t.x)])
            return a.x * b.y - a.y * b.x <= 0
        }
    }

    /// Turns a chart so that the body's up runs along v.
    private static func upright(
        _ disk: FlatDisk, _ flat: [SIMD2<Double>], up: SIMD3<Double>
    ) -> [SIMD2<Double>] {
        // Where up goes in the chart: the regression of height on the place.
        let heights = disk.mesh.positions.map { dot($0, up) }
        let count = Double(flat.count)
        let middle = flat.reduce(SIMD2.zero, +) / count
        let mean = heights.reduce(0, +) / count
        var (xx, xy, yy, xh, yh) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for (place, height) in zip(flat, heights) {
            let d = place - middle
            xx += d.x * d.x
            xy += d.x * d.y
            yy += d.y * d.y
            xh += d.x * (height - mean)
            yh += d.y * (height - mean)
        }
        let slope = SIMD2(yy * xh - xy * yh, xx * yh - xy * xh)
        let size = (slope.x * slope.x + slope.y * slope.y).squareRoot()
        guard size > 0 else { return flat }
        let (sine, cosine) = (slope.x / size, slope.y / size)
        return flat.map { [cosine * $0.x - sine * $0.y, sine * $0.x + cosine * $0.y] }
    }

    /// Stretches a chart along u and along v to fill [0, 1].
    private static func fitted(_ flat: [SIMD2<Double>]) -> [SIMD2<Double>] {
        let low = flat.reduce(flat[0], pointwiseMin)
        let size = flat.reduce(flat[0], pointwiseMax) - low
        return flat.map { ($0 - low) / pointwiseMax(size, SIMD2(repeating: .leastNormalMagnitude)) }
    }
}
