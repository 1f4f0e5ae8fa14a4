import Catalog
import Imaging

/// Puts names at their labels on the upright picture, apart from each other while there is room.
struct NamePlacement {
    private struct Plate {
        var x: Double
        var y: Double
        var width: Double
        var height: Double

        func overlaps(_ other: Plate) -> Bool {
            x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height
        }
    }

    private let orientation: Orientation
    private let storedWidth: Double
    private let storedHeight: Double
    private let textSize: Double
    private var plates: [Plate] = []

    /// - Parameter stored: the picture before it was turned upright.
    init(orientation: Orientation, stored: Image, textSize: Double) {
        (self.orientation, self.textSize) = (orientation, textSize)
        (storedWidth, storedHeight) = (Double(stored.width), Double(stored.height))
    }

    /// - Parameter extent: of the label, in pixels of the canvas before it was turned.
    mutating func draw(_ text: String, _ color: Color, at extent: Box, on canvas: inout Canvas) throws {
        let corners = [PixelPoint(extent.x, extent.y), PixelPoint(extent.x + extent.width, extent.y + extent.height)]
            .map { orientation.shown($0, width: storedWidth, height: storedHeight) }
        let (left, right) = (min(corners[0].x, corners[1].x), max(corners[0].x, corners[1].x))
        let (top, bottom) = (min(corners[0].y, corners[1].y), max(corners[0].y, corners[1].y))
        let (canvasWidth, canvasHeight) = (Double(canvas.width), Double(canvas.height))
        guard right > 0, bottom > 0, left < canvasWidth, top < canvasHeight else { return }
        let line = try canvas.shortened(text, toFit: canvasWidth - textSize, size: textSize)
        guard !line.isEmpty else { return }
        let (width, height) = try canvas.labelSize(line, size: textSize)
        // Above the box; inside its upper edge, unless that would hide it; below it; then farther down, as on a list.
        let near = bottom - top >= 3 * height ? [top - height, top, bottom] : [top - height, bottom, top]
        let tops =
            near
            + (1...12).map { bottom - top >= 3 * height ? top + Double($0) * height : bottom + Double($0) * height }
        let lefts = [left, right - width]
        let candidates = tops.flatMap { y in lefts.map { x in (x, y) } }.compactMap { x, y -> Plate? in
            guard y >= 0, y + height <= canvasHeight else { return nil }
            return Plate(x: max(0, min(x, canvasWidth - width)), y: y, width: width, height: height)
        }
        let plate =
            candidates.first { plate in !plates.contains { $0.overlaps(plate) } } ?? candidates.first
            ?? Plate(x: max(0, left), y: max(0, min(top, canvasHeight - height)), width: width, height: height)
        plates.append(plate)
        try canvas.label(line, at: PixelPoint(plate.x, plate.y + height), size: textSize, plate: color)
    }
}
