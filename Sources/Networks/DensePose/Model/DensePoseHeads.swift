public import Tensors

/// Which convolutions look at a region before the predictor.
public enum DenseHeadKind: String, Codable, Hashable, Sendable, CaseIterable {
    /// A row of 3×3 convolutions: detectron2's `DensePoseV1ConvXHead`.
    case plain
    /// Atrous spatial pyramid pooling, then 3×3 convolutions with group normalisation: `DensePoseDeepLabHead`.
    case deepLab
}

/// Eight 3×3 convolutions with rectifiers. Keys `body_conv_fcn1` …
public final class PlainDenseHead: Layer {
    public static let keys = ["rows": ""]
    let rows: NamedModules<NormalizedConv2d>

    public init(inputs: Int, width: Int, convolutions count: Int, _ normalization: NormalizationKind = .none) throws {
        rows = NamedModules(
            try (0..<count).map {
                (
                    "body_conv_fcn\($0 + 1)",
                    try NormalizedConv2d($0 == 0 ? inputs : width, width, kernel: 3, normalization)
                )
            })
    }

    /// [K, inputs, S, S] to [K, width, S, S].
    public func callAsFunction(_ x: Tensor) throws -> Tensor {
        var x = x
        for layer in rows.elements { x = try layer(x).relu() }
        return x
    }
}

/// Chen et al. 2017 over a region: the same features at several dilations and their mean, joined; then the plain row.
public final class DeepLabDenseHead: Layer {
    public static let keys = ["pyramid": "ASPP", "body": ""]
    let pyramid: AtrousPyramid
    let body: PlainDenseHead

    /// - Parameter groups: of the group normalisation; 32 in detectron2.
    public init(inputs: Int, width: Int, convolutions: Int, groups: Int = 32) throws {
        pyramid = try AtrousPyramid(channels: inputs, dilations: [6, 12, 56], groups: groups)
        body = try PlainDenseHead(inputs: inputs, width: width, convolutions: convolutions, .group(groups))
    }

    public func callAsFunction(_ x: Tensor) throws -> Tensor { try body(pyramid(x)) }
}

/// A 1×1 convolution, three dilated 3×3 ones and the mean of the whole region, each normalised and rectified; joined and
/// projected back to as many channels.
final class AtrousPyramid: Layer {
    let convs: [Sequential]
    let project: Sequential

    init(channels: Int, dilations: [Int], groups: Int) throws {
        var branches = [
            try Sequential(
                Conv2d(channels, channels, kernel: 1, bias: false), GroupNorm(groups: groups, channels), ReLU())
        ]
        for dilation in dilations {
            branches.append(
                try Sequential(
                    Conv2d(channels, channels, kernel: 3, padding: dilation, dilation: dilation, bias: false),
                    GroupNorm(groups: groups, channels), ReLU()))
        }
        branches.append(
            try Sequential(
                AdaptiveAvgPool2d(1, 1), Conv2d(channels, channels, kernel: 1, bias: false),
                GroupNorm(groups: groups, channels), ReLU()))
        convs = branches
        project = try Sequential(
            Conv2d(channels * branches.count, channels, kernel: 1, bias: false), ReLU())
        for (_, module) in namedModules {
            guard let convolution = module as? Conv2d else { continue }
            try Initializer.kaimingNormalFanOut.fill(convolution.weight)
        }
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor {
        let parts = try convs.map { branch in
            let y = try branch(x)
            return y.size(-1) == x.size(-1) ? y : try y.expand([y.size(0), y.size(1), x.size(-2), x.size(-1)])
        }
        return try project(Tensor.cat(parts, dim: 1))
    }
}
