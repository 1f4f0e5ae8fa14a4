import Imaging

/// How 8-bit values become the numbers that a network was trained on: `(value - mean) * scale`, by channel, in RGB.
public struct PixelNormalization: Sendable, Codable, Equatable {
    /// Of values 0 to 255.
    public var mean: [Float]
    public var scale: [Float]

    /// - Precondition: three of each.
    public init(mean: [Float], scale: [Float]) {
        precondition(mean.count == 3 && scale.count == 3, "red, green and blue")
        (self.mean, self.scale) = (mean, scale)
    }

    /// -1 to 1: `transforms.Normalize((0.5,) * 3, (0.5,) * 3)` after `ToTensor`, as pix2pixHD has it.
    public static let symmetric = PixelNormalization(
        mean: [127.5, 127.5, 127.5], scale: [1 / 127.5, 1 / 127.5, 1 / 127.5])
    /// 0 to 1: `ToTensor`.
    public static let unit = PixelNormalization(mean: [0, 0, 0], scale: [1 / 255, 1 / 255, 1 / 255])
    /// ImageNet's means and standard deviations, as torchvision's models have them.
    public static let imageNet = PixelNormalization(
        mean: [123.675, 116.28, 103.53], scale: [1 / 58.395, 1 / 57.12, 1 / 57.375])
}

/// Pictures as one array of float32, [N, 3, H, W], planes of red, green and blue.
public struct PixelBatch: Sendable, Equatable {
    public let count: Int
    public let height: Int
    public let width: Int
    /// `count * 3 * height * width`, in that order.
    public let values: [Float]

    /// Packs pictures; smaller ones than the largest stand at the upper left with zeros (the mean) beside them, as
    /// detectron2's `ImageList.from_tensors` does.
    /// - Parameter divisor: height and width become multiples of it.
    /// - Precondition: 8-bit images, at least one.
    public init(_ images: [Image], normalization: PixelNormalization, divisor: Int = 1) {
        precondition(!images.isEmpty && divisor > 0, "a batch has pictures")
        func rounded(_ length: Int) -> Int { (length + divisor - 1) / divisor * divisor }
        let height = rounded(images.map(\.height).max()!)
        let width = rounded(images.map(\.width).max()!)
        let size = 3 * height * width
        (count, self.height, self.width) = (images.count, height, width)
        values = [Float](unsafeUninitializedCapacity: images.count * size) { buffer, initialized in
            for (index, image) in images.enumerated() {
                let part = UnsafeMutableBufferPointer(rebasing: buffer[index * size..<(index + 1) * size])
                Self.write(image, to: part, height: height, width: width, normalization)
            }
            initialized = images.count * size
        }
    }

    /// Writes one picture into memory of a tensor, [3, height, width], in one pass. Grey counts as equal red, green and
    /// blue; alpha is dropped. O(height * width).
    /// - Precondition: an 8-bit image no larger than `height` x `width`.
    public static func write(
        _ image: Image, to planes: UnsafeMutableBufferPointer<Float>, height: Int, width: Int,
        _ normalization: PixelNormalization
    ) {
        precondition(image.bitDepth == 8 && image.height <= height && image.width <= width, "the picture must fit")
        precondition(planes.count == 3 * height * width, "the memory must fit the size")
        // A table look-up gives each value exactly, and keeps pace with the memory that is written.
        let tables = zip(normalization.mean, normalization.scale).map { mean, scale in
            (0...255).map { (Float($0) - mean) * scale }
        }
        let step = image.channels
        let (green, blue) = step == 1 ? (0, 0) : (1, 2)
        image.withPixels { pixels in
            tables[0].withUnsafeBufferPointer { red in
                tables[1].withUnsafeBufferPointer { greens in
                    tables[2].withUnsafeBufferPointer { blues in
                        for y in 0..<height {
                            let line = planes.baseAddress! + y * width
                            guard y < image.height else {
                                for plane in 0..<3 {
                                    (line + plane * height * width).update(repeating: 0, count: width)
                                }
                                continue
                            }
                            var from = pixels.baseAddress! + y * image.width * step
                            let (one, two, three) = (line, line + height * width, line + 2 * height * width)
                            for x in 0..<image.width {
                                one[x] = red[Int(from[0])]
                                two[x] = greens[Int(from[green])]
                                three[x] = blues[Int(from[blue])]
                                from += step
                            }
                            let rest = width - image.width
                            for plane in [one, two, three] {
                                (plane + image.width).update(repeating: 0, count: rest)
                            }
                        }
                    }
                }
            }
        }
    }

    /// One picture back as an image, rounded and clipped: to look at what a network sees, or what it made.
    public static func image(
        from planes: UnsafeBufferPointer<Float>, height: Int, width: Int, _ normalization: PixelNormalization
    ) -> Image {
        precondition(planes.count == 3 * height * width, "the memory must fit the size")
        var bytes = [UInt8](repeating: 0, count: planes.count)
        for channel in 0..<3 {
            let (mean, scale) = (normalization.mean[channel], normalization.scale[channel])
            for i in 0..<height * width {
                let value = planes[channel * height * width + i] / scale + mean
                bytes[3 * i + channel] = value.isNaN ? 0 : UInt8(max(0, min(255, value.rounded())))
            }
        }
        return Image(width: width, height: height, channels: 3, bytes: bytes)
    }
}
