/// A surface with what is known of it.
public struct LabelledMesh: Sendable {
    public var name: String
    public var mesh: TriangleMesh
    public var parts: PartLabels?
    /// Named points: vertices by name.
    public var landmarks: [String: Int]
    /// For each vertex its counterpart in the mirror.
    public var mirror: [Int32]?

    public init(
        name: String, mesh: TriangleMesh, parts: PartLabels? = nil, landmarks: [String: Int] = [:],
        mirror: [Int32]? = nil
    ) {
        self.name = name
        self.mesh = mesh
        self.parts = parts
        self.landmarks = landmarks
        self.mirror = mirror
    }

    /// The same with only these landmarks.
    public func keeping(landmarks names: [String]) -> LabelledMesh {
        var kept = self
        kept.landmarks = landmarks.filter { names.contains($0.key) }
        return kept
    }

    /// -1 on the right, 1 on the left, 0 in the middle, by the names of the parts; one a vertex.
    func sides() -> [Int8]? {
        guard let parts else { return nil }
        let ofPart = parts.names.map { name -> Int8 in
            name.hasPrefix("left ") ? 1 : name.hasPrefix("right ") ? -1 : 0
        }
        return parts.labels.map { $0 == PartLabels.none ? 0 : ofPart[Int($0)] }
    }
}
