/// Least squares conformal maps (Lévy, Petitjean, Ray, Maillot 2002): the two vertices of the boundary that are farthest apart are
/// held, and angles change as little as a linear system can make them.
enum ConformalFlattening {
    static func flatten(_ disk: FlatDisk) throws(MeshError) -> [SIMD2<Double>] {
        let mesh = disk.mesh
        let pins = farthest(disk)
        var number = [Int](repeating: -1, count: mesh.vertexCount)
        var free: [Int] = []
        for vertex in 0..<mesh.vertexCount where vertex != pins.0 && vertex != pins.1 {
            number[vertex] = free.count
            free.append(vertex)
        }
        var flat = [SIMD2<Double>](repeating: .zero, count: mesh.vertexCount)
        flat[pins.1] = [distance(mesh.positions[pins.0], mesh.positions[pins.1]), 0]
        // Dirichlet energy less area: half of x' L x minus the boundary's area, both quadratic in u and v.
        var entries: [(row: Int32, column: Int32, value: Double)] = []
        var right = [Double](repeating: 0, count: 2 * free.count)
        func add(_ i: Int, _ p: Int, _ j: Int, _ q: Int, _ value: Double) {
            switch (number[i], number[j]) {
            case (let a, let b) where a >= 0 && b >= 0:
                let (row, column) = (2 * a + p, 2 * b + q)
                if row >= column { entries.append((Int32(row), Int32(column), value)) }
            case (let a, -1) where a >= 0: right[2 * a + p] -= value * flat[j][q]
            default: break
            }
        }
        for index in mesh.triangles.indices {
            let t = mesh.triangles[index]
            let (a, b, c) = mesh.corners(of: index)
            let p = [a, b, c]
            let twice = length(mesh.areaVector(of: index))
            for k in 0..<3 {
                let (i, j) = (Int(t[(k + 1) % 3]), Int(t[(k + 2) % 3]))
                let cotangent =
                    dot(p[(k + 1) % 3] - p[k], p[(k + 2) % 3] - p[k]) / max(twice, .leastNormalMagnitude)
                for axis in 0..<2 {
                    add(i, axis, i, axis, cotangent / 2)
                    add(j, axis, j, axis, cotangent / 2)
                    add(i, axis, j, axis, -cotangent / 2)
                    add(j, axis, i, axis, -cotangent / 2)
                }
            }
        }
        let loop = disk.boundary
        for k in loop.indices {
            let (i, j) = (Int(loop[k]), Int(loop[(k + 1) % loop.count]))
            // Area is half the sum of u_i v_j - u_j v_i; its derivatives are a half each.
            add(i, 0, j, 1, -0.5)
            add(j, 1, i, 0, -0.5)
            add(j, 0, i, 1, 0.5)
            add(i, 1, j, 0, 0.5)
        }
        let matrix = SparseSymmetricMatrix(order: right.count, entries: entries)
        guard let factor = SparseFactorization(matrix, symbolic: try SymbolicFactorization(matrix)) else {
            throw .unsuitable("the piece's triangles are too thin for a conformal map")
        }
        let solution = factor.solve(right)
        for (row, vertex) in free.enumerated() { flat[vertex] = [solution[2 * row], solution[2 * row + 1]] }
        return flat
    }

    private static func farthest(_ disk: FlatDisk) -> (Int, Int) {
        var best = (Int(disk.boundary[0]), Int(disk.boundary[1]), 0.0)
        for (index, a) in disk.boundary.enumerated() {
            for b in disk.boundary[(index + 1)...] {
                let size = distance(disk.mesh.positions[Int(a)], disk.mesh.positions[Int(b)])
                if size > best.2 { best = (Int(a), Int(b), size) }
            }
        }
        return (best.0, best.1)
    }
}
