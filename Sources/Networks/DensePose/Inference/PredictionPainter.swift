import Annotations
public import Imaging

/// Draws what was found over its picture.
public struct PredictionPainter: Sendable {
    /// What is drawn, in this order.
    public enum Layer: String, Sendable, CaseIterable {
        case masks
        /// Charts in their colours, shaded by u and v.
        case parts
        /// u or v as a heat map, with lines of equal value.
        case u, v
        /// The painter's texture laid onto the body.
        case texture
        /// How sure the network is of charts or of (u, v): dark where it is not.
        case certainty
        /// Vertices in the painter's colours.
        case vertices
        case boxes
    }

    public let layers: [Layer]
    /// For the layer `texture`: 24 tiles in four rows of six, 8-bit RGB.
    public let texture: Image?

    /// For the layer `vertices`: of each mesh by its name.
    public let vertexColors: [String: [SIMD3<UInt8>]]

    public init(_ layers: [Layer], texture: Image? = nil, vertexColors: [String: [SIMD3<UInt8>]] = [:]) {
        (self.layers, self.texture, self.vertexColors) = (layers, texture, vertexColors)
    }

    /// - Throws: `ImageError`
    public func paint(_ objects: [FoundObject], categories: [String], over image: Image) throws -> Image {
        var canvas = Canvas(image)
        for (index, object) in objects.enumerated().reversed() {
            let color = Palette.instance(object.track ?? index)
            for layer in layers {
                switch layer {
                case .masks:
                    guard let mask = object.mask, let (pixels, x, y) = mask.pixelMask() else { continue }
                    canvas.mask(pixels, x: x, y: y, color: color, opacity: 0.45)
                case .parts, .u, .v:
                    guard let chart = object.chart else { continue }
                    let style: SurfaceStyle = layer == .parts ? .parts : layer == .u ? .u : .v
                    try canvas.surface(chart.image, style: style, x: chart.x, y: chart.y)
                case .texture:
                    guard let chart = object.chart, let texture else { continue }
                    try canvas.surface(chart.image, style: .texture(texture), x: chart.x, y: chart.y, opacity: 1)
                case .certainty: try drawCertainty(object, &canvas)
                case .vertices:
                    guard let vertices = object.vertices, let colors = vertexColors[vertices.mesh] else { continue }
                    canvas.overlay(vertices.colored(colors), x: vertices.x, y: vertices.y, opacity: 0.8)
                case .boxes:
                    let name = categories.indices.contains(object.category) ? categories[object.category] : ""
                    let percent = Int((object.score * 100).rounded())
                    try canvas.labelledBox(
                        "\(name) \(percent) %", x: object.box.x, y: object.box.y, width: object.box.width,
                        height: object.box.height, color: color, size: max(9, min(13, object.box.height / 6)))
                }
            }
        }
        return canvas.image
    }

    /// By its rank within the object, so that any scale shows: what the network gives has no upper end.
    private func drawCertainty(_ object: FoundObject, _ canvas: inout Canvas) throws {
        guard let chart = object.chart,
            let values = chart.confidences[.uv] ?? chart.confidences[.parts] ?? chart.confidences[.foreground]
        else { return }
        let body = values.indices.filter { chart.charts[$0] > 0 && values[$0].isFinite }
        let ranked = body.sorted { (values[$0], $0) < (values[$1], $1) }
        var heat = [Float](repeating: .nan, count: canvas.width * canvas.height)
        for (rank, pixel) in ranked.enumerated() {
            let (x, y) = (chart.x + pixel % chart.width, chart.y + pixel / chart.width)
            guard x >= 0, y >= 0, x < canvas.width, y < canvas.height else { continue }
            heat[y * canvas.width + x] = Float(rank) / Float(max(1, ranked.count - 1))
        }
        try canvas.heatMap(heat, opacity: 0.8)
    }
}
