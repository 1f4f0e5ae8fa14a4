private let foreachNorm = Operator("aten::_foreach_norm", "Scalar")
private let foreachMultiply = Operator("aten::_foreach_mul_", "Scalar")
private let foreachAddScaled = Operator("aten::_foreach_add_", "List")
private let clampInPlace = Operator("aten::clamp_")

/// Scales the gradients so that their common Euclidean norm is at most `limit`, as `torch.nn.utils.clip_grad_norm_`.
/// - Returns: the norm before.
@discardableResult
public func clipGradients(of parameters: [Tensor], toNorm limit: Double) throws -> Double {
    let gradients = parameters.compactMap(\.grad)
    guard !gradients.isEmpty else { return 0 }
    return try withoutGradients {
        let norms = try foreachNorm.list(gradients, 2)
        let total = try Tensor.stack(try norms.map { try $0.to(.cpu, .float64) }).norm().item()
        // A norm that is not finite scales nothing: the caller sees it and decides.
        if total.isFinite, total > limit { try foreachMultiply.run(gradients, limit / (total + 1e-6)) }
        return total
    }
}

/// Limits every element of the gradients to −limit … limit.
public func clipGradients(of parameters: [Tensor], toValue limit: Double) throws {
    try withoutGradients {
        for gradient in parameters.compactMap(\.grad) { try clampInPlace.run(gradient, -limit, limit) }
    }
}

/// An exponential moving average of a network's weights, often better than the last ones.
public final class ExponentialMovingAverage {
    public let decay: Double
    /// Names and averages, parameters and floating-point buffers.
    public private(set) var averages: [(name: String, tensor: Tensor)]
    private let live: [Tensor]

    public init(of network: any Module, decay: Double) throws {
        self.decay = decay
        let entries = network.stateDictionary.filter { $0.tensor.dtype.isFloatingPoint }
        live = entries.map(\.tensor)
        averages = try entries.map { entry in
            (entry.name, try withoutGradients { try entry.tensor.detach().clone() })
        }
    }

    /// average = decay · average + (1 − decay) · weight. Call after each step.
    /// - Parameter step: how many steps were made before this one. In the first ones the decay is at most
    ///   (1 + step) / (10 + step), so that a short training does not keep the weights that it began with.
    public func update(step: Int = .max / 2) throws {
        let targets = averages.map(\.tensor)
        let decay = min(decay, Double(1 + step) / Double(10 + step))
        try withoutGradients {
            try foreachMultiply.run(targets, decay)
            try foreachAddScaled.run(targets, try live.map { try $0.detach() }, 1 - decay)
        }
    }

    /// Runs `body` with the averages in the network's place.
    public func withAverages<Result>(_ body: () throws -> Result) throws -> Result {
        let saved = try live.map { tensor in try withoutGradients { try tensor.detach().clone() } }
        func put(_ values: [Tensor]) throws {
            try withoutGradients { for (tensor, value) in zip(live, values) { try tensor.detach().assign(value) } }
        }
        try put(averages.map(\.tensor))
        do {
            let result = try body()
            try put(saved)
            return result
        } catch {
            try put(saved)
            throw error
        }
    }

    public func restore(_ saved: [(name: String, tensor: Tensor)]) throws {
        let byName = Dictionary(saved.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
        for (name, tensor) in averages {
            guard let value = byName[name], value.shape == tensor.shape else {
                throw TorchError("the saved averages have no \(name) of shape \(tensor.shape)")
            }
            try tensor.assign(value)
        }
    }
}
