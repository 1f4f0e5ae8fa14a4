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
