public import Tensors

/// What stands between a convolution and its activation.
public enum NormalizationKind: Codable, Hashable, Sendable {
    case none
    /// Fixed statistics and weights, those of a pretrained trunk.
    case frozenBatch
    case batch
    case group(Int)

    func layer(_ channels: Int) throws -> (any Layer)? {
        switch self {
        case .none: nil
        case .frozenBatch: try FrozenBatchNorm2d(channels)
        case .batch: try BatchNorm2d(channels)
        case .group(let groups): try GroupNorm(groups: groups, channels)
        }
    }
}

/// A convolution with its normalisation inside, as detectron2's `Conv2d` names it: `weight`, `bias`, `norm.…`. It has a
/// bias where it has no normalisation.
public final class NormalizedConv2d: Layer {
    @Parameter public var weight: Tensor
    @Parameter public var bias: Tensor?
    public let norm: (any Layer)?
    let stride, padding, dilation: Int

    public init(
        _ inChannels: Int, _ outChannels: Int, kernel: Int, stride: Int = 1, dilation: Int = 1,
        _ normalization: NormalizationKind
    ) throws {
        weight = try Tensor.empty([outChannels, inChannels, kernel, kernel])
        norm = try normalization.layer(outChannels)
        bias = norm == nil ? try Tensor.zeros([outChannels]) : nil
        (self.stride, self.dilation) = (stride, dilation)
        padding = dilation * (kernel - 1) / 2
        try Initializer.kaimingNormalFanOut.fill(weight)
    }

    /// The size stays, but for the stride.
    public func callAsFunction(_ x: Tensor) throws -> Tensor {
        let y = try x.conv2d(weight, bias: bias, stride: stride, padding: padding, dilation: dilation)
        return try norm.map { try $0(y) } ?? y
    }
}
