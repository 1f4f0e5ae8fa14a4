import Glibc

/// A position on a canvas in pixels. (0, 0) is the top left corner of the top left pixel; its centre is (0.5, 0.5).
public struct PixelPoint: Hashable, Sendable {
    public var x: Double
    public var y: Double

    public init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }
}

/// Outlines made of straight lines and Bezier curves, to be filled or stroked.
public struct Path: Sendable {
    enum Kind: UInt8 {
        case onCurve
        case quadraticControl
        case cubicControl
    }

    struct Contour {
        var points: [PixelPoint] = []
        var kinds: [Kind] = []
        var isClosed = false
    }

    private(set) var contours: [Contour] = []

    public init() {}

    public init(polyline points: [PixelPoint]) { append(points, closed: false) }
    public init(polygon points: [PixelPoint]) { append(points, closed: true) }

    /// A rectangle, its corners rounded by a radius in pixels.
    public init(x: Double, y: Double, width: Double, height: Double, cornerRadius: Double = 0) {
        let r = max(0, min(cornerRadius, width / 2, height / 2))
        guard r > 0 else {
            append(
                [
                    PixelPoint(x, y), PixelPoint(x + width, y), PixelPoint(x + width, y + height),
                    PixelPoint(x, y + height),
                ], closed: true)
            return
        }
        move(to: PixelPoint(x + r, y))
        line(to: PixelPoint(x + width - r, y))
        arc(center: PixelPoint(x + width - r, y + r), radius: r, quarter: 3)
        line(to: PixelPoint(x + width, y + height - r))
        arc(center: PixelPoint(x + width - r, y + height - r), radius: r, quarter: 0)
        line(to: PixelPoint(x + r, y + height))
        arc(center: PixelPoint(x + r, y + height - r), radius: r, quarter: 1)
        line(to: PixelPoint(x, y + r))
        arc(center: PixelPoint(x + r, y + r), radius: r, quarter: 2)
        close()
    }

    /// A circle of four cubic arcs, true to 0.03% of the radius.
    public init(circleAt center: PixelPoint, radius: Double) {
        move(to: PixelPoint(center.x + radius, center.y))
        for quarter in 0..<4 { arc(center: center, radius: radius, quarter: quarter) }
        close()
    }

    public mutating func move(to point: PixelPoint) {
        contours.append(Contour(points: [point], kinds: [.onCurve]))
    }

    public mutating func line(to point: PixelPoint) { add(point, .onCurve) }

    public mutating func quadratic(to end: PixelPoint, control: PixelPoint) {
        add(control, .quadraticControl)
        add(end, .onCurve)
    }

    public mutating func cubic(to end: PixelPoint, control1: PixelPoint, control2: PixelPoint) {
        add(control1, .cubicControl)
        add(control2, .cubicControl)
        add(end, .onCurve)
    }

    public mutating func close() {
        guard !contours.isEmpty else { return }
        contours[contours.count - 1].isClosed = true
    }

    public mutating func append(_ points: [PixelPoint], closed: Bool) {
        guard !points.isEmpty else { return }
        contours.append(
            Contour(points: points, kinds: [Kind](repeating: .onCurve, count: points.count), isClosed: closed))
    }

    public mutating func append(_ other: Path) { contours += other.contours }

    mutating func append(_ contour: Contour) { contours.append(contour) }

    private mutating func add(_ point: PixelPoint, _ kind: Kind) {
        if contours.isEmpty { return move(to: point) }
        contours[contours.count - 1].points.append(point)
        contours[contours.count - 1].kinds.append(kind)
    }

    /// A quarter of a circle that begins at `quarter` right angles from the x axis, towards y.
    private mutating func arc(center: PixelPoint, radius r: Double, quarter: Int) {
        let k = 0.552_284_75 * r
        let axes: [(Double, Double)] = [(1, 0), (0, 1), (-1, 0), (0, -1)]
        let (ax, ay) = axes[quarter % 4]
        let (bx, by) = axes[(quarter + 1) % 4]
        cubic(
            to: PixelPoint(center.x + r * bx, center.y + r * by),
            control1: PixelPoint(center.x + r * ax + k * bx, center.y + r * ay + k * by),
            control2: PixelPoint(center.x + r * bx + k * ax, center.y + r * by + k * ay))
    }
}
