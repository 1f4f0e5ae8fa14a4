/// Polygons cut into triangles.
public struct Triangulation: Sendable {
    public let mesh: TriangleMesh
    /// The polygon that each triangle is part of.
    public let face: [Int32]
    /// The corners of each triangle as indices into the polygons' list of corners.
    public let corners: [SIMD3<Int32>]
}

extension SurfaceMesh {
    /// Cuts polygons into triangles: a four-sided one along its shorter diagonal (the one from its first corner where
    /// both are equally long) unless that would fold it, others by cutting off ears. Vertices keep their numbers.
    /// - Throws: `MeshError` as `TriangleMesh.init`.
    public func triangulated() throws(MeshError) -> Triangulation {
        var triangles: [SIMD3<Int32>] = []
        var face: [Int32] = []
        var corners: [SIMD3<Int32>] = []
        triangles.reserveCapacity(2 * faces.count)
        for polygon in 0..<faces.count {
            let range = faces.range(polygon)
            for local in pieces(range) {
                let at = SIMD3<Int32>(truncatingIfNeeded: local &+ Int(range.lowerBound))
                corners.append(at)
                triangles.append([
                    faces.corners[Int(at.x)], faces.corners[Int(at.y)], faces.corners[Int(at.z)],
                ])
                face.append(Int32(polygon))
            }
        }
        return Triangulation(
            mesh: try TriangleMesh(positions: positions, triangles: triangles), face: face, corners: corners)
    }

    private func pieces(_ range: Range<Int>) -> [SIMD3<Int>] {
        switch range.count {
        case 0...2: []
        case 3: [[0, 1, 2]]
        case 4: quadPieces(range)
        default: ears(range)
        }
    }

    private func point(_ corner: Int) -> SIMD3<Double> {
        let vertex = Int(faces.corners[corner])
        return positions.indices.contains(vertex) ? positions[vertex] : .zero
    }

    private func quadPieces(_ range: Range<Int>) -> [SIMD3<Int>] {
        let p = range.map(point)
        let first: [SIMD3<Int>] = [[0, 1, 2], [0, 2, 3]]
        let second: [SIMD3<Int>] = [[0, 1, 3], [1, 2, 3]]
        func isFolded(_ pieces: [SIMD3<Int>]) -> Bool {
            let normals = pieces.map { cross(p[$0.y] - p[$0.x], p[$0.z] - p[$0.x]) }
            return dot(normals[0], normals[1]) <= 0
        }
        // Mirrored faces have equally long diagonals up to rounding; they must be cut alike.
        let prefersFirst = distance(p[0], p[2]) <= distance(p[1], p[3]) * (1 + 1e-9)
        let (preferred, other) = prefersFirst ? (first, second) : (second, first)
        return isFolded(preferred) && !isFolded(other) ? other : preferred
    }

    /// Cuts the polygon's ears in the plane of its normal (Newell's), first ear first. O(n²) to O(n³).
    private func ears(_ range: Range<Int>) -> [SIMD3<Int>] {
        let points = range.map(point)
        var normal = SIMD3<Double>.zero
        for i in points.indices { normal += cross(points[i], points[(i + 1) % points.count]) }
        var left = Array(points.indices)
        var pieces: [SIMD3<Int>] = []
        func isEar(_ at: Int) -> Bool {
            let (i, j, k) = (left[(at + left.count - 1) % left.count], left[at], left[(at + 1) % left.count])
            let (a, b, c) = (points[i], points[j], points[k])
            guard dot(cross(b - a, c - a), normal) > 0 else { return false }
            return !left.contains { other in
                guard other != i, other != j, other != k else { return false }
                let p = points[other]
                return dot(cross(b - a, p - a), normal) >= 0 && dot(cross(c - b, p - b), normal) >= 0
                    && dot(cross(a - c, p - c), normal) >= 0
            }
        }
        while left.count > 3 {
            // A polygon that crosses itself has no ear left at some time; it is cut anyhow.
            let at = left.indices.first(where: isEar) ?? 0
            pieces.append([left[(at + left.count - 1) % left.count], left[at], left[(at + 1) % left.count]])
            left.remove(at: at)
        }
        return pieces + [[left[0], left[1], left[2]]]
    }
}
