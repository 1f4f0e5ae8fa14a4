import Foundation
import Testing

@testable import Imaging

@Suite struct ImageFileTests {
    @Test func `every kind of PNG decodes to the samples that were stored`() throws {
        let fixtures = try ImageFixture.all().filter { $0.key.hasSuffix(".png") && !$0.key.hasPrefix("stored") }
        #expect(fixtures.count == 20)
        for (name, fixture) in fixtures {
            let image = try Image(fileAt: ImageFixture.path(name))
            #expect(image.width == fixture.width && image.height == fixture.height, "\(name)")
            #expect(image.channels == fixture.channels && image.bitDepth == fixture.bits, "\(name)")
            #expect(image.samples16 == fixture.values, "\(name)")
        }
    }

    @Test func `JPEGs decode to the samples that libjpeg-turbo gives through Pillow`() throws {
        for name in ["baseline.jpg", "full-colour.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "ycck.jpg"] {
            let fixture = try ImageFixture.named(name)
            let image = try Image(fileAt: ImageFixture.path(name))
            #expect(image.channels == (name == "grey.jpg" ? 1 : 3))
            // Pillow's conversion from CMYK rounds twice.
            let tolerance = ["cmyk.jpg", "ycck.jpg"].contains(name) ? 1 : 0
            let worst = zip(image.samples16, fixture.values).map { abs(Int($0) - Int($1)) }.max() ?? 999
            #expect(image.bytes.count == fixture.values.count && worst <= tolerance, "\(name): \(worst)")
        }
    }

    @Test func `the header alone tells what decoding gives`() throws {
        for (name, fixture) in try ImageFixture.all() where !name.hasPrefix("stored") {
            let header = try ImageHeader.read(fileAt: ImageFixture.path(name))
            #expect(header.format == (name.hasSuffix("png") ? .png : .jpeg))
            #expect(header.width == fixture.width && header.height == fixture.height, "\(name)")
            #expect(header.channels == fixture.channels && header.bitDepth == fixture.bits, "\(name)")
            #expect(header.orientation == (name.hasPrefix("located") ? .needsClockwiseTurn : .upright), "\(name)")
        }
        let turned = try ImageHeader.read(fileAt: ImageFixture.path("located.jpg"))
        #expect(turned.uprightSize == (48, 64))
    }

    @Test func `stored palette indices and grey levels come unscaled`() throws {
        for depth in [1, 2, 4, 8] {
            let stored = try StoredPNG(fileAt: ImageFixture.path("palette\(depth).png"))
            let indices = try ImageFixture.named("stored-palette\(depth).png").values
            #expect(stored.image.samples16 == indices)
            #expect(stored.storedBitDepth == depth && stored.palette?.count == 1 << depth)
        }
        let grey = try StoredPNG(fileAt: ImageFixture.path("grey4.png"))
        let levels = try ImageFixture.named("grey4.png").values
        #expect(grey.palette == nil && grey.image.samples16.map { $0 * 17 } == levels)
        let translucent = try StoredPNG(fileAt: ImageFixture.path("palette-alpha.png"))
        #expect(translucent.palette?.map(\.alpha) == [0, 128, 255, 7])
        #expect(throws: ImageError.self) { try StoredPNG(fileAt: ImageFixture.path("rgb8.png")) }
    }

    @Test(arguments: [1, 3, 4], [8, 16])
    func `a written PNG reads back the same, at every level, with the same bytes each time`(
        channels: Int, depth: Int
    ) throws {
        let image = generatedImage(seed: 5, width: 37, height: 21, channels: channels, bits: depth)
        for compression in [PNGCompression.fast, .small, .level(0), .level(6)] {
            let bytes = try image.pngBytes(compression: compression)
            #expect(try Image(decoding: bytes) == image)
            #expect(try image.pngBytes(compression: compression) == bytes)
        }
    }

    @Test func `a written JPEG is near its image, and nearer at higher quality`() throws {
        let source = try Image(fileAt: ImageFixture.path("full-colour.jpg"))
        func error(_ quality: Int) throws -> Double {
            let back = try Image(decoding: source.jpegBytes(quality: quality, subsampling: .full))
            let sum = zip(back.bytes, source.bytes).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
            return Double(sum) / Double(source.bytes.count)
        }
        #expect(try error(98) < 2)
        let (coarse, fine) = (try error(40), try error(98))
        #expect(coarse > fine)
        #expect(try Image(decoding: source.grey().jpegBytes()).channels == 1)
    }

    @Test func `writing names the format by the path and leaves no partial file`() throws {
        try withTemporaryFolder { folder in
            let image = generatedImage(seed: 9, width: 8, height: 6, channels: 3)
            try image.write(toFileAt: folder + "/a.png")
            try image.write(toFileAt: folder + "/b.JPG")
            #expect(try ImageHeader.read(fileAt: folder + "/a.png").format == .png)
            #expect(try ImageHeader.read(fileAt: folder + "/b.JPG").format == .jpeg)
            #expect(try Image(fileAt: folder + "/a.png") == image)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a.png", "b.JPG"])
            #expect(throws: ImageError(folder + "/none/a.png", .cannotWrite("No such file or directory"))) {
                try image.write(toFileAt: folder + "/none/a.png")
            }
        }
    }

    @Test func `the orientation is applied on request`() throws {
        let path = try ImageFixture.path("located.jpg")
        let stored = try Image(fileAt: path)
        let upright = try Image(fileAt: path, options: .applyOrientation)
        #expect(upright == stored.rotatedClockwise() && upright.width == 48)
    }

    @Test func `the format is told by content, and others are named`() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/photo.png"
            try Data(ImageFixture.bytes("baseline.jpg")).write(to: URL(fileURLWithPath: path))
            #expect(try ImageHeader.read(fileAt: path).format == .jpeg)
            try Data("GIF89a....".utf8).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: ImageError.self) { try Image(fileAt: path) }
            #expect(error?.description == "\(path): is a GIF image, expected a PNG or JPEG image")
            let missing = #expect(throws: ImageError.self) { try Image(fileAt: folder + "/no.png") }
            #expect(missing?.description == "\(folder)/no.png: cannot be read (No such file or directory)")
            let directory = #expect(throws: ImageError.self) { try ImageHeader.read(fileAt: folder) }
            #expect(directory?.description == "\(folder): cannot be read (it is a folder)")
        }
    }

    @Test func `devices and files beyond the limit are refused unread`() throws {
        let device = #expect(throws: ImageError.self) { try Image(fileAt: "/dev/zero") }
        #expect(device?.description == "/dev/zero: cannot be read (it is no regular file)")
        let path = try ImageFixture.path("baseline.jpg")
        let size = try ImageFixture.bytes("baseline.jpg").count
        let error = #expect(throws: ImageError.self) {
            try Image(fileAt: path, limits: ImageLimits(maximumBytes: size - 1))
        }
        #expect(error?.description.contains("more than the limit") == true)
    }
}
