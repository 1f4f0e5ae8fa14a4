import Geometry
import Imaging
import Testing

@testable import Networks

@Suite struct ChartResultTests {
    private let result = ChartResult(
        x: 2, y: -1, width: 2, height: 3, charts: [1, 0, 24, 2, 0, 3], u: [0, 0, 0.5, 1.2, 0, -0.1],
        v: [1, 0, 0.25, .nan, 0, 0.999])

    @Test func theMapHoldsChartAndCoordinatesAsBytes() {
        let image = result.image
        let pixels = image.withPixels { Array($0) }
        #expect([image.width, image.height] == [2, 3])
        #expect(pixels == [1, 0, 255, 0, 0, 0, 24, 127, 63, 2, 255, 0, 0, 0, 0, 3, 0, 254])
    }

    @Test func theMaskIsTheBodyWithinThePicture() throws {
        let mask = try #require(try result.mask(width: 4, height: 4))
        // The first row lies above the picture.
        #expect(mask.rowMajorPixels() == [0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
        #expect(try result.mask(width: 2, height: 4) == nil)
    }
}

@Suite struct VertexResultTests {
    private let result = VertexResult(mesh: "m", x: 2, y: -1, width: 2, height: 2, vertices: [0, -1, 1, 70_000])

    @Test func pixelsHoldOnePlusTheVertex() {
        let bytes: [UInt8] = result.image.withPixels { Array($0) }
        #expect(bytes == [1, 0, 0, 0, 0, 0, 2, 0, 0, 113, 17, 1])
        let colors = [SIMD3<UInt8>](repeating: [9, 8, 7], count: 70_001)
        let colored: [UInt8] = result.colored(colors).withPixels { Array($0) }
        #expect(colored == [9, 8, 7, 255, 0, 0, 0, 0, 9, 8, 7, 255, 9, 8, 7, 255])
    }

    @Test func theMaskIsTheBodyWithinThePicture() throws {
        let mask = try #require(try result.mask(width: 4, height: 2))
        #expect(mask.rowMajorPixels() == [0, 0, 1, 1, 0, 0, 0, 0])
    }

    @Test func verticesHaveTheirPlacesInCharts() {
        var points = [ChartPoint](repeating: ChartPoint(chart: 0, u: 0, v: 0), count: 70_001)
        (points[0], points[70_000]) = (ChartPoint(chart: 4, u: 0.25, v: 1), ChartPoint(chart: 24, u: 1, v: 0.5))
        let charted = result.charted(points)
        #expect(charted.charts == [4, 0, 0, 24])
        #expect(charted.u == [0.25, 0, 0, 1] && charted.v == [1, 0, 0, 0.5])
        #expect([charted.x, charted.y, charted.width, charted.height] == [2, -1, 2, 2])
    }
}
