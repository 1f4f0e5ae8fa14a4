import Foundation
import Testing

@testable import Imaging

/// The generator that make_resize_golden.py uses.
func generatedImage(seed: Int, width: Int, height: Int, channels: Int, bits: Int = 8) -> Image {
    var state = UInt32(seed)
    let samples = (0..<width * height * channels).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return state >> (32 - UInt32(bits))
    }
    return bits == 8
        ? Image(width: width, height: height, channels: channels, bytes: samples.map { UInt8($0) })
        : Image(width: width, height: height, channels: channels, samples16: samples.map { UInt16($0) })
}

struct GoldenResize: Decodable {
    let filter: String
    let seed: Int
    let channels: Int
    let bits: Int
    let from: [Int]
    let to: [Int]
    let samples: String

    static func all() throws -> [GoldenResize] {
        let url = try #require(
            Bundle.module.url(forResource: "resize_golden", withExtension: "json", subdirectory: "Fixtures"))
        return try JSONDecoder().decode([GoldenResize].self, from: Data(contentsOf: url))
    }

    var expected: [UInt16] {
        let digits = Array(samples.utf8).map { UInt16($0) }.map { $0 > 96 ? $0 - 87 : $0 - 48 }
        let width = bits / 4
        return stride(from: 0, to: digits.count, by: width).map { i in
            digits[i..<i + width].reduce(0) { $0 << 4 | $1 }
        }
    }
}

@Suite struct ResizeTests {
    static let filters: [String: ResizeFilter] = [
        "nearestPillow": .nearestPillow, "nearestOpenCV": .nearestOpenCV, "boxPillow": .boxPillow,
        "bilinearPillow": .bilinearPillow, "hammingPillow": .hammingPillow, "bicubicPillow": .bicubicPillow,
        "lanczosPillow": .lanczosPillow, "areaOpenCV": .areaOpenCV, "bilinearOpenCV": .bilinearOpenCV,
        "bilinearTorch": .bilinearTorch(alignCorners: false),
        "bilinearTorchAlignCorners": .bilinearTorch(alignCorners: true),
    ]

    @Test(arguments: filters.keys.sorted())
    func `every filter gives the samples of the program it is named for`(name: String) throws {
        let filter = try #require(Self.filters[name])
        let cases = try GoldenResize.all().filter { $0.filter == name }
        #expect(cases.count >= 30)
        for golden in cases {
            let source = generatedImage(
                seed: golden.seed, width: golden.from[0], height: golden.from[1], channels: golden.channels,
                bits: golden.bits)
            let result = source.resized(width: golden.to[0], height: golden.to[1], filter: filter)
            let differences = zip(result.samples16, golden.expected).map { abs(Int($0) - Int($1)) }
            #expect(differences.count == golden.to[0] * golden.to[1] * golden.channels)
            #expect(
                differences.allSatisfy { $0 == 0 },
                "\(name) \(golden.bits) bits, \(golden.channels) channels, \(golden.from) to \(golden.to): \(differences.max() ?? 0) off in \(differences.count { $0 > 0 }) of \(differences.count)"
            )
        }
    }

    @Test func `fitting keeps the shape and never enlarges`() {
        let image = generatedImage(seed: 1, width: 40, height: 20, channels: 3)
        let small = image.fitted(within: 10)
        #expect(small.width == 10 && small.height == 5)
        #expect(image.fitted(within: 100) == image)
    }

    @Test func `a flat image stays flat under every filter`() {
        for depth in [8, 16] {
            let grey = Image(width: 19, height: 13, channels: 1, bytes: [UInt8](repeating: 77, count: 19 * 13))
            let flat = depth == 8 ? grey : grey.sixteenBit()
            for (name, filter) in Self.filters {
                let result = flat.resized(width: 7, height: 29, filter: filter)
                #expect(result.samples16.allSatisfy { $0 == flat[0, 0] }, "\(name)")
            }
        }
    }
}
