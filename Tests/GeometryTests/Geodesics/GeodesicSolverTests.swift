import Foundation
import Hashing
import Testing

@testable import Geometry

@Suite struct GeodesicSolverTests {
    /// Two meshes as one, the second moved.
    static func together(_ a: TriangleMesh, _ b: TriangleMesh, by shift: SIMD3<Double>) throws -> TriangleMesh {
        let offset = Int32(a.vertexCount)
        return try TriangleMesh(
            positions: a.positions + b.positions.map { $0 + shift },
            triangles: a.triangles + b.triangles.map { $0 &+ SIMD3(repeating: offset) })
    }

    /// A sphere with dents and bulges, its faces of all shapes.
    static func bumpy(level: Int = 3) throws -> TriangleMesh {
        let sphere = Shapes.sphere(level: level)
        return try sphere.moved(
            to: sphere.positions.map { p in
                p * (1 + 0.3 * sin(5 * p.x) * cos(4 * p.y + p.z)) * SIMD3(1, 2.5, 0.6)
            })
    }

    @Test func inAPlaneExactDistancesAreStraight() throws {
        let square = Shapes.square(cells: 13)
        let solver = try GeodesicSolver(square, method: .exact)
        for source in [0, 7, 100, 195] {
            let distances = try solver.distances(from: source)
            for v in 0..<square.vertexCount {
                #expect(abs(distances[v] - distance(square.positions[v], square.positions[source])) < 1e-12)
            }
        }
    }

    @Test func aroundTheCornersOfACubeThePathUnfolds() throws {
        // Unit cube; from corner to corner across two faces it is √5, over one edge of a face's middle.
        let cube = try TriangleMesh(
            positions: (0..<8).map { [Double($0 & 1), Double($0 >> 1 & 1), Double($0 >> 2)] },
            triangles: [
                [0, 2, 3], [0, 3, 1], [4, 5, 7], [4, 7, 6], [0, 1, 5], [0, 5, 4], [2, 6, 7], [2, 7, 3], [0, 4, 6],
                [0, 6, 2], [1, 3, 7], [1, 7, 5],
            ])
        let distances = try GeodesicSolver(cube, method: .exact).distances(from: 0)
        let expected = [0, 1, 1, 2.0.squareRoot(), 1, 2.0.squareRoot(), 2.0.squareRoot(), 5.0.squareRoot()]
        for (found, truth) in zip(distances, expected) { #expect(abs(found - truth) < 1e-12) }
    }

    @Test func aroundAHoleThePathTurnsAtItsCorners() throws {
        // A square of 9 x 9 cells without the middle 3 x 3.
        let full = Shapes.square(cells: 9)
        let kept = full.triangles.filter { t in
            let center = (0..<3).reduce(SIMD3<Double>.zero) { $0 + full.positions[Int(t[$1])] } / 3
            return abs(center.x - 0.5) > 1.0 / 6 || abs(center.y - 0.5) > 1.0 / 6
        }
        let mesh = try TriangleMesh(positions: full.positions, triangles: kept)
        let distances = try GeodesicSolver(mesh, method: .exact, bridging: false).distances(from: 0)
        // From (0, 0) to (1, 1) past the hole's corner (1/3, 2/3).
        #expect(abs(distances[99] - 2 * (1.0 / 9 + 4.0 / 9).squareRoot()) < 1e-12)
        let hidden = full.positions.indices.filter {
            abs(full.positions[$0].x - 0.5) < 0.16 && abs(full.positions[$0].y - 0.5) < 0.16
        }
        #expect(hidden.count == 4 && hidden.allSatisfy { distances[$0] == .infinity })
    }

    @Test func exactLiesBetweenTheStraightLineAndTheEdgesAndIsSymmetric() throws {
        let mesh = try Self.bumpy()
        let exact = try GeodesicSolver(mesh, method: .exact)
        let edges = try GeodesicSolver(mesh, method: .dijkstra)
        let from = try [3, 200, 641].map { try exact.distances(from: $0) }
        for (row, source) in zip(from, [3, 200, 641]) {
            let along = try edges.distances(from: source)
            for v in 0..<mesh.vertexCount {
                #expect(row[v] >= distance(mesh.positions[v], mesh.positions[source]) - 1e-12)
                #expect(row[v] <= along[v] + 1e-12)
            }
            // No edge can be a shorter way.
            for t in mesh.triangles {
                for c in 0..<3 {
                    let (a, b) = (Int(t[c]), Int(t[(c + 1) % 3]))
                    #expect(abs(row[a] - row[b]) <= distance(mesh.positions[a], mesh.positions[b]) + 1e-12)
                }
            }
        }
        #expect(abs(from[0][200] - from[1][3]) < 1e-12)
        #expect(abs(from[1][641] - from[2][200]) < 1e-12)
    }

    @Test func exactDistancesDoNotChangeWhenTrianglesAreDivided() throws {
        // Cutting every triangle in four changes no distance on the same polyhedron.
        let coarse = try Self.bumpy(level: 2)
        var positions = coarse.positions
        var middles: [SIMD2<Int32>: Int32] = [:]
        func middle(_ a: Int32, _ b: Int32) -> Int32 {
            let key = SIMD2(min(a, b), max(a, b))
            if let known = middles[key] { return known }
            positions.append((positions[Int(a)] + positions[Int(b)]) / 2)
            middles[key] = Int32(positions.count - 1)
            return Int32(positions.count - 1)
        }
        let triangles = coarse.triangles.flatMap { f -> [SIMD3<Int32>] in
            let (a, b, c) = (middle(f.x, f.y), middle(f.y, f.z), middle(f.z, f.x))
            return [[f.x, a, c], [f.y, b, a], [f.z, c, b], [a, b, c]]
        }
        let fine = try TriangleMesh(positions: positions, triangles: triangles)
        let (one, other) = (
            try GeodesicSolver(coarse, method: .exact).distances(from: 5),
            try GeodesicSolver(fine, method: .exact).distances(from: 5)
        )
        for v in 0..<coarse.vertexCount { #expect(abs(one[v] - other[v]) < 1e-9) }
    }

    @Test func heatComesNearExactDistancesAlsoOnSlivers() throws {
        let sphere = Shapes.sphere(level: 3)
        let flat = try sphere.moved(to: sphere.positions.map { $0 * SIMD3(1, 12, 1) })
        for mesh in [sphere, flat, Shapes.torus(around: 100, across: 30)] {
            let exact = try GeodesicSolver(mesh, method: .exact).distances(from: 17)
            let heat = try GeodesicSolver(mesh, method: .heat).distances(from: 17)
            let diameter = exact.max()!
            let error = zip(exact, heat).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(mesh.vertexCount)
            #expect(heat[17] == 0)
            #expect(error < 0.02 * diameter)
        }
    }

    @Test(arguments: GeodesicMethod.allCases)
    func aPointInAVertexIsThatVertexAndASetIsItsNearest(method: GeodesicMethod) throws {
        let mesh = try Self.bumpy(level: 2)
        let solver = try GeodesicSolver(mesh, method: method)
        let corner = Int(mesh.triangles[30].y)
        let point = try solver.distances(from: SurfacePoint(triangle: 30, barycentric: [0, 1, 0]))
        let (one, two) = (try solver.distances(from: corner), try solver.distances(from: 9))
        for v in 0..<mesh.vertexCount { #expect(abs(point[v] - one[v]) < 1e-9) }
        let both = try solver.distances(fromSet: [corner, 9])
        for v in 0..<mesh.vertexCount { #expect(abs(both[v] - min(one[v], two[v])) < 1e-12) }
    }

    @Test func fromAPointInAPlaneExactDistancesAreStraight() throws {
        let square = Shapes.square(cells: 6)
        // Inside a triangle, on its edges, in its corners.
        for barycentric in [[0.2, 0.5, 0.3], [0, 0.4, 0.6], [0.4, 0, 0.6], [0.4, 0.6, 0], [0, 0, 1]] as [SIMD3<Double>]
        {
            let point = SurfacePoint(triangle: 31, barycentric: barycentric)
            let distances = try GeodesicSolver(square, method: .exact).distances(from: point)
            for v in 0..<square.vertexCount {
                #expect(abs(distances[v] - distance(square.positions[v], square.position(of: point))) < 1e-12)
            }
        }
    }

    @Test(arguments: GeodesicMethod.allCases)
    func piecesAreBridgedByTheShortestEdge(method: GeodesicMethod) throws {
        let small = Shapes.sphere(level: 1)
        let mesh = try Self.together(Shapes.sphere(level: 2), small, by: [0, 3, 0])
        let (big, n) = (162, mesh.vertexCount)
        var nearest = (a: 0, b: 0, length: Double.infinity)
        for a in 0..<big {
            for b in big..<n where distance(mesh.positions[a], mesh.positions[b]) < nearest.length {
                nearest = (a, b, distance(mesh.positions[a], mesh.positions[b]))
            }
        }
        let bridged = try GeodesicSolver(mesh, method: method)
        let apart = try GeodesicSolver(mesh, method: method, bridging: false)
        let own = try apart.distances(from: 0)
        let there = try apart.distances(from: nearest.b)
        let all = try bridged.distances(from: 0)
        for v in 0..<big { #expect(all[v] == own[v]) }
        for v in big..<n {
            #expect(own[v] == .infinity)
            #expect(abs(all[v] - (own[nearest.a] + nearest.length + there[v])) < 1e-9)
        }
        // And from either piece at once.
        let both = try bridged.distances(fromSet: [0, n - 1])
        let back = try bridged.distances(from: n - 1)
        for v in 0..<n { #expect(abs(both[v] - min(all[v], back[v])) < 1e-9) }
    }

    @Test func sumsOverPartsAreTheSumsOfRows() throws {
        let mesh = Shapes.torus(around: 16, across: 7)
        let labels = PartLabels(
            names: ["front", "back"],
            labels: (0..<mesh.vertexCount).map { $0 % 5 == 0 ? PartLabels.none : mesh.positions[$0].x > 0 ? 0 : 1 })
        let solver = try GeodesicSolver(mesh, method: .heat)
        let sums = try solver.sums(overParts: labels)
        var expected = [[Double]](repeating: [Double](repeating: 0, count: mesh.vertexCount), count: 2)
        for s in 0..<mesh.vertexCount where labels.labels[s] != PartLabels.none {
            for (v, d) in try solver.distances(from: s).enumerated() { expected[Int(labels.labels[s])][v] += d }
        }
        for part in 0..<2 {
            for v in 0..<mesh.vertexCount { #expect(abs(sums[part][v] - expected[part][v]) < 1e-9) }
        }
    }

    @Test(arguments: [GeodesicMethod.exact, .heat])
    func aMeshThatIsNoManifoldIsRefusedByName(method: GeodesicMethod) throws {
        let mesh = try TriangleMesh(
            positions: [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]],
            triangles: [[0, 1, 2], [1, 0, 3], [1, 0, 4]])
        #expect(throws: MeshError.edgeNotManifold(0, 1)) { try GeodesicSolver(mesh, method: method) }
        // Dijkstra needs edges only: from 2 over 0 to 3.
        #expect(try GeodesicSolver(mesh, method: .dijkstra).distances(from: 2)[3] == 2)
    }

    @Test(arguments: GeodesicMethod.allCases)
    func aVertexWithoutTrianglesIsInfinitelyFarAndNowhereNearItself(method: GeodesicMethod) throws {
        let sphere = Shapes.sphere(level: 1)
        let mesh = try TriangleMesh(positions: sphere.positions + [[5, 0, 0]], triangles: sphere.triangles)
        let solver = try GeodesicSolver(mesh, method: method, bridging: false)
        #expect(try solver.distances(from: 0)[42] == .infinity)
        let lonely = try solver.distances(from: 42)
        #expect(lonely[42] == 0)
        #expect(lonely.dropLast().allSatisfy { $0 == .infinity })
    }

    @Test func aLineOfThousandsOfTrianglesIsNotTooLongForHeat() throws {
        // Two thousand edges apart, heat for h² would be less than the smallest number.
        let count = 2000
        var positions: [SIMD3<Double>] = []
        var triangles: [SIMD3<Int32>] = []
        for i in 0...count { positions += [[Double(i), 0, 0], [Double(i), 1, 0]] }
        for i in Int32(0)..<Int32(count) {
            triangles += [[2 * i, 2 * i + 2, 2 * i + 1], [2 * i + 1, 2 * i + 2, 2 * i + 3]]
        }
        let mesh = try TriangleMesh(positions: positions, triangles: triangles)
        let distances = try GeodesicSolver(mesh, method: .heat).distances(from: 0)
        #expect(abs(distances[2 * count] - Double(count)) < 0.01 * Double(count))
        #expect(abs(distances[count] - Double(count) / 2) < 0.01 * Double(count))
    }
}
