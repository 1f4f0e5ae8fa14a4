/// Writes a checkpoint in another format or precision.
public struct CheckpointConversion: Sendable {
    public enum Target: String, CaseIterable, Sendable {
        case safetensors
        case pth

        /// By the ending of a file's name.
        public init?(path: String) {
            switch path.split(separator: ".").last {
            case "safetensors": self = .safetensors
            case "pth", "pt", "pyth": self = .pth
            default: return nil
            }
        }
    }

    /// What came of it.
    public struct Outcome: Codable, Sendable {
        /// Tensors that were written.
        public let tensors: Int
        /// Tensors outside the root, which the target has no place for.
        public let leftOut: Int
        /// Tensors that shared memory and were written out each.
        public let unshared: Int
        /// Of the file.
        public let bytes: Int
    }

    private let checkpoint: Checkpoint
    private let target: Target
    /// The type of all real floating-point tensors; nil keeps theirs.
    private let precision: ElementType?
    private let rootOnly: Bool

    /// - Parameter rootOnly: Whether a `.pth` gets only what lies below the root; safetensors always do.
    public init(_ checkpoint: Checkpoint, to target: Target, precision: ElementType? = nil, rootOnly: Bool = false) {
        (self.checkpoint, self.target, self.precision, self.rootOnly) = (checkpoint, target, precision, rootOnly)
    }

    /// - Throws: `CheckpointError`
    public func write(
        to path: String, replacing: Bool, progress: (Double) -> Void = { _ in }
    ) throws -> Outcome {
        switch target {
        case .safetensors:
            let bytes = try SafetensorsWriter.write(
                checkpoint.tensors, metadata: checkpoint.metadata, to: path, precision: precision,
                replacing: replacing, progress: progress)
            let storages = Set(checkpoint.tensors.map { ObjectIdentifier($0.tensor.storage) })
            return Outcome(
                tensors: checkpoint.tensors.count, leftOut: checkpoint.otherTensors,
                unshared: checkpoint.tensors.count - storages.count, bytes: bytes)
        case .pth:
            let bytes = try TorchWriter.write(
                torchValue, to: path, precision: precision, replacing: replacing, progress: progress)
            let others = rootOnly ? checkpoint.otherTensors : 0
            let all = checkpoint.tensors.count + checkpoint.otherTensors
            return Outcome(tensors: all - others, leftOut: others, unshared: 0, bytes: bytes)
        }
    }

    /// A safetensors file with metadata becomes `{"model": …}` with the metadata beside it, as detectron2 has it; without,
    /// a plain state dictionary.
    private var torchValue: CheckpointValue {
        if rootOnly { return checkpoint.root.value }
        guard checkpoint.format == .safetensors, !checkpoint.metadata.isEmpty else { return checkpoint.value }
        let notes = checkpoint.metadata.filter { $0.name != "model" }
        return .dictionary(
            CheckpointDictionary(
                [.init(.string("model"), checkpoint.value)] + notes.map { .init(.string($0.name), .string($0.text)) }))
    }
}
