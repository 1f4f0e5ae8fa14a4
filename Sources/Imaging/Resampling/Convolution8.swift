/// The 8-bit antialiased path: horizontal, then vertical, rounding to 8 bits between, in 22-bit fixed point, so that results
/// are those of Pillow up to 12 bit for bit (Pillow 13 runs some reductions in height vertically first). Loops run over raw memory; every index is in a range that `FilterTaps` has clipped.
extension Image {
    /// - Parameter columns: nil where the width stays; likewise `rows`.
    func convolved8(columns: FilterTaps?, rows: FilterTaps?) -> Image {
        var result = self
        // Only the rows that the vertical pass reads are worth a horizontal one.
        let reach = rows?.reach ?? 0..<height
        if let columns { result = result.convolvedAlongRows(columns, rows: reach) }
        guard let rows else { return result }
        return result.convolvedAlongColumns(rows, offset: columns == nil ? 0 : reach.lowerBound)
    }

    private func convolvedAlongRows(_ taps: FilterTaps, rows: Range<Int>) -> Image {
        var result = Image(width: taps.count, height: rows.count, channels: channels)
        let samples = width * channels
        let newSamples = taps.count * channels
        let weights = taps.fixedWeights
        var bundle = [RowBundle.Element](repeating: .zero, count: samples)
        var newBundle = [RowBundle.Element](repeating: .zero, count: newSamples)
        bytes.withUnsafeBufferPointer { source in
            result.bytes.withUnsafeMutableBufferPointer { target in
                bundle.withUnsafeMutableBufferPointer { bundle in
                    newBundle.withUnsafeMutableBufferPointer { newBundle in
                        for first in stride(from: 0, to: rows.count, by: 8) {
                            let lines = min(8, rows.count - first)
                            RowBundle.gather(
                                source.baseAddress! + (rows.lowerBound + first) * samples, lines, into: bundle)
                            Self.convolve(bundle, taps, weights, channels, into: newBundle)
                            RowBundle.scatter(newBundle, lines, to: target.baseAddress! + first * newSamples)
                        }
                    }
                }
            }
        }
        return result
    }

    private static func convolve(
        _ bundle: UnsafeMutableBufferPointer<RowBundle.Element>, _ taps: FilterTaps, _ weights: [Int32],
        _ channels: Int,
        into result: UnsafeMutableBufferPointer<RowBundle.Element>
    ) {
        weights.withUnsafeBufferPointer { weights in
            for i in 0..<taps.count {
                let kernel = weights.baseAddress! + i * taps.stride
                let start = bundle.baseAddress! + taps.starts[i] * channels
                let length = taps.lengths[i]
                for c in 0..<channels {
                    var sum = SIMD8<Int32>(repeating: 1 << (FilterTaps.fractionBits - 1))
                    var at = start + c
                    for j in 0..<length {
                        sum &+= SIMD8<Int32>(truncatingIfNeeded: at.pointee) &* kernel[j]
                        at += channels
                    }
                    result[i * channels + c] = SIMD8<UInt8>(
                        truncatingIfNeeded: (sum &>> FilterTaps.fractionBits).clamped(
                            lowerBound: .zero, upperBound: SIMD8(repeating: 255)))
                }
            }
        }
    }

    /// - Parameter offset: the row of the taps' frame that is this image's first.
    private func convolvedAlongColumns(_ taps: FilterTaps, offset: Int) -> Image {
        var result = Image(width: width, height: taps.count, channels: channels)
        let samples = width * channels
        let weights = taps.fixedWeights
        bytes.withUnsafeBufferPointer { source in
            result.bytes.withUnsafeMutableBufferPointer { target in
                weights.withUnsafeBufferPointer { weights in
                    for i in 0..<taps.count {
                        let kernel = weights.baseAddress! + i * taps.stride
                        let from = source.baseAddress! + (taps.starts[i] - offset) * samples
                        let to = target.baseAddress! + i * samples
                        var x = 0
                        while x + 16 <= samples {
                            var sum = SIMD16<Int32>(repeating: 1 << (FilterTaps.fractionBits - 1))
                            for j in 0..<taps.lengths[i] {
                                let line = UnsafeRawPointer(from + j * samples + x)
                                sum &+=
                                    SIMD16<Int32>(truncatingIfNeeded: line.loadUnaligned(as: SIMD16<UInt8>.self))
                                    &* kernel[j]
                            }
                            let value = SIMD16<UInt8>(
                                truncatingIfNeeded: (sum &>> FilterTaps.fractionBits).clamped(
                                    lowerBound: .zero, upperBound: SIMD16(repeating: 255)))
                            UnsafeMutableRawPointer(to + x).storeBytes(of: value, as: SIMD16<UInt8>.self)
                            x += 16
                        }
                        while x < samples {
                            var sum: Int32 = 1 << (FilterTaps.fractionBits - 1)
                            for j in 0..<taps.lengths[i] { sum &+= Int32(from[j * samples + x]) &* kernel[j] }
                            to[x] = UInt8(min(255, max(0, sum >> FilterTaps.fractionBits)))
                            x += 1
                        }
                    }
                }
            }
        }
        return result
    }

    /// Straight to premultiplied alpha, rounding to nearest.
    mutating func premultiply() {
        bytes.withUnsafeMutableBufferPointer { samples in
            for pixel in stride(from: 0, to: samples.count, by: 4) {
                let alpha = UInt32(samples[pixel + 3])
                for c in 0..<3 {
                    let product = UInt32(samples[pixel + c]) * alpha + 128
                    samples[pixel + c] = UInt8((product >> 8 + product) >> 8)
                }
            }
        }
    }

    /// Premultiplied to straight alpha, rounding down as Pillow does.
    mutating func unpremultiply() {
        bytes.withUnsafeMutableBufferPointer { samples in
            for pixel in stride(from: 0, to: samples.count, by: 4) {
                let alpha = UInt32(samples[pixel + 3])
                guard alpha != 0, alpha != 255 else { continue }
                for c in 0..<3 { samples[pixel + c] = UInt8(min(255, UInt32(samples[pixel + c]) * 255 / alpha)) }
            }
        }
    }
}
