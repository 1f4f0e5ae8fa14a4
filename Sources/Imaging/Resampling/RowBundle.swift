/// Eight rows of samples, interleaved: element i holds sample i of each row, so that one vector operation serves all.
enum RowBundle {
    typealias Element = SIMD8<UInt8>

    /// Gathers `lines` rows (1...8), which stand `bundle.count` samples apart; missing ones keep what is there.
    static func gather(
        _ rows: UnsafePointer<UInt8>, _ lines: Int, into bundle: UnsafeMutableBufferPointer<Element>
    ) {
        let samples = bundle.count
        let whole = lines == 8 ? samples & ~7 : 0
        for i in stride(from: 0, to: whole, by: 8) {
            transpose(
                UnsafeRawPointer(rows + i), samples, UnsafeMutableRawPointer(bundle.baseAddress! + i), 8)
        }
        for line in 0..<lines {
            for i in whole..<samples { bundle[i][line] = rows[line * samples + i] }
        }
    }

    /// Writes `lines` rows back, `bundle.count` samples apart.
    static func scatter(
        _ bundle: UnsafeMutableBufferPointer<Element>, _ lines: Int, to rows: UnsafeMutablePointer<UInt8>
    ) {
        let samples = bundle.count
        let whole = lines == 8 ? samples & ~7 : 0
        for i in stride(from: 0, to: whole, by: 8) {
            transpose(
                UnsafeRawPointer(bundle.baseAddress! + i), 8, UnsafeMutableRawPointer(rows + i), samples)
        }
        for line in 0..<lines {
            for i in whole..<samples { rows[line * samples + i] = bundle[i][line] }
        }
    }

    /// Transposes 8 x 8 bytes whose rows stand some bytes apart: halves change places, then quarters, then single bytes.
    @inline(__always)
    private static func transpose(
        _ source: UnsafeRawPointer, _ sourceStep: Int, _ target: UnsafeMutableRawPointer, _ targetStep: Int
    ) {
        func row(_ index: Int) -> UInt64 {
            UInt64(littleEndian: source.loadUnaligned(fromByteOffset: index * sourceStep, as: UInt64.self))
        }
        func exchange(_ a: inout UInt64, _ b: inout UInt64, _ shift: UInt64, _ mask: UInt64) {
            let difference = ((a &>> shift) ^ b) & mask
            b ^= difference
            a ^= difference &<< shift
        }
        var (a, b, c, d) = (row(0), row(1), row(2), row(3))
        var (e, f, g, h) = (row(4), row(5), row(6), row(7))
        exchange(&a, &e, 32, 0x0000_0000_FFFF_FFFF)
        exchange(&b, &f, 32, 0x0000_0000_FFFF_FFFF)
        exchange(&c, &g, 32, 0x0000_0000_FFFF_FFFF)
        exchange(&d, &h, 32, 0x0000_0000_FFFF_FFFF)
        exchange(&a, &c, 16, 0x0000_FFFF_0000_FFFF)
        exchange(&b, &d, 16, 0x0000_FFFF_0000_FFFF)
        exchange(&e, &g, 16, 0x0000_FFFF_0000_FFFF)
        exchange(&f, &h, 16, 0x0000_FFFF_0000_FFFF)
        exchange(&a, &b, 8, 0x00FF_00FF_00FF_00FF)
        exchange(&c, &d, 8, 0x00FF_00FF_00FF_00FF)
        exchange(&e, &f, 8, 0x00FF_00FF_00FF_00FF)
        exchange(&g, &h, 8, 0x00FF_00FF_00FF_00FF)
        func put(_ value: UInt64, _ index: Int) {
            target.storeBytes(of: value.littleEndian, toByteOffset: index * targetStep, as: UInt64.self)
        }
        put(a, 0)
        put(b, 1)
        put(c, 2)
        put(d, 3)
        put(e, 4)
        put(f, 5)
        put(g, 6)
        put(h, 7)
    }
}
