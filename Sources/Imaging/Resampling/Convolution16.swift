/// The 16-bit antialiased path: weights and sums in double precision, a float between the passes, as Pillow's mode F.
extension Image {
    func convolved16(columns: FilterTaps?, rows: FilterTaps?) -> Image {
        let isPremultiplied = channels == 4
        var planes = samples16.map(Float.init)
        if isPremultiplied { Self.scaleByAlpha(&planes) { $0 / 65_535 } }
        var newWidth = width
        if let columns {
            planes = Self.convolve(
                planes, lines: height, length: width * channels, step: channels, lineStep: width * channels,
                inner: channels, columns)
            newWidth = columns.count
        }
        if let rows {
            planes = Self.convolve(
                planes, lines: 1, length: height * newWidth * channels, step: newWidth * channels, lineStep: 0,
                inner: newWidth * channels, rows)
        }
        if isPremultiplied { Self.scaleByAlpha(&planes) { $0 > 0 ? 65_535 / $0 : 0 } }
        return Image(
            width: newWidth, height: rows?.count ?? height, channels: channels,
            samples16: planes.map { UInt16(min(65_535, max(0, $0.rounded(.toNearestOrAwayFromZero)))) })
    }

    private static func scaleByAlpha(_ planes: inout [Float], _ factor: (Float) -> Float) {
        for pixel in stride(from: 0, to: planes.count, by: 4) {
            let scale = factor(planes[pixel + 3])
            for c in 0..<3 { planes[pixel + c] *= scale }
        }
    }

    /// Along one axis of samples that stand `step` apart: `inner` interleaved sequences a line.
    private static func convolve(
        _ source: [Float], lines: Int, length: Int, step: Int, lineStep: Int, inner: Int, _ taps: FilterTaps
    ) -> [Float] {
        [Float](unsafeUninitializedCapacity: lines * taps.count * inner) { target, initialized in
            var to = 0
            for line in 0..<lines {
                for i in 0..<taps.count {
                    let start = line * lineStep + taps.starts[i] * step
                    for k in 0..<inner {
                        var sum = 0.0
                        for j in 0..<taps.lengths[i] {
                            sum += Double(source[start + j * step + k]) * taps.weights[i * taps.stride + j]
                        }
                        target[to] = Float(sum)
                        to += 1
                    }
                }
            }
            initialized = to
        }
    }
}
