public import Annotations
public import Catalog

/// An object found in a picture, in that picture's pixels.
public struct FoundObject: Sendable {
    public var box: Box
    public var score: Double
    /// 0-based among the network's classes.
    public var category: Int
    /// The object's pixels; as large as the picture.
    public var mask: RunLengthMask?
    public var chart: ChartResult?
    /// The vertex of each pixel of the box, -1 on the background, and the box in whole pixels.
    public var vertices: VertexResult?
    /// Means over the object of what the network says of itself, by name; larger is surer.
    public var confidences: [String: Double] = [:]
    /// Which object of a clip it is.
    public var track: Int?

    public init(box: Box, score: Double, category: Int) {
        (self.box, self.score, self.category) = (box, score, category)
    }
}

/// Vertices of a mesh drawn into the pixels of a box.
public struct VertexResult: Sendable, Hashable {
    public let mesh: String
    public let x, y, width, height: Int
    /// In rows; -1 on the background.
    public let vertices: [Int32]

    public init(mesh: String, x: Int, y: Int, width: Int, height: Int, vertices: [Int32]) {
        (self.mesh, self.x, self.y, self.width, self.height) = (mesh, x, y, width, height)
        self.vertices = vertices
    }
}
