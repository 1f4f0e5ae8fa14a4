import Foundation

/// How weights begin.
public enum Initializer: Sendable {
    case constant(Double)
    case normal(mean: Double = 0, deviation: Double)
    case uniform(Double, Double)
    /// Glorot & Bengio 2010, uniform.
    case xavierUniform(gain: Double = 1)
    /// He et al. 2015 with the slope `a` of a leaky rectifier, uniform, by fan-in. `a = √5` is what PyTorch's layers
    /// start with.
    case kaimingUniform(a: Double = 0)
    /// He et al. 2015, normal, by fan-out: detectron2's `c2_msra_fill` and ResNet's own.
    case kaimingNormalFanOut

    /// Fills a tensor in place. Fans are counted over [out, in, kernel…]; a transposed convolution stores
    /// [in, out, kernel…], and PyTorch counts it the same way.
    public func fill(_ tensor: Tensor, generator: RandomGenerator? = nil) throws {
        guard !Self.isSkipped else { return }
        let receptive = tensor.shape.dropFirst(2).reduce(1, *)
        func fan(_ dimension: Int) throws -> Double {
            guard tensor.ndim >= 2 else {
                throw TorchError("\(self) needs a weight of two dimensions or more, got \(tensor.shape)")
            }
            return Double(tensor.size(dimension) * receptive)
        }
        try withoutGradients {
            switch self {
            case .constant(let value): try tensor.fill(value)
            case .normal(let mean, let deviation): try normalInPlace.run(tensor, mean, deviation, generator)
            case .uniform(let low, let high): try uniformInPlace.run(tensor, low, high, generator)
            case .xavierUniform(let gain):
                let bound = gain * (6 / (try fan(0) + fan(1))).squareRoot()
                try uniformInPlace.run(tensor, -bound, bound, generator)
            case .kaimingUniform(let a):
                let bound = (6 / ((1 + a * a) * (try fan(1)))).squareRoot()
                try uniformInPlace.run(tensor, -bound, bound, generator)
            case .kaimingNormalFanOut:
                try normalInPlace.run(tensor, 0.0, (2 / (try fan(0))).squareRoot(), generator)
            }
        }
    }

    /// PyTorch's start of convolutions and linear layers: weights `kaimingUniform(a: √5)`, biases uniform within
    /// 1/√fan-in.
    static func fillAsPyTorch(weight: Tensor, bias: Tensor?) throws {
        try Initializer.kaimingUniform(a: 5.0.squareRoot()).fill(weight)
        guard let bias else { return }
        let bound = 1 / Double(weight.shape.dropFirst().reduce(1, *)).squareRoot()
        try Initializer.uniform(-bound, bound).fill(bias)
    }

    @TaskLocal private static var isSkipped = false

    /// Layers made inside hold memory that nobody has written: for networks whose weights are read from a file next.
    public static func skipping<Result>(_ body: () throws -> Result) rethrows -> Result {
        try $isSkipped.withValue(true, operation: body)
    }
}

private let normalInPlace = Operator("aten::normal_")
private let uniformInPlace = Operator("aten::uniform_")
