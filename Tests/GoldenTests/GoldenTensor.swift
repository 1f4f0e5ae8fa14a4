import Foundation

/// Tensors that a rule makes, so that inputs and weights of the golden figures need no files: splitmix64 over a counter,
/// seeded with the CRC-32 of the tensor's name.
enum GoldenTensor {
    /// A tensor's elements in row-major order, uniform in [lo, hi).
    static func values(_ name: String, _ shape: [Int], from low: Double, to high: Double) -> [Float] {
        let seed = UInt64(checksum(name))
        return (0..<shape.reduce(1, *)).map { index in
            Float(low + (high - low) * unit(seed: seed, index: UInt64(index)))
        }
    }

    /// An entry of a state dictionary, whose range depends on what it is.
    static func weights(salt: String, _ key: String, _ shape: [Int]) -> [Float] {
        if shape.count >= 2 {
            let scale = (3.0 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
            return values(salt + key, shape, from: -scale, to: scale)
        }
        if key.hasSuffix("running_var") || key.hasSuffix("weight") {
            return values(salt + key, shape, from: 0.5, to: 1.5)
        }
        return values(salt + key, shape, from: -0.1, to: 0.1)
    }

    static func unit(seed: UInt64, index: UInt64) -> Double {
        var z = (seed << 32) &+ index &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        z ^= z >> 31
        return Double(z >> 40) / 16_777_216
    }

    /// CRC-32 (IEEE 802.3) of a text's UTF-8.
    static func checksum(_ text: String) -> UInt32 {
        ~text.utf8.reduce(~0) { remainder, byte in
            (0..<8).reduce(remainder ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xedb8_8320 : 0) }
        }
    }
}
