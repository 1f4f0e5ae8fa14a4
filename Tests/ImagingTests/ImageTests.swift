import Testing

@testable import Imaging

@Suite struct ImageTests {
    /// 3 x 2 pixels of one channel: 0 1 2 / 3 4 5.
    private let small = Image(width: 3, height: 2, channels: 1, bytes: [0, 1, 2, 3, 4, 5])

    @Test func `each EXIF orientation turns the image as its definition says`() {
        let expected: [Orientation: (Int, [UInt8])] = [
            .upright: (3, [0, 1, 2, 3, 4, 5]), .mirroredHorizontally: (3, [2, 1, 0, 5, 4, 3]),
            .rotated180: (3, [5, 4, 3, 2, 1, 0]), .mirroredVertically: (3, [3, 4, 5, 0, 1, 2]),
            .transposed: (2, [0, 3, 1, 4, 2, 5]), .needsClockwiseTurn: (2, [3, 0, 4, 1, 5, 2]),
            .transversed: (2, [5, 2, 4, 1, 3, 0]), .needsCounterclockwiseTurn: (2, [2, 5, 1, 4, 0, 3]),
        ]
        for orientation in Orientation.allCases {
            let turned = small.oriented(orientation)
            #expect(
                turned.width == expected[orientation]?.0 && turned.bytes == expected[orientation]?.1, "\(orientation)")
        }
    }

    @Test func `turning and turning back gives the image, for every pixel size`() {
        for (channels, bits) in [(1, 8), (3, 8), (4, 8), (1, 16), (3, 16), (4, 16)] {
            let image = generatedImage(seed: channels, width: 131, height: 70, channels: channels, bits: bits)
            #expect(image.rotatedClockwise().rotatedCounterclockwise() == image)
            #expect(image.oriented(.transposed).oriented(.transposed) == image)
            #expect(image.flippedHorizontally().flippedVertically() == image.rotated180())
        }
    }

    @Test func `luma is Pillow's`() {
        let image = Image(width: 4, height: 1, channels: 3, bytes: [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 200, 77])
        #expect(image.grey().bytes == [76, 150, 29, 129])
        #expect(image.sixteenBit().grey().eightBit().bytes == [76, 150, 29, 129])
        #expect(Image(width: 1, height: 1, color: .white).sixteenBit().grey().samples16 == [65_535])
    }

    @Test func `channels are repeated, added and dropped`() {
        let grey = Image(width: 2, height: 1, channels: 1, bytes: [7, 9])
        #expect(grey.rgb().bytes == [7, 7, 7, 9, 9, 9])
        #expect(grey.rgba().bytes == [7, 7, 7, 255, 9, 9, 9, 255])
        #expect(grey.sixteenBit().rgba().samples16 == [1799, 1799, 1799, 65_535, 2313, 2313, 2313, 65_535])
        let translucent = Image(width: 1, height: 1, channels: 4, bytes: [200, 100, 0, 51])
        #expect(translucent.rgb().bytes == [200, 100, 0])
        #expect(translucent.flattened().bytes == [244, 224, 204])
        #expect(translucent.flattened(over: .black).bytes == [40, 20, 0])
        #expect(translucent.channel(3).bytes == [51])
    }

    @Test func `16 bits become 8 by their high byte, and 8 become 16 without loss`() {
        let wide = Image(width: 3, height: 1, channels: 1, samples16: [0x00FF, 0x1280, 0xFFFF])
        #expect(wide.eightBit().bytes == [0, 0x12, 0xFF])
        let all = Image(width: 256, height: 1, channels: 1, bytes: (0...255).map { UInt8($0) })
        #expect(all.sixteenBit().eightBit() == all)
    }

    @Test func `a crop is clipped to the image`() {
        #expect(small.cropped(x: 1, y: 0, width: 2, height: 2)?.bytes == [1, 2, 4, 5])
        #expect(small.cropped(x: -5, y: 1, width: 6, height: 10)?.bytes == [3])
        #expect(small.cropped(x: 3, y: 0, width: 1, height: 1) == nil)
        #expect(small.cropped(x: 0, y: 0, width: 0, height: 1) == nil)
        #expect(small.cropped(x: 1, y: 0, width: .max, height: 1)?.bytes == nil)
    }

    @Test func `compositing blends alpha, clips and copies opaque pixels`() {
        var base = Image(width: 2, height: 2, color: .black)
        base.composite(Image(width: 2, height: 2, color: .white), x: 1, y: -1)
        #expect(base.grey().bytes == [0, 255, 0, 0])
        base.composite(Image(width: 1, height: 1, color: Color.white.opacity(0.2)), x: 0, y: 1)
        #expect(base.grey().bytes == [0, 255, 51, 0])
        var clear = Image(width: 1, height: 1, color: .clear)
        clear.composite(Image(width: 1, height: 1, channels: 4, bytes: [10, 20, 30, 128]), x: 0, y: 0)
        #expect(clear.bytes == [10, 20, 30, 128])
        clear.composite(Image(width: 9, height: 9, color: .white), x: 40, y: 40)
        #expect(clear.bytes == [10, 20, 30, 128])
    }

    @Test func `samples are read and written by position`() {
        for bits in [8, 16] {
            var image = generatedImage(seed: 3, width: 5, height: 4, channels: 3, bits: bits)
            image[4, 3, 2] = 201
            #expect(image[4, 3, 2] == 201 && image.samples16.last == 201)
        }
    }
}
