extension RunLengthMask {
    /// Encodes bytes that lie column after column (a Fortran-ordered array). Any byte but 0 is foreground.
    /// - Throws: `RunLengthMaskError` when there are not `height * width` bytes.
    public init(columnMajor pixels: Span<UInt8>, height: Int, width: Int) throws(RunLengthMaskError) {
        let area = try Self.checkedArea(height: height, width: width)
        guard pixels.count == area else {
            throw .wrongPixelCount(count: pixels.count, height: height, width: width)
        }
        var encoder = RunEncoder(expectedRuns: 2 * width)
        pixels.withUnsafeBytes { encoder.append($0) }
        self.init(unchecked: encoder.finish(), height: height, width: width)
    }

    /// Encodes bytes that lie row after row, as pictures do. Any byte but 0 is foreground.
    /// - Throws: `RunLengthMaskError` when there are not `height * width` bytes.
    public init(rowMajor pixels: Span<UInt8>, height: Int, width: Int) throws(RunLengthMaskError) {
        let area = try Self.checkedArea(height: height, width: width)
        guard pixels.count == area else {
            throw .wrongPixelCount(count: pixels.count, height: height, width: width)
        }
        var encoder = RunEncoder(expectedRuns: 2 * width)
        pixels.withUnsafeBytes { encoder.append(rowMajor: $0, height: height, width: width) }
        self.init(unchecked: encoder.finish(), height: height, width: width)
    }

    public init(columnMajor pixels: [UInt8], height: Int, width: Int) throws(RunLengthMaskError) {
        try self.init(columnMajor: pixels.span, height: height, width: width)
    }

    public init(rowMajor pixels: [UInt8], height: Int, width: Int) throws(RunLengthMaskError) {
        try self.init(rowMajor: pixels.span, height: height, width: width)
    }

    /// One byte a pixel, column after column: 0 background, 1 foreground.
    public func columnMajorPixels() -> [UInt8] {
        let area = height * width
        return [UInt8](unsafeUninitializedCapacity: area) { buffer, count in
            if let start = buffer.baseAddress { fill(UnsafeMutableRawPointer(start), area: area) }
            count = area
        }
    }

    /// One byte a pixel, row after row: 0 background, 1 foreground.
    public func rowMajorPixels() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: height * width) { buffer, count in
            buffer.initialize(repeating: 0)
            forEachColumnSegment { column, rows in
                for row in rows { buffer[row * width + column] = 1 }
            }
            count = height * width
        }
    }

    /// Decodes, column after column, into bytes of the caller's: 0 background, 1 foreground.
    /// - Throws: `RunLengthMaskError` when there are not `height * width` bytes.
    public func decode(into pixels: inout MutableSpan<UInt8>) throws(RunLengthMaskError) {
        guard pixels.count == height * width else {
            throw .wrongPixelCount(count: pixels.count, height: height, width: width)
        }
        pixels.withUnsafeMutableBytes { bytes in
            if let start = bytes.baseAddress { fill(start, area: bytes.count) }
        }
    }

    /// Calls `body` with the column and the rows of every vertical piece of foreground, in order.
    func forEachColumnSegment(_ body: (_ column: Int, _ rows: Range<Int>) -> Void) {
        var start = 0
        for (index, run) in runs.enumerated() {
            let end = start + Int(run)
            if index & 1 == 1, run > 0 {
                var column = start / height
                var row = start - column * height
                var left = Int(run)
                while left > 0 {
                    let length = min(left, height - row)
                    body(column, row..<(row + length))
                    left -= length
                    row = 0
                    column += 1
                }
            }
            start = end
        }
    }

    /// Writes `area` bytes. Sound because the initialisers let no runs pass that cover more than the area.
    private func fill(_ start: UnsafeMutableRawPointer, area: Int) {
        var position = 0
        var value: UInt8 = 0
        for run in runs {
            let length = Int(run)
            // Short runs are the rule: two wide stores beat a call, and later runs overwrite the excess.
            if length <= 32, position + 32 <= area {
                let block = SIMD32<UInt8>(repeating: value)
                (start + position).storeBytes(of: block, as: SIMD32<UInt8>.self)
            } else {
                (start + position).initializeMemory(as: UInt8.self, repeating: value, count: length)
            }
            position += length
            value ^= 1
        }
    }
}
