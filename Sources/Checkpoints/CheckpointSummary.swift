import Hashing

/// What a checkpoint holds, for a person or a program.
public struct CheckpointSummary: Codable, Sendable {
    public struct Tensor: Codable, Sendable {
        public let name: String
        public let type: String
        public let shape: [Int]
        public let parameters: Int
        /// Of the elements in row-major order.
        public let sha256: String?
    }

    public struct Total: Codable, Sendable {
        public let tensors: Int
        public let parameters: Int
        public let bytes: Int
    }

    public let file: String
    public let format: Checkpoint.Format
    /// Empty for the whole file.
    public let root: String
    public let metadata: [Checkpoint.Entry]
    public let tensors: [Tensor]
    public let total: Total
    /// Tensors outside the root.
    public let otherTensors: Int

    /// - Parameters:
    ///   - hashing: Reads every tensor that is included.
    ///   - includes: Chooses tensors by name; totals are of those.
    public init(_ checkpoint: Checkpoint, hashing: Bool = false, where includes: (String) -> Bool = { _ in true }) {
        let chosen = checkpoint.tensors.filter { includes($0.name) }
        file = checkpoint.path
        format = checkpoint.format
        root = checkpoint.root.path
        metadata = checkpoint.metadata
        tensors = chosen.map { entry in
            Tensor(
                name: entry.name, type: entry.tensor.elementType.rawValue, shape: entry.tensor.shape,
                parameters: entry.tensor.count, sha256: hashing ? entry.tensor.contentHash.description : nil)
        }
        total = Total(
            tensors: chosen.count, parameters: chosen.reduce(0) { $0 + $1.tensor.count },
            bytes: chosen.reduce(0) { $0 + $1.tensor.byteCount })
        otherTensors = checkpoint.otherTensors
    }
}

extension StoredTensor {
    /// SHA-256 of the elements in row-major order.
    public var contentHash: ContentHash {
        var hasher = ContentHasher()
        forEachChunk { hasher.update($0) }
        return hasher.finish()
    }
}
