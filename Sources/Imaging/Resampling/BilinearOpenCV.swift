/// For each new pixel along one axis: two neighbouring old pixels and the second's share.
struct LinearPairs {
    var first: [Int] = []
    var second: [Int] = []
    var share: [Float] = []

    /// Pixel centres match (`INTER_LINEAR`).
    static func linear(from length: Int, to count: Int, keepsBorderShares: Bool = false) -> LinearPairs {
        let scale = 1 / (Double(count) / Double(length))
        return LinearPairs(length: length, count: count, keepsBorderShares: keepsBorderShares) { i in
            let position = Float((Double(i) + 0.5) * scale - 0.5)
            let floor = position.rounded(.down)
            return (Int(floor), position - floor)
        }
    }

    /// What `INTER_AREA` does when it enlarges: flat inside an old pixel, a ramp across its border.
    static func area(from length: Int, to count: Int) -> LinearPairs {
        let inverse = Double(count) / Double(length)
        let scale = 1 / inverse
        return LinearPairs(length: length, count: count) { i in
            let floor = (Double(i) * scale).rounded(.down)
            let share = Float(Double(i + 1) - (floor + 1) * inverse)
            return (Int(floor), share <= 0 ? 0 : share - share.rounded(.down))
        }
    }

    /// - Parameter keepsBorderShares: whether a border pixel is mixed with itself, as OpenCV does down the columns, which
    ///   changes the rounding; along the rows it is copied.
    private init(length: Int, count: Int, keepsBorderShares: Bool = false, _ place: (Int) -> (Int, Float)) {
        for i in 0..<count {
            let (index, part) = place(i)
            let isBorder = index < 0 || index >= length - 1
            first.append(min(length - 1, max(0, index)))
            second.append(min(length - 1, max(0, index + 1)))
            share.append(isBorder && !keepsBorderShares ? 0 : part)
        }
    }

    /// The weights of both in 1/2048, rounded half to even.
    var fixedShares: [(Int32, Int32)] {
        share.map { (Int32(((1 - $0) * 2048).rounded(.toNearestOrEven)), Int32(($0 * 2048).rounded(.toNearestOrEven))) }
    }
}

extension Image {
    /// 8 bits: 11-bit weights, and a vertical sum whose terms are cut to 16 bits before they are added, as OpenCV's vector
    /// and scalar code both do. 16 bits: float.
    func interpolatedOpenCV(columns: LinearPairs, rows: LinearPairs) -> Image {
        bitDepth == 8 ? interpolatedFixed(columns, rows) : interpolatedFloat(columns, rows)
    }

    private func interpolatedFixed(_ columns: LinearPairs, _ rows: LinearPairs) -> Image {
        let channels = channels
        let count = columns.first.count
        var result = Image(width: count, height: rows.first.count, channels: channels)
        let across = columns.fixedShares
        let down = rows.fixedShares
        let samples = width * channels
        /// One row, interpolated along x, in 1/2048.
        func line(_ y: Int, into target: inout [Int32]) {
            bytes.withUnsafeBufferPointer { source in
                let row = source.baseAddress! + y * samples
                target.withUnsafeMutableBufferPointer { target in
                    for i in 0..<count {
                        let (a, b) = across[i]
                        let left = row + columns.first[i] * channels
                        let right = row + columns.second[i] * channels
                        for c in 0..<channels { target[i * channels + c] = Int32(left[c]) * a + Int32(right[c]) * b }
                    }
                }
            }
        }
        var upper = [Int32](repeating: 0, count: count * channels)
        var lower = upper
        var held = (-1, -1)
        result.bytes.withUnsafeMutableBufferPointer { target in
            for (y, (a, b)) in down.enumerated() {
                let needed = (rows.first[y], rows.second[y])
                if held.1 == needed.0, held.0 != needed.0 {
                    swap(&upper, &lower)
                    held = (held.1, -1)
                }
                if held.0 != needed.0 { line(needed.0, into: &upper) }
                if held.1 != needed.1 { line(needed.1, into: &lower) }
                held = needed
                let to = target.baseAddress! + y * count * channels
                upper.withUnsafeBufferPointer { upper in
                    lower.withUnsafeBufferPointer { lower in
                        for i in 0..<count * channels {
                            let sum = (a &* (upper[i] >> 4)) >> 16 &+ (b &* (lower[i] >> 4)) >> 16 &+ 2
                            to[i] = UInt8(truncatingIfNeeded: sum >> 2)
                        }
                    }
                }
            }
        }
        return result
    }

    private func interpolatedFloat(_ columns: LinearPairs, _ rows: LinearPairs) -> Image {
        let source = samples16
        var out: [UInt16] = []
        out.reserveCapacity(columns.first.count * rows.first.count * channels)
        for y in 0..<rows.first.count {
            let upper = rows.first[y] * width
            let lower = rows.second[y] * width
            for x in 0..<columns.first.count {
                for c in 0..<channels {
                    func across(_ row: Int) -> Float {
                        Float(source[(row + columns.first[x]) * channels + c]) * (1 - columns.share[x])
                            + Float(source[(row + columns.second[x]) * channels + c]) * columns.share[x]
                    }
                    let value = across(upper) * (1 - rows.share[y]) + across(lower) * rows.share[y]
                    out.append(UInt16(min(65_535, max(0, value.rounded(.toNearestOrEven)))))
                }
            }
        }
        return Image(width: columns.first.count, height: rows.first.count, channels: channels, samples16: out)
    }
}
