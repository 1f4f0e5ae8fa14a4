import Annotations
import Catalog
import Testing

@Suite struct PolygonDefectsTests {
    @Test func `the shoelace area has the sign of the winding`() {
        let square: [Double] = [1e6, 1e6, 1e6 + 2, 1e6, 1e6 + 2, 1e6 + 3, 1e6, 1e6 + 3]
        #expect(PolygonDefects.signedArea(of: square) == 6)
        #expect(PolygonDefects.area(of: [0, 0, 0, 3, 2, 3, 2, 0]) == 6)
        #expect(PolygonDefects.signedArea(of: [0, 0, 0, 3, 2, 3, 2, 0]) == -6)
    }

    @Test func `defects are named`() {
        #expect(PolygonDefects.find(in: [0, 0, 4, 0, 4, 4, 0, 4]).isEmpty)
        #expect(PolygonDefects.find(in: [0, 0, 4]) == [.oddCount(3)])
        #expect(PolygonDefects.find(in: [0, 0, .nan, 0, 4, 4]) == [.notFinite(index: 2)])
        #expect(PolygonDefects.find(in: [0, 0, 4, 4]) == [.fewPoints(2)])
        #expect(PolygonDefects.find(in: [0, 0, 4, 4, 2, 2]) == [.zeroArea])
        #expect(
            PolygonDefects.find(in: [0, 0, 4, 4, 4, 0, 0, 4]) == [.zeroArea, .selfCrossing(edge: 0, otherEdge: 2)])
    }

    @Test func `touching and repeated points are no crossings`() {
        #expect(PolygonDefects.firstSelfCrossing(of: [0, 0, 4, 0, 4, 4, 2, 0, 0, 4]) == nil)
        #expect(PolygonDefects.firstSelfCrossing(of: [0, 0, 0, 0, 4, 0, 4, 4, 4, 4]) == nil)
    }

    @Test func `the sweep agrees with all pairs`() {
        var random = FixedRandom(state: 3)
        var crossing = 0
        for _ in 0..<300 {
            let count = Int.random(in: 4...9, using: &random)
            let polygon = (0..<(2 * count)).map { _ in Double(Int.random(in: 0...20, using: &random)) }
            let swept = PolygonDefects.firstSelfCrossing(of: polygon)
            #expect((swept != nil) == Self.anyPairCrosses(polygon))
            crossing += swept == nil ? 0 : 1
        }
        #expect(crossing > 50 && crossing < 300)
    }

    @Test func `a star of five thousand points is checked at once`() {
        var random = FixedRandom(state: 4)
        var polygon: [Double] = []
        for index in 0..<5000 {
            // A comb along x: even points below, odd points above.
            polygon += [Double(index), index % 2 == 0 ? 0 : 100 + Double.random(in: 0...50, using: &random)]
        }
        polygon += [5000, -1, 0, -1]
        #expect(PolygonDefects.find(in: polygon).isEmpty)
        polygon[2 * 2500 + 1] = -2
        #expect(PolygonDefects.firstSelfCrossing(of: polygon)?.otherEdge == 5000)
    }

    @Test func `the bounding box holds all points`() {
        #expect(
            PolygonDefects.boundingBox(of: [3, 4, -1, 8, 2, 2]) == Box(x: -1, y: 2, width: 4, height: 6))
        #expect(PolygonDefects.boundingBox(of: []) == nil)
    }

    private static func anyPairCrosses(_ polygon: [Double]) -> Bool {
        let count = polygon.count / 2
        func point(_ index: Int) -> (Double, Double) {
            (polygon[2 * (index % count)], polygon[2 * (index % count) + 1])
        }
        func side(_ a: (Double, Double), _ b: (Double, Double), _ c: (Double, Double)) -> Double {
            ((b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0))
        }
        for i in 0..<count {
            for j in 0..<i {
                let (a, b, c, d) = (point(i), point(i + 1), point(j), point(j + 1))
                if side(a, b, c) * side(a, b, d) < 0, side(c, d, a) * side(c, d, b) < 0 { return true }
            }
        }
        return false
    }
}
