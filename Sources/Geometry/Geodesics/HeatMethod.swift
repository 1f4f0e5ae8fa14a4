import CMeshKernel

/// Distances from how heat spreads (Crane, Weischedel, Wardetzky 2013), on the intrinsic Delaunay triangulation (Sharp,
/// Soliman, Crane 2019), for many sources at once. Two sparse factorisations serve all sources.
///
/// The heat flows for t = 0.8 h², h the mean edge length of the Delaunay triangulation: on well and badly shaped meshes that is
/// nearer to exact distances than the paper's h² (Benchmarks/geodesics.sh compares them). It flows for longer where a mesh
/// is so large that the heat of one end would be less at the other than a number can say. No distance is given that is
/// shorter than the straight line.
final class HeatMethod: @unchecked Sendable {
    // Never written after `init`; the factors behind the pointers are not either.

    /// How many sources are solved at once.
    static let width = Int(MESH_BLOCK_WIDTH)

    private let mesh: TriangleMesh
    private let heat: SparseFactorization
    private let poisson: SparseFactorization
    /// Where each vertex lies in the factors' order.
    private let place: [Int32]
    /// All x, then all y, then all z.
    private let positions: [Double]
    private let corners: [Int32]
    private let weights: [Double]
    private let inverseAreas: [Double]
    private let pinned: [Int32]

    /// Weights of vertices, and the distance that is known there.
    private struct Source {
        var position: SIMD3<Double>
        var weights: [(vertex: Int, weight: Double, distance: Double)]
    }

    init(_ mesh: TriangleMesh, components: ConnectedComponents) throws(MeshError) {
        self.mesh = mesh
        var triangulation = try IntrinsicTriangulation(mesh)
        triangulation.flipToDelaunay()
        let laplacian = Laplacian(triangulation)
        let symbolic = try SymbolicFactorization(laplacian.stiffness)
        let n = mesh.vertexCount
        var place = [Int32](repeating: 0, count: n)
        for (new, old) in symbolic.permutation.enumerated() { place[Int(old)] = Int32(new) }
        // The potential is free up to a constant on each component: its lowest vertex is held at zero.
        let anchors = components.members.map { Int($0[0]) }
        pinned = anchors.map { place[$0] }.sorted()
        guard
            let poisson = SparseFactorization(
                laplacian.stiffness.pinning(anchors), symbolic: symbolic)
        else { throw .unsuitable("the mesh's Laplacian could not be factorised") }
        self.poisson = poisson
        let h = triangulation.meanEdgeLength
        heat = try Self.heatFactor(
            laplacian, symbolic: symbolic, time: 0.8 * h * h,
            anchors: anchors, components: components)
        corners = triangulation.triangles.flatMap { [place[Int($0.x)], place[Int($0.y)], place[Int($0.z)]] }
        weights = triangulation.triangles.indices.flatMap { f in
            let w = triangulation.cotangents(of: f) / 2
            return [w.x, w.y, w.z]
        }
        inverseAreas = triangulation.triangles.indices.map { f in
            let area = triangulation.area(of: f)
            return area > 0 ? 1 / area : 0
        }
        self.place = place
        positions = (0..<3).flatMap { axis in mesh.positions.map { $0[axis] } }
    }

    /// M + t S, with t large enough that heat from each component's first vertex is well above the smallest number
    /// everywhere. No vertex is more than twice as far from any other as from that one, which squares what is left.
    private static func heatFactor(
        _ laplacian: Laplacian, symbolic: SymbolicFactorization, time: Double, anchors: [Int],
        components: ConnectedComponents
    ) throws(MeshError) -> SparseFactorization {
        var time = time
        for _ in 0..<20 {
            var matrix = laplacian.stiffness
            for p in matrix.values.indices { matrix.values[p] *= time }
            for (v, area) in laplacian.lumpedMass.enumerated() {
                matrix.values[Int(matrix.columnStart[v])] += area > 0 ? area : 1
            }
            guard let factor = SparseFactorization(matrix, symbolic: symbolic) else { break }
            var source = [Double](repeating: 0, count: matrix.order)
            for anchor in anchors { source[anchor] = 1 }
            let heat = factor.solve(source)
            if zip(components.members, anchors).allSatisfy({ members, anchor in
                members.allSatisfy { heat[Int($0)] > 1e-140 * heat[anchor] }
            }) {
                return factor
            }
            time *= 4
        }
        throw .unsuitable("heat does not reach all of this mesh; is it extremely long, or of extreme proportions?")
    }

    /// Memory for one call of `distances` after the other.
    final class Scratch {
        fileprivate let heat, distance: UnsafeMutablePointer<Double>
        fileprivate init(count: Int) {
            heat = .allocate(capacity: count)
            distance = .allocate(capacity: count)
        }
        deinit {
            heat.deallocate()
            distance.deallocate()
        }
    }

    func scratch() -> Scratch { Scratch(count: mesh.vertexCount * Self.width) }

    /// Distances from each of at most `width` vertices, a row each, within the vertex's own component; what is in other
    /// components is undefined.
    func distances(from vertices: ArraySlice<Int>, scratch: Scratch, rows: UnsafeMutablePointer<Double>) {
        distances(
            vertices.map { Source(position: mesh.positions[$0], weights: [($0, 1, 0)]) }, scratch: scratch, rows: rows)
    }

    /// As `distances(from:)`, from a point.
    func distances(from point: SurfacePoint, scratch: Scratch, rows: UnsafeMutablePointer<Double>) {
        let triangle = mesh.triangles[Int(point.triangle)]
        let position = mesh.position(of: point)
        let weights = (0..<3).map { c in
            let vertex = Int(triangle[c])
            return (vertex, point.barycentric[c], distance(mesh.positions[vertex], position))
        }
        distances([Source(position: position, weights: weights)], scratch: scratch, rows: rows)
    }

    private func distances(_ sources: [Source], scratch: Scratch, rows: UnsafeMutablePointer<Double>) {
        precondition(sources.count <= Self.width)
        let width = Self.width
        scratch.heat.initialize(repeating: 0, count: mesh.vertexCount * width)
        for (column, source) in sources.enumerated() {
            for term in source.weights { scratch.heat[Int(place[term.vertex]) * width + column] += term.weight }
        }
        corners.withUnsafeBufferPointer { corners in
            weights.withUnsafeBufferPointer { weights in
                inverseAreas.withUnsafeBufferPointer { areas in
                    var geometry = MeshHeatGeometry(
                        vertices: Int32(mesh.vertexCount), faces: Int32(areas.count), corners: corners.baseAddress,
                        weights: weights.baseAddress, inverseAreas: areas.baseAddress)
                    mesh_heat_tile(
                        heat.handle, poisson.handle, &geometry, pinned, Int32(pinned.count), scratch.heat,
                        scratch.distance)
                }
            }
        }
        let offsets = sources.enumerated().map { column, source in
            source.weights.reduce(0) {
                $0 + $1.weight * (scratch.distance[Int(place[$1.vertex]) * width + column] - $1.distance)
            }
        }
        mesh_heat_rows(
            scratch.distance, place, positions, Int32(mesh.vertexCount), Int32(sources.count), offsets,
            sources.flatMap { [$0.position.x, $0.position.y, $0.position.z] }, rows)
    }
}

extension SparseSymmetricMatrix {
    /// The matrix with some rows and columns those of the identity.
    fileprivate func pinning(_ pinned: [Int]) -> SparseSymmetricMatrix {
        var result = self
        var isPinned = [Bool](repeating: false, count: order)
        for v in pinned { isPinned[v] = true }
        for j in 0..<order {
            for p in Int(columnStart[j])..<Int(columnStart[j + 1]) {
                let i = Int(rows[p])
                if isPinned[i] || isPinned[j] { result.values[p] = i == j ? 1 : 0 }
            }
        }
        return result
    }
}
