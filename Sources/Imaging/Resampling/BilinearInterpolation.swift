extension Image {
    /// OpenCV's bilinear interpolation: fixed point for 8 bits, float for 16.
    func interpolatedOpenCV(columns: LinearPairs, rows: LinearPairs) -> Image {
        bitDepth == 8 ? interpolatedFixed(columns, rows) : interpolatedFloat(columns, rows)
    }

    /// 11-bit weights, and a vertical sum whose terms are cut to 16 bits before they are added, as OpenCV's vector and
    /// scalar code both do.
    private func interpolatedFixed(_ columns: LinearPairs, _ rows: LinearPairs) -> Image {
        var result = Image(width: columns.count, height: rows.count, channels: channels)
        let across = columns.fixedShares
        let down = rows.fixedShares
        var pair = RowPair<Int32>(zero: 0, count: columns.count * channels)
        for y in 0..<rows.count {
            pair.hold(rows.first[y], rows.second[y]) { row, line in
                bytes.withUnsafeBufferPointer { source in
                    line.withUnsafeMutableBufferPointer { line in
                        let base = source.baseAddress! + row * width * channels
                        for i in 0..<columns.count {
                            let left = base + columns.first[i] * channels
                            let right = base + columns.second[i] * channels
                            for c in 0..<channels {
                                line[i * channels + c] = Int32(left[c]) &* across[i].0 &+ Int32(right[c]) &* across[i].1
                            }
                        }
                    }
                }
            }
            let (a, b) = down[y]
            result.bytes.withUnsafeMutableBufferPointer { target in
                pair.upper.withUnsafeBufferPointer { upper in
                    pair.lower.withUnsafeBufferPointer { lower in
                        let to = target.baseAddress! + y * upper.count
                        for i in 0..<upper.count {
                            let sum = (a &* (upper[i] >> 4)) >> 16 &+ (b &* (lower[i] >> 4)) >> 16 &+ 2
                            to[i] = UInt8(truncatingIfNeeded: sum >> 2)
                        }
                    }
                }
            }
        }
        return result
    }

    /// Single precision, rounded to nearest, half to even.
    func interpolatedFloat(_ columns: LinearPairs, _ rows: LinearPairs) -> Image {
        var result = Image(width: columns.count, height: rows.count, channels: channels, bitDepth: bitDepth)
        let samples = columns.count * channels
        var pair = RowPair<Float>(zero: 0, count: samples)
        var mixed = [Float](repeating: 0, count: samples)
        for y in 0..<rows.count {
            pair.hold(rows.first[y], rows.second[y]) { row, line in interpolate(row: row, columns, into: &line) }
            let share = rows.share[y]
            mixed.withUnsafeMutableBufferPointer { mixed in
                pair.upper.withUnsafeBufferPointer { upper in
                    pair.lower.withUnsafeBufferPointer { lower in
                        for i in 0..<samples { mixed[i] = (1 - share) * upper[i] + share * lower[i] }
                    }
                }
            }
            result.store(mixed, row: y)
        }
        return result
    }

    private func interpolate(row: Int, _ columns: LinearPairs, into line: inout [Float]) {
        func mix(_ sample: (Int) -> Float) {
            line.withUnsafeMutableBufferPointer { line in
                for i in 0..<columns.count {
                    let left = (row * width + columns.first[i]) * channels
                    let right = (row * width + columns.second[i]) * channels
                    let share = columns.share[i]
                    for c in 0..<channels {
                        line[i * channels + c] = (1 - share) * sample(left + c) + share * sample(right + c)
                    }
                }
            }
        }
        bytes.withUnsafeBytes { raw in
            if bitDepth == 8 {
                mix { Float(raw[$0]) }
            } else {
                mix { Float(raw.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)) }
            }
        }
    }

    /// Writes one row of samples, rounded to nearest, half to even, and clamped.
    mutating func store(_ values: [Float], row: Int) {
        let base = row * values.count
        let wide = bitDepth == 16
        bytes.withUnsafeMutableBytes { target in
            values.withUnsafeBufferPointer { values in
                for i in 0..<values.count {
                    if wide {
                        let sample = UInt16(min(65_535, max(0, values[i].rounded(.toNearestOrEven))))
                        target.storeBytes(of: sample, toByteOffset: 2 * (base + i), as: UInt16.self)
                    } else {
                        // Adding 1.5 * 2^23 leaves the nearest integer, half to even, in the low bits; means of 8-bit
                        // samples are never negative.
                        let rounded = (values[i] + 12_582_912).bitPattern & 0x7F_FFFF
                        target[base + i] = UInt8(truncatingIfNeeded: min(255, Int32(rounded) - 4_194_304))
                    }
                }
            }
        }
    }
}
