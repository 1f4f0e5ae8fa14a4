import Catalog

extension RunLengthMask {
    /// The mask at another size by nearest neighbour: pixel (y, x) shows source pixel
    /// (floor(y * height / newHeight), floor(x * width / newWidth)), as OpenCV's INTER_NEAREST does.
    /// - Throws: `RunLengthMaskError.badSize`.
    public func resized(height newHeight: Int, width newWidth: Int) throws(RunLengthMaskError) -> RunLengthMask {
        try pasted(
            into: Box(x: 0, y: 0, width: Double(newWidth), height: Double(newHeight)), height: newHeight,
            width: newWidth)
    }

    /// Stretches the mask over a box of an image, by nearest neighbour, and cuts it at the image's borders: how the
    /// 256 x 256 `dp_masks` of DensePose, which are relative to the annotation's box, come to lie on the picture.
    ///
    /// The box is truncated to whole pixels, position and size, as the code published with DensePose-COCO does.
    /// - Parameters:
    ///   - height: rows of the image.
    ///   - width: columns of the image.
    /// - Throws: `RunLengthMaskError.badSize`, also for a box that is not finite or larger than ±2^28.
    public func pasted(into box: Box, height: Int, width: Int) throws(RunLengthMaskError) -> RunLengthMask {
        let area = try Self.checkedArea(height: height, width: width)
        for (index, value) in [box.x, box.y, box.width, box.height].enumerated()
        where !(value.magnitude <= 268_435_456) {
            throw .coordinateOutOfRange(index: index, value: value)
        }
        let left = Int(box.x)
        let top = Int(box.y)
        let boxWidth = Int(box.width)
        let boxHeight = Int(box.height)
        guard area > 0, boxWidth > 0, boxHeight > 0, self.height > 0, self.width > 0 else {
            return try .empty(height: height, width: width)
        }

        var segments: [Range<Int>] = []
        var firstOfColumn = [Int](repeating: 0, count: self.width + 1)
        forEachColumnSegment { column, rows in
            segments.append(rows)
            firstOfColumn[column + 1] = segments.count
        }
        for column in 1...self.width { firstOfColumn[column] = max(firstOfColumn[column], firstOfColumn[column - 1]) }

        // The first row of the box that shows source row `row` or a later one.
        func boxRow(_ row: Int) -> Int { (row * boxHeight + self.height - 1) / self.height }
        var toggles: [UInt32] = []
        for column in max(left, 0)..<max(left, 0, min(left + boxWidth, width)) {
            let source = (column - left) * self.width / boxWidth
            for rows in segments[firstOfColumn[source]..<firstOfColumn[source + 1]] {
                let start = min(max(top + boxRow(rows.lowerBound), 0), height)
                let end = min(max(top + boxRow(rows.upperBound), 0), height)
                guard start < end else { continue }
                toggles.append(UInt32(column * height + start))
                toggles.append(UInt32(column * height + end))
            }
        }
        toggles.append(UInt32(area))
        let count = toggles.withUnsafeMutableBufferPointer { Self.collapse($0, count: $0.count) }
        toggles.removeLast(toggles.count - count)
        return RunLengthMask(unchecked: toggles, height: height, width: width)
    }
}
