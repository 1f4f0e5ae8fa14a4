import Foundation
import Testing

@testable import Imaging

@Suite struct AnnotationDrawingTests {
    @Test func `column-major and row-major masks agree`() throws {
        let rows = try PixelMask(width: 3, height: 2, values: [1, 0, 1, 0, 0, 9] as [UInt8])
        let columns = try PixelMask(
            width: 3, height: 2, values: [true, false, false, false, true, true], order: .columnMajor)
        #expect(rows == columns && rows.values == [1, 0, 1, 0, 0, 1] && rows.area == 3)
        #expect(throws: ImageError("mask", .mismatch("5 values, expected 3 x 2 = 6"))) {
            try PixelMask(width: 3, height: 2, values: [UInt8](repeating: 0, count: 5))
        }
    }

    @Test func `a mask's outline encloses its area, holes counted`() throws {
        var values = [UInt8](repeating: 0, count: 20 * 20)
        for y in 4..<16 {
            for x in 3..<17 where !((8..<12).contains(x) && (8..<12).contains(y)) { values[y * 20 + x] = 1 }
        }
        let mask = try PixelMask(width: 20, height: 20, values: values)
        let outline = mask.outline()
        #expect(outline.contours.count == 2)
        var canvas = Canvas(width: 20, height: 20)
        canvas.fill(outline, .black)
        let ink = canvas.image.grey().bytes.reduce(0.0) { $0 + Double(255 - $1) / 255 }
        // Each of the 8 corners is cut by an eighth of a pixel; a hole's corners lose what outer ones gain.
        #expect(abs(ink - Double(mask.area)) < 1)
        // A diagonal pair of pixels touches in a corner only.
        let pair = try PixelMask(width: 2, height: 2, values: [1, 0, 0, 1] as [UInt8])
        #expect(pair.outline().contours.map(\.points.count) == [4, 4])
    }

    @Test func `a mask tints its pixels alone`() throws {
        var canvas = Canvas(width: 2, height: 1, background: .black)
        let mask = try PixelMask(width: 2, height: 1, values: [true, false])
        try canvas.mask(mask, color: .white, opacity: 0.4, lineWidth: 0)
        #expect(canvas.image.bytes == [102, 102, 102, 0, 0, 0])
        var other = Canvas(width: 3, height: 1)
        #expect(throws: ImageError("mask", .mismatch("2 x 1 pixels, expected the image's 3 x 1"))) {
            try other.mask(mask, color: .white)
        }
    }

    @Test func `parts have their colours and the background is left alone`() throws {
        let iuv = Image(width: 3, height: 1, channels: 3, bytes: [0, 9, 9, 1, 0, 0, 24, 255, 0])
        var canvas = Canvas(width: 4, height: 1)
        try canvas.surface(iuv, x: 1, opacity: 1)
        let first = Palette.parts[0]
        #expect(Array(canvas.image.bytes[0..<6]) == [255, 255, 255, 255, 255, 255])
        #expect(Array(canvas.image.bytes[6..<9]) == [first.red, first.green, first.blue])
        // U of 255 is 42% darker.
        #expect(abs(Double(canvas.image[3, 0, 1]) - 0.58 * Double(Palette.parts[23].green)) < 1.5)
        let swapped = Image(width: 1, height: 1, channels: 3, bytes: [255, 0, 1])
        try canvas.surface(swapped, channels: .vui, style: .v, opacity: 1)
        #expect(Array(canvas.image.bytes[0..<3]) == [0xFD, 0xE7, 0x25])
        let wrong = Image(width: 2, height: 1, channels: 3, bytes: [1, 0, 0, 25, 0, 0])
        let error = #expect(throws: ImageError.self) { try canvas.surface(wrong) }
        #expect(error?.description == "IUV image: part 25 at (1, 0), expected 0 to 24")
    }

    @Test func `heat maps run from one end of their colours to the other`() throws {
        var canvas = Canvas(width: 4, height: 1)
        try canvas.heatMap([-3, 1, .nan, 0.5], opacity: 1)
        #expect(canvas.image.bytes == [0x44, 0x01, 0x54, 0xFD, 0xE7, 0x25, 255, 255, 255, 0x21, 0x91, 0x8C].map { $0 })
        #expect(throws: ImageError("heat map", .mismatch("1 values, expected the image's 4 x 1"))) {
            try canvas.heatMap([1])
        }
        #expect(ColorMap.diverging[0.5].luminance > 0.9)
        #expect(ColorMap.diverging[0].blue > ColorMap.diverging[0].red)
        #expect(ColorMap.diverging[1].red > ColorMap.diverging[1].blue)
    }

    @Test func `viridis grows lighter all the way`() {
        let lightness = ColorMap.viridis.table.map(\.luminance)
        #expect(zip(lightness, lightness.dropFirst()).allSatisfy { $0 <= $1 + 0.002 })
    }

    @Test func `skeletons leave out absent points and their edges`() {
        var canvas = Canvas(width: 60, height: 40)
        canvas.skeleton([.init(10, 10), .init(50, 10, .absent), .init(10, 30)], edges: [(0, 1), (0, 2), (0, 9)])
        #expect(canvas.image[30, 10] == 255 && canvas.image[50, 10] == 255)
        #expect(canvas.image[10, 20] != 255 && canvas.image[10, 30] != 255)
    }

    @Test func `a contact sheet has a cell for each picture`() throws {
        let cells = (0..<5).map { i in
            ContactSheet.Cell(image: Image(width: 40, height: 20, color: Palette.parts[i]), caption: "picture \(i)")
        }
        var sheet = ContactSheet(title: "Five", cells: cells, columns: 3, cellWidth: 80, cellHeight: 60)
        let image = try sheet.render()
        #expect(image.width == 3 * 94 + 14 && image.height == 14 + 38 + 2 * (40 + 24 + 14))
        let second = Palette.parts[1]
        #expect(image[14 + 94 + 40, 38 + 14 + 20, 0] == UInt16(second.red))
        sheet.cells = []
        #expect(try sheet.render().width > 0)
    }

    /// Distance in OKLab (Ottosson 2020) of the nearest two colours, after a matrix on linear RGB.
    private func nearest(_ colors: [Color], _ matrix: [[Double]]) -> Double {
        func power(_ x: Double, _ y: Double) -> Double { x <= 0 ? 0 : pow(x, y) }
        func lab(_ color: Color) -> [Double] {
            let linear = [color.red, color.green, color.blue].map { value -> Double in
                let v = Double(value) / 255
                return v <= 0.04045 ? v / 12.92 : power((v + 0.055) / 1.055, 2.4)
            }
            func apply(_ m: [[Double]], _ v: [Double]) -> [Double] {
                m.map { zip($0, v).reduce(0) { $0 + $1.0 * $1.1 } }
            }
            let cones = apply(
                [
                    [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                    [0.0883024619, 0.2817188376, 0.6299787005],
                ], apply(matrix, linear)
            ).map { power($0, 1.0 / 3) }
            return apply(
                [
                    [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                    [0.0259040371, 0.7827717662, -0.8086757660],
                ], cones)
        }
        let labs = colors.map(lab)
        var least = Double.infinity
        for i in labs.indices {
            for j in 0..<i {
                least = min(least, zip(labs[i], labs[j]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot())
            }
        }
        return least
    }

    @Test func `part colours stay apart, for colour-blind readers too`() {
        #expect(Palette.parts.count == 24 && Set(Palette.parts).count == 24)
        #expect(nearest(Palette.parts, [[1, 0, 0], [0, 1, 0], [0, 0, 1]]) > 0.11)
        let deuteranopia = [
            [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881],
        ]
        let protanopia = [
            [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998],
        ]
        #expect(nearest(Palette.parts, deuteranopia) > 0.07)
        #expect(nearest(Palette.parts, protanopia) > 0.07)
        #expect(Set(Palette.instances).count == Palette.instances.count)
        #expect(Palette.instance(-1) == Palette.instances.last)
    }
}
