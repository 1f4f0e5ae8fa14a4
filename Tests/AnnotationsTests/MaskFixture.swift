import Annotations
import Foundation

/// What pycocotools makes of the same inputs: `Fixtures/masks.json`, written by `Fixtures/make_masks.py`.
struct MaskFixture: Decodable {
    struct Polygon: Decodable {
        let size: [Int]
        let polygon: [Double]
        let counts: String
    }

    struct Box: Decodable {
        let size: [Int]
        let box: [Double]
        let counts: String
    }

    struct Mask: Decodable {
        let size: [Int]
        let pixels: String
        let counts: String
        let area: Int
        let box: [Double]

        /// Column-major bytes, unpacked from the bits that the fixture holds.
        var columnMajor: [UInt8] {
            let digits = pixels.map { UInt8($0.hexDigitValue ?? 0) }
            return (0..<(size[0] * size[1])).map { digits[$0 / 4] >> UInt8(3 - $0 % 4) & 1 }
        }
    }

    struct Merge: Decodable {
        let size: [Int]
        let parts: [String]
        let union: String
        let intersection: String
    }

    struct Overlap: Decodable {
        let size: [Int]
        let detections: [String]
        let truths: [String]
        let crowd: [Bool]
        let values: [Double]
    }

    let polygons: [Polygon]
    let boxes: [Box]
    let masks: [Mask]
    let merges: [Merge]
    let overlaps: [Overlap]

    static func load() throws -> MaskFixture {
        let file = Bundle.module.url(forResource: "Fixtures/masks", withExtension: "json")!
        return try JSONDecoder().decode(MaskFixture.self, from: Data(contentsOf: file))
    }
}

/// A small generator with a fixed sequence (SplitMix64), so that every run tests the same masks.
struct FixedRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }
}

extension RunLengthMask {
    init(_ size: [Int], _ counts: String) throws {
        try self.init(height: size[0], width: size[1], compressed: counts)
    }
}
