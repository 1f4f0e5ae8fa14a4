import Annotations
import Catalog
import Imaging

/// Draws labels on a canvas that shows a picture at some size, as stored.
struct LabelPainter {
    var canvas: Canvas
    let style: RenderStyle
    let measures: RenderMeasures
    /// Size in pixels of the picture that the labels' coordinates mean.
    let labelledWidth: Int
    let labelledHeight: Int
    var problems: [Problem] = []

    /// Pixels of the canvas per pixel of the labels.
    let scaleX: Double
    let scaleY: Double

    init(canvas: Canvas, style: RenderStyle, labelledWidth: Int, labelledHeight: Int) {
        (self.canvas, self.style) = (canvas, style)
        (self.labelledWidth, self.labelledHeight) = (labelledWidth, labelledHeight)
        scaleX = Double(canvas.width) / Double(labelledWidth)
        scaleY = Double(canvas.height) / Double(labelledHeight)
        measures = RenderMeasures(width: canvas.width, height: canvas.height)
    }

    /// Draws all layers but the name. What cannot be drawn becomes a problem.
    mutating func draw(_ label: LabelledPicture.Label, _ color: Color) {
        let (layers, parts) = (style.layers, label.parts)
        if let box = label.record.box, !Self.isSane(box) {
            return report(label, "its box is beyond 2^28 pixels")
        }
        do {
            // Where the body's surface is shown, the mask's tint would only falsify its colours.
            let showsSurface =
                layers.contains(.maps) && parts.denseMap != nil || layers.contains(.parts) && parts.partMasks != nil
            if layers.contains(.masks), let mask = parts.mask {
                try draw(mask, color, isTinted: !showsSurface && style.coloring != .part)
            }
            if layers.contains(.parts), let json = parts.partMasks {
                try drawPartMasks(json, in: label.record.box, color)
            }
            if layers.contains(.maps), let map = parts.denseMap { try drawMap(map, in: label.record.box) }
        } catch {
            report(label, error is DecodingError ? "its dp_masks cannot be read" : "\(error)")
        }
        if layers.contains(.boxes), let box = label.record.box { draw(box, color) }
        if layers.contains(.keypoints), let blob = parts.keypoints { drawKeypoints(blob, color) }
        if layers.contains(.points), let points = parts.points, let box = label.record.box {
            draw(points.points(in: box), in: box, color)
        }
    }

    mutating func report(_ label: LabelledPicture.Label, _ reason: String) {
        problems.append(Problem(kind: "label", where: "instance \(label.record.id)", message: reason))
    }

    private mutating func draw(_ box: Box, _ color: Color) {
        let width = measures.lineWidth
        // A dark rim keeps the line visible on a ground of its own colour.
        for (ink, line) in [(Color.black.opacity(0.35), width * 1.8), (color, width)] {
            canvas.box(
                x: box.x * scaleX, y: box.y * scaleY, width: box.width * scaleX, height: box.height * scaleY,
                color: ink, lineWidth: line)
        }
    }

    /// Where the label is on the canvas: its box, else its mask, else its keypoints; nil when none says so.
    func extent(of label: LabelledPicture.Label) -> Box? {
        if let box = label.record.box {
            guard Self.isSane(box) else { return nil }
            return Box(x: box.x * scaleX, y: box.y * scaleY, width: box.width * scaleX, height: box.height * scaleY)
        }
        if let mask = label.parts.mask,
            let box = try? mask.runs(pictureHeight: labelledHeight, pictureWidth: labelledWidth)?.box, box.area > 0
        {
            return Box(x: box.x * scaleX, y: box.y * scaleY, width: box.width * scaleX, height: box.height * scaleY)
        }
        let seen = label.parts.keypoints.map(keypoints)?.filter { $0.visibility != .absent } ?? []
        guard let left = seen.map(\.position.x).min(), let right = seen.map(\.position.x).max(),
            let top = seen.map(\.position.y).min(), let bottom = seen.map(\.position.y).max()
        else { return nil }
        return Box(x: left, y: top, width: right - left, height: bottom - top)
    }

    /// Numbers that can become whole pixels.
    static func isSane(_ box: Box) -> Bool {
        [box.x, box.y, box.width, box.height].allSatisfy { $0.magnitude <= 268_435_456 }
    }
}

// MARK: - Masks

extension LabelPainter {
    /// A mask with its outline. Polygons are filled with COCO's pixels at the canvas's size.
    private mutating func draw(_ mask: MaskRecord, _ color: Color, isTinted: Bool) throws {
        let opacity = isTinted ? 0.4 : 0
        switch mask.encoding {
        case .text: return
        case .polygons:
            let rings = (mask.polygons ?? []).filter { $0.count >= 6 && $0.count % 2 == 0 }.map { ring in
                ring.enumerated().map { $0.element * ($0.offset % 2 == 0 ? scaleX : scaleY) }
            }
            let runs = try RunLengthMask(polygons: rings, height: canvas.height, width: canvas.width)
            tint(runs, color, opacity: opacity, lineWidth: 0)
            for ring in rings {
                let points = stride(from: 0, to: ring.count, by: 2).map { PixelPoint(ring[$0], ring[$0 + 1]) }
                canvas.polygon(points, fill: nil, outline: color, lineWidth: measures.lineWidth * 0.8)
            }
        case .runs:
            guard let runs = try mask.runs(pictureHeight: labelledHeight, pictureWidth: labelledWidth) else { return }
            guard runs.height == labelledHeight, runs.width == labelledWidth else {
                throw ImageError(
                    "mask",
                    .mismatch(
                        "\(runs.width)x\(runs.height) pixels, expected the picture's \(labelledWidth)x\(labelledHeight)"
                    ))
            }
            tint(
                try runs.resized(height: canvas.height, width: canvas.width), color, opacity: opacity,
                lineWidth: measures.lineWidth * 0.8)
        }
    }

    mutating func tint(_ runs: RunLengthMask, _ color: Color, opacity: Double, lineWidth: Double) {
        guard let (mask, x, y) = runs.pixelMask() else { return }
        canvas.mask(mask, x: x, y: y, color: color, opacity: opacity, lineWidth: lineWidth)
    }
}
