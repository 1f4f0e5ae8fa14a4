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
        // No rational of the position is left: 1530.5 m is 3061/2.
        for value in [[3061, 0, 0, 0, 2, 0, 0, 0], [36, 0, 0, 0, 1, 0, 0, 0]] as [[Int]] {
            let little = value.map { UInt8(truncatingIfNeeded: $0) }
            let wide = [UInt8(truncatingIfNeeded: value[0]), UInt8(truncatingIfNeeded: value[0] >> 8)] + little[2...]
            #expect(XMPLocation.find(Array(wide), in: cleaned, from: 0) == nil)
        }
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
