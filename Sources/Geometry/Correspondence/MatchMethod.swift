/// Ways to find which point of one body is which point of another.
public enum MatchMethod: String, Sendable, CaseIterable, Codable {
    /// The paper's: nearest neighbour of the mean geodesic distances to each part.
    case semantic
    /// The same, searched within the part of the same name only.
    case semanticInParts = "semantic-in-parts"
    /// Nearest neighbour, within the part, of how near a point is to the borders and corners of parts, and to landmarks.
    case borders
    /// Nearest neighbour of how near a point is to the landmarks.
    case landmarks
    /// `borders` or `landmarks`, then functional maps between growing eigenbases in both directions, then points within
    /// triangles.
    case functional

    public var summary: String {
        switch self {
        case .semantic: "mean geodesic distance to each part (the paper's equation 1), nearest neighbour"
        case .semanticInParts: "the same, within the part of the same name"
        case .borders: "nearness to borders and corners of parts and to landmarks, within the part"
        case .landmarks: "nearness to landmarks"
        case .functional: "borders and landmarks, refined by functional maps in both directions (ZoomOut)"
        }
    }

    public var needsParts: Bool { self == .semantic || self == .semanticInParts || self == .borders }
}
