import Testing

@testable import Imaging

@Suite struct PerceptualHashTests {
    /// A smooth scene with a few shapes, different for each seed.
    private func scene(_ seed: UInt64) -> Image {
        var random = SeededGenerator(seed: seed)
        var canvas = Canvas(width: 200, height: 150, background: Palette.parts[Int(seed) % 24])
        for _ in 0..<12 {
            canvas.circle(
                at: PixelPoint(.random(in: 0...200, using: &random), .random(in: 0...150, using: &random)),
                radius: .random(in: 8...50, using: &random), fill: Palette.parts.randomElement(using: &random))
        }
        return canvas.image
    }

    @Test func `hashes are those of imagehash`() throws {
        func hash(_ name: String) throws -> String {
            try PerceptualHash(of: Image(fileAt: ImageFixture.path(name))).description
        }
        #expect(try hash("full-colour.jpg") == "826d5a356a55ab56")
        #expect(try hash("grey.jpg") == "826d5a356a55ab56")
    }

    @Test func `re-encoding and resizing change few bits`() throws {
        for seed in 1...4 as ClosedRange<UInt64> {
            let image = scene(seed)
            let hash = PerceptualHash(of: image)
            #expect(hash.distance(to: PerceptualHash(of: try Image(decoding: image.jpegBytes(quality: 40)))) <= 4)
            let half = image.resized(width: 97, height: 70, filter: .bilinearPillow)
            #expect(hash.distance(to: PerceptualHash(of: half)) <= 4)
            let double = image.resized(width: 400, height: 300, filter: .bicubicPillow)
            #expect(hash.distance(to: PerceptualHash(of: double)) <= 4)
        }
    }

    @Test func `different pictures differ in many bits`() {
        let hashes = (1...6).map { PerceptualHash(of: scene(UInt64($0))) }
        for i in hashes.indices {
            for j in 0..<i { #expect(hashes[i].distance(to: hashes[j]) >= 14) }
        }
    }

    @Test func `the distance counts bits and the text has sixteen digits`() {
        #expect(PerceptualHash(bits: 0b1011).distance(to: PerceptualHash(bits: 0b0110)) == 3)
        #expect(PerceptualHash(bits: 255).description == "00000000000000ff")
    }
}
