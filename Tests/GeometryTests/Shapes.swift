import Foundation
import Geometry

/// Meshes whose measures are known.
enum Shapes {
    /// A sphere of radius 1 from an icosahedron, each triangle cut in four `level` times: 10 · 4^level + 2 vertices.
    static func sphere(level: Int) -> TriangleMesh {
        let t = (1 + 5.0.squareRoot()) / 2
        var positions: [SIMD3<Double>] = [
            [-1, t, 0], [1, t, 0], [-1, -t, 0], [1, -t, 0], [0, -1, t], [0, 1, t], [0, -1, -t], [0, 1, -t], [t, 0, -1],
            [t, 0, 1], [-t, 0, -1], [-t, 0, 1],
        ].map(normalized)
        var triangles: [SIMD3<Int32>] = [
            [0, 11, 5], [0, 5, 1], [0, 1, 7], [0, 7, 10], [0, 10, 11], [1, 5, 9], [5, 11, 4], [11, 10, 2], [10, 7, 6],
            [7, 1, 8], [3, 9, 4], [3, 4, 2], [3, 2, 6], [3, 6, 8], [3, 8, 9], [4, 9, 5], [2, 4, 11], [6, 2, 10],
            [8, 6, 7], [9, 8, 1],
        ]
        for _ in 0..<level {
            var middles: [SIMD2<Int32>: Int32] = [:]
            func middle(_ a: Int32, _ b: Int32) -> Int32 {
                let key = SIMD2(min(a, b), max(a, b))
                if let known = middles[key] { return known }
                positions.append(normalized(positions[Int(a)] + positions[Int(b)]))
                middles[key] = Int32(positions.count - 1)
                return Int32(positions.count - 1)
            }
            triangles = triangles.flatMap { f -> [SIMD3<Int32>] in
                let (a, b, c) = (middle(f.x, f.y), middle(f.y, f.z), middle(f.z, f.x))
                return [[f.x, a, c], [f.y, b, a], [f.z, c, b], [a, b, c]]
            }
        }
        return try! TriangleMesh(positions: positions, triangles: triangles)
    }

    /// A flat square of side 1 in the plane z = 0, `cells` by `cells` squares cut in two.
    static func square(cells: Int) -> TriangleMesh {
        var positions: [SIMD3<Double>] = []
        var triangles: [SIMD3<Int32>] = []
        for y in 0...cells {
            for x in 0...cells { positions.append([Double(x) / Double(cells), Double(y) / Double(cells), 0]) }
        }
        for y in 0..<Int32(cells) {
            for x in 0..<Int32(cells) {
                let a = y * Int32(cells + 1) + x
                let d = a + Int32(cells) + 1
                triangles += [[a, a + 1, d + 1], [a, d + 1, d]]
            }
        }
        return try! TriangleMesh(positions: positions, triangles: triangles)
    }

    /// A torus around y with radii 1 and 0.4.
    static func torus(around: Int = 48, across: Int = 20) -> TriangleMesh {
        var positions: [SIMD3<Double>] = []
        var triangles: [SIMD3<Int32>] = []
        for i in 0..<around {
            for j in 0..<across {
                let (a, b) = (2 * Double.pi * Double(i) / Double(around), 2 * Double.pi * Double(j) / Double(across))
                positions.append([(1 + 0.4 * cos(b)) * cos(a), 0.4 * sin(b), (1 + 0.4 * cos(b)) * sin(a)])
                func vertex(_ i: Int, _ j: Int) -> Int32 { Int32(i % around * across + j % across) }
                triangles += [
                    [vertex(i, j), vertex(i, j + 1), vertex(i + 1, j)],
                    [vertex(i, j + 1), vertex(i + 1, j + 1), vertex(i + 1, j)],
                ]
            }
        }
        return try! TriangleMesh(positions: positions, triangles: triangles)
    }
}

/// Runs with a folder that is gone afterwards.
func withTemporaryFolder<T>(_ body: (String) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kindred-geometry-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}
