/// What is to be known of a mesh before work is built on it.
public struct MeshReport: Sendable, Codable, Hashable {
    /// One kind of defect.
    public struct Problem: Sendable, Codable, Hashable {
        public enum Kind: String, Sendable, Codable, CaseIterable {
            case degenerateFaces, duplicateFaces, nonManifoldEdges, nonManifoldVertices, inconsistentFaces, insideOut
            case duplicateVertices, unreferencedVertices, holes, severalComponents, slivers
        }

        public var kind: Kind
        public var count: Int
        /// Whether algorithms refuse the mesh; otherwise results may suffer.
        public var isError: Bool
        /// Whether `MeshRepair` mends it.
        public var isFixable: Bool
        public var message: String
        /// A few faces, vertices or ends of edges where it occurs (from 0).
        public var examples: [Int]
    }

    public struct Component: Sendable, Codable, Hashable {
        public var vertices: Int
        public var triangles: Int
        public var area: Double
        /// 2 for a sphere; each hole takes 1 away, each handle 2.
        public var eulerCharacteristic: Int
    }

    public struct Density: Sendable, Codable, Hashable {
        public var part: String
        public var vertices: Int
        public var area: Double
        /// Vertices per unit of area.
        public var density: Double
    }

    public var vertices: Int
    public var faces: Int
    public var triangles: Int
    public var edges: Int
    /// Largest first.
    public var components: [Component]
    /// Closed loops of edges that have a face on one side only: their lengths, longest first.
    public var holes: [Double]
    public var isManifold: Bool
    public var isClosed: Bool
    public var isOriented: Bool
    /// Handles of a closed manifold mesh of one component; nil otherwise.
    public var genus: Int?
    public var area: Double
    /// Of a closed mesh; negative when it is inside out.
    public var volume: Double?
    public var low: [Double]
    public var high: [Double]
    /// Shortest, mean and longest edge.
    public var edgeLengths: [Double]
    /// Degrees.
    public var smallestAngle: Double
    /// Triangles with an angle below 15 degrees, as a share.
    public var shareOfSlivers: Double
    public var densities: [Density]
    public var problems: [Problem]

    public var isSound: Bool { !problems.contains(where: \.isError) }
}
