/// Which old pixel each new one along an axis copies.
enum Nearest {
    /// The pixel under the new pixel's centre. The position is summed up step by step, as Pillow does.
    static func pillow(from length: Int, to count: Int) -> [Int] {
        let scale = Double(length) / Double(count)
        var position = scale * 0.5
        return (0..<count).map { _ in
            defer { position += scale }
            return min(length - 1, Int(position))
        }
    }

    /// The pixel under the new pixel's corner.
    static func openCV(from length: Int, to count: Int) -> [Int] {
        let scale = 1 / (Double(count) / Double(length))
        return (0..<count).map { min(length - 1, Int((Double($0) * scale).rounded(.down))) }
    }
}

extension Image {
    /// Copies the pixels at the crossings of columns and rows.
    func picked(columns: [Int], rows: [Int]) -> Image {
        var result = Image(width: columns.count, height: rows.count, channels: channels, bitDepth: bitDepth)
        let size = bytesPerPixel
        bytes.withUnsafeBufferPointer { source in
            result.bytes.withUnsafeMutableBufferPointer { target in
                var to = 0
                for row in rows {
                    let line = row * bytesPerRow
                    for column in columns {
                        Self.copyPixel(source.baseAddress! + line + column * size, target.baseAddress! + to, size)
                        to += size
                    }
                }
            }
        }
        return result
    }
}
