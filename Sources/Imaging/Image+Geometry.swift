extension Image {
    /// The part of the image inside a rectangle of pixels, which is clipped to the image.
    /// - Returns: nil when nothing is left.
    public func cropped(x: Int, y: Int, width cropWidth: Int, height cropHeight: Int) -> Image? {
        let left = max(0, x)
        let top = max(0, y)
        let right = min(width, x.addingReportingOverflow(cropWidth).partialValue)
        let bottom = min(height, y.addingReportingOverflow(cropHeight).partialValue)
        guard cropWidth > 0, cropHeight > 0, right > left, bottom > top else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity((right - left) * (bottom - top) * bytesPerPixel)
        for row in top..<bottom {
            let start = row * bytesPerRow + left * bytesPerPixel
            out.append(contentsOf: bytes[start..<start + (right - left) * bytesPerPixel])
        }
        return Image(width: right - left, height: bottom - top, channels: channels, bitDepth: bitDepth, bytes: out)
    }

    /// The image turned upright from a stored EXIF orientation.
    public func oriented(_ orientation: Orientation) -> Image {
        guard orientation != .upright else { return self }
        let newWidth = orientation.swapsAxes ? height : width
        let newHeight = orientation.swapsAxes ? width : height
        var result = Image(width: newWidth, height: newHeight, channels: channels, bitDepth: bitDepth)
        let size = bytesPerPixel
        bytes.withUnsafeBufferPointer { source in
            result.bytes.withUnsafeMutableBufferPointer { target in
                // The source moves by a constant step along a row of the target.
                for y in 0..<newHeight {
                    let first = orientation.source(0, y, width: width, height: height)
                    let second = orientation.source(1, y, width: width, height: height)
                    var from = (first.y * width + first.x) * size
                    let step = ((second.y - first.y) * width + second.x - first.x) * size
                    var to = y * newWidth * size
                    for _ in 0..<newWidth {
                        for k in 0..<size { target[to + k] = source[from + k] }
                        from += step
                        to += size
                    }
                }
            }
        }
        return result
    }

    public func flippedHorizontally() -> Image { oriented(.mirroredHorizontally) }
    public func flippedVertically() -> Image { oriented(.mirroredVertically) }
    public func rotatedClockwise() -> Image { oriented(.needsClockwiseTurn) }
    public func rotatedCounterclockwise() -> Image { oriented(.needsCounterclockwiseTurn) }
    public func rotated180() -> Image { oriented(.rotated180) }
}
