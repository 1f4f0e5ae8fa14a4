private let mseOf = Operator("aten::mse_loss")
private let l1Of = Operator("aten::l1_loss")
private let smoothL1Of = Operator("aten::smooth_l1_loss")
private let crossEntropyOf = Operator("aten::cross_entropy_loss")
private let binaryCrossEntropyOf = Operator("aten::binary_cross_entropy_with_logits")

/// What becomes of the losses of the elements.
public enum Reduction: Int, Sendable {
    case none, mean, sum
}

extension Tensor {
    public func mseLoss(_ target: Tensor, _ reduction: Reduction = .mean) throws -> Tensor {
        try mseOf(self, target, reduction.rawValue)
    }

    public func l1Loss(_ target: Tensor, _ reduction: Reduction = .mean) throws -> Tensor {
        try l1Of(self, target, reduction.rawValue)
    }

    /// Quadratic below `beta`, linear above; `beta` 0 is the L1 loss.
    public func smoothL1Loss(_ target: Tensor, beta: Double = 1, _ reduction: Reduction = .mean) throws -> Tensor {
        beta == 0 ? try l1Loss(target, reduction) : try smoothL1Of(self, target, reduction.rawValue, beta)
    }

    /// Logits [N, classes, …] against class numbers [N, …]; targets equal to `ignoring` do not count.
    public func crossEntropyLoss(
        _ target: Tensor, weight: Tensor? = nil, ignoring: Int = -100, _ reduction: Reduction = .mean
    ) throws -> Tensor {
        try crossEntropyOf(self, target, weight, reduction.rawValue, ignoring)
    }

    /// Logits against probabilities of the same shape.
    public func binaryCrossEntropyLoss(_ target: Tensor, _ reduction: Reduction = .mean) throws -> Tensor {
        try binaryCrossEntropyOf(self, target, Argument.none, Argument.none, reduction.rawValue)
    }
}
