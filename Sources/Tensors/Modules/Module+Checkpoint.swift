public import Checkpoints

extension Tensor {
    /// A tensor over a checkpoint's own bytes, which are mapped and not copied unless their alignment asks for it. Do not
    /// change it: others may look at the same bytes.
    public convenience init(_ stored: StoredTensor) throws {
        let width = stored.elementType.byteCount
        let isAligned = UInt(bitPattern: stored.storage.bytes.baseAddress) % UInt(width) == 0
        let tensor = isAligned ? stored : try stored.aligned()
        try self.init(
            memory: (tensor.storage.bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 64)!) + tensor.offset * width,
            shape: tensor.shape,
            strides: tensor.strides, dtype: tensor.elementType, owner: tensor.storage)
    }

    /// The elements as a writer of checkpoints takes them; those on the CPU are not copied. The tensor must not change
    /// until it is written.
    public func stored() throws -> StoredTensor {
        let plain = try inMemory()
        let bytes = UnsafeRawBufferPointer(start: plain.memory, count: plain.count * dtype.byteCount)
        return try StoredTensor(
            elementType: dtype, shape: shape, storage: TensorStorage(bytes: bytes, owner: TensorMemory(plain)))
    }
}

/// Keeps a tensor's memory alive for a writer. Sendable: it is only held, and released from any thread, which libtorch
/// allows.
private final class TensorMemory: @unchecked Sendable {
    private let tensor: Tensor
    init(_ tensor: Tensor) { self.tensor = tensor }
}

extension StoredTensor {
    /// A contiguous copy in memory that is aligned for every element type.
    fileprivate func aligned() throws -> StoredTensor {
        let copy = contiguous()
        let bytes = UnsafeRawBufferPointer(
            rebasing: copy.storage.bytes[
                copy.offset * elementType.byteCount..<copy.offset * elementType.byteCount + byteCount])
        return try StoredTensor(
            elementType: elementType, shape: shape,
            storage: TensorStorage(count: byteCount) { $0.copyMemory(from: bytes) })
    }
}

extension Module {
    /// What a checkpoint must hold. Networks saved before PyTorch 0.4.1 do not count batches.
    private var wanted: [StateMatching.Wanted] {
        stateDictionary.map { .init($0.name, $0.tensor.shape, isOptional: $0.name.hasSuffix("num_batches_tracked")) }
    }

    /// Takes over a checkpoint's weights, all of them and no others, converted to the network's types and device.
    /// - Throws: `CheckpointError` that lists what is missing, unexpected or of another shape; the network is as before.
    public func load(_ checkpoint: Checkpoint, renaming rules: [StateMatching.PrefixRule] = [.dataParallel]) throws {
        try load(checkpoint.tensors, from: checkpoint.path, renaming: rules)
    }

    /// As above, of a part of a file.
    public func load(
        _ tensors: [Checkpoint.NamedTensor], from file: String, renaming rules: [StateMatching.PrefixRule] = []
    ) throws {
        let matching = StateMatching(tensors, to: wanted, renaming: rules)
        try matching.requireComplete(file: file)
        try assign(matching)
    }

    /// Takes over what fits by name and shape, and leaves the rest as it is.
    /// - Returns: the account of what was kept, skipped, missing, unexpected and renamed.
    @discardableResult
    public func loadMatching(
        _ checkpoint: Checkpoint, renaming rules: [StateMatching.PrefixRule] = [.dataParallel]
    ) throws -> StateMatching {
        try loadMatching(checkpoint.tensors, renaming: rules)
    }

    /// As above, of tensors that have been renamed or chosen.
    @discardableResult
    public func loadMatching(
        _ tensors: [Checkpoint.NamedTensor], renaming rules: [StateMatching.PrefixRule] = []
    ) throws -> StateMatching {
        let matching = StateMatching(tensors, to: wanted, renaming: rules)
        try assign(matching)
        return matching
    }

    private func assign(_ matching: StateMatching) throws {
        try withoutGradients {
            for (name, tensor) in stateDictionary {
                guard let stored = matching.tensors[name] else { continue }
                try tensor.detach().assign(Tensor(stored))
            }
        }
    }

    /// The weights as a writer takes them.
    public func storedTensors() throws -> [Checkpoint.NamedTensor] {
        try stateDictionary.map { Checkpoint.NamedTensor(name: $0.name, tensor: try $0.tensor.stored()) }
    }

    /// Writes the weights by the file's ending: safetensors, or a `.pth` that Python's `torch.load` reads. The file is there
    /// complete or not at all.
    public func save(to path: String, metadata: [Checkpoint.Entry] = []) throws {
        let tensors = try storedTensors()
        guard path.hasSuffix(".pth") || path.hasSuffix(".pt") else {
            try SafetensorsWriter.write(tensors, metadata: metadata, to: path)
            return
        }
        let entries = tensors.map { CheckpointDictionary.Entry(.string($0.name), .tensor($0.tensor)) }
        try TorchWriter.write(.dictionary(CheckpointDictionary(entries)), to: path)
    }
}

extension Tensor {
    /// Writes the tensor alone, under the name `tensor`, as safetensors.
    public func save(to path: String) throws {
        try SafetensorsWriter.write([.init(name: "tensor", tensor: stored())], to: path)
    }
}
