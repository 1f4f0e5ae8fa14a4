import CMeshKernel
import Foundation

/// Exact distances over the triangles (Chen, Han 1990; Xin, Wang 2009). O(n² log n) at worst, about n^1.5 on bodies.
struct ExactGeodesics: Sendable {
    private let mesh: TriangleMesh
    private let corners: [Int32]
    private let twins: [Int32]
    private let lengths: [Double]
    private let turns: [UInt8]
    private let outgoingStart: [Int32]
    private let outgoing: [Int32]
    /// Windows alive at once: 72 bytes each. A body of 27,554 vertices has about 100,000.
    private let windowLimit: Int64 = 20_000_000

    init(_ mesh: TriangleMesh) throws(MeshError) {
        self.mesh = mesh
        let triangulation = try IntrinsicTriangulation(mesh)
        let n = mesh.vertexCount
        corners = mesh.triangles.flatMap { [$0.x, $0.y, $0.z] }
        twins = triangulation.twin
        lengths = triangulation.lengths
        var angles = [Double](repeating: 0, count: n)
        var isBoundary = [Bool](repeating: false, count: n)
        var start = [Int32](repeating: 0, count: n + 1)
        for f in mesh.triangles.indices {
            let cotangents = triangulation.cotangents(of: f)
            for c in 0..<3 {
                let v = Int(corners[3 * f + c])
                angles[v] += atan2(1, cotangents[c])
                start[v + 1] += 1
                if twins[3 * f + c] < 0 {
                    isBoundary[v] = true
                    isBoundary[Int(corners[3 * f + (c + 1) % 3])] = true
                }
            }
        }
        // Around a flat vertex rounding could leave a gap between rays that pass it on either side.
        turns = (0..<n).map { isBoundary[$0] || angles[$0] > 2 * .pi - 1e-7 ? 1 : 0 }
        for v in 0..<n { start[v + 1] += start[v] }
        outgoingStart = start
        var outgoing = [Int32](repeating: 0, count: corners.count)
        for (h, v) in corners.enumerated() {
            outgoing[Int(start[Int(v)])] = Int32(h)
            start[Int(v)] += 1
        }
        self.outgoing = outgoing
    }

    /// From the nearest of some vertices; infinite in components that have none.
    func distances(from vertices: [Int]) throws(MeshError) -> [Double] {
        try distances(vertices, faces: [], cornerDistances: [])
    }

    func distances(from point: SurfacePoint) throws(MeshError) -> [Double] {
        let weights = point.barycentric
        let face = Int(point.triangle)
        // From a corner rays leave into all faces around it, from an edge into both: those of its own plane alone would miss
        // the others.
        let tolerance = 1e-9
        let corner = point.nearestCorner
        if weights[corner] > 1 - tolerance { return try distances(from: [Int(corners[3 * face + corner])]) }
        var faces = [point.triangle]
        if let across = (0..<3).first(where: { weights[$0] < tolerance }) {
            let twin = twins[3 * face + (across + 1) % 3]
            if twin >= 0 { faces.append(twin / 3) }
        }
        let position = mesh.position(of: point)
        let toCorners = faces.flatMap { f in
            (0..<3).map { distance(mesh.positions[Int(corners[3 * Int(f) + $0])], position) }
        }
        return try distances([], faces: faces, cornerDistances: toCorners)
    }

    private func distances(
        _ sources: [Int], faces: [Int32], cornerDistances: [Double]
    ) throws(MeshError) -> [Double] {
        var result = [Double](repeating: 0, count: mesh.vertexCount)
        let starts = [Double](repeating: 0, count: sources.count)
        let vertices = sources.map(Int32.init)
        let status = corners.withUnsafeBufferPointer { corners in
            twins.withUnsafeBufferPointer { twins in
                lengths.withUnsafeBufferPointer { lengths in
                    turns.withUnsafeBufferPointer { turns in
                        outgoingStart.withUnsafeBufferPointer { outgoingStart in
                            outgoing.withUnsafeBufferPointer { outgoing in
                                var geometry = MeshExactGeometry(
                                    vertices: Int32(mesh.vertexCount), faces: Int32(mesh.triangleCount),
                                    corners: corners.baseAddress, twins: twins.baseAddress,
                                    lengths: lengths.baseAddress, turns: turns.baseAddress,
                                    outgoingStart: outgoingStart.baseAddress, outgoing: outgoing.baseAddress)
                                return mesh_exact_distances(
                                    &geometry, vertices, starts, Int32(vertices.count), faces, cornerDistances,
                                    Int32(faces.count), windowLimit, &result)
                            }
                        }
                    }
                }
            }
        }
        guard status == 0 else {
            throw .unsuitable(
                status == 2
                    ? "exact geodesics need more than \(windowLimit) windows on this mesh; use the heat method"
                    : "not enough memory for exact geodesics")
        }
        return result
    }
}
