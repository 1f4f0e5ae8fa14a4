extension Image {
    /// One channel: ITU-R 601 luma in the 16-bit fixed point of Pillow's `convert("L")`, so that results agree with it.
    /// Alpha is dropped.
    public func grey() -> Image {
        guard channels > 1 else { return self }
        // The weights sum to 2^16, so that even 16-bit white fits 32 bits.
        func luma(_ red: UInt32, _ green: UInt32, _ blue: UInt32) -> UInt32 {
            (19_595 &* red &+ 38_470 &* green &+ 7471 &* blue &+ 0x8000) >> 16
        }
        if bitDepth == 16 {
            return mapPixels(to: 1) { source, target, _ in target(0, luma(source(0), source(1), source(2))) }
        }
        let pixels = width * height
        let grey = [UInt8](unsafeUninitializedCapacity: pixels) { out, initialized in
            bytes.withUnsafeBufferPointer { source in
                var from = source.baseAddress!
                for i in 0..<pixels {
                    out[i] = UInt8(truncatingIfNeeded: luma(UInt32(from[0]), UInt32(from[1]), UInt32(from[2])))
                    from += channels
                }
            }
            initialized = pixels
        }
        return Image(width: width, height: height, channels: 1, bytes: grey)
    }

    /// Three channels; alpha is dropped (see `flattened(over:)`), grey repeated.
    public func rgb() -> Image {
        guard channels != 3 else { return self }
        let isGrey = channels == 1
        return mapPixels(to: 3) { source, target, _ in
            for c in 0..<3 { target(c, source(isGrey ? 0 : c)) }
        }
    }

    /// Four channels; an image without alpha becomes opaque.
    public func rgba() -> Image {
        guard channels != 4 else { return self }
        let isGrey = channels == 1
        return mapPixels(to: 4) { source, target, maximum in
            for c in 0..<3 { target(c, source(isGrey ? 0 : c)) }
            target(3, maximum)
        }
    }

    /// The image in 1, 3 or 4 channels.
    public func converted(toChannels count: Int) -> Image {
        switch count {
        case 1: grey()
        case 3: rgb()
        default: rgba()
        }
    }

    /// The high byte of every 16-bit sample, as libpng's `png_set_strip_16` does.
    public func eightBit() -> Image {
        guard bitDepth == 16 else { return self }
        let samples = samples16
        return Image(
            width: width, height: height, channels: channels, bytes: samples.map { UInt8(truncatingIfNeeded: $0 >> 8) })
    }

    /// 8-bit samples times 257, so that white stays white and `eightBit()` undoes it.
    public func sixteenBit() -> Image {
        guard bitDepth == 8 else { return self }
        return Image(width: width, height: height, channels: channels, samples16: bytes.map { UInt16($0) * 257 })
    }

    /// One channel as an image of its own: of an IUV image, its parts, U or V.
    public func channel(_ index: Int) -> Image {
        precondition(index >= 0 && index < channels, "the image has \(channels) channels")
        return mapPixels(to: 1) { source, target, _ in target(0, source(index)) }
    }

    /// Alpha blended away over a colour; RGB.
    public func flattened(over background: Color = .white) -> Image {
        guard channels == 4 else { return rgb() }
        let scale: UInt32 = bitDepth == 8 ? 1 : 257
        let back = [background.red, background.green, background.blue].map { UInt32($0) * scale }
        return mapPixels(to: 3) { source, target, maximum in
            let alpha = UInt64(source(3))
            let whole = UInt64(maximum)
            for c in 0..<3 {
                let blended = UInt64(source(c)) * alpha + UInt64(back[c]) * (whole - alpha) + whole / 2
                target(c, UInt32(blended / whole))
            }
        }
    }

    /// Runs a closure on every pixel with readers and writers of its samples.
    @inline(__always)
    private func mapPixels(
        to count: Int,
        _ transform: (_ source: (Int) -> UInt32, _ target: (Int, UInt32) -> Void, _ maximum: UInt32) -> Void
    ) -> Image {
        var result = Image(width: width, height: height, channels: count, bitDepth: bitDepth)
        let pixels = width * height
        let channels = channels
        bytes.withUnsafeBytes { raw in
            result.bytes.withUnsafeMutableBytes { out in
                if bitDepth == 8 {
                    for i in 0..<pixels {
                        transform(
                            { UInt32(raw[i * channels + $0]) },
                            { out[i * count + $0] = UInt8(truncatingIfNeeded: $1) }, 255)
                    }
                } else {
                    let raw = raw.bindMemory(to: UInt16.self)
                    let out = out.bindMemory(to: UInt16.self)
                    for i in 0..<pixels {
                        transform(
                            { UInt32(raw[i * channels + $0]) },
                            { out[i * count + $0] = UInt16(truncatingIfNeeded: $1) }, 65_535)
                    }
                }
            }
        }
        return result
    }
}
