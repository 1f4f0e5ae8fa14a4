/// How an image is resampled. Each filter is named for the program whose result it gives, because programs that share a
/// filter's name differ in its centre, its support and its rounding; a network must be fed as it was trained.
public enum ResizeFilter: Hashable, Sendable, Codable {
    /// The pixel under the centre of the new pixel: Pillow's `NEAREST`. For label maps.
    case nearestPillow
    /// The pixel under the top left corner of the new pixel: OpenCV's `INTER_NEAREST`.
    case nearestOpenCV
    /// Antialiased (the kernel widens with the reduction), horizontally and then vertically: bit for bit the 8-bit results
    /// of Pillow up to 12. Pillow 13 takes the vertical pass first for some shapes and then differs where kernels overshoot.
    case boxPillow
    case bilinearPillow
    case hammingPillow
    case bicubicPillow
    case lanczosPillow
    /// Mean over the area of the new pixel: OpenCV's `INTER_AREA`; interpolates when enlarging, as OpenCV does.
    case areaOpenCV
    /// No antialiasing: OpenCV's `INTER_LINEAR` with its 11-bit weights.
    case bilinearOpenCV
    /// No antialiasing: torch's `interpolate(mode="bilinear", antialias=False)` in float, then rounded to nearest.
    case bilinearTorch(alignCorners: Bool)
}

extension Image {
    /// Resamples to a size in pixels.
    ///
    /// Alpha is premultiplied for the antialiased Pillow filters, as `PIL.Image.resize` does for RGBA, so that transparent
    /// pixels lend no colour; the other filters treat four channels alike, as OpenCV and torch do. 16-bit images take a
    /// floating-point path: Pillow's filters then match its mode F, rounded. O(pixels * taps).
    /// - Precondition: sizes are positive.
    public func resized(width newWidth: Int, height newHeight: Int, filter: ResizeFilter) -> Image {
        precondition(newWidth > 0 && newHeight > 0, "an image has at least one pixel")
        if newWidth == width && newHeight == height { return self }
        switch filter {
        case .nearestPillow:
            return picked(
                columns: Nearest.pillow(from: width, to: newWidth), rows: Nearest.pillow(from: height, to: newHeight))
        case .nearestOpenCV:
            return picked(
                columns: Nearest.openCV(from: width, to: newWidth), rows: Nearest.openCV(from: height, to: newHeight))
        case .boxPillow: return antialiased(newWidth, newHeight, .box)
        case .bilinearPillow: return antialiased(newWidth, newHeight, .bilinear)
        case .hammingPillow: return antialiased(newWidth, newHeight, .hamming)
        case .bicubicPillow: return antialiased(newWidth, newHeight, .bicubic)
        case .lanczosPillow: return antialiased(newWidth, newHeight, .lanczos)
        case .areaOpenCV: return areaOpenCV(newWidth, newHeight)
        case .bilinearOpenCV:
            // OpenCV itself takes the mean for an exact halving.
            if width == 2 * newWidth && height == 2 * newHeight { return areaOpenCV(newWidth, newHeight) }
            return interpolatedOpenCV(
                columns: .openCV(from: width, to: newWidth),
                rows: .openCV(from: height, to: newHeight, keepsBorderShares: true))
        case .bilinearTorch(let alignCorners):
            return interpolatedFloat(
                .torch(from: width, to: newWidth, alignCorners: alignCorners),
                .torch(from: height, to: newHeight, alignCorners: alignCorners))
        }
    }

    /// Resamples so that the longer side has at most `side` pixels and the shape is kept; never enlarges.
    public func fitted(within side: Int, filter: ResizeFilter = .lanczosPillow) -> Image {
        let longer = max(width, height)
        guard longer > side else { return self }
        func scaled(_ length: Int) -> Int { max(1, (length * side + longer / 2) / longer) }
        return resized(width: scaled(width), height: scaled(height), filter: filter)
    }

    private func antialiased(_ newWidth: Int, _ newHeight: Int, _ kernel: ResamplingKernel) -> Image {
        let columns = width == newWidth ? nil : FilterTaps(kernel, from: width, to: newWidth)
        let rows = height == newHeight ? nil : FilterTaps(kernel, from: height, to: newHeight)
        if bitDepth == 16 { return convolved16(columns: columns, rows: rows) }
        guard channels == 4 else { return convolved8(columns: columns, rows: rows) }
        var work = self
        work.premultiply()
        work = work.convolved8(columns: columns, rows: rows)
        work.unpremultiply()
        return work
    }
}
