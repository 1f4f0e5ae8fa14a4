import Testing

@testable import Imaging

@Suite struct MetadataTests {
    @Test(arguments: ["located.jpg", "located.png"])
    func `EXIF fields are read`(name: String) throws {
        let metadata = try ImageMetadata.read(fileAt: ImageFixture.path(name))
        #expect(metadata.orientation == .needsClockwiseTurn)
        #expect(metadata.captureTime == "2015-06-03T04:12:09.25+01:00")
        #expect(metadata.make == "Acme" && metadata.model == "TrapCam 3")
        let location = try #require(metadata.location)
        #expect(abs(location.latitude + 1.51) < 1e-9 && abs(location.longitude - 29.25) < 1e-9)
        #expect(location.altitude == 1530.5)
    }

    @Test func `a file without EXIF has no metadata`() throws {
        #expect(try ImageMetadata.read(fileAt: ImageFixture.path("baseline.jpg")) == ImageMetadata())
        #expect(try ImageMetadata.read(fileAt: ImageFixture.path("rgb8.png")) == ImageMetadata())
    }

    @Test func `capture times of cameras without a clock are nil`() {
        #expect(ExifReader.captureTime("0000:00:00 00:00:00", fraction: nil, offset: nil) == nil)
        #expect(ExifReader.captureTime("    :  :     :  :  ", fraction: nil, offset: nil) == nil)
        #expect(ExifReader.captureTime("2020:13:01 00:00:00", fraction: nil, offset: nil) == nil)
        #expect(
            ExifReader.captureTime("2020:12:31 23:59:59", fraction: "x", offset: "local") == "2020-12-31T23:59:59")
    }

    @Test(arguments: ["located.jpg", "located.png"])
    func `removing the location leaves pixels and all other metadata as they were`(name: String) throws {
        let bytes = try ImageFixture.bytes(name)
        let cleaned =
            name.hasSuffix("jpg")
            ? try JPEGMetadata.removingLocation(from: bytes) : try PNGMetadata.removingLocation(from: bytes)
        #expect(cleaned.count == bytes.count && cleaned != bytes)
        var expected = try ImageMetadata.read(bytes)
        #expect(expected.location != nil)
        expected.location = nil
        #expect(try ImageMetadata.read(cleaned) == expected)
        #expect(try Image(decoding: cleaned) == Image(decoding: bytes))
        // The XMP packet keeps its title and format and loses both spellings of the position.
        let text = String(decoding: cleaned, as: UTF8.self)
        #expect(text.contains("<dc:title>a chimpanzee</dc:title>") && text.contains("dc:format=\"image/jpeg\""))
        #expect(!text.contains("GPS") && !text.contains("1,30.6S") && !text.contains("29,15.0E"))
        // No rational of the position is left: 1530.5 m is 3061/2, in the block's big-endian order.
        let altitude: [UInt8] = [0, 0, 0x0B, 0xF5, 0, 0, 0, 2]
        #expect(XMPLocation.find(altitude, in: bytes, from: 0) != nil)
        #expect(XMPLocation.find(altitude, in: cleaned, from: 0) == nil)
    }

    /// A little-endian TIFF: orientation, a GPS directory with the reference `N` and a rational, then a software tag whose
    /// entry must move up.
    private func littleEndianBlock() -> [UInt8] {
        func two(_ value: Int) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }
        func four(_ value: Int) -> [UInt8] { two(value & 0xFFFF) + two(value >> 16) }
        var bytes: [UInt8] = [0x49, 0x49, 42, 0] + four(8)
        bytes += two(3) + two(0x0112) + two(3) + four(1) + four(6)
        bytes += two(0x8825) + two(4) + four(1) + four(50)
        bytes += two(0x9C9B) + two(2) + four(4) + Array("abc\0".utf8)
        bytes += four(0)
        bytes += two(2) + two(1) + two(2) + four(2) + [0x4E, 0, 0, 0]
        bytes += two(2) + two(5) + four(3) + four(80) + four(0)
        return bytes + (0..<24).map { UInt8($0 + 1) }
    }

    @Test func `the GPS directory leaves a little-endian block without a trace`() throws {
        var block = littleEndianBlock()
        let before = block
        try ExifLocation.remove(from: &block, base: 0, name: "a.jpg")
        #expect(block.count == before.count)
        #expect(Array(block[8..<10]) == [2, 0])
        #expect(Array(block[10..<22]) == Array(before[10..<22]))
        #expect(Array(block[22..<34]) == Array(before[34..<46]))
        #expect(block[34...].allSatisfy { $0 == 0 })
        var cut = Array(before[..<30])
        #expect(throws: ImageError.self) { try ExifLocation.remove(from: &cut, base: 2, name: "a.jpg") }
    }

    @Test func `a file whose parts run past its end is refused rather than half cleaned`() throws {
        let png = try ImageFixture.bytes("located.png")
        #expect(throws: ImageError.self) { try PNGMetadata.removingLocation(from: Array(png.prefix(200))) }
        let jpeg = try ImageFixture.bytes("located.jpg")
        #expect(throws: ImageError.self) { try JPEGMetadata.removingLocation(from: Array(jpeg.prefix(340))) }
    }

    @Test func `only bytes of the location change`() throws {
        let bytes = try ImageFixture.bytes("located.jpg")
        let cleaned = try JPEGMetadata.removingLocation(from: bytes)
        let changed = zip(bytes, cleaned).enumerated().filter { $1.0 != $1.1 }.map(\.offset)
        let tables = try #require(XMPLocation.find([0xFF, 0xDB], in: bytes, from: 0))
        #expect(changed.allSatisfy { $0 < tables })
        #expect(try JPEGMetadata.removingLocation(from: cleaned) == cleaned)
        let plain = try ImageFixture.bytes("baseline.jpg")
        #expect(try JPEGMetadata.removingLocation(from: plain) == plain)
    }

    @Test func `metadata that may hide a location is refused`() throws {
        var png = try ImageFixture.bytes("located.png")
        let keyword = try #require(XMPLocation.find(Array("XML:com.adobe.xmp".utf8), in: png, from: 0))
        png[keyword + 18] = 1
        #expect(throws: ImageError.self) { try PNGMetadata.removingLocation(from: png) }
        #expect(throws: ImageError.self) { try JPEGMetadata.removingLocation(from: png) }
    }

    @Test func `a second picture behind the first is cleaned too`() throws {
        let bytes = try ImageFixture.bytes("located.jpg")
        let cleaned = try JPEGMetadata.removingLocation(from: bytes)
        #expect(try JPEGMetadata.removingLocation(from: bytes + [0, 0] + bytes) == cleaned + [0, 0] + cleaned)
    }
}
