/// Reads and writes compressed `counts` fast. Nine of ten runs are one byte, -16...15 from the run two before: those go
/// four at a step; the others are packed and unpacked without a branch a byte.
enum CompressedCounts {
    /// Bytes that `write` may touch.
    static func capacity(runs: Int) -> Int { 7 * runs + 8 }

    /// - Parameter runs: room for as many runs as there are bytes.
    /// - Returns: the number of runs, or nil where anything is wrong with the bytes.
    static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, into runs: UnsafeMutableBufferPointer<UInt32>, area: Int
    ) -> Int? {
        guard let source = UnsafeRawPointer(bytes.baseAddress), let target = runs.baseAddress else {
            return area == 0 ? 0 : nil
        }
        let count = bytes.count
        var offset = 0
        var index = 0
        // The last two runs: the bases of the next two differences.
        var bases = SIMD2<Int32>()
        var signs = SIMD2<Int32>()
        while offset < count {
            if index > 2, offset &+ 4 <= count {
                let word = (source + offset).loadUnaligned(as: UInt32.self) &- 0x3030_3030
                // A byte below 48 borrows and shows in its own upper bits, whatever it does to the next.
                if word & 0xe0e0_e0e0 == 0 {
                    let groups = unsafeBitCast(word, to: SIMD4<UInt8>.self)
                    let steps = SIMD4<Int32>(truncatingIfNeeded: groups ^ 16) &- 16
                    let first = bases &+ steps.lowHalf
                    let second = first &+ steps.highHalf
                    UnsafeMutableRawPointer(target + index).storeBytes(
                        of: SIMD4(lowHalf: first, highHalf: second), as: SIMD4<Int32>.self)
                    signs |= first | second
                    bases = second
                    offset &+= 4
                    index &+= 4
                    continue
                }
            }
            // Up to and with the next long one, so that the test above is not repeated in vain.
            var isShort = true
            while isShort, offset < count {
                let (step, length) = readRun(source + offset, available: count &- offset)
                guard length > 0 else { return nil }
                let value = index > 2 ? step &+ Int(bases.x) : step
                guard value >= 0, value <= area else { return nil }
                target[index] = UInt32(truncatingIfNeeded: value)
                bases = SIMD2(bases.y, Int32(truncatingIfNeeded: value))
                offset &+= length
                index &+= 1
                isShort = length == 1
            }
        }
        guard signs.x | signs.y >= 0 else { return nil }
        var covered = 0
        for run in 0..<index { covered &+= Int(target[run]) }
        return covered == area ? index : nil
    }

    /// - Returns: the number of bytes.
    static func write(_ runs: UnsafeBufferPointer<UInt32>, into bytes: UnsafeMutableBufferPointer<UInt8>) -> Int {
        guard let start = UnsafeMutableRawPointer(bytes.baseAddress), let source = runs.baseAddress else { return 0 }
        var offset = 0
        var index = 0
        while index < runs.count {
            if index > 2, index &+ 4 <= runs.count {
                let values = UnsafeRawPointer(source + index).loadUnaligned(as: SIMD4<UInt32>.self)
                let bases = UnsafeRawPointer(source + (index &- 2)).loadUnaligned(as: SIMD4<UInt32>.self)
                let steps = values &- bases
                if (steps &+ 16).max() < 32 {
                    let groups = SIMD4<UInt8>(truncatingIfNeeded: (steps & 31) &+ 48)
                    (start + offset).storeBytes(of: groups, as: SIMD4<UInt8>.self)
                    offset &+= 4
                    index &+= 4
                    continue
                }
            }
            // Up to and with the next long one, so that the test above is not repeated in vain.
            var isShort = true
            while isShort, index < runs.count {
                let value = Int(source[index]) &- (index > 2 ? Int(source[index &- 2]) : 0)
                isShort = value >= -16 && value < 16
                offset &+= writeRun(value, to: start + offset)
                index &+= 1
            }
        }
        return offset
    }

    /// Reads one number of up to 7 bytes.
    /// - Returns: its length in bytes, 0 where it is wrong.
    @inline(__always)
    private static func readRun(_ start: UnsafeRawPointer, available: Int) -> (value: Int, length: Int) {
        guard available >= 8 else { return readRunBytewise(start, available: available) }
        let groups = start.loadUnaligned(as: SIMD8<UInt8>.self) &- 48
        let word = unsafeBitCast(groups, to: UInt64.self)
        let ends = ~word & 0x2020_2020_2020_2020
        let length = ends.trailingZeroBitCount &>> 3 &+ 1
        let used = ~0 &>> UInt64(truncatingIfNeeded: 64 &- 8 &* length)
        guard length <= 7, word & used & 0xc0c0_c0c0_c0c0_c0c0 == 0 else { return (0, 0) }
        var bits = (word & 0x001f_001f_001f_001f) | ((word & 0x1f00_1f00_1f00_1f00) &>> 3)
        bits = (bits & 0x0000_03ff_0000_03ff) | ((bits & 0x03ff_0000_03ff_0000) &>> 6)
        bits = (bits & 0x0000_0000_000f_ffff) | ((bits & 0x000f_ffff_0000_0000) &>> 12)
        let unused = 64 &- 5 &* length
        return ((Int(truncatingIfNeeded: bits) &<< unused) &>> unused, length)
    }

    private static func readRunBytewise(_ start: UnsafeRawPointer, available: Int) -> (value: Int, length: Int) {
        var value = 0
        for length in 0..<min(available, 7) {
            let group = Int(start.load(fromByteOffset: length, as: UInt8.self)) - 48
            guard group & ~63 == 0 else { return (0, 0) }
            value |= (group & 0x1f) << (5 * length)
            if group & 0x20 == 0 {
                let unused = 59 - 5 * length
                return ((value << unused) >> unused, length + 1)
            }
        }
        return (0, 0)
    }

    /// Writes one number, with up to 8 bytes touched.
    /// - Returns: its length in bytes.
    @inline(__always)
    private static func writeRun(_ value: Int, to start: UnsafeMutableRawPointer) -> Int {
        // Significant bits with the sign, in groups of 5; a product instead of a division.
        let bits = 65 &- (value ^ (value &>> 63)).leadingZeroBitCount
        let length = ((bits &+ 4) &* 52) &>> 8
        var groups = UInt64(truncatingIfNeeded: value) & 0x0000_00ff_ffff_ffff
        groups = (groups & 0x0000_0000_000f_ffff) | ((groups & 0x0000_00ff_fff0_0000) &<< 12)
        groups = (groups & 0x0000_03ff_0000_03ff) | ((groups & 0x000f_fc00_000f_fc00) &<< 6)
        groups = (groups & 0x001f_001f_001f_001f) | ((groups & 0x03e0_03e0_03e0_03e0) &<< 3)
        let continued = (1 as UInt64) &<< UInt64(truncatingIfNeeded: 8 &* (length &- 1)) &- 1
        groups = (groups | continued & 0x2020_2020_2020_2020) &+ 0x3030_3030_3030_3030
        start.storeBytes(of: groups, as: UInt64.self)
        return length
    }
}
