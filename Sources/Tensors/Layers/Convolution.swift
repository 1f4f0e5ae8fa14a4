private let conv2dOf = Operator("kindred::conv2d")
private let convTranspose2dOf = Operator("aten::conv_transpose2d", "input")
private let linearOf = Operator("aten::linear")

extension Tensor {
    /// - Parameters:
    ///   - weight: [out, in / groups, height, width]
    ///   - bias: [out]
    /// - Returns: [N, out, H′, W′] for an input [N, in, H, W].
    public func conv2d(
        _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1
    ) throws -> Tensor {
        try conv2dOf(self, weight, bias, stride, padding, dilation, groups)
    }

    /// - Parameter weight: [in, out / groups, height, width]
    public func convTranspose2d(
        _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, outputPadding: Int = 0,
        groups: Int = 1, dilation: Int = 1
    ) throws -> Tensor {
        try convTranspose2dOf(self, weight, bias, stride, padding, outputPadding, groups, dilation)
    }

    /// `self · weightᵀ + bias` with weight [out, in].
    public func linear(_ weight: Tensor, bias: Tensor? = nil) throws -> Tensor { try linearOf(self, weight, bias) }
}

/// [N, in, H, W] to [N, out, H′, W′], H′ = (H + 2·padding − dilation·(kernel − 1) − 1) / stride + 1.
public final class Conv2d: Layer {
    @Parameter public var weight: Tensor
    @Parameter public var bias: Tensor?
    public let stride, padding, dilation, groups: Int

    public init(
        _ inChannels: Int, _ outChannels: Int, kernel: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1,
        groups: Int = 1, bias hasBias: Bool = true
    ) throws {
        weight = try Tensor.empty([outChannels, inChannels / groups, kernel, kernel])
        bias = hasBias ? try Tensor.empty([outChannels]) : nil
        (self.stride, self.padding, self.dilation, self.groups) = (stride, padding, dilation, groups)
        try Initializer.fillAsPyTorch(weight: weight, bias: bias)
    }

    public func callAsFunction(_ x: Tensor) throws -> Tensor {
        try x.conv2d(weight, bias: bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
    }
}

/// [N, in, H, W] to [N, out, H′, W′], H′ = (H − 1)·stride − 2·padding + kernel + outputPadding.
public final class ConvTranspose2d: Layer {
    @Parameter public var weight: Tensor
    @Parameter public var bias: Tensor?
    public let stride, padding, outputPadding: Int

    public init(
        _ inChannels: Int, _ outChannels: Int, kernel: Int, stride: Int = 1, padding: Int = 0, outputPadding: Int = 0,
        bias hasBias: Bool = true
    ) throws {
        weight = try Tensor.empty([inChannels, outChannels, kernel, kernel])
        bias = hasBias ? try Tensor.empty([outChannels]) : nil
        (self.stride, self.padding, self.outputPadding) = (stride, padding, outputPadding)
        try Initializer.fillAsPyTorch(weight: weight, bias: bias)
    }

    public func callAsFunction(_ x: Tensor) throws -> Tensor {
        try x.convTranspose2d(weight, bias: bias, stride: stride, padding: padding, outputPadding: outputPadding)
    }
}

/// [N, in] to [N, out].
public final class Linear: Layer {
    @Parameter public var weight: Tensor
    @Parameter public var bias: Tensor?

    public init(_ inFeatures: Int, _ outFeatures: Int, bias hasBias: Bool = true) throws {
        weight = try Tensor.empty([outFeatures, inFeatures])
        bias = hasBias ? try Tensor.empty([outFeatures]) : nil
        try Initializer.fillAsPyTorch(weight: weight, bias: bias)
    }

    public func callAsFunction(_ x: Tensor) throws -> Tensor { try x.linear(weight, bias: bias) }
}
