import Imaging
import Tensors
import Training

/// One way in which a picture is shown to the network: at a size, and perhaps in the mirror.
struct PictureView {
    let resize: AugmentationStep
    let isMirrored: Bool

    init(side: Int, longest: Int, isMirrored: Bool) {
        resize = .resizeShorterSide([side], longest: longest, .bilinearPillow)
        self.isMirrored = isMirrored
    }

    func callAsFunction(_ image: Image) -> Image {
        let (width, height) = resize.inputSize(width: image.width, height: image.height)
        let resized = image.eightBit().resized(width: width, height: height, filter: .bilinearPillow)
        return isMirrored ? resized.flippedHorizontally() : resized
    }

    /// A box of what the network sees, in the picture's own pixels and cut to it.
    func inPicture(_ box: BoxCorners, seen: Image, picture: Image) -> BoxCorners {
        let scale = Self.scale(from: seen, to: picture)
        let size = BoxCorners(
            Float(picture.width), Float(picture.height), Float(picture.width), Float(picture.height))
        return pointwiseMin(pointwiseMax(mirrored(box, width: Float(seen.width)) * scale, .zero), size)
    }

    /// Deviations of x, y, width and height in the picture's own pixels.
    func inPicture(deviations: SIMD4<Float>, seen: Image, picture: Image) -> SIMD4<Float> {
        // In the mirror the left edge is the right one, whose error has the same parts.
        deviations * Self.scale(from: seen, to: picture)
    }

    /// A box of the picture, as the network sees it.
    func seen(_ box: BoxCorners, seen: Image, picture: Image) -> BoxCorners {
        mirrored(box * Self.scale(from: picture, to: seen), width: Float(seen.width))
    }

    private func mirrored(_ box: BoxCorners, width: Float) -> BoxCorners {
        isMirrored ? BoxCorners(width - box.z, box.y, width - box.x, box.w) : box
    }

    private static func scale(from: Image, to: Image) -> BoxCorners {
        let (x, y) = (Float(to.width) / Float(from.width), Float(to.height) / Float(from.height))
        return BoxCorners(x, y, x, y)
    }
}
