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
    /// Of networks with charts, and with embeddings where the charts of the mesh are known.
    public var chart: ChartResult?
    /// Of networks with embeddings.
    public var vertices: VertexResult?
    /// Means over the object of what the network says of itself, by name; larger is surer.
    public var confidences: [String: Double] = [:]
    /// σ of x, y, width and height in pixels, where the network says it.
    public var boxDeviation: SIMD4<Float>?
    /// What is kept of it to choose labels from, where that is asked for.
    public var stored: StoredObject?
    /// Which object of a clip it is.
    public var track: Int?

    /// What the network says of itself under the names that evaluations read.
    var statements: Statements? {
        let statements = Statements(
            confidences: confidences.isEmpty ? nil : confidences,
            boxDeviation: boxDeviation.map { deviation in (0..<4).map { Double(deviation[$0]) } })
        return confidences.isEmpty && boxDeviation == nil ? nil : statements
    }

    struct Statements: Encodable {
        let confidences: [String: Double]?
        let boxDeviation: [Double]?

        enum CodingKeys: String, CodingKey {
            case confidences
            case boxDeviation = "bbox_sigma"
        }
    }

    public init(box: Box, score: Double, category: Int) {
        (self.box, self.score, self.category) = (box, score, category)
    }
}
