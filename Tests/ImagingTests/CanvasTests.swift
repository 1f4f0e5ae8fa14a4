import Foundation
import Testing

@testable import Imaging

@Suite struct CanvasTests {
    /// The sum of darkness of a black drawing on white, in pixels.
    private func ink(_ canvas: Canvas) -> Double {
        canvas.image.grey().bytes.reduce(0) { $0 + Double(255 - $1) / 255 }
    }

    @Test func `filled shapes cover their area`() {
        var canvas = Canvas(width: 60, height: 50)
        canvas.fill(Path(x: 10.25, y: 5.5, width: 20.5, height: 10), .black)
        #expect(abs(ink(canvas) - 205) < 2)
        #expect(canvas.image[20, 10] == 0 && canvas.image[5, 10] == 255)
        canvas = Canvas(width: 60, height: 50)
        canvas.circle(at: PixelPoint(30, 25), radius: 20, fill: .black)
        // FreeType flattens curves to within a sixteenth of a pixel.
        #expect(abs(ink(canvas) - .pi * 400) < 40 * .pi / 16)
        canvas = Canvas(width: 60, height: 50)
        canvas.fill(Path(x: 5, y: 5, width: 40, height: 30, cornerRadius: 10), .black)
        #expect(abs(ink(canvas) - (1200 - (4 - .pi) * 100)) < 3)
    }

    @Test func `edges between pixels are antialiased`() {
        var canvas = Canvas(width: 4, height: 3)
        canvas.fill(Path(x: 1.5, y: 1, width: 1, height: 1), .black)
        #expect(canvas.image.grey().bytes == [255, 255, 255, 255, 255, 127, 127, 255, 255, 255, 255, 255])
    }

    @Test func `the fill rules differ where a path winds twice`() {
        var path = Path(x: 0, y: 0, width: 20, height: 20)
        path.append(Path(x: 5, y: 5, width: 10, height: 10))
        var canvas = Canvas(width: 20, height: 20)
        canvas.fill(path, .black, rule: .nonZero)
        #expect(abs(ink(canvas) - 400) < 1)
        canvas = Canvas(width: 20, height: 20)
        canvas.fill(path, .black, rule: .evenOdd)
        #expect(abs(ink(canvas) - 300) < 1)
    }

    @Test func `strokes are as wide as asked`() {
        var canvas = Canvas(width: 60, height: 50)
        canvas.stroke(Path(polyline: [PixelPoint(10, 20), PixelPoint(50, 20)]), .black, lineWidth: 4, isRound: false)
        #expect(abs(ink(canvas) - 160) < 1)
        canvas = Canvas(width: 60, height: 50)
        canvas.line(from: PixelPoint(10, 20), to: PixelPoint(50, 20), color: .black, lineWidth: 4)
        #expect(abs(ink(canvas) - (160 + .pi * 4)) < 1)
        canvas = Canvas(width: 60, height: 50)
        canvas.box(x: 10, y: 10, width: 30, height: 20, color: .black, lineWidth: 2)
        #expect(abs(ink(canvas) - 200) < 1)
        #expect(canvas.image[25, 20] == 255)
    }

    @Test func `what lies outside is clipped, and absurd coordinates do no harm`() {
        var canvas = Canvas(width: 20, height: 20)
        canvas.fill(Path(x: -1e12, y: -1e12, width: 2e12, height: 2e12), .black)
        #expect(abs(ink(canvas) - 400) < 1)
        canvas = Canvas(width: 20, height: 20)
        canvas.polygon(
            [PixelPoint(.nan, 3), PixelPoint(.infinity, -.infinity), PixelPoint(-50, 1e300)], fill: .black,
            outline: .black)
        canvas.circle(at: PixelPoint(1e9, 5), radius: 3, fill: .black)
        canvas = Canvas(width: 20, height: 20)
        canvas.circle(at: PixelPoint(500, 5), radius: 3, fill: .black, outline: .black)
        #expect(ink(canvas) == 0)
    }

    @Test func `a polyline of many thousand points is drawn whole`() {
        let points = (0..<50_000).map { PixelPoint(5 + Double($0) / 50_000 * 90, 10) }
        var canvas = Canvas(width: 100, height: 20)
        canvas.stroke(Path(polyline: points), .black, lineWidth: 2)
        #expect(abs(ink(canvas) - (180 + .pi)) < 2)
        let circle = (0..<70_000).map { i -> PixelPoint in
            let angle = Double(i) / 70_000 * 2 * .pi
            return PixelPoint(50 + 9 * cos(angle), 10 + 9 * sin(angle))
        }
        canvas = Canvas(width: 100, height: 20)
        canvas.polygon(circle, fill: .black)
        #expect(abs(ink(canvas) - .pi * 81) < 2)
    }

    @Test func `drawing on a transparent image keeps straight alpha`() {
        var canvas = Canvas(width: 3, height: 1, background: .clear)
        canvas.fill(Path(x: 0, y: 0, width: 1, height: 1), Color(red: 200, green: 100, blue: 50, alpha: 128))
        canvas.fill(Path(x: 1, y: 0, width: 1, height: 1), Color(red: 200, green: 100, blue: 50))
        #expect(canvas.image.bytes == [200, 100, 50, 128, 200, 100, 50, 255, 0, 0, 0, 0])
    }

    @Test func `text has its width, its ink and its baseline`() throws {
        var canvas = Canvas(width: 200, height: 60)
        let width = try canvas.text("Hamburg", at: PixelPoint(10, 40), size: 24)
        #expect(width == (try canvas.textWidth("Hamburg", size: 24)))
        // DejaVu Sans: H 1540, a 1255, m 1995, b 1300, u 1298, r 842, g 1300 of 2048 units.
        #expect(abs(width - 24 * 9530 / 2048) < 2)
        #expect(ink(canvas) > 150 && ink(canvas) < 900)
        // The H's stem stands on the baseline; only the g reaches below.
        let left = canvas.image.grey()
        #expect((0..<200).contains { left[$0, 39] < 100 })
        #expect(!(0..<30).contains { left[$0, 41] < 200 })
        var right = Canvas(width: 200, height: 60)
        try right.text("Hamburg", at: PixelPoint(190, 40), size: 24, anchor: .right)
        #expect(right.image.cropped(x: 0, y: 0, width: 60, height: 60)?.grey().bytes.allSatisfy { $0 == 255 } == true)
    }

    @Test func `long captions are shortened to fit`() throws {
        var canvas = Canvas(width: 10, height: 10)
        #expect(try canvas.shortened("short", toFit: 100, size: 12) == "short")
        let cut = try canvas.shortened("a very long caption indeed", toFit: 80, size: 12)
        #expect(cut.hasSuffix("…") && cut.hasPrefix("a very"))
        #expect(try canvas.textWidth(cut, size: 12) <= 80)
    }

    @Test func `a label's plate stays inside the image`() throws {
        var canvas = Canvas(width: 120, height: 40, background: .black)
        try canvas.label("chimpanzee", at: PixelPoint(100, 2), plate: .white)
        // Moved left and down from beyond the corner, it covers most of the top right.
        #expect(canvas.image[118, 3] > 200 && canvas.image[60, 3] > 200 && canvas.image[2, 38] == 0)
    }

    @Test func `a missing font is named in the error`() {
        let error = #expect(throws: ImageError.self) {
            try Typeface(rasterizer: OutlineRasterizer(), path: "/none/font.ttf")
        }
        #expect(
            error?.description
                == "/none/font.ttf: cannot be read (no font there; install fonts-dejavu-core or name a TrueType file in KINDRED_FONT)"
        )
    }
}
