import Testing

@testable import Imaging

/// Truncated, corrupted and lying files end in an error or an image, never in a crash or a huge allocation.
@Suite struct HostileImageTests {
    /// Reads bytes in every way that the module offers.
    private func exercise(_ bytes: [UInt8]) -> Bool {
        let limits = ImageLimits(maximumPixels: 1 << 20, maximumBytes: 1 << 23)
        let image = try? Image(decoding: bytes, options: .applyOrientation, limits: limits)
        _ = try? Image(decoding: bytes, options: .tolerateTruncation, limits: limits)
        _ = try? StoredPNG(decoding: bytes, limits: limits)
        _ = try? ImageMetadata.read(bytes)
        _ = try? JPEGMetadata.removingLocation(from: bytes)
        _ = try? PNGMetadata.removingLocation(from: bytes)
        return image != nil
    }

    @Test(arguments: ["palette-alpha.png", "rgba8-interlaced.png", "grey.jpg", "located.jpg"])
    func `a file cut anywhere is an error`(name: String) throws {
        let bytes = try ImageFixture.bytes(name)
        #expect(exercise(bytes))
        for length in 0..<bytes.count {
            #expect(!exercise(Array(bytes[..<length])), "\(name) cut to \(length) of \(bytes.count) bytes")
        }
    }

    @Test(arguments: ["palette8.png", "rgba16-interlaced.png", "located.png", "progressive.jpg", "located.jpg"])
    func `random corruption never crashes`(name: String) throws {
        let bytes = try ImageFixture.bytes(name)
        var random = SeededGenerator(seed: 2024)
        var images = 0
        for _ in 0..<1000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                // Headers matter most: half of the hits go to the first 200 bytes.
                let end = Bool.random(using: &random) ? min(200, bytes.count) : bytes.count
                damaged[Int.random(in: 0..<end, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if exercise(damaged) { images += 1 }
        }
        #expect(images < 1000)
    }

    @Test func `a truncated JPEG is tolerated on request`() throws {
        let bytes = try ImageFixture.bytes("baseline.jpg")
        let part = Array(bytes.prefix(bytes.count * 3 / 4))
        let error = #expect(throws: ImageError.self) { try Image(decoding: part, name: "a.jpg") }
        guard case .truncated = error?.problem else {
            Issue.record("expected a truncation, got \(String(describing: error))")
            return
        }
        let whole = try Image(decoding: bytes)
        let tolerated = try Image(decoding: part, options: .tolerateTruncation)
        #expect(tolerated.width == 64 && tolerated.height == 48)
        #expect(tolerated.bytes.prefix(8 * 64 * 3) == whole.bytes.prefix(8 * 64 * 3))
    }

    @Test func `a PNG that claims 2^31 by 2^31 pixels is refused without memory for them`() throws {
        func claiming(_ width: UInt32, _ height: UInt32) throws -> [UInt8] {
            var bytes = try ImageFixture.bytes("rgb8.png")
            let size = [width, height].flatMap { value in
                (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
            }
            bytes.replaceSubrange(16..<24, with: size)
            let crc = PNGChunks.checksum(bytes[12..<29])
            bytes.replaceSubrange(29..<33, with: (0..<4).map { UInt8(truncatingIfNeeded: crc >> (24 - 8 * $0)) })
            return bytes
        }
        let huge = try claiming(1 << 31, 1 << 31)
        #expect(throws: ImageError("a.png", .tooLarge(width: 1 << 31, height: 1 << 31, limits: .standard))) {
            try Image(decoding: huge, name: "a.png")
        }
        // Within the limit, but more than its few bytes could unfold to.
        let hollow = try claiming(16_000, 16_000)
        let error = #expect(throws: ImageError.self) { try Image(decoding: hollow, name: "a.png") }
        #expect(
            error?.description
                == "a.png: the image is cut short (\(hollow.count) bytes cannot hold 16000 x 16000 pixels), expected the whole file"
        )
    }

    @Test func `limits are the caller's to set`() throws {
        let bytes = try ImageFixture.bytes("baseline.jpg")
        let limits = ImageLimits(maximumPixels: 64 * 48 - 1)
        let error = #expect(throws: ImageError.self) { try Image(decoding: bytes, name: "a.jpg", limits: limits) }
        #expect(
            error?.description
                == "a.jpg: the image claims 64 x 48 pixels, more than the limit of 3071 pixels and 1024 MiB")
        #expect(throws: ImageError.self) {
            try Image(decoding: bytes, limits: ImageLimits(maximumBytes: 64 * 48 * 3 - 1))
        }
        #expect(try Image(decoding: bytes, limits: ImageLimits(maximumPixels: 64 * 48)).width == 64)
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers for the same seed everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
