import Imaging

/// What of the labels is drawn.
public struct RenderLayers: OptionSet, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let boxes = RenderLayers(rawValue: 1)
    public static let masks = RenderLayers(rawValue: 2)
    /// Dense points.
    public static let points = RenderLayers(rawValue: 4)
    /// `dp_masks`: masks of the coarse body parts.
    public static let parts = RenderLayers(rawValue: 8)
    /// IUV maps, as models compute them.
    public static let maps = RenderLayers(rawValue: 16)
    public static let keypoints = RenderLayers(rawValue: 32)
    /// Category and score on a plate at the label.
    public static let names = RenderLayers(rawValue: 64)

    public static let all: RenderLayers = [.boxes, .masks, .points, .parts, .maps, .keypoints, .names]

    /// The layers' names, in the order in which they are drawn.
    public static let named: [(name: String, layer: RenderLayers)] = [
        ("masks", .masks), ("parts", .parts), ("maps", .maps), ("boxes", .boxes), ("keypoints", .keypoints),
        ("points", .points), ("names", .names),
    ]

    /// Reads `boxes,masks` or `all`; nil when a name is unknown or there is none.
    public init?(parsing list: String) {
        var layers: RenderLayers = []
        for word in list.split(separator: ",").map({ $0.filter { !$0.isWhitespace } }) {
            if word == "all" {
                layers.formUnion(.all)
            } else if let known = Self.named.first(where: { $0.name == word }) {
                layers.formUnion(known.layer)
            } else {
                return nil
            }
        }
        guard !layers.isEmpty else { return nil }
        self = layers
    }
}

/// What the colour of a box, a mask and a name tells. Dense points, part masks and IUV maps always tell the part.
public enum RenderColoring: String, CaseIterable, Sendable {
    case category
    case instance
    /// Boxes and masks are pale lines, so that only parts are in colour.
    case part
    /// viridis from 0 to 1, with a colour bar; labels without a score are grey.
    case score
}

/// How labels are drawn over a picture.
public struct RenderStyle: Sendable {
    public var layers = RenderLayers.all
    public var coloring = RenderColoring.instance
    /// The longer side of the result in pixels; larger pictures are shrunk, smaller ones are not enlarged to it.
    public var maximumSide = 1024

    public init() {}

    /// Pictures with a shorter longer side, such as frames of old camera traps, are enlarged by a whole factor: no
    /// text would be legible on them.
    static let leastSide = 256

    /// The size in pixels at which a picture is drawn.
    func size(width: Int, height: Int) -> (width: Int, height: Int) {
        let longer = max(width, height)
        if longer > maximumSide {
            func scaled(_ length: Int) -> Int {
                max(1, Int(Double(length) * Double(maximumSide) / Double(longer) + 0.5))
            }
            return (scaled(width), scaled(height))
        }
        let factor = max(1, min((Self.leastSide + longer - 1) / longer, maximumSide / longer))
        return (width * factor, height * factor)
    }
}

/// Widths and sizes in pixels that suit a picture's size.
struct RenderMeasures {
    let lineWidth: Double
    let pointRadius: Double
    let textSize: Double

    init(width: Int, height: Int) {
        let longer = Double(max(width, height))
        lineWidth = max(1.2, longer / 450)
        pointRadius = max(1.6, longer / 320)
        textSize = max(9, 4 + longer / 90)
    }
}
