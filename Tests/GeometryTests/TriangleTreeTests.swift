import Geometry
import Hashing
import Testing

@Suite struct TriangleTreeTests {
    @Test func theNearestPointIsThatOfTryingAll() throws {
        let torus = Shapes.torus(around: 20, across: 9)
        let tree = TriangleTree(torus)
        var random = SeededGenerator(seed: 1, stream: 0)
        for _ in 0..<300 {
            let p = SIMD3<Double>(
                .random(in: -2...2, using: &random), .random(in: -1...1, using: &random),
                .random(in: -2...2, using: &random))
            let (point, nearest) = tree.nearest(to: p)
            #expect(abs(distance(torus.position(of: point), p) - nearest) < 1e-12)
            // No sample of any triangle is nearer.
            for triangle in torus.triangles.indices {
                for weights in [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0], [1.0 / 3, 1.0 / 3, 1.0 / 3]]
                    as [SIMD3<Double>]
                {
                    let sample = torus.position(of: SurfacePoint(triangle: Int32(triangle), barycentric: weights))
                    #expect(distance(sample, p) >= nearest - 1e-12)
                }
            }
        }
    }

    @Test func aPointOnTheSurfaceIsFound() {
        let sphere = Shapes.sphere(level: 3)
        let tree = TriangleTree(sphere)
        for triangle in stride(from: 0, to: sphere.triangleCount, by: 7) {
            let point = SurfacePoint(triangle: Int32(triangle), barycentric: [0.2, 0.3, 0.5])
            let (found, gap) = tree.nearest(to: sphere.position(of: point))
            #expect(gap < 1e-12)
            #expect(found.triangle == point.triangle)
        }
    }
}
