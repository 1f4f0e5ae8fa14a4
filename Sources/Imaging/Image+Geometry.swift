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
                // Tiles, because a quarter turn reads down the columns; in each, the source moves by a constant step.
                for top in stride(from: 0, to: newHeight, by: 64) {
                    for left in stride(from: 0, to: newWidth, by: 64) {
                        for y in top..<min(top + 64, newHeight) {
                            let first = orientation.source(left, y, width: width, height: height)
                            let second = orientation.source(left + 1, y, width: width, height: height)
                            var from = source.baseAddress! + (first.y * width + first.x) * size
                            let step = ((second.y - first.y) * width + second.x - first.x) * size
                            var to = target.baseAddress! + (y * newWidth + left) * size
                            for _ in left..<min(left + 64, newWidth) {
                                Self.copyPixel(from, to, size)
                                from += step
                                to += size
                            }
                        }
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

    /// Copies one pixel of 1 to 8 bytes.
    @inline(__always)
    static func copyPixel(_ from: UnsafePointer<UInt8>, _ to: UnsafeMutablePointer<UInt8>, _ size: Int) {
        switch size {
        case 1: to[0] = from[0]
        case 3:
            to[0] = from[0]
            to[1] = from[1]
            to[2] = from[2]
        case 4:
            UnsafeMutableRawPointer(to).storeBytes(
                of: UnsafeRawPointer(from).loadUnaligned(as: UInt32.self), as: UInt32.self)
        default: for k in 0..<size { to[k] = from[k] }
        }
    }
}
