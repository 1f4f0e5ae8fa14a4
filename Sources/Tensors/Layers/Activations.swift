public final class ReLU: Layer {
    public init() {}
    public func callAsFunction(_ x: Tensor) throws -> Tensor { try x.relu() }
}

public final class LeakyReLU: Layer {
    public let negativeSlope: Double
    public init(_ negativeSlope: Double = 0.01) { self.negativeSlope = negativeSlope }
    public func callAsFunction(_ x: Tensor) throws -> Tensor { try x.leakyReLU(negativeSlope) }
}

public final class ELU: Layer {
    public init() {}
    public func callAsFunction(_ x: Tensor) throws -> Tensor { try x.elu() }
}

public final class Sigmoid: Layer {
    public init() {}
    public func callAsFunction(_ x: Tensor) throws -> Tensor { try x.sigmoid() }
}

public final class Tanh: Layer {
    public init() {}
    public func callAsFunction(_ x: Tensor) throws -> Tensor { try x.tanh() }
}

/// [N, C, H, W] to [N, C·H·W].
public final class Flatten: Layer {
    public init() {}
    public func callAsFunction(_ x: Tensor) throws -> Tensor { try x.flatten(from: 1) }
}

private let dropoutOf = Operator("aten::dropout")

/// In training each element is zero with probability `p`, the others are scaled up by 1 / (1 − p).
public final class Dropout: Layer, ModeDependent {
    public let p: Double
    public var isTraining = true
    public init(_ p: Double = 0.5) { self.p = p }
    public func callAsFunction(_ x: Tensor) throws -> Tensor { try dropoutOf(x, p, isTraining) }
}
