import Foundation
import Testing

@testable import Checkpoints

/// Damaged files of every format, thousands of them: each is read or refused with a `CheckpointError`, and what is read can be
/// looked at. KINDRED_MUTATIONS names another number of files.
@Suite struct MutationTests {
    static let count = ProcessInfo.processInfo.environment["KINDRED_MUTATIONS"].flatMap(Int.init) ?? 4000

    /// Bit flips, truncations, insertions, splices, and lengths that are huge, negative or off by one.
    static func mutate(_ original: [UInt8], with other: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            guard !bytes.isEmpty else { break }
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = .random(in: 0...255, using: &random)
            case 2: bytes.removeLast(bytes.count - place)
            case 3: bytes.insert(.random(in: 0...255, using: &random), at: place)
            case 4: bytes.remove(at: place)
            case 5:
                let start = Int.random(in: other.indices, using: &random)
                bytes.insert(contentsOf: other[start...].prefix(64), at: place)
            case 6:
                let wild: [UInt64] = [.max, .max >> 1, 1 << 63, 1 << 40, 0xffff_ffff, 0x7fff_ffff, 0]
                withUnsafeBytes(of: wild.randomElement(using: &random)!.littleEndian) { value in
                    for (index, byte) in zip(place..<bytes.count, value) { bytes[index] = byte }
                }
            default: bytes[place] &+= Bool.random(using: &random) ? 1 : 255
            }
        }
        return bytes
    }

    @Test func `damaged files are read or refused, never worse`() throws {
        let folder = try TemporaryFolder()
        let originals = [
            FixtureFiles.plainSafetensors, FixtureFiles.legacy(), FixtureFiles.arrays(),
            try FixtureFiles.zip(in: folder),
        ]
        var random = SplitMix64(state: 1)
        var (read, refused) = (0, 0)
        for index in 0..<Self.count {
            let bytes = Self.mutate(
                originals[index % originals.count], with: originals.randomElement(using: &random)!, &random)
            do {
                let checkpoint = try Checkpoint.read(TensorStorage(copying: bytes), path: "mutant \(index)")
                read += 1
                for entry in checkpoint.tensors {
                    entry.tensor.forEachChunk { #expect($0.count <= 1 << 20) }
                }
            } catch is CheckpointError {
                refused += 1
            }
        }
        #expect(read + refused == Self.count)
        #expect(refused > Self.count / 4)
        #expect(read > Self.count / 100)
    }
}

/// A small generator with a seed, so that a failure can be repeated.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
