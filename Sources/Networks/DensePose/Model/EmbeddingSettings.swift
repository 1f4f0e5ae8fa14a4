/// Continuous surface embeddings (Neverova et al. 2020).
public struct EmbeddingSettings: Codable, Hashable, Sendable {
    /// Dimensions of the embedding.
    public var dimensions = 16
    public var meshes: [Mesh] = []
    /// Of the loss at annotated points.
    public var weight = 0.6
    /// Width of the target's softmax, in the mesh's unit, and of the prediction's.
    public var geodesicDeviation = 0.01
    public var embeddingDeviation = 0.01
    /// Points of a step and mesh that are learnt at most, of more a random choice; nil for all.
    public var pointLimit: Int?
    /// Walks from mesh to mesh and back, where there are several meshes.
    public var shapeCycle: Cycle?
    /// Walks from pixels to a mesh and back.
    public var pixelCycle: Cycle?

    public init() {}

    public struct Mesh: Codable, Hashable, Sendable {
        public var name: String
        public var vertices: Int
        /// Features of each vertex.
        public var features: Int
        public init(name: String, vertices: Int, features: Int = 256) {
            (self.name, self.vertices, self.features) = (name, vertices, features)
        }
    }

    /// A loss that asks whether walks return.
    public struct Cycle: Codable, Hashable, Sendable {
        public var weight: Double
        public var temperature = 0.05
        /// Vertices or pixels that walks begin at.
        public var samples: Int

        /// As detectron2 has them.
        public static let shapes = Cycle(weight: 0.025, samples: 4936)
        public static let pixels = Cycle(weight: 1e-4, samples: 100)

        public init(weight: Double, samples: Int) { (self.weight, self.samples) = (weight, samples) }
    }
}

extension DensePoseConfiguration {
    /// Has the network embed vertices of these meshes, in place of charts or of other meshes.
    ///
    /// Calibrations of charts and of the foreground have no place then. Small networks are given wider targets, which they
    /// can reach.
    public mutating func embed(_ meshes: [EmbeddingSettings.Mesh]) {
        guard dense != nil else { return }
        var embedding = dense!.embedding ?? EmbeddingSettings()
        if dense!.embedding == nil, ["tiny", "small"].contains(name) {
            (embedding.geodesicDeviation, embedding.embeddingDeviation, embedding.pointLimit) = (0.05, 0.05, 256)
        }
        embedding.meshes = meshes
        embedding.shapeCycle = meshes.count > 1 ? embedding.shapeCycle ?? .shapes : nil
        dense!.embedding = embedding
        (calibration.foreground, calibration.parts, calibration.uv) = (false, false, .none)
    }
}
