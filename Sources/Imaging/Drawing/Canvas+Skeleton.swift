/// A keypoint on an image, in pixels.
public struct SkeletonPoint: Hashable, Sendable {
    public enum Visibility: Int, Sendable {
        /// Not labelled: not drawn.
        case absent = 0
        /// Labelled though hidden: drawn hollow.
        case hidden = 1
        case visible = 2
    }

    public var position: PixelPoint
    public var visibility: Visibility

    public init(_ x: Double, _ y: Double, _ visibility: Visibility = .visible) {
        position = PixelPoint(x, y)
        self.visibility = visibility
    }
}

extension Canvas {
    /// Draws keypoints and the edges between those that are labelled; an edge with a hidden end is thinner.
    /// - Parameters:
    ///   - edges: pairs of 0-based indices; pairs outside the points are ignored.
    ///   - colors: of the edges, repeated as needed.
    public mutating func skeleton(
        _ points: [SkeletonPoint], edges: [(Int, Int)], colors: [Color] = Palette.instances, radius: Double = 3.5,
        lineWidth: Double = 2.5
    ) {
        var pointColors = [Color](repeating: colors.first ?? .white, count: points.count)
        for (index, (a, b)) in edges.enumerated() where points.indices.contains(a) && points.indices.contains(b) {
            guard points[a].visibility != .absent, points[b].visibility != .absent, !colors.isEmpty else { continue }
            let color = colors[index % colors.count]
            pointColors[b] = color
            let isSeen = points[a].visibility == .visible && points[b].visibility == .visible
            let path = Path(polyline: [points[a].position, points[b].position])
            // A dark rim keeps bones legible on any fur.
            stroke(path, Color.black.opacity(0.45), lineWidth: (isSeen ? lineWidth : lineWidth * 0.5) + 1.5)
            stroke(path, color, lineWidth: isSeen ? lineWidth : lineWidth * 0.5)
        }
        for (point, color) in zip(points, pointColors) {
            switch point.visibility {
            case .absent: continue
            case .hidden:
                circle(at: point.position, radius: radius, fill: .white.opacity(0.35), outline: color, lineWidth: 1.5)
            case .visible:
                circle(at: point.position, radius: radius + 1, fill: Color.black.opacity(0.6))
                circle(at: point.position, radius: radius, fill: color)
            }
        }
    }
}
