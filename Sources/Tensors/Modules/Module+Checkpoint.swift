public import Checkpoints

extension Tensor {
    /// A tensor over a checkpoint's own bytes, which are mapped and not copied. Do not change it: it is the file.
    public convenience init(_ stored: StoredTensor) throws {
        try self.init(
            memory: stored.storage.bytes.baseAddress! + stored.offset * stored.elementType.byteCount,
            shape: stored.shape, strides: stored.strides, dtype: stored.elementType, owner: stored.storage)
    }
}

extension Module {
    public func load(_ checkpoint: Checkpoint) throws {
        let byName = Dictionary(uniqueKeysWithValues: checkpoint.tensors.map { ($0.name, $0.tensor) })
        for (name, tensor) in stateDictionary {
            try withoutGradients { try tensor.assign(Tensor(byName[name]!)) }
        }
    }
}
