internal import CTorch

// MARK: - Gradients of a tensor

extension Tensor {
    /// Whether operations on it are recorded. Setting it is for leaves only.
    public var requiresGrad: Bool { ctorch_tensor_requires_gradient(handle) }

    /// Marks a leaf as one whose gradient is wanted, or not.
    @discardableResult
    public func requiresGrad(_ wanted: Bool) throws -> Tensor {
        try checked(ctorch_tensor_set_requires_gradient(handle, wanted), "requiresGrad")
        return self
    }

    public var isLeaf: Bool { ctorch_tensor_is_leaf(handle) }

    /// What backward passes have added up; nil before the first.
    public var grad: Tensor? { ctorch_tensor_gradient(handle).map(Tensor.init(owning:)) }

    public func setGrad(_ gradient: Tensor?) throws {
        try checked(ctorch_tensor_set_gradient(handle, gradient?.handle), "setGrad")
    }

    /// Takes over another tensor's data, type and device, and stays the same parameter to everyone who holds it.
    public func setData(_ other: Tensor) throws {
        try checked(ctorch_tensor_set_data(handle, other.handle), "setData")
    }

    /// Adds the gradient of this tensor, weighted by `gradient` (one, for a scalar), to the `grad` of leaves.
    /// - Parameter inputs: the leaves; all that it was computed from where nil. Naming them saves the work for others.
    public func backward(
        _ gradient: Tensor? = nil, into inputs: [Tensor]? = nil, retainGraph: Bool = false, createGraph: Bool = false
    ) throws {
        let leaves = inputs?.map(\.handle) ?? []
        // An empty list means all leaves to libtorch.
        if inputs != nil, leaves.isEmpty { return }
        let weights: [OpaquePointer?]? = gradient.map { [$0.handle] }
        func run(_ weights: UnsafePointer<OpaquePointer?>?) throws {
            try checked(
                ctorch_backward([handle], weights, 1, leaves, leaves.count, retainGraph, createGraph), "backward")
        }
        try withExtendedLifetime((self, gradient, inputs)) {
            if let weights { try weights.withUnsafeBufferPointer { try run($0.baseAddress) } } else { try run(nil) }
        }
    }
}

/// Gradients of the sum of `outputs` with respect to `inputs`, which is all that is computed; nothing is accumulated.
/// - Parameter allowUnused: whether an input may have no part in the outputs; its gradient is nil then.
public func gradients(
    of outputs: [Tensor], withRespectTo inputs: [Tensor], weights: [Tensor]? = nil, retainGraph: Bool = false,
    createGraph: Bool = false, allowUnused: Bool = false
) throws -> [Tensor?] {
    guard weights.map({ $0.count == outputs.count }) ?? true else {
        throw TorchError("\(weights?.count ?? 0) weights for \(outputs.count) outputs", operation: "gradients")
    }
    let (from, to) = (outputs.map(\.handle), inputs.map(\.handle))
    let given: [OpaquePointer?]? = weights?.map(\.handle)
    var results = [OpaquePointer?](repeating: nil, count: inputs.count)
    try withExtendedLifetime((outputs, inputs, weights)) {
        if let given {
            try checked(
                ctorch_gradients(
                    from, given, from.count, to, to.count, retainGraph, createGraph, allowUnused, &results), "gradients"
            )
        } else {
            try checked(
                ctorch_gradients(from, nil, from.count, to, to.count, retainGraph, createGraph, allowUnused, &results),
                "gradients")
        }
    }
    return results.map { $0.map(Tensor.init(owning:)) }
}

// MARK: - Modes, of this thread, for the duration of a closure

/// Nothing inside is recorded for gradients.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = ctorch_gradient_mode()
    ctorch_set_gradient_mode(false)
    defer { ctorch_set_gradient_mode(before) }
    return try body()
}

/// As `withoutGradients`, and faster: tensors made inside can never take part in gradients.
public func inferenceMode<Result>(_ body: () throws -> Result) rethrows -> Result {
    let scope = ctorch_inference_mode_enter()
    defer { ctorch_inference_mode_leave(scope) }
    return try body()
}

/// Finds the operation whose gradient first is not a number, at a cost in time.
public func detectingAnomalies<Result>(_ body: () throws -> Result) rethrows -> Result {
    ctorch_set_anomaly_mode(true)
    defer { ctorch_set_anomaly_mode(false) }
    return try body()
}

/// Convolutions and matrix products inside use `type` (`bfloat16`, or `float16` on CUDA), sums and losses float32.
/// nil changes nothing.
/// - Throws: what `body` throws, and `TorchError` for a device that is neither a CPU nor of CUDA.
public func autocast<Result>(_ type: DType?, on device: Device, _ body: () throws -> Result) throws -> Result {
    guard let type else { return try body() }
    var before = CTorchAutocast()
    try checked(ctorch_autocast_enter(device.type, type.torchCode, &before), "autocast")
    defer { ctorch_autocast_leave(before) }
    return try body()
}
