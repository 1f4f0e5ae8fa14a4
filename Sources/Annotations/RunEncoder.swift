/// Turns a stream of mask bytes into runs, 64 bytes at a step.
struct RunEncoder {
    private var runs: [UInt32] = []
    private var position = 0
    private var lastChange = 0
    /// 0 or 1: the side of the last change on which the stream is.
    private var value: UInt64 = 0

    init(expectedRuns: Int) { runs.reserveCapacity(expectedRuns + 8) }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        var offset = 0
        while offset + 64 <= bytes.count {
            let words = (start + offset).loadUnaligned(as: SIMD8<UInt64>.self)
            let first = words[0]
            let unequal = words ^ SIMD8(repeating: first)
            let half = unequal.lowHalf | unequal.highHalf
            let quarter = half.lowHalf | half.highHalf
            if quarter[0] | quarter[1] == 0, first == (first << 8 | first >> 56) {
                // 64 equal bytes: most of every mask.
                let block: UInt64 = first == 0 ? 0 : 1
                if block != value {
                    change(at: position + offset)
                    value = block
                }
            } else {
                var bits: UInt64 = 0
                for index in 0..<8 {
                    bits |= Self.nonzeroBytes(words[index]) << UInt64(8 * index)
                }
                var changes = bits ^ (bits << 1 | value)
                value = bits >> 63
                while changes != 0 {
                    change(at: position + offset + changes.trailingZeroBitCount)
                    changes &= changes &- 1
                }
            }
            offset += 64
        }
        while offset < bytes.count {
            let bit: UInt64 = bytes[offset] == 0 ? 0 : 1
            if bit != value {
                change(at: position + offset)
                value = bit
            }
            offset += 1
        }
        position += bytes.count
    }

    /// Takes a row-major picture: strips of 64 columns are transposed in cache and then read column by column.
    mutating func append(rowMajor bytes: UnsafeRawBufferPointer, height: Int, width: Int) {
        let columns = 64
        withUnsafeTemporaryAllocation(byteCount: columns * height, alignment: 16) { strip in
            for left in stride(from: 0, to: width, by: columns) {
                let count = min(columns, width - left)
                Self.transpose(bytes, into: strip, left: left, count: count, height: height, width: width)
                append(UnsafeRawBufferPointer(rebasing: strip[..<(count * height)]))
            }
        }
    }

    consuming func finish() -> [UInt32] {
        runs.append(UInt32(truncatingIfNeeded: position - lastChange))
        return runs
    }

    private mutating func change(at pixel: Int) {
        runs.append(UInt32(truncatingIfNeeded: pixel &- lastChange))
        lastChange = pixel
    }

    /// One bit for each byte of `word` that is not zero, the lowest byte first.
    private static func nonzeroBytes(_ word: UInt64) -> UInt64 {
        let low7: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
        let flags = (((word & low7) &+ low7) | word) >> 7 & 0x0101_0101_0101_0101
        // The multiplication gathers eight flags in the top byte; no two partial products meet there.
        return (flags &* 0x0102_0408_1020_4080) >> 56
    }

    private static func transpose(
        _ bytes: UnsafeRawBufferPointer, into strip: UnsafeMutableRawBufferPointer, left: Int, count: Int, height: Int,
        width: Int
    ) {
        var row = 0
        while row + 8 <= height {
            var column = 0
            while column + 8 <= count {
                let source = row * width + left + column
                let (even, odd) = transposed(
                    fourRows(bytes, at: source, width: width), fourRows(bytes, at: source + 4 * width, width: width))
                let target = column * height + row
                // Columns 0, 4, 2, 6 and their right neighbours.
                store(even, in: strip, at: target, stride: height)
                store(odd, in: strip, at: target + height, stride: height)
                column += 8
            }
            for rest in column..<max(column, count) {
                for index in 0..<8 { strip[rest * height + row + index] = bytes[(row + index) * width + left + rest] }
            }
            row += 8
        }
        for rest in row..<max(row, height) {
            for column in 0..<count { strip[column * height + rest] = bytes[rest * width + left + column] }
        }
    }

    @inline(__always)
    private static func fourRows(_ bytes: UnsafeRawBufferPointer, at offset: Int, width: Int) -> SIMD4<UInt64> {
        SIMD4(
            bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: offset &+ width, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: offset &+ 2 &* width, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: offset &+ 3 &* width, as: UInt64.self))
    }

    @inline(__always)
    private static func store(
        _ columns: SIMD4<UInt64>, in strip: UnsafeMutableRawBufferPointer, at offset: Int, stride: Int
    ) {
        strip.storeBytes(of: columns.x, toByteOffset: offset, as: UInt64.self)
        strip.storeBytes(of: columns.y, toByteOffset: offset &+ 4 &* stride, as: UInt64.self)
        strip.storeBytes(of: columns.z, toByteOffset: offset &+ 2 &* stride, as: UInt64.self)
        strip.storeBytes(of: columns.w, toByteOffset: offset &+ 6 &* stride, as: UInt64.self)
    }

    /// Transposes 8 x 8 bytes by swapping quadrants of 4, 2 and 1 bytes (Warren, Hacker's Delight, 7-3).
    /// - Returns: columns 0, 4, 2, 6 and columns 1, 5, 3, 7.
    @inline(__always)
    private static func transposed(
        _ low: SIMD4<UInt64>, _ high: SIMD4<UInt64>
    ) -> (even: SIMD4<UInt64>, odd: SIMD4<UInt64>) {
        var (one, two) = swapped(low, high, shift: 32, mask: 0x0000_0000_ffff_ffff)
        (one, two) = swapped(
            SIMD4(lowHalf: one.lowHalf, highHalf: two.lowHalf), SIMD4(lowHalf: one.highHalf, highHalf: two.highHalf),
            shift: 16, mask: 0x0000_ffff_0000_ffff)
        return swapped(
            SIMD4(lowHalf: one.evenHalf, highHalf: two.evenHalf), SIMD4(lowHalf: one.oddHalf, highHalf: two.oddHalf),
            shift: 8, mask: 0x00ff_00ff_00ff_00ff)
    }

    @inline(__always)
    private static func swapped(
        _ one: SIMD4<UInt64>, _ two: SIMD4<UInt64>, shift: UInt64, mask: UInt64
    ) -> (even: SIMD4<UInt64>, odd: SIMD4<UInt64>) {
        let swap = ((one &>> SIMD4(repeating: shift)) ^ two) & SIMD4(repeating: mask)
        return (one ^ (swap &<< SIMD4(repeating: shift)), two ^ swap)
    }
}
