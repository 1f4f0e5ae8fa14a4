import Glibc

/// A 64-bit fingerprint of what an image looks like, which re-encoding and resizing barely change.
///
/// The luma is reduced to 32 x 32 (Lanczos, as Pillow), its discrete cosine transform taken, and each of the 8 x 8 lowest
/// frequencies compared with their median: the `phash` of the Python package imagehash (Zauner 2010). Near copies differ
/// in a few bits, different pictures in about 32.
public struct PerceptualHash: Hashable, Sendable, CustomStringConvertible {
    /// Row by row from the lowest frequency, first bit highest.
    public let bits: UInt64

    public init(bits: UInt64) { self.bits = bits }

    /// O(pixels): one pass over the image.
    public init(of image: Image) {
        let small = image.eightBit().grey().resized(width: 32, height: 32, filter: .lanczosPillow)
        let cosines = Self.cosines
        // Down the columns first, then along the rows; only the 8 lowest frequencies of each.
        var columns = [Float](repeating: 0, count: 8 * 32)
        for v in 0..<8 {
            for y in 0..<32 {
                let weight = cosines[v * 32 + y]
                for x in 0..<32 { columns[v * 32 + x] += weight * Float(small.bytes[y * 32 + x]) }
            }
        }
        var frequencies = [Float](repeating: 0, count: 64)
        for v in 0..<8 {
            for u in 0..<8 {
                for x in 0..<32 { frequencies[v * 8 + u] += cosines[u * 32 + x] * columns[v * 32 + x] }
            }
        }
        let sorted = frequencies.sorted()
        let median = (sorted[31] + sorted[32]) / 2
        bits = frequencies.reduce(0) { $0 << 1 | ($1 > median ? 1 : 0) }
    }

    /// How many bits differ: 0 for the same picture, up to about 8 for near copies.
    public func distance(to other: PerceptualHash) -> Int { (bits ^ other.bits).nonzeroBitCount }

    /// 16 hexadecimal digits.
    public var description: String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// cos(pi u (2 x + 1) / 64) for u in 0..<8 and x in 0..<32.
    private static let cosines: [Float] = (0..<8 * 32).map { i -> Float in
        let angle = Double.pi * Double((i / 32) * (2 * (i % 32) + 1)) / 64
        return Float(cos(angle))
    }
}
