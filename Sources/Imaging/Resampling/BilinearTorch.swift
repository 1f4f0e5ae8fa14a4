/// Neighbours and shares along one axis in single precision, as torch computes them.
struct TorchPairs {
    var first: [Int] = []
    var second: [Int] = []
    var share: [Float] = []

    init(from length: Int, to count: Int, alignCorners: Bool) {
        let scale: Float =
            alignCorners
            ? (count > 1 ? Float(length - 1) / Float(count - 1) : 0) : Float(length) / Float(count)
        for i in 0..<count {
            let position = alignCorners ? scale * Float(i) : max(0, scale * (Float(i) + 0.5) - 0.5)
            let index = min(length - 1, Int(position))
            first.append(index)
            second.append(min(length - 1, index + 1))
            share.append(min(1, max(0, position - Float(index))))
        }
    }
}

extension Image {
    func interpolatedTorch(columns: TorchPairs, rows: TorchPairs) -> Image {
        var result = Image(
            width: columns.first.count, height: rows.first.count, channels: channels, bitDepth: bitDepth)
        let wide = bitDepth == 16
        bytes.withUnsafeBytes { raw in
            result.bytes.withUnsafeMutableBytes { out in
                func sample(_ index: Int) -> Float {
                    Float(wide ? raw.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self) : UInt16(raw[index]))
                }
                var to = 0
                for y in 0..<rows.first.count {
                    let upper = rows.first[y] * width
                    let lower = rows.second[y] * width
                    let down = rows.share[y]
                    for x in 0..<columns.first.count {
                        let across = columns.share[x]
                        for c in 0..<channels {
                            let a = sample((upper + columns.first[x]) * channels + c)
                            let b = sample((upper + columns.second[x]) * channels + c)
                            let d = sample((lower + columns.first[x]) * channels + c)
                            let e = sample((lower + columns.second[x]) * channels + c)
                            let top = (1 - across) * a + across * b
                            let bottom = (1 - across) * d + across * e
                            let value = ((1 - down) * top + down * bottom).rounded(.toNearestOrEven)
                            if wide {
                                out.storeBytes(of: UInt16(value), toByteOffset: 2 * to, as: UInt16.self)
                            } else {
                                out[to] = UInt8(value)
                            }
                            to += 1
                        }
                    }
                }
            }
        }
        return result
    }
}
