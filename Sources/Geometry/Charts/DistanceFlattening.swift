/// Classical multidimensional scaling of the distances along the piece: the way in which DensePose's limbs were laid flat (Güler et
/// al. 2018).
enum DistanceFlattening {
    static func flatten(_ disk: FlatDisk) throws(MeshError) -> [SIMD2<Double>] {
        let n = disk.vertices.count
        let solver = try GeodesicSolver(disk.mesh, method: .exact)
        var squared = [Double](repeating: 0, count: n * n)
        for i in 0..<n {
            for (j, d) in try solver.distances(from: i).enumerated() { squared[i * n + j] = d * d }
        }
        // Both directions agree up to rounding; their mean is symmetric.
        let rows = (0..<n).map { i in
            (0..<n).reduce(0) { $0 + (squared[i * n + $1] + squared[$1 * n + i]) / 2 } / Double(n)
        }
        let mean = rows.reduce(0, +) / Double(n)
        func times(_ x: [Double]) -> [Double] {
            (0..<n).map { i in
                var sum = 0.0
                for j in 0..<n {
                    sum -= ((squared[i * n + j] + squared[j * n + i]) / 2 - rows[i] - rows[j] + mean) / 2 * x[j]
                }
                return sum
            }
        }
        // The two leading eigenvectors by power iteration, the first taken out of the second.
        var axes: [[Double]] = []
        var sizes: [Double] = []
        for axis in 0..<2 {
            var x = disk.mesh.positions.map { $0[axis] + 0.37 * $0[(axis + 1) % 3] }
            for _ in 0..<300 {
                for known in axes { x = without(x, known) }
                x = unit(x)
                x = times(x)
            }
            for known in axes { x = without(x, known) }
            sizes.append(x.reduce(0) { $0 + $1 * $1 }.squareRoot())
            axes.append(unit(x))
        }
        var flat = (0..<n).map { i in
            SIMD2(axes[0][i] * max(sizes[0], 0).squareRoot(), axes[1][i] * max(sizes[1], 0).squareRoot())
        }
        // Scaling knows no side: most triangles must be counter-clockwise.
        if 2 * ChartUnwrapper.flips(disk, flat) > disk.mesh.triangleCount { flat = flat.map { [$0.x, -$0.y] } }
        return flat
    }

    private static func unit(_ x: [Double]) -> [Double] {
        let size = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return size > 0 ? x.map { $0 / size } : x
    }

    private static func without(_ x: [Double], _ axis: [Double]) -> [Double] {
        let share = zip(x, axis).reduce(0) { $0 + $1.0 * $1.1 }
        return zip(x, axis).map { $0 - share * $1 }
    }
}
