/// The old pixels under each new one along an axis and the share of each, after OpenCV's `INTER_AREA`.
private struct AreaShares {
    /// Per new pixel: first old pixel and the shares from there on.
    var cells: [(start: Int, shares: [Float])] = []

    init(from length: Int, to count: Int) {
        let scale = 1 / (Double(count) / Double(length))
        for i in 0..<count {
            let left = Double(i) * scale
            let right = left + scale
            let cell = min(scale, Double(length) - left)
            let lastWhole = min(Int(right.rounded(.down)), length - 1)
            let firstWhole = min(Int(left.rounded(.up)), lastWhole)
            var start = firstWhole
            var shares: [Float] = []
            // Slivers below a thousandth of a pixel are rounding errors.
            if Double(firstWhole) - left > 1e-3 {
                start = firstWhole - 1
                shares.append(Float((Double(firstWhole) - left) / cell))
            }
            shares += [Float](repeating: Float(1 / cell), count: lastWhole - firstWhole)
            if right - Double(lastWhole) > 1e-3 {
                shares.append(Float(min(min(right - Double(lastWhole), 1), cell) / cell))
            }
            cells.append((start, shares))
        }
    }
}

extension Image {
    func areaOpenCV(_ newWidth: Int, _ newHeight: Int) -> Image {
        if newWidth > width || newHeight > height {
            return interpolatedOpenCV(
                columns: .area(from: width, to: newWidth), rows: .area(from: height, to: newHeight))
        }
        if width % newWidth == 0 && height % newHeight == 0 {
            return meanOfBlocks(width / newWidth, height / newHeight)
        }
        let columns = AreaShares(from: width, to: newWidth)
        let rows = AreaShares(from: height, to: newHeight)
        let channels = channels
        let samples = newWidth * channels
        var result = Image(width: newWidth, height: newHeight, channels: channels, bitDepth: bitDepth)
        var line = [Float](repeating: 0, count: samples)
        var sum = line
        for (y, row) in rows.cells.enumerated() {
            for i in 0..<samples { sum[i] = 0 }
            for (offset, weight) in row.shares.enumerated() {
                reduce(row: row.start + offset, by: columns, into: &line)
                for i in 0..<samples { sum[i] += weight * line[i] }
            }
            result.store(sum, row: y)
        }
        return result
    }

    private func reduce(row: Int, by columns: AreaShares, into line: inout [Float]) {
        let channels = channels
        let wide = bitDepth == 16
        bytes.withUnsafeBytes { raw in
            line.withUnsafeMutableBufferPointer { line in
                for (x, cell) in columns.cells.enumerated() {
                    let first = (row * width + cell.start) * channels
                    for c in 0..<channels {
                        var sum: Float = 0
                        for (j, share) in cell.shares.enumerated() {
                            let index = first + j * channels + c
                            let value =
                                wide
                                ? raw.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self) : UInt16(raw[index])
                            sum += Float(value) * share
                        }
                        line[x * channels + c] = sum
                    }
                }
            }
        }
    }

    /// The reduction by whole factors: sums, then one division. Quarters round half up, all else half to even.
    private func meanOfBlocks(_ blockWidth: Int, _ blockHeight: Int) -> Image {
        let newWidth = width / blockWidth
        let samples = width * channels
        let channels = channels
        let isQuarter = blockWidth == 2 && blockHeight == 2
        var result = Image(width: newWidth, height: height / blockHeight, channels: channels, bitDepth: bitDepth)
        var columns = [UInt32](repeating: 0, count: samples)
        var means = [Float](repeating: 0, count: newWidth * channels)
        let scale = 1 / Float(blockWidth * blockHeight)
        for y in 0..<result.height {
            for i in 0..<samples { columns[i] = 0 }
            for row in y * blockHeight..<(y + 1) * blockHeight { add(row: row, to: &columns) }
            columns.withUnsafeBufferPointer { columns in
                for x in 0..<newWidth {
                    for c in 0..<channels {
                        var sum: UInt32 = 0
                        for k in 0..<blockWidth { sum &+= columns[(x * blockWidth + k) * channels + c] }
                        means[x * channels + c] = isQuarter ? Float((sum + 2) >> 2) : Float(sum) * scale
                    }
                }
            }
            result.store(means, row: y)
        }
        return result
    }

    private func add(row: Int, to sums: inout [UInt32]) {
        let samples = sums.count
        bytes.withUnsafeBytes { raw in
            sums.withUnsafeMutableBufferPointer { sums in
                if bitDepth == 8 {
                    let line = raw.baseAddress! + row * samples
                    for i in 0..<samples { sums[i] &+= UInt32(line.load(fromByteOffset: i, as: UInt8.self)) }
                } else {
                    let line = raw.baseAddress! + 2 * row * samples
                    for i in 0..<samples {
                        sums[i] &+= UInt32(line.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self))
                    }
                }
            }
        }
    }
}
