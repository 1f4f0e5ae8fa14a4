private let instanceNormOf = Operator("aten::instance_norm")
private let batchNormOf = Operator("aten::batch_norm")
private let groupNormOf = Operator("aten::group_norm")

/// Every plane to mean 0 and variance 1 (Ulyanov et al. 2016). Without `isAffine` it has no parameters.
/// Statistics are those of the picture at hand, in evaluation too, as pix2pixHD has it.
public final class InstanceNorm2d: Layer {
    @Parameter public var weight: Tensor?
    @Parameter public var bias: Tensor?
    public let epsilon: Double

    public init(_ channels: Int, isAffine: Bool = false, epsilon: Double = 1e-5) throws {
        weight = isAffine ? try Tensor.ones([channels]) : nil
        bias = isAffine ? try Tensor.zeros([channels]) : nil
        self.epsilon = epsilon
    }

    public func callAsFunction(_ x: Tensor) throws -> Tensor {
        try instanceNormOf(x, weight, bias, Argument.none, Argument.none, true, 0.1, epsilon, true)
    }
}

/// Ioffe & Szegedy 2015: statistics of the batch in training, running ones in evaluation.
public final class BatchNorm2d: Layer, ModeDependent {
    @Parameter public var weight: Tensor
    @Parameter public var bias: Tensor
    @Buffer public var runningMean: Tensor
    @Buffer public var runningVar: Tensor
    @Buffer public var numBatchesTracked: Tensor
    public let epsilon, momentum: Double
    public var isTraining = true

    public init(_ channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1) throws {
        weight = try Tensor.ones([channels])
        bias = try Tensor.zeros([channels])
        runningMean = try Tensor.zeros([channels])
        runningVar = try Tensor.ones([channels])
        numBatchesTracked = try Tensor.zeros([], dtype: .int64)
        (self.epsilon, self.momentum) = (epsilon, momentum)
    }

    public func callAsFunction(_ x: Tensor) throws -> Tensor {
        if isTraining { try numBatchesTracked += 1 }
        return try batchNormOf(x, weight, bias, runningMean, runningVar, isTraining, momentum, epsilon, true)
    }
}

/// Batch normalisation whose statistics and weights are fixed: detectron2's backbones. All four are buffers.
public final class FrozenBatchNorm2d: Layer {
    @Buffer public var weight: Tensor
    @Buffer public var bias: Tensor
    @Buffer public var runningMean: Tensor
    @Buffer public var runningVar: Tensor
    public let epsilon: Double

    public init(_ channels: Int, epsilon: Double = 1e-5) throws {
        weight = try Tensor.ones([channels])
        bias = try Tensor.zeros([channels])
        runningMean = try Tensor.zeros([channels])
        runningVar = try Tensor.full([channels], 1 - epsilon)
        self.epsilon = epsilon
    }

    public func callAsFunction(_ x: Tensor) throws -> Tensor {
        try batchNormOf(x, weight, bias, runningMean, runningVar, false, 0.0, epsilon, true)
    }
}

/// Wu & He 2018: statistics over groups of channels of one picture.
public final class GroupNorm: Layer {
    @Parameter public var weight: Tensor
    @Parameter public var bias: Tensor
    public let groups: Int
    public let epsilon: Double

    public init(groups: Int, _ channels: Int, epsilon: Double = 1e-5) throws {
        weight = try Tensor.ones([channels])
        bias = try Tensor.zeros([channels])
        (self.groups, self.epsilon) = (groups, epsilon)
    }

    public func callAsFunction(_ x: Tensor) throws -> Tensor {
        // Under autocast CUDA normalises in float32 by itself; a CPU refuses inputs of another type than the weights.
        try groupNormOf(x.dtype == weight.dtype ? x : x.to(weight.dtype), groups, weight, bias, epsilon, true)
    }
}
