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
                append(bits, count: 64, at: position + offset)
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

    /// Takes a row-major picture: read row after row, as memory likes it, into columns of bits, an eighth of its size.
    mutating func append(rowMajor bytes: UnsafeRawBufferPointer, height: Int, width: Int) {
        let words = (height + 63) / 64
        withUnsafeTemporaryAllocation(byteCount: width * words * 8, alignment: 8) { columns in
            // Rows beyond the last, up to a whole word, are masked away when read.
            columns.initializeMemory(as: UInt8.self, repeating: 0)
            Self.gather(bytes, into: columns, height: height, width: width)
            for column in 0..<width {
                for word in 0..<words {
                    let bits = columns.load(fromByteOffset: (column * words + word) * 8, as: UInt64.self)
                    append(bits, count: min(64, height - word * 64), at: column * height + word * 64)
                }
            }
        }
        position += height * width
    }

    consuming func finish() -> [UInt32] {
        runs.append(UInt32(truncatingIfNeeded: position - lastChange))
        return runs
    }

    /// Takes up to 64 pixels, the lowest bit first.
    @inline(__always)
    private mutating func append(_ bits: UInt64, count: Int, at start: Int) {
        var changes = bits ^ (bits << 1 | value)
        if count < 64 { changes &= (1 << UInt64(count)) - 1 }
        value = bits >> UInt64(count - 1) & 1
        while changes != 0 {
            change(at: start + changes.trailingZeroBitCount)
            changes &= changes &- 1
        }
    }

    private mutating func change(at pixel: Int) {
        runs.append(UInt32(truncatingIfNeeded: pixel &- lastChange))
        lastChange = pixel
    }

    /// One bit for each byte of `word` that is not zero, the lowest byte first.
    private static func nonzeroBytes(_ word: UInt64) -> UInt64 {
        // The multiplication gathers eight flags in the top byte; no two partial products meet there.
        (flags(word) &* 0x0102_0408_1020_4080) >> 56
    }

    /// Each byte that is not zero made 1.
    @inline(__always)
    private static func flags(_ word: UInt64) -> UInt64 {
        let low7: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
        return (((word & low7) &+ low7) | word) &>> 7 & 0x0101_0101_0101_0101
    }

    /// Packs columns, eight rows and eight columns at a step, into one word of bits for each 64 rows.
    private static func gather(
        _ bytes: UnsafeRawBufferPointer, into bits: UnsafeMutableRawBufferPointer, height: Int, width: Int
    ) {
        let columnBytes = (height + 63) / 64 * 8
        for top in stride(from: 0, to: height, by: 8) {
            let rows = min(8, height - top)
            var column = 0
            while column < width {
                let columns = min(8, width &- column)
                let source = top &* width &+ column
                let block =
                    rows == 8 && columns == 8
                    ? wholeBlock(bytes, at: source, width: width)
                    : partialBlock(bytes, at: source, width: width, rows: rows, columns: columns)
                var target = column &* columnBytes &+ top &>> 3
                // The bits are zero already.
                for index in 0..<(block == 0 ? 0 : columns) {
                    bits[target] = UInt8(truncatingIfNeeded: block &>> UInt64(truncatingIfNeeded: 8 &* index))
                    target &+= columnBytes
                }
                column &+= 8
            }
        }
    }

    /// 8 x 8 pixels as bits: a byte a column, its lowest bit the upper row.
    @inline(__always)
    private static func wholeBlock(_ bytes: UnsafeRawBufferPointer, at offset: Int, width: Int) -> UInt64 {
        func row(_ index: Int) -> UInt64 {
            bytes.loadUnaligned(fromByteOffset: offset &+ index &* width, as: UInt64.self)
        }
        let (a, b, c, d) = (row(0), row(1), row(2), row(3))
        let (e, f, g, h) = (row(4), row(5), row(6), row(7))
        let any = a | b | c | d | e | f | g | h
        guard any != 0 else { return 0 }
        // Bytes of 0 and 1 need only be shifted to the bit of their row.
        if any & 0xfefe_fefe_fefe_fefe == 0 {
            return (a | b &<< 1 | c &<< 2 | d &<< 3) | (e &<< 4 | f &<< 5 | g &<< 6 | h &<< 7)
        }
        return (flags(a) | flags(b) &<< 1 | flags(c) &<< 2 | flags(d) &<< 3)
            | (flags(e) &<< 4 | flags(f) &<< 5 | flags(g) &<< 6 | flags(h) &<< 7)
    }

    /// As `wholeBlock`, at the right and lower border.
    private static func partialBlock(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, width: Int, rows: Int, columns: Int
    ) -> UInt64 {
        var block: UInt64 = 0
        for row in 0..<rows {
            for column in 0..<columns where bytes[offset + row * width + column] != 0 {
                block |= 1 << UInt64(8 * column + row)
            }
        }
        return block
    }
}
