import Foundation
import Geometry
import Testing

@Suite struct ChartTests {
    /// A sphere with a chart for each half of x.
    static let sphere = Shapes.sphere(level: 3)
    static let halves: [UInt8] = sphere.triangles.indices.map { index in
        let (a, b, c) = sphere.corners(of: index)
        return (a + b + c).x > 0 ? 1 : 2
    }

    @Test(arguments: ChartUnwrapper.Method.allCases)
    func everyMethodLaysHalfASphereFlatWithoutAFlip(_ method: ChartUnwrapper.Method) throws {
        let result = try ChartUnwrapper(method: method).unwrap(Self.sphere, charts: Self.halves)
        let report = ChartReport(result.atlas, of: Self.sphere)
        #expect(report.isValid)
        #expect(report.charts.map(\.chart) == [1, 2])
        #expect(result.replaced.isEmpty)
        for chart in report.charts {
            #expect(chart.stretch >= 1 && chart.stretch < 1.35)
            // What each method is for.
            if method == .conformal { #expect(chart.anisotropy < 1.1) }
            if method == .isometric { #expect(chart.stretch < 1.2) }
        }
        let places = result.atlas.coordinates
        #expect(places.map(\.x).min() == 0 && places.map(\.x).max() == 1)
        #expect(places.map(\.y).min() == 0 && places.map(\.y).max() == 1)
    }

    @Test func aFlatPieceIsLaidFlatAsItIs() throws {
        let square = Shapes.square(cells: 6)
        for method in ChartUnwrapper.Method.allCases {
            let atlas = try ChartUnwrapper(method: method).unwrap(
                square, charts: [UInt8](repeating: 1, count: square.triangleCount)
            ).atlas
            let report = ChartReport(atlas, of: square)
            #expect(abs(report.charts[0].stretch - 1) < 1e-3, "\(method)")
            for (vertex, place) in zip(atlas.vertices, atlas.coordinates) {
                let p = square.positions[Int(vertex)]
                #expect(abs(p.x - place.x) < 2e-3 && abs(p.y - place.y) < 2e-3, "\(method)")
            }
        }
    }

    @Test func aChartThatIsNoDiskIsNamed() {
        #expect(
            throws: MeshError.unsuitable("chart 1 cannot be laid flat: the piece has no boundary")
        ) {
            try ChartUnwrapper().unwrap(
                Self.sphere, charts: [UInt8](repeating: 1, count: Self.sphere.triangleCount))
        }
        // A belt around the sphere has two boundaries.
        let belt = Self.sphere.triangles.indices.map { index -> UInt8 in
            let (a, b, c) = Self.sphere.corners(of: index)
            return abs((a + b + c).y / 3) < 0.4 ? 3 : 0
        }
        #expect(throws: MeshError.unsuitable("chart 3 cannot be laid flat: the piece has more than one boundary")) {
            try ChartUnwrapper().unwrap(Self.sphere, charts: belt)
        }
    }

    @Test func thereAndBackIsExact() throws {
        let atlas = try ChartUnwrapper().unwrap(Self.sphere, charts: Self.halves).atlas
        let lookup = try ChartLookup(atlas, of: Self.sphere)
        for triangle in Self.sphere.triangles.indices {
            let point = SurfacePoint(triangle: Int32(triangle), barycentric: [0.5, 0.3, 0.2])
            let chart = try #require(lookup.chartPoint(at: point))
            #expect(chart.chart == Self.halves[triangle])
            let (back, gap) = try #require(lookup.surfacePoint(at: chart))
            #expect(gap < 1e-12)
            #expect(back.triangle == point.triangle)
            #expect(length(back.barycentric - point.barycentric) < 1e-9)
        }
        #expect(lookup.surfacePoint(at: ChartPoint(chart: 7, u: 0.5, v: 0.5)) == nil)
        // Outside the disk, in the corner of the square: the nearest point of the border.
        let (corner, gap) = try #require(lookup.surfacePoint(at: ChartPoint(chart: 1, u: 0, v: 0)))
        #expect(gap > 0.05)
        #expect(corner.barycentric.min() < 1e-9)
    }

    @Test func whatMatlabFilesHoldComesBack() throws {
        let atlas = try ChartUnwrapper().unwrap(Self.sphere, charts: Self.halves).atlas
        try withTemporaryFolder { folder in
            try DensePoseFiles.write(atlas, to: folder + "/UV_Processed.mat")
            #expect(try DensePoseFiles.atlas(from: folder + "/UV_Processed.mat") == atlas)
            let points = zip(atlas.vertices, atlas.coordinates).map { _, place in
                ChartPoint(chart: 2, u: place.x, v: place.y)
            }
            let subdivision = DensePoseFiles.Subdivision(points: points, vertices: atlas.vertices)
            try DensePoseFiles.write(subdivision, to: folder + "/SMPL_subdiv.mat", transform: folder + "/t.mat")
            #expect(
                try DensePoseFiles.subdivision(from: folder + "/SMPL_subdiv.mat", transform: folder + "/t.mat")
                    == subdivision)
            #expect(throws: MeshFileError.self) { try DensePoseFiles.symmetry(from: folder + "/t.mat") }
            try Data("MATLAB 5.0 but not really".utf8).write(to: URL(fileURLWithPath: folder + "/bad.mat"))
            #expect(throws: MeshFileError.self) { try DensePoseFiles.atlas(from: folder + "/bad.mat") }
        }
    }

    @Test func theMirrorTakesAPointToTheOtherSideAndBack() throws {
        // The mirror in x exchanges the halves.
        let sphere = Self.sphere
        let tree = Dictionary(
            uniqueKeysWithValues: sphere.positions.enumerated().map { (Self.key($1), Int32($0)) })
        let mirror = sphere.positions.map { tree[Self.key([-$0.x, $0.y, $0.z])]! }
        // Charts 3 and 4 are exchanged by DensePose's rule.
        let atlas = try ChartUnwrapper().unwrap(sphere, charts: Self.halves.map { $0 + 2 }).atlas
        let lookup = try ChartLookup(atlas, of: sphere)
        let symmetry = ChartSymmetry(lookup, mesh: sphere, mirror: mirror)
        for triangle in stride(from: 0, to: sphere.triangleCount, by: 17) {
            let point = SurfacePoint(triangle: Int32(triangle), barycentric: [0.4, 0.3, 0.3])
            // Triangles that are their own mirror image belong to one half only.
            if Set(sphere.triangles[triangle].mirrored(mirror)) == Set(sphere.triangles[triangle].mirrored(nil)) {
                continue
            }
            let chart = try #require(lookup.chartPoint(at: point))
            let across = symmetry.mirrored(chart)
            #expect(across.chart == (chart.chart == 3 ? 4 : 3))
            let place = sphere.position(of: try #require(lookup.surfacePoint(at: across)).point)
            let expected = sphere.position(of: point)
            // A table of 256 by 256 is half a hundredth of the chart wide.
            #expect(distance(place, [-expected.x, expected.y, expected.z]) < 0.05)
        }
        try withTemporaryFolder { folder in
            try DensePoseFiles.write(symmetry, to: folder + "/UV_symmetry_transforms.mat")
            #expect(try DensePoseFiles.symmetry(from: folder + "/UV_symmetry_transforms.mat") == symmetry)
        }
    }

    private static func key(_ p: SIMD3<Double>) -> SIMD3<Int> { SIMD3<Int>((p * 1e6).rounded(.toNearestOrEven)) }
}

extension SIMD3<Int32> {
    fileprivate func mirrored(_ mirror: [Int32]?) -> [Int32] { [x, y, z].map { mirror?[Int($0)] ?? $0 } }
}
