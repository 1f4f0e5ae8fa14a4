import Annotations

/// Run-length masks in one block of bytes, compressed as COCO's `counts`: some hundred bytes a mask.
public struct MaskColumn: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var sizes: [SIMD2<Int32>] = []

    public init() {}

    public var count: Int { ends.count }

    /// Adds a mask, or that there is none.
    public mutating func append(_ mask: RunLengthMask?) {
        if let mask { bytes += mask.compressedBytes() }
        ends.append(bytes.count)
        sizes.append(mask.map { SIMD2(Int32($0.height), Int32($0.width)) } ?? SIMD2(-1, -1))
    }

    /// Rows of a mask; -1 where there is none.
    func height(_ index: Int) -> Int { Int(sizes[index].x) }

    /// - Throws: never for what `append` took.
    public func mask(_ index: Int) throws -> RunLengthMask? {
        guard sizes[index].x >= 0 else { return nil }
        let start = index > 0 ? ends[index - 1] : 0
        return try bytes.withUnsafeBufferPointer {
            try RunLengthMask(
                height: Int(sizes[index].x), width: Int(sizes[index].y),
                compressed: UnsafeBufferPointer(rebasing: $0[start..<ends[index]]).span)
        }
    }
}
