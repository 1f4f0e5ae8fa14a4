/// The compressed `counts` of COCO (`rleToString`, `rleFrString` of `maskApi.c`): each run, from the fourth on as its
/// difference to the run two before, in groups of 5 bits from the lowest, bit 0x20 where a group follows, plus 48.
extension RunLengthMask {
    /// Reads compressed `counts`.
    /// - Throws: `RunLengthMaskError` naming the first byte or run that is wrong.
    public init(height: Int, width: Int, compressed bytes: [UInt8]) throws(RunLengthMaskError) {
        try self.init(height: height, width: width, compressed: bytes.span)
    }

    /// Reads compressed `counts`.
    /// - Throws: `RunLengthMaskError` naming the first byte or run that is wrong.
    public init(height: Int, width: Int, compressed text: String) throws(RunLengthMaskError) {
        try self.init(height: height, width: width, compressed: Array(text.utf8).span)
    }

    /// Reads compressed `counts`.
    /// - Throws: `RunLengthMaskError` naming the first byte or run that is wrong.
    public init(height: Int, width: Int, compressed bytes: Span<UInt8>) throws(RunLengthMaskError) {
        let area = try Self.checkedArea(height: height, width: width)
        var failure: RunLengthMaskError?
        let runs = [UInt32](unsafeUninitializedCapacity: bytes.count) { buffer, count in
            bytes.withUnsafeBufferPointer { bytes in
                if let runs = CompressedCounts.read(bytes, into: buffer, area: area) {
                    count = runs
                    return
                }
                // Something is wrong: read again, slowly, to say what.
                do throws(RunLengthMaskError) {
                    count = try Self.parse(bytes, into: buffer, area: area)
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
        self.init(unchecked: runs, height: height, width: width)
    }

    /// The bytes of the compressed `counts`, all in 48...111.
    public func compressedBytes() -> [UInt8] {
        withCompressedBytes { Array($0) }
    }

    /// The compressed `counts`.
    public func compressedString() -> String {
        withCompressedBytes { String(decoding: $0, as: UTF8.self) }
    }

    @inline(__always)
    private func withCompressedBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        runs.withUnsafeBufferPointer { runs in
            withUnsafeTemporaryAllocation(
                of: UInt8.self, capacity: CompressedCounts.capacity(runs: runs.count)
            ) { buffer in
                let count = CompressedCounts.write(runs, into: buffer)
                return body(UnsafeBufferPointer(start: buffer.baseAddress, count: count))
            }
        }
    }

    /// - Returns: the number of runs; never more than there are bytes.
    private static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, into runs: UnsafeMutableBufferPointer<UInt32>, area: Int
    ) throws(RunLengthMaskError) -> Int {
        var offset = 0
        var index = 0
        var covered = 0
        while offset < bytes.count {
            var value = 0
            var shift = 0
            while true {
                guard offset < bytes.count else { throw .unfinishedRun(run: index) }
                let group = Int(bytes[offset]) &- 48
                guard group & ~63 == 0 else { throw .badCharacter(byte: bytes[offset], offset: offset) }
                // 7 groups hold every difference of two 32-bit runs.
                guard shift < 35 else { throw .runTooLong(run: index, offset: offset) }
                offset &+= 1
                value |= (group & 0x1f) << shift
                shift &+= 5
                if group & 0x20 == 0 {
                    if group & 0x10 != 0 { value |= -1 << shift }
                    break
                }
            }
            if index > 2 { value &+= Int(runs[index &- 2]) }
            guard value >= 0 else { throw .negativeRun(run: index, length: value) }
            covered &+= value
            guard covered <= area else { throw .pastEnd(run: index, covered: covered, area: area) }
            runs[index] = UInt32(truncatingIfNeeded: value)
            index &+= 1
        }
        guard covered == area else { throw .tooShort(covered: covered, area: area) }
        return index
    }
}
