/// What can be said of a map without knowing the truth.
public struct MapQuality: Sendable, Codable, Hashable {
    /// Mean distance of a point from where it comes back to, in per cent of the square root of the source's area.
    public var cycleError: Double
    /// Share of the target's area that is the nearest vertex of some point.
    public var coverage: Double
    /// Dirichlet energy over the target's area: 1 for an isometry, more for a rough map.
    public var smoothness: Double
    /// Share of the source's area that lands in the part of the same name; nil without parts.
    public var partConsistency: Double?
    /// Share of the area on the left and right that lands on the other side; nil without parts.
    public var swapped: Double?
    /// Share of the source's triangles whose image is turned over.
    public var flipped: Double
    /// Share of the source's vertices that have a counterpart.
    public var mapped: Double

    /// - Parameter geodesics: how distances on the source are measured.
    public init(
        _ forward: SurfaceMap, _ backward: SurfaceMap, source: LabelledMesh, target: LabelledMesh,
        geodesics: GeodesicMethod = .heat
    ) throws(MeshError) {
        let areas = source.mesh.vertexAreas()
        let total = areas.reduce(0, +)
        let there = forward.vertices(of: target.mesh)
        // Where each vertex comes back to.
        let back = forward.points.map { point -> SurfacePoint? in
            guard let point else { return nil }
            let t = target.mesh.triangles[Int(point.triangle)]
            return backward.points[Int(t[point.nearestCorner])]
        }
        let returns = try SurfaceMeasure(source.mesh, geodesics).distances(
            from: source.mesh.cornerOfVertex(), to: back)
        var (sum, weight) = (0.0, 0.0)
        for (vertex, distance) in returns.enumerated() where distance.isFinite {
            sum += distance * areas[vertex]
            weight += areas[vertex]
        }
        cycleError = weight > 0 ? sum / weight / total.squareRoot() * 100 : .nan
        let targetAreas = target.mesh.vertexAreas()
        let hit = Set(there.compactMap { $0 })
        // In the order of the vertices: sums must not depend on the order of a set.
        coverage =
            targetAreas.indices.reduce(0) { $0 + (hit.contains(Int32($1)) ? targetAreas[$1] : 0) }
            / targetAreas.reduce(0, +)
        mapped = Double(forward.points.count { $0 != nil }) / Double(max(forward.points.count, 1))
        (smoothness, flipped) = Self.shape(of: forward, source: source.mesh, target: target.mesh)
        if let parts = source.parts, let others = target.parts {
            let number = parts.names.map { others.names.firstIndex(of: $0).map(UInt16.init) }
            var (same, all) = (0.0, 0.0)
            for (vertex, image) in there.enumerated() {
                guard let image, parts.labels[vertex] != PartLabels.none,
                    let expected = number[Int(parts.labels[vertex])]
                else { continue }
                all += areas[vertex]
                if others.labels[Int(image)] == expected { same += areas[vertex] }
            }
            partConsistency = all > 0 ? same / all : nil
        }
        if let sides = source.sides(), let others = target.sides() {
            var (wrong, all) = (0.0, 0.0)
            for (vertex, image) in there.enumerated() where sides[vertex] != 0 {
                guard let image else { continue }
                all += areas[vertex]
                if others[Int(image)] == -sides[vertex] { wrong += areas[vertex] }
            }
            swapped = all > 0 ? wrong / all : nil
        }
    }

    private static func shape(
        of map: SurfaceMap, source: TriangleMesh, target: TriangleMesh
    ) -> (smoothness: Double, flipped: Double) {
        let places = map.positions(on: target)
        let normals = target.vertexNormals()
        var (energy, flips, count) = (0.0, 0, 0)
        for (index, t) in source.triangles.enumerated() {
            guard let a = places[Int(t.x)], let b = places[Int(t.y)], let c = places[Int(t.z)] else { continue }
            count += 1
            let (p, q, r) = source.corners(of: index)
            let twice = length(source.areaVector(of: index))
            if twice > 0 {
                // Edges of the image by the cotangents of the source.
                let x = [p, q, r]
                let y = [a, b, c]
                for k in 0..<3 {
                    let (i, j) = ((k + 1) % 3, (k + 2) % 3)
                    energy += dot(x[i] - x[k], x[j] - x[k]) / twice * dot(y[i] - y[j], y[i] - y[j]) / 4
                }
            }
            let normal = (0..<3).reduce(SIMD3<Double>.zero) { sum, corner in
                let point = map.points[Int(t[corner])]!
                return sum + normals[Int(target.triangles[Int(point.triangle)][point.nearestCorner])]
            }
            if dot(cross(b - a, c - a), normal) < 0 { flips += 1 }
        }
        return (energy / target.area, count > 0 ? Double(flips) / Double(count) : 0)
    }
}
