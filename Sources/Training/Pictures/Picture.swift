import Imaging

/// A picture on its way to a network, with the maps that share its pixels.
public struct Picture: Sendable {
    /// 8 bits.
    public internal(set) var image: Image
    /// Images of classes or instances in the same pixels: turned and cut likewise, resampled to the nearest pixel, never
    /// coloured.
    public internal(set) var labelMaps: [Image]
    /// From the pixels of the file to those of `image`.
    public internal(set) var transform = PixelTransform()
    /// Of the file, pixels.
    public let originalWidth: Int
    public let originalHeight: Int
    /// The size that steps reckon with: that of the file until the first of them resizes, though a decoder may have handed
    /// over a smaller image; then that of `image`.
    private(set) var size: (width: Int, height: Int)

    /// - Throws: `ImageError.Problem.mismatch` when a map has another size than the image.
    public init(_ image: Image, labelMaps: [Image] = [], name: String = "image") throws {
        for map in labelMaps where map.width != image.width || map.height != image.height {
            throw ImageError(
                name,
                .mismatch(
                    "a label map has \(map.width) x \(map.height) pixels, expected \(image.width) x \(image.height)"))
        }
        (self.image, self.labelMaps) = (image.eightBit(), labelMaps)
        (originalWidth, originalHeight) = (image.width, image.height)
        size = (image.width, image.height)
    }

    /// Reads a file as stored, without EXIF rotation: labels are in these pixels.
    /// - Parameter augmentation: what will be done to it, where the decoder of JPEGs may do a part of the reduction (see
    ///   `Image.reduced`).
    /// - Throws: `ImageError`
    public init(fileAt path: String, for augmentation: Augmentation? = nil) throws {
        let read = try Image.reduced(fileAt: path) { width, height in
            augmentation?.smallestUsefulSize(width: width, height: height)
        }
        (image, labelMaps) = (read.image.eightBit(), [])
        (originalWidth, originalHeight) = (read.width, read.height)
        size = (read.width, read.height)
    }

    mutating func resize(to newSize: (width: Int, height: Int), _ filter: ResizeFilter) {
        transform.scale(
            x: Double(newSize.width) / Double(size.width), y: Double(newSize.height) / Double(size.height))
        image = image.resized(width: newSize.width, height: newSize.height, filter: filter)
        labelMaps = labelMaps.map { $0.resized(width: newSize.width, height: newSize.height, filter: .nearestPillow) }
        size = newSize
    }

    mutating func crop(x: Int, y: Int, width: Int, height: Int) {
        guard (width, height) != size else { return }
        func cut(_ image: Image) -> Image { image.cropped(x: x, y: y, width: width, height: height) ?? image }
        image = cut(image)
        labelMaps = labelMaps.map(cut)
        transform.move(x: -Double(x), y: -Double(y))
        size = (image.width, image.height)
    }

    mutating func mirror() {
        transform.mirror(width: Double(size.width))
        image = image.flippedHorizontally()
        labelMaps = labelMaps.map { $0.flippedHorizontally() }
    }
}
