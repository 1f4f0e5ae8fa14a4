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
        [UInt8](unsafeUninitializedCapacity: 7 * runs.count) { buffer, count in count = write(into: buffer) }
    }

    /// The compressed `counts`.
    public func compressedString() -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 7 * runs.count) { buffer in
            String(decoding: buffer[..<write(into: buffer)], as: UTF8.self)
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

    /// - Returns: the number of bytes; at most 7 a run.
    private func write(into bytes: UnsafeMutableBufferPointer<UInt8>) -> Int {
        guard let start = bytes.baseAddress else { return 0 }
        var out = start
        runs.withUnsafeBufferPointer { runs in
            for index in 0..<runs.count {
                var value = Int(runs[index])
                if index > 2 { value &-= Int(runs[index &- 2]) }
                while value < -16 || value > 15 {
                    out.pointee = UInt8(truncatingIfNeeded: (value & 0x1f | 0x20) &+ 48)
                    out += 1
                    value >>= 5
                }
                out.pointee = UInt8(truncatingIfNeeded: (value & 0x1f) &+ 48)
                out += 1
            }
        }
        return out - start
    }
}
