extension TemplateBody {
    /// Where the points of this body truly lie on another: at the same place of the same face of the cage; nil where the
    /// other has no such face (a horn on a human).
    ///
    /// Exact by construction: among human, chimpanzee and gorilla every vertex meets the vertex of its own number.
    public func truth(of points: [SurfacePoint], on other: TemplateBody) -> [SurfacePoint?] {
        let index = CellIndex(other)
        return points.map { point in
            let (cell, corners) = cell(ofTriangle: Int(point.triangle))
            let local =
                cell.local[corners[0]] * point.barycentric.x + cell.local[corners[1]] * point.barycentric.y
                + cell.local[corners[2]] * point.barycentric.z
            return index.point(cell.key, local)
        }
    }

    /// Where each vertex truly lies on another body.
    public func truth(to other: TemplateBody) -> [SurfacePoint?] {
        let index = CellIndex(other)
        var found = [SurfacePoint?](repeating: nil, count: mesh.vertexCount)
        for (q, quad) in quads.enumerated() {
            for c in 0..<4 where found[Int(quad[c])] == nil {
                found[Int(quad[c])] = index.point(cells[q].key, cells[q].local[c])
            }
        }
        return found
    }

    private func cell(ofTriangle triangle: Int) -> (CageCell, [Int]) {
        (cells[triangle / 2], triangle.isMultiple(of: 2) ? [0, 1, 2] : [0, 2, 3])
    }
}

/// A body's quads by the face of the cage that they cover.
private struct CellIndex {
    private let body: TemplateBody
    private var quads: [CageKey: [Int]] = [:]

    init(_ body: TemplateBody) {
        self.body = body
        for (q, cell) in body.cells.enumerated() { quads[cell.key, default: []].append(q) }
    }

    func point(_ key: CageKey, _ local: SIMD2<Double>) -> SurfacePoint? {
        guard let candidates = quads[key] else { return nil }
        for q in candidates {
            let corners = body.cells[q].local
            let low = pointwiseMin(pointwiseMin(corners[0], corners[1]), pointwiseMin(corners[2], corners[3]))
            let high = pointwiseMax(pointwiseMax(corners[0], corners[1]), pointwiseMax(corners[2], corners[3]))
            let slack = 1e-9
            guard local.x >= low.x - slack, local.y >= low.y - slack, local.x <= high.x + slack,
                local.y <= high.y + slack
            else { continue }
            // The triangle on whose side of the diagonal the point lies.
            let first = Self.barycentric(corners[0], corners[1], corners[2], local)
            if first.min() >= -slack { return SurfacePoint(triangle: Int32(2 * q), barycentric: Self.clean(first)) }
            let second = Self.barycentric(corners[0], corners[2], corners[3], local)
            return SurfacePoint(triangle: Int32(2 * q + 1), barycentric: Self.clean(second))
        }
        return nil
    }

    private static func barycentric(
        _ a: SIMD2<Double>, _ b: SIMD2<Double>, _ c: SIMD2<Double>, _ p: SIMD2<Double>
    ) -> SIMD3<Double> {
        let (d, e, f) = (b - a, c - a, p - a)
        let area = d.x * e.y - d.y * e.x
        let y = (f.x * e.y - f.y * e.x) / area
        let z = (d.x * f.y - d.y * f.x) / area
        return [1 - y - z, y, z]
    }

    private static func clean(_ weights: SIMD3<Double>) -> SIMD3<Double> {
        let positive = pointwiseMax(weights, .zero)
        return positive / positive.sum()
    }
}
