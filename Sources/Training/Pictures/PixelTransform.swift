import Imaging

/// Where the pixels of a picture have gone: scaled, moved and mirrored along the axes. Labels follow with it.
///
/// Coordinates are continuous: the upper left corner of the first pixel is (0, 0), its centre (0.5, 0.5).
public struct PixelTransform: Sendable, Equatable {
    /// `x' = scaleX * x + offsetX`, and likewise y. A negative `scaleX` is a mirrored picture.
    public var scaleX = 1.0
    public var offsetX = 0.0
    public var scaleY = 1.0
    public var offsetY = 0.0

    public init() {}

    /// Whether left and right have changed places: symmetric parts and keypoints change their names then.
    public var isMirrored: Bool { scaleX < 0 }

    public func apply(_ point: PixelPoint) -> PixelPoint {
        PixelPoint(scaleX * point.x + offsetX, scaleY * point.y + offsetY)
    }

    /// A box by its left, top, width and height, in pixels; it may reach beyond the picture after a crop.
    public func apply(x: Double, y: Double, width: Double, height: Double) -> (
        x: Double, y: Double, width: Double, height: Double
    ) {
        let (one, two) = (apply(PixelPoint(x, y)), apply(PixelPoint(x + width, y + height)))
        return (min(one.x, two.x), min(one.y, two.y), abs(two.x - one.x), abs(two.y - one.y))
    }

    /// Back to the pixels of the file.
    public func undo(_ point: PixelPoint) -> PixelPoint {
        PixelPoint((point.x - offsetX) / scaleX, (point.y - offsetY) / scaleY)
    }

    mutating func scale(x: Double, y: Double) {
        (scaleX, offsetX, scaleY, offsetY) = (scaleX * x, offsetX * x, scaleY * y, offsetY * y)
    }

    mutating func move(x: Double, y: Double) { (offsetX, offsetY) = (offsetX + x, offsetY + y) }

    mutating func mirror(width: Double) { (scaleX, offsetX) = (-scaleX, width - offsetX) }
}
