import Testing

@testable import Imaging

struct OrientationTests {
    @Test(arguments: Orientation.allCases)
    func `a point is shown where its pixel is shown`(orientation: Orientation) {
        var stored = Image(width: 5, height: 3, channels: 1)
        stored[4, 1] = 200
        let upright = stored.oriented(orientation)
        let point = orientation.shown(PixelPoint(4.5, 1.5), width: 5, height: 3)
        #expect(upright[Int(point.x), Int(point.y)] == 200)
    }

    @Test func `a mask of part of the canvas is placed and clipped`() throws {
        var canvas = Canvas(width: 6, height: 4, background: .black)
        let mask = try PixelMask(width: 3, height: 2, values: [UInt8](repeating: 1, count: 6))
        canvas.mask(mask, x: 4, y: -1, color: .white, opacity: 1, lineWidth: 0)
        let white = (0..<24).filter { canvas.image[$0 % 6, $0 / 6] == 255 }
        #expect(white == [4, 5])
    }
}
