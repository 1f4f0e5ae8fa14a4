import Testing

@testable import Networks

@Suite struct DensePoseDataTests {
    @Test func withoutRatiosEveryPictureHasOnePlace() {
        let mixture = SourceMixture(pictures: [3, 2], ratios: [nil, nil])
        #expect(mixture.count == 5)
        #expect((0..<5).map { mixture[$0].source } == [0, 0, 0, 1, 1])
        #expect((0..<5).map { mixture[$0].picture } == [0, 1, 2, 0, 1])
    }

    @Test func ratiosAreKeptAndNoPictureIsLeftOut() {
        let mixture = SourceMixture(pictures: [10, 4], ratios: [1, 2])
        let places = (0..<mixture.count).map { mixture[$0] }
        #expect(places.count { $0.source == 0 } == 10)
        #expect(places.count { $0.source == 1 } == 20)
        for picture in 0..<4 { #expect(places.count { $0.source == 1 && $0.picture == picture } == 5) }
    }

    @Test func aSourceOfRatioZeroIsNotDrawn() {
        let mixture = SourceMixture(pictures: [4, 5], ratios: [1, 0])
        #expect((0..<mixture.count).allSatisfy { mixture[$0].source == 0 })
        #expect(mixture.count == 4)
    }

    @Test func pointsFallOnGridsAsPredictionsAreDrawn() {
        // One point in the middle of its box, which is the region: between the two middle points of a grid of four.
        let points = DensePoints(x: [128], y: [128], charts: [3], u: [0.25], v: [0.5])
        let box = BoxCorners(10, 20, 50, 100)
        let clean = GridPoints([points], truth: [box], regions: [box], side: 4, isReference: false)
        #expect((clean.left[0], clean.right[0], clean.across[0]) == (1, 2, 0.5))
        #expect((clean.top[0], clean.bottom[0], clean.down[0]) == (1, 2, 0.5))
        // The reference reckons from the corner.
        let reference = GridPoints([points], truth: [box], regions: [box], side: 4, isReference: true)
        #expect((reference.left[0], reference.across[0]) == (2, 0))
    }

    @Test func pointsOutsideTheRegionDoNotCount() {
        let points = DensePoints(x: [10, 250], y: [10, 250], charts: [1, 2], u: [0, 0], v: [0, 0])
        let grid = GridPoints(
            [points, nil], truth: [BoxCorners(0, 0, 100, 100), .zero],
            regions: [BoxCorners(0, 0, 50, 50), BoxCorners(0, 0, 9, 9)], side: 8, isReference: false)
        #expect(grid.count == 1)
        #expect(grid.charts == [1])
    }
}
