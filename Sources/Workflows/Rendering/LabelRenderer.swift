import Annotations
import Catalog
import Imaging

/// Draws the labels of a picture over it.
///
/// Labels are in pixels of the picture as stored. They are drawn there, at the size of the result, and the whole is
/// then turned upright by the EXIF orientation; names follow last, so that they are never turned or mirrored.
public struct LabelRenderer: Sendable {
    public var style: RenderStyle

    public init(style: RenderStyle = RenderStyle()) { self.style = style }

    public struct Result: Sendable {
        /// RGB, 8 bits, upright; nil when there is neither a picture nor a known size.
        public var image: Image?
        /// The picture's file was not there or could not be read: the ground is grey.
        public var isGround = false
        public var problems: [Problem] = []
    }

    static let groundColor = Color(hex: 0x808080)

    /// - Throws: `ImageError` when the font is missing. What else cannot be read or drawn becomes a problem.
    public func render(_ picture: LabelledPicture, file: MediaFile) throws -> Result {
        var result = Result()
        let medium = picture.medium
        var (stored, orientation) = read(medium, file, &result.problems)
        result.isGround = stored == nil
        let (width, height) = (medium.width ?? stored?.width ?? 0, medium.height ?? stored?.height ?? 0)
        guard 1...(1 << 28) ~= width, 1...(1 << 28) ~= height else { return result }
        let size = style.size(width: stored?.width ?? width, height: stored?.height ?? height)
        let ground =
            stored.map { Self.scaled($0, size) }
            ?? Image(width: size.width, height: size.height, color: Self.groundColor)
        stored = nil
        var painter = LabelPainter(
            canvas: Canvas(ground.channels == 4 ? ground.flattened() : ground), style: style,
            labelledWidth: width, labelledHeight: height)
        let colors = picture.labels.indices.map { picture.labels[$0].color(style.coloring, index: $0) }
        // Large labels first: small ones stay visible upon them.
        let order = picture.labels.indices.sorted { left, right in
            (Self.area(picture.labels[right]), left) < (Self.area(picture.labels[left]), right)
        }
        for index in order { painter.draw(picture.labels[index], colors[index]) }
        result.problems += painter.problems
        var canvas = Canvas(painter.canvas.image.oriented(orientation))
        if style.layers.contains(.names) {
            var names = NamePlacement(orientation: orientation, stored: ground, textSize: painter.measures.textSize)
            for index in order {
                guard let extent = painter.extent(of: picture.labels[index]) else { continue }
                try names.draw(picture.labels[index].caption, colors[index], at: extent, on: &canvas)
            }
        }
        if style.coloring == .score { try canvas.scoreBar(textSize: painter.measures.textSize) }
        result.image = canvas.image
        return result
    }

    /// The picture as its labels count pixels, and how it must still be turned.
    private func read(
        _ medium: MediumRecord, _ file: MediaFile, _ problems: inout [Problem]
    ) -> (Image?, Orientation) {
        let orientation = Orientation(rawValue: medium.orientation) ?? .upright
        switch file {
        case .missing: break
        case .unsafe:
            problems.append(
                Problem(
                    kind: "path", where: medium.path,
                    message: "the path leads out of the folder of the pictures; it is not read"))
        case .found(let path):
            do {
                let image = try picture(at: path, medium, &problems)
                // Some tools count in pixels of the upright picture; the size that they state gives them away.
                if orientation.swapsAxes, image.width != image.height, medium.width == image.height,
                    medium.height == image.width
                {
                    return (image.oriented(orientation), .upright)
                }
                return (image, orientation)
            } catch {
                problems.append(Problem(kind: "unreadable-file", where: medium.path, message: "\(error)"))
            }
        }
        return (nil, orientation)
    }

    /// The picture, or what there is of one that is cut short.
    private func picture(at path: String, _ medium: MediumRecord, _ problems: inout [Problem]) throws -> Image {
        do {
            return try Image(fileAt: path)
        } catch let error as ImageError {
            guard case .truncated = error.problem else { throw error }
            let image = try Image(fileAt: path, options: .tolerateTruncation)
            problems.append(Problem(kind: "truncated-file", where: medium.path, message: "\(error)"))
            return image
        }
    }

    private static func area(_ label: LabelledPicture.Label) -> Double {
        let area = label.record.box.map { $0.width * $0.height } ?? label.record.area ?? 0
        return area.isNaN ? 0 : area
    }

    private static func scaled(_ image: Image, _ size: (width: Int, height: Int)) -> Image {
        image.eightBit().resized(
            width: size.width, height: size.height, filter: size.width > image.width ? .nearestPillow : .bicubicPillow)
    }
}

extension Canvas {
    /// The colours of scores, on a pale plate in the lower right corner.
    mutating func scoreBar(textSize size: Double) throws {
        let barHeight = min(size * 9, Double(height) * 0.4)
        guard barHeight > size * 2, Double(width) > size * 6 else { return }
        let plateWidth = max(try textWidth("score", size: size), size * 2.4) + size
        let (left, top) = (Double(width) - plateWidth - size * 0.6, Double(height) - barHeight - size * 3.2)
        fill(
            Path(x: left, y: top, width: plateWidth, height: barHeight + size * 2.6, cornerRadius: size * 0.3),
            Color.white.opacity(0.85))
        try text("score", at: PixelPoint(left + size * 0.5, top + size * 1.2), size: size)
        try colorBar(
            .viridis, x: Int(left + size * 0.5), y: Int(top + size * 1.9), width: Int(size), height: Int(barHeight),
            low: "0", high: "1", size: size)
    }
}
