import Catalog
import Imaging

/// Boxes between a picture as stored, which the catalog speaks of, and as displayed, which detectors see: readers that
/// apply the EXIF orientation turn the picture before they measure.
enum UprightBox {
    /// The box in pixels of the stored picture.
    /// - Parameters:
    ///   - box: in pixels of the upright picture.
    ///   - width: of the stored picture, as `height`.
    static func stored(_ box: Box, _ orientation: Orientation, width: Int, height: Int) -> Box {
        turned(box) { x, y in
            let (width, height) = (Double(width), Double(height))
            return switch orientation {
            case .upright: (x, y)
            case .mirroredHorizontally: (width - x, y)
            case .rotated180: (width - x, height - y)
            case .mirroredVertically: (x, height - y)
            case .transposed: (y, x)
            case .needsClockwiseTurn: (y, height - x)
            case .transversed: (width - y, height - x)
            case .needsCounterclockwiseTurn: (width - y, x)
            }
        }
    }

    /// The box in pixels of the upright picture: the inverse of `stored`.
    static func upright(_ box: Box, _ orientation: Orientation, width: Int, height: Int) -> Box {
        turned(box) { x, y in
            let (width, height) = (Double(width), Double(height))
            return switch orientation {
            case .upright: (x, y)
            case .mirroredHorizontally: (width - x, y)
            case .rotated180: (width - x, height - y)
            case .mirroredVertically: (x, height - y)
            case .transposed: (y, x)
            case .needsClockwiseTurn: (height - y, x)
            case .transversed: (height - y, width - x)
            case .needsCounterclockwiseTurn: (y, width - x)
            }
        }
    }

    private static func turned(_ box: Box, _ point: (Double, Double) -> (x: Double, y: Double)) -> Box {
        let one = point(box.x, box.y)
        let other = point(box.x + box.width, box.y + box.height)
        // The size is taken from the box, not from the corners, so that an upright box stays as it is to the last bit.
        let isTurned = point(1, 0).y != point(0, 0).y
        return Box(
            x: min(one.x, other.x), y: min(one.y, other.y), width: isTurned ? box.height : box.width,
            height: isTurned ? box.width : box.height)
    }
}

extension MediumRecord {
    /// A box given as shares of the upright picture's width and height, in stored pixels; nil while the size is unknown.
    func box(normalised: Box) -> Box? {
        guard let width, let height, let orientation = Orientation(rawValue: orientation) else { return nil }
        let (shownWidth, shownHeight) = orientation.swapsAxes ? (height, width) : (width, height)
        let shown = Box(
            x: normalised.x * Double(shownWidth), y: normalised.y * Double(shownHeight),
            width: normalised.width * Double(shownWidth), height: normalised.height * Double(shownHeight))
        return UprightBox.stored(shown, orientation, width: width, height: height)
    }

    /// The inverse of `box(normalised:)`.
    func normalised(_ box: Box) -> Box? {
        guard let width, let height, width > 0, height > 0, let orientation = Orientation(rawValue: orientation)
        else { return nil }
        let shown = UprightBox.upright(box, orientation, width: width, height: height)
        let (shownWidth, shownHeight) = orientation.swapsAxes ? (height, width) : (width, height)
        return Box(
            x: shown.x / Double(shownWidth), y: shown.y / Double(shownHeight),
            width: shown.width / Double(shownWidth), height: shown.height / Double(shownHeight))
    }
}
