import Foundation

/// Lays a disk flat with the least symmetric Dirichlet energy, from a map that has no triangle turned over and without ever
/// turning one over: Rabinovich, Poranne, Panozzo, Sorkine-Hornung, "Scalable locally injective mappings", 2017.
struct IsometricFlattening {
    private let disk: FlatDisk
    private let areas: [Double]
    /// Gradients of the three hat functions in the plane of each triangle.
    private let gradients: [(SIMD2<Double>, SIMD2<Double>, SIMD2<Double>)]
    private let iterations = 40

    init(_ disk: FlatDisk) throws(MeshError) {
        self.disk = disk
        var areas: [Double] = []
        var gradients: [(SIMD2<Double>, SIMD2<Double>, SIMD2<Double>)] = []
        for index in disk.mesh.triangles.indices {
            let (a, b, c) = disk.mesh.corners(of: index)
            let x = normalized(b - a)
            let normal = cross(b - a, c - a)
            let y = cross(normalized(normal), x)
            let area = length(normal) / 2
            guard area > 0 else { throw .unsuitable("triangle \(index) of the piece has no area") }
            let (q, r) = (SIMD2(length(b - a), 0), SIMD2(dot(c - a, x), dot(c - a, y)))
            // The opposite edge turned by a right angle, over twice the area.
            func gradient(_ from: SIMD2<Double>, _ to: SIMD2<Double>) -> SIMD2<Double> {
                let e = to - from
                return SIMD2(-e.y, e.x) / (2 * area)
            }
            areas.append(area)
            gradients.append((gradient(q, r), gradient(r, .zero), gradient(.zero, q)))
        }
        self.areas = areas
        self.gradients = gradients
    }

    func flatten() throws(MeshError) -> [SIMD2<Double>] {
        var flat = try convexStart()
        var energy = energy(flat)
        var symbolic: SymbolicFactorization?
        for _ in 0..<iterations {
            let (matrix, right) = system(flat)
            if symbolic == nil { symbolic = try SymbolicFactorization(matrix) }
            guard let factor = SparseFactorization(matrix, symbolic: symbolic!) else { break }
            let solution = factor.solve(right)
            let step = flat.indices.map { SIMD2(solution[2 * $0], solution[2 * $0 + 1]) - flat[$0] }
            let (next, nextEnergy) = moved(flat, step, energy)
            let gain = energy - nextEnergy
            (flat, energy) = (next, nextEnergy)
            if gain < 1e-6 * energy { break }
        }
        return flat
    }

    /// Tutte's embedding in a circle of the disk's area: every inner vertex is the mean of its neighbours.
    private func convexStart() throws(MeshError) -> [SIMD2<Double>] {
        let count = disk.vertices.count
        let total = areas.reduce(0, +)
        let radius = (total / .pi).squareRoot()
        var flat = [SIMD2<Double>](repeating: .zero, count: count)
        let loop = disk.boundary
        let lengths = loop.indices.map {
            distance(disk.mesh.positions[Int(loop[$0])], disk.mesh.positions[Int(loop[($0 + 1) % loop.count])])
        }
        let around = lengths.reduce(0, +)
        var isFixed = [Bool](repeating: false, count: count)
        var along = 0.0
        for (index, vertex) in loop.enumerated() {
            let angle = 2 * Double.pi * along / around
            flat[Int(vertex)] = SIMD2(cos(angle), sin(angle)) * radius
            isFixed[Int(vertex)] = true
            along += lengths[index]
        }
        var number = [Int](repeating: -1, count: count)
        var inner: [Int] = []
        for vertex in 0..<count where !isFixed[vertex] {
            number[vertex] = inner.count
            inner.append(vertex)
        }
        guard !inner.isEmpty else { return flat }
        var entries: [(row: Int32, column: Int32, value: Double)] = []
        var right = [SIMD2<Double>](repeating: .zero, count: inner.count)
        let topology = try MeshTopology(disk.mesh)
        for (row, vertex) in inner.enumerated() {
            let neighbors = topology.neighbors(of: vertex)
            entries.append((Int32(row), Int32(row), Double(neighbors.count)))
            for neighbor in neighbors {
                if isFixed[Int(neighbor)] {
                    right[row] += flat[Int(neighbor)]
                } else if number[Int(neighbor)] < row {
                    entries.append((Int32(row), Int32(number[Int(neighbor)]), -1))
                }
            }
        }
        let matrix = SparseSymmetricMatrix(order: inner.count, entries: entries)
        guard let factor = SparseFactorization(matrix, symbolic: try SymbolicFactorization(matrix)) else {
            throw .unsuitable("the piece is not connected")
        }
        let (x, y) = (factor.solve(right.map(\.x)), factor.solve(right.map(\.y)))
        for (row, vertex) in inner.enumerated() { flat[vertex] = [x[row], y[row]] }
        return flat
    }

    private func jacobian(_ flat: [SIMD2<Double>], _ f: Int) -> (SIMD2<Double>, SIMD2<Double>) {
        let t = disk.mesh.triangles[f]
        let (a, b, c) = (flat[Int(t.x)], flat[Int(t.y)], flat[Int(t.z)])
        let g = gradients[f]
        // Rows: the gradients of u and of v.
        return (g.0 * a.x + g.1 * b.x + g.2 * c.x, g.0 * a.y + g.1 * b.y + g.2 * c.y)
    }

    /// Area-weighted sum of |J|² + |J⁻¹|²; infinite when a triangle is turned over.
    private func energy(_ flat: [SIMD2<Double>]) -> Double {
        var sum = 0.0
        for f in areas.indices {
            let (u, v) = jacobian(flat, f)
            let determinant = u.x * v.y - u.y * v.x
            guard determinant > 0 else { return .infinity }
            let size = u.x * u.x + u.y * u.y + v.x * v.x + v.y * v.y
            sum += areas[f] * (size + size / (determinant * determinant))
        }
        return sum
    }

    /// The weighted least-squares problem whose gradient at `flat` is that of the energy. Unknowns are u and v in turn.
    private func system(_ flat: [SIMD2<Double>]) -> (SparseSymmetricMatrix, [Double]) {
        var entries: [(row: Int32, column: Int32, value: Double)] = []
        entries.reserveCapacity(21 * areas.count)
        var right = [Double](repeating: 0, count: 2 * flat.count)
        // A little of the old place keeps the matrix definite.
        let anchor = 1e-6 * areas.reduce(0, +) / Double(flat.count) / max(areas.reduce(0, +), 1e-300)
        for vertex in flat.indices {
            for axis in 0..<2 {
                entries.append((Int32(2 * vertex + axis), Int32(2 * vertex + axis), anchor))
                right[2 * vertex + axis] += anchor * flat[vertex][axis]
            }
        }
        for f in areas.indices {
            let (u, v) = jacobian(flat, f)
            let decomposition = Decomposition(u, v)
            func weight(_ s: Double) -> Double {
                abs(s - 1) < 1e-8 ? 4 : (s - 1 / (s * s * s)) / (s - 1)
            }
            // M = W² with W of the same axes as J's left singular vectors; R the nearest rotation.
            let m = decomposition.left(weight(decomposition.large), weight(decomposition.small))
            let r = decomposition.rotation
            let mr = (m.0.x * r.0 + m.0.y * r.1, m.1.x * r.0 + m.1.y * r.1)
            let t = disk.mesh.triangles[f]
            let g = [gradients[f].0, gradients[f].1, gradients[f].2]
            for i in 0..<3 {
                right[2 * Int(t[i])] += areas[f] * (mr.0.x * g[i].x + mr.0.y * g[i].y)
                right[2 * Int(t[i]) + 1] += areas[f] * (mr.1.x * g[i].x + mr.1.y * g[i].y)
                for j in 0...i {
                    let product = areas[f] * (g[i].x * g[j].x + g[i].y * g[j].y)
                    let (row, column) = (2 * t[i], 2 * t[j])
                    entries.append((row, column, product * m.0.x))
                    entries.append((row + 1, column + 1, product * m.1.y))
                    entries.append((row + 1, column, product * m.0.y))
                    if i != j { entries.append((row, column + 1, product * m.0.y)) }
                }
            }
        }
        return (SparseSymmetricMatrix(order: 2 * flat.count, entries: entries), right)
    }

    /// A step that lowers the energy, short of where the first triangle would turn over.
    private func moved(
        _ flat: [SIMD2<Double>], _ step: [SIMD2<Double>], _ energy: Double
    ) -> ([SIMD2<Double>], Double) {
        var length = 1.0
        for t in disk.mesh.triangles {
            let (a, b) = (flat[Int(t.y)] - flat[Int(t.x)], flat[Int(t.z)] - flat[Int(t.x)])
            let (c, d) = (step[Int(t.y)] - step[Int(t.x)], step[Int(t.z)] - step[Int(t.x)])
            // det(a + s c, b + s d) = 0
            let quadratic = c.x * d.y - c.y * d.x
            let linear = a.x * d.y - a.y * d.x + c.x * b.y - c.y * b.x
            let constant = a.x * b.y - a.y * b.x
            if let root = Self.smallestRoot(quadratic, linear, constant) { length = min(length, 0.8 * root) }
        }
        for _ in 0..<40 {
            let next = zip(flat, step).map { $0 + $1 * length }
            let value = self.energy(next)
            if value < energy { return (next, value) }
            length /= 2
        }
        return (flat, energy)
    }

    private static func smallestRoot(_ a: Double, _ b: Double, _ c: Double) -> Double? {
        let discriminant = b * b - 4 * a * c
        guard discriminant >= 0 else { return nil }
        let q = -(b + (b < 0 ? -1 : 1) * discriminant.squareRoot()) / 2
        return [a == 0 ? nil : q / a, q == 0 ? nil : c / q].compactMap { $0 }.filter { $0 > 0 }.min()
    }
}

/// J = U S Vᵀ of a two by two matrix with positive determinant.
private struct Decomposition {
    let large: Double
    let small: Double
    /// The first left singular vector.
    private let axis: SIMD2<Double>
    /// Rows of the nearest rotation.
    let rotation: (SIMD2<Double>, SIMD2<Double>)

    /// - Parameters: the matrix's rows.
    init(_ u: SIMD2<Double>, _ v: SIMD2<Double>) {
        // The nearest rotation and the rest, as complex numbers.
        let (e, f) = ((u.x + v.y) / 2, (u.x - v.y) / 2)
        let (g, h) = ((v.x + u.y) / 2, (v.x - u.y) / 2)
        let (q, r) = ((e * e + h * h).squareRoot(), (f * f + g * g).squareRoot())
        large = q + r
        small = abs(q - r)
        let (cosine, sine) = q > 0 ? (e / q, h / q) : (1, 0)
        rotation = (SIMD2(cosine, -sine), SIMD2(sine, cosine))
        // J Jᵀ's first eigenvector.
        let (a, b, c) = (u.x * u.x + u.y * u.y, u.x * v.x + u.y * v.y, v.x * v.x + v.y * v.y)
        let half = (a - c) / 2
        let root = (half * half + b * b).squareRoot()
        let candidate = half >= 0 ? SIMD2(half + root, b) : SIMD2(b, root - half)
        let size = (candidate.x * candidate.x + candidate.y * candidate.y).squareRoot()
        axis = size > 0 ? candidate / size : [1, 0]
    }

    /// Rows of U diag(first, second) Uᵀ.
    func left(_ first: Double, _ second: Double) -> (SIMD2<Double>, SIMD2<Double>) {
        let (x, y) = (axis.x, axis.y)
        let across = (first - second) * x * y
        return (SIMD2(first * x * x + second * y * y, across), SIMD2(across, first * y * y + second * x * x))
    }
}
