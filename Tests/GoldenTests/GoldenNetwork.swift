import Checkpoints
import Foundation
import Tensors
import Testing

/// Fills a network with the rule's weights.
func fill(_ network: any Module, salt: String) throws {
    for (name, tensor) in network.stateDictionary where tensor.dtype.isFloatingPoint {
        let (low, high) = GoldenTensor.range(name, tensor.shape)
        let values = try golden(salt + name, tensor.shape, low, high)
        try withoutGradients { try tensor.assign(values) }
    }
}

private let xor = Operator("aten::bitwise_xor", "Tensor")
private let and = Operator("aten::bitwise_and", "Scalar")
private let shiftRight = Operator("aten::__rshift__", "Scalar")

/// The rule of `GoldenTensor` with tensor operators, which are fast in debug builds too. Integers wrap as the rule asks.
func golden(_ name: String, _ shape: [Int], _ low: Double, _ high: Double) throws -> Tensor {
    func mixed(_ z: Tensor, _ bits: Int) throws -> Tensor {
        try xor(z, and(shiftRight(z, bits), Int(bitPattern: UInt.max >> bits)))
    }
    let start = Int(bitPattern: UInt(GoldenTensor.checksum(name)) << 32 &+ 0x9e37_79b9_7f4a_7c15)
    var z = try Tensor.arange(0, shape.reduce(1, *), dtype: .int64) + start
    z = try mixed(z, 30) * Int(bitPattern: 0xbf58_476d_1ce4_e5b9)
    z = try mixed(z, 27) * Int(bitPattern: 0x94d0_49bb_1331_11eb)
    z = try and(shiftRight(mixed(z, 31), 40), 0xff_ffff)
    return try (z.to(.float64) / 16_777_216.0 * (high - low) + low).to(.float32).reshape(shape)
}

/// Compares a tensor with its golden description; sampled values within `tolerance` of the spread.
func expect(
    _ tensor: Tensor, matches description: Any?, tolerance: Double = 1e-4,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let golden = try #require(description as? [String: Any], sourceLocation: sourceLocation)
    #expect(tensor.shape == golden["shape"] as? [Int], sourceLocation: sourceLocation)
    let values = try tensor.array(of: Double.self)
    let spread = try #require(golden["std"] as? Double)
    let mean = values.reduce(0, +) / Double(values.count)
    #expect(abs(mean - (golden["mean"] as? Double ?? .nan)) < tolerance * spread, sourceLocation: sourceLocation)
    let samples = try #require(golden["at"] as? [String: Double])
    #expect(!samples.isEmpty, sourceLocation: sourceLocation)
    for (index, expected) in samples {
        let found = values[try #require(Int(index))]
        #expect(
            abs(found - expected) < tolerance * max(spread, abs(expected)), "element \(index)",
            sourceLocation: sourceLocation)
    }
}
