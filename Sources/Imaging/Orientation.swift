/// How a stored image must be turned to stand upright: the values of the EXIF tag 0x0112 (Exif 2.32, 4.6.4).
public enum Orientation: Int, Sendable, CaseIterable {
    case upright = 1
    case mirroredHorizontally = 2
    case rotated180 = 3
    case mirroredVertically = 4
    /// Rows and columns exchanged.
    case transposed = 5
    /// Stored so that a quarter turn clockwise makes it upright.
    case needsClockwiseTurn = 6
    case transversed = 7
    case needsCounterclockwiseTurn = 8

    /// Whether width and height change places.
    public var swapsAxes: Bool { rawValue >= 5 }

    /// The pixel of the stored image (of `width` x `height`) that is shown at (x, y).
    @inline(__always)
    func source(_ x: Int, _ y: Int, width: Int, height: Int) -> (x: Int, y: Int) {
        switch self {
        case .upright: (x, y)
        case .mirroredHorizontally: (width - 1 - x, y)
        case .rotated180: (width - 1 - x, height - 1 - y)
        case .mirroredVertically: (x, height - 1 - y)
        case .transposed: (y, x)
        case .needsClockwiseTurn: (y, height - 1 - x)
        case .transversed: (width - 1 - y, height - 1 - x)
        case .needsCounterclockwiseTurn: (width - 1 - y, x)
        }
    }

    /// Where a point of the stored image (of `width` x `height`) is shown.
    public func shown(_ point: PixelPoint, width: Double, height: Double) -> PixelPoint {
        switch self {
        case .upright: point
        case .mirroredHorizontally: PixelPoint(width - point.x, point.y)
        case .rotated180: PixelPoint(width - point.x, height - point.y)
        case .mirroredVertically: PixelPoint(point.x, height - point.y)
        case .transposed: PixelPoint(point.y, point.x)
        case .needsClockwiseTurn: PixelPoint(height - point.y, point.x)
        case .transversed: PixelPoint(height - point.y, width - point.x)
        case .needsCounterclockwiseTurn: PixelPoint(point.y, width - point.x)
        }
    }
}
