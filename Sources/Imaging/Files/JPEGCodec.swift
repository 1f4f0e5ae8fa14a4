import CTurboJPEG

/// How a JPEG stores colour: at full, half-width or half-width and half-height resolution.
public enum ChromaSubsampling: Sendable {
    case full
    case halfWidth
    case quarter
}

/// JPEG through TurboJPEG.
enum JPEGCodec {
    /// Decodes to grey or RGB; CMYK and YCCK, which Adobe stores inverted as every decoder expects, become RGB.
    /// - Parameter minimum: a size in pixels down to which the decoder may halve the image.
    static func decode(
        _ bytes: [UInt8], name: String, limits: ImageLimits, toleratesTruncation: Bool,
        reducedTo minimum: (width: Int, height: Int)? = nil
    ) throws -> Image {
        try limits.check(try ImageHeader.read(bytes, name: name), name: name)
        guard let decoder = tjInitDecompress() else { throw ImageError(name, .damaged("TurboJPEG did not start")) }
        defer { tjDestroy(decoder) }
        var width: Int32 = 0
        var height: Int32 = 0
        var subsampling: Int32 = 0
        var colorspace: Int32 = 0
        guard
            tjDecompressHeader3(
                decoder, bytes, UInt(bytes.count), &width, &height, &subsampling, &colorspace) == 0
        else { throw failure(decoder, name: name) }
        let isFourInk = colorspace == TJCS_CMYK.rawValue || colorspace == TJCS_YCCK.rawValue
        let format = colorspace == TJCS_GRAY.rawValue ? TJPF_GRAY : isFourInk ? TJPF_CMYK : TJPF_RGB
        let channels = format == TJPF_GRAY ? 1 : format == TJPF_CMYK ? 4 : 3
        try limits.check(
            ImageHeader(
                format: .jpeg, width: Int(width), height: Int(height), channels: channels, bitDepth: 8,
                orientation: .upright), name: name)
        if let minimum { (width, height) = reduced(width, height, to: minimum) }
        var pixels = [UInt8](repeating: 0, count: Int(width) * Int(height) * channels)
        // Progressive files of a few kilobytes can ask for thousands of passes over a huge image.
        let status = tjDecompress2(
            decoder, bytes, UInt(bytes.count), &pixels, width, width * Int32(channels), height, format.rawValue,
            TJFLAG_LIMITSCANS)
        if status != 0 {
            let isWarning = tjGetErrorCode(decoder) == Int32(TJERR_WARNING.rawValue)
            let error = failure(decoder, name: name)
            let isHarmless = isWarning && message(decoder).contains("extraneous bytes") && hasEnd(bytes)
            guard isHarmless || (isWarning && toleratesTruncation) else { throw error }
        }
        let image = Image(width: Int(width), height: Int(height), channels: channels, bytes: pixels)
        return isFourInk ? rgb(fromInvertedInk: image) : image
    }

    /// The size after as many halvings, at most three, as leave at least `minimum`. They cost no pixels: the decoder
    /// computes a smaller inverse transform of each block.
    private static func reduced(
        _ width: Int32, _ height: Int32, to minimum: (width: Int, height: Int)
    ) -> (Int32, Int32) {
        for divisor: Int32 in [8, 4, 2] {
            let size = ((width + divisor - 1) / divisor, (height + divisor - 1) / divisor)
            if size.0 >= minimum.width && size.1 >= minimum.height { return size }
        }
        return (width, height)
    }

    /// Red is cyan's absence times black's absence, which is what the inverted samples hold.
    private static func rgb(fromInvertedInk ink: Image) -> Image {
        var result = Image(width: ink.width, height: ink.height, channels: 3)
        result.bytes.withUnsafeMutableBufferPointer { out in
            ink.bytes.withUnsafeBufferPointer { cmyk in
                for pixel in 0..<ink.width * ink.height {
                    let black = Int(cmyk[4 * pixel + 3])
                    for c in 0..<3 {
                        out[3 * pixel + c] = UInt8((Int(cmyk[4 * pixel + c]) * black + 127) / 255)
                    }
                }
            }
        }
        return result
    }

    private static func hasEnd(_ bytes: [UInt8]) -> Bool {
        bytes.indices.dropLast().reversed().prefix(65_536).contains { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xD9 }
    }

    private static func message(_ handle: tjhandle) -> String { String(cString: tjGetErrorStr2(handle)) }

    private static func failure(_ decoder: tjhandle, name: String) -> ImageError {
        let text = message(decoder)
        let isCut = text.lowercased().contains("premature end")
        return ImageError(name, isCut ? .truncated(text) : .damaged(text))
    }

    /// - Parameter quality: 1...100, clamped.
    static func encode(_ image: Image, quality: Int, subsampling: ChromaSubsampling) throws -> [UInt8] {
        guard image.width <= 65_535, image.height <= 65_535 else {
            throw ImageError(
                "image", .cannotWrite("\(image.width) x \(image.height) pixels, a JPEG has at most 65535 a side"))
        }
        let source = image.eightBit().flattened(keepingGrey: true)
        guard let encoder = tjInitCompress() else { throw ImageError("image", .cannotWrite("TurboJPEG did not start")) }
        defer { tjDestroy(encoder) }
        let chroma =
            source.channels == 1
            ? TJSAMP_GRAY : subsampling == .full ? TJSAMP_444 : subsampling == .halfWidth ? TJSAMP_422 : TJSAMP_420
        let format = source.channels == 1 ? TJPF_GRAY : TJPF_RGB
        var out: UnsafeMutablePointer<UInt8>?
        var count: UInt = 0
        let status = tjCompress2(
            encoder, source.bytes, Int32(source.width), Int32(source.bytesPerRow), Int32(source.height),
            format.rawValue,
            &out, &count, Int32(chroma.rawValue), Int32(min(100, max(1, quality))), 0)
        defer { tjFree(out) }
        guard status == 0 else { throw ImageError("image", .cannotWrite(message(encoder))) }
        return Array(UnsafeBufferPointer(start: out, count: Int(count)))
    }
}

extension Image {
    fileprivate func flattened(keepingGrey: Bool) -> Image {
        keepingGrey && channels == 1 ? self : flattened()
    }
}
