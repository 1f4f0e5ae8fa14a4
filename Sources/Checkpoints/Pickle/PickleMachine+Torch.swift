/// Storages and tensors as `torch.save` writes them (torch/_utils.py, torch/serialization.py).
extension PickleMachine {
    /// `('storage', class, key, location, count[, view])`.
    func storageReference(_ identifier: Value) throws -> PickleGraph.StorageReference {
        guard let items = graph.tuple(identifier), items.count >= 5, try name(items[0]) == "storage" else {
            throw cursor.error("a reference to something else than a storage, expected ('storage', class, key, …)")
        }
        guard case .global(.storage(let type)) = graph.object(items[1]) else {
            throw cursor.error("a storage without its class")
        }
        guard let count = graph.int(items[4]), count >= 0 else { throw cursor.error("a storage without its size") }
        var view: (String, Int, Int)?
        if items.count > 5, let parts = graph.tuple(items[5]) {
            guard parts.count == 3, let offset = graph.int(parts[1]), let size = graph.int(parts[2]), offset >= 0,
                size >= 0
            else { throw cursor.error("a view of a storage without key, offset and size") }
            view = (try storageKey(parts[0]), offset, size)
        }
        return .init(key: try storageKey(items[2]), elementType: type, count: count, view: view)
    }

    /// Keys are decimal numbers; very old files hold them as integers.
    func storageKey(_ value: Value) throws -> String {
        if let number = graph.int(value) { return "\(number)" }
        let key = try name(value)
        guard key.utf8.count <= 64 else { throw cursor.error("a storage's key of \(key.utf8.count) bytes") }
        return key
    }

    /// `_rebuild_tensor(storage, offset, size, stride)`, and v2 with flags behind.
    func tensorView(_ arguments: [Value]) throws -> PickleGraph.TensorView {
        guard arguments.count >= 4, case .storage(let storage) = graph.object(arguments[0]),
            let offset = graph.int(arguments[1]), let shape = graph.ints(arguments[2]),
            let strides = graph.ints(arguments[3])
        else {
            throw cursor.error(
                "a tensor without storage, offset, shape and strides (of at most \(StoredTensor.maximumDimensions) dimensions)"
            )
        }
        guard let type = storage.elementType else { throw cursor.error("a tensor over a storage without element type") }
        return .init(storage, type, offset: offset, shape: shape, strides: strides)
    }

    /// `_rebuild_tensor_v3(storage, offset, size, stride, requires_grad, hooks, dtype[, metadata])`.
    func tensorViewV3(_ arguments: [Value]) throws -> PickleGraph.TensorView {
        guard arguments.count >= 7, case .storage(let storage) = graph.object(arguments[0]),
            let offset = graph.int(arguments[1]), let shape = graph.ints(arguments[2]),
            let strides = graph.ints(arguments[3]), case .name(let dtype) = graph.object(arguments[6])
        else { throw cursor.error("a tensor without storage, offset, shape, strides and type") }
        guard dtype.hasPrefix("torch."), let type = ElementType(rawValue: String(dtype.dropFirst(6))) else {
            throw cursor.error("a tensor of \(CheckpointError.quote(dtype)), which is not supported")
        }
        return .init(storage, type, offset: offset, shape: shape, strides: strides)
    }

    /// `_rebuild_parameter(tensor, requires_grad, hooks)`: the tensor.
    func parameter(_ arguments: [Value]) throws -> Value {
        guard let tensor = arguments.first, case .tensor = graph.object(tensor) else {
            throw cursor.error("a parameter without its tensor")
        }
        return tensor
    }

    /// `_rebuild_from_type_v2(function, type, arguments, state)`: the tensor, without attributes from Python.
    mutating func rebuilt(_ arguments: [Value]) throws -> Value {
        guard arguments.count >= 3, case .global(let function) = graph.object(arguments[0]),
            let inner = graph.tuple(arguments[2])
        else { throw cursor.error("a tensor without the function that rebuilds it") }
        switch function {
        case .rebuildTensor, .rebuildTensorV3, .rebuildParameter: return try call(function, inner)
        default: throw cursor.error("a tensor is rebuilt by something else than torch's functions for it")
        }
    }
}
