import Annotations
import Catalog
import Imaging

extension LabelPainter {
    /// The colour of a coarse part, by its number from 1: that of its first fine chart.
    static func color(ofCoarsePart part: Int) -> Color {
        let chart = DatasetStatistics.coarsePart.firstIndex(of: part) ?? 0
        return Palette.parts[chart]
    }

    /// `dp_masks`, stretched over the box; later parts lie upon earlier ones.
    mutating func drawPartMasks(_ json: [UInt8], in box: Box?, _ color: Color) throws {
        let parts = try PartMasks(json: json)
        guard let box else { throw ImageError("dp_masks", .mismatch("the label has no box to lie in")) }
        let place = Box(
            x: box.x * scaleX, y: box.y * scaleY, width: box.width * scaleX, height: box.height * scaleY)
        for (part, mask) in parts.masks.sorted(by: { $0.key < $1.key }) {
            let runs = try mask.pasted(into: place, height: canvas.height, width: canvas.width)
            tint(
                runs, parts.isForegroundOnly ? color : Self.color(ofCoarsePart: part), opacity: 0.6,
                lineWidth: measures.lineWidth * 0.5)
        }
    }

    /// An IUV map, its corner at the whole pixel of the box's (detectron2, `DensePoseChartResult`).
    /// - Parameter png: red, green and blue are I, 255 U and 255 V.
    mutating func drawMap(_ png: [UInt8], in box: Box?) throws {
        guard let box else { throw ImageError("IUV map", .mismatch("the label has no box to lie in")) }
        let map = try Image(decoding: png, name: "IUV map", limits: ImageLimits(maximumPixels: 1 << 26))
        let (left, top) = (Int(box.x), Int(box.y))
        // What lies outside the picture is never scaled.
        guard
            let seen = map.cropped(
                x: max(0, -left), y: max(0, -top), width: labelledWidth - max(0, left),
                height: labelledHeight - max(0, top))
        else { return }
        let scaled = seen.resized(
            width: max(1, Int((Double(seen.width) * scaleX).rounded())),
            height: max(1, Int((Double(seen.height) * scaleY).rounded())), filter: .nearestPillow)
        try canvas.surface(
            scaled, x: Int((Double(max(0, left)) * scaleX).rounded()), y: Int((Double(max(0, top)) * scaleY).rounded()),
            opacity: 0.8)
    }

    /// Dense points as discs in the colour of their part, smaller on small things; points on vertices in the label's.
    mutating func draw(_ points: [PicturePoint], in box: Box, _ color: Color) {
        let extent = max(box.width * scaleX, box.height * scaleY)
        let radius = max(1.4, min(measures.pointRadius, extent * 0.012))
        for point in points where point.x.isFinite && point.y.isFinite {
            let place = PixelPoint(point.x * scaleX, point.y * scaleY)
            let ink = Palette.parts.indices.contains(point.chart - 1) ? Palette.parts[point.chart - 1] : color
            canvas.circle(at: place, radius: radius + max(0.7, radius * 0.3), fill: Color.black.opacity(0.7))
            canvas.circle(at: place, radius: radius, fill: ink)
        }
    }
}

// MARK: - Keypoints

extension LabelPainter {
    /// Edges of COCO's person, 0-based, and the side of the body that each is on.
    static let personEdges: [(from: Int, to: Int)] = [
        (15, 13), (13, 11), (16, 14), (14, 12), (11, 12), (5, 11), (6, 12), (5, 6), (5, 7), (6, 8), (7, 9), (8, 10),
        (1, 2), (0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (4, 6),
    ]

    /// Left, right and middle: COCO gives odd numbers to the left.
    private static let sideColors = [Color(hex: 0x56B4E9), Color(hex: 0xE69F00), Color(hex: 0x4CC38A)]

    func keypoints(_ blob: [UInt8]) -> [SkeletonPoint] {
        let values = NumberListBlob(blob, stride: 1)?.lists.first ?? []
        return stride(from: 0, to: values.count - values.count % 3, by: 3).map { index in
            let visibility: SkeletonPoint.Visibility =
                values[index + 2] >= 2 ? .visible : values[index + 2] >= 1 ? .hidden : .absent
            return SkeletonPoint(values[index] * scaleX, values[index + 1] * scaleY, visibility)
        }
    }

    mutating func drawKeypoints(_ blob: [UInt8], _ color: Color) {
        let points = keypoints(blob)
        let isPerson = points.count == 17
        let colors = Self.personEdges.map { edge in
            let sides = [edge.from, edge.to].filter { $0 > 0 }.map { $0 % 2 == 1 ? 0 : 1 }
            return Self.sideColors[Set(sides).count == 1 ? sides[0] : 2]
        }
        canvas.skeleton(
            points, edges: isPerson ? Self.personEdges.map { ($0.from, $0.to) } : [],
            colors: isPerson ? colors : [color],
            radius: measures.pointRadius * 1.1, lineWidth: measures.lineWidth * 1.2)
    }
}
