import Checkpoints

private let emptyTensor = Operator("aten::empty", "memory_format")
private let zerosTensor = Operator("aten::zeros")
private let onesTensor = Operator("aten::ones")
private let fullTensor = Operator("aten::full")
private let arangeTensor = Operator("aten::arange", "start_step")
private let linspaceTensor = Operator("aten::linspace")
private let eyeTensor = Operator("aten::eye")
private let randTensor = Operator("aten::rand", "generator")
private let randnTensor = Operator("aten::randn", "generator")
private let randpermTensor = Operator("aten::randperm", "generator")
private let zerosLikeTensor = Operator("aten::zeros_like")
private let onesLikeTensor = Operator("aten::ones_like")
private let emptyLikeTensor = Operator("aten::empty_like")

extension Tensor {
    /// Elements that nobody has written yet.
    public static func empty(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) throws -> Tensor {
        try emptyTensor(shape, dtype, Argument.default, device)
    }

    public static func zeros(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) throws -> Tensor {
        try zerosTensor(shape, dtype, Argument.default, device)
    }

    public static func ones(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) throws -> Tensor {
        try onesTensor(shape, dtype, Argument.default, device)
    }

    public static func full(
        _ shape: [Int], _ value: some TensorScalar, dtype: DType = .float32, device: Device = .cpu
    ) throws -> Tensor {
        try fullTensor(shape, value, dtype, Argument.default, device)
    }

    /// `start, start + step, …` below `end`.
    public static func arange(
        _ start: some TensorScalar = 0, _ end: some TensorScalar, step: some TensorScalar = 1, dtype: DType? = nil,
        device: Device = .cpu
    ) throws -> Tensor {
        try arangeTensor(start, end, step, dtype, Argument.default, device)
    }

    /// `steps` numbers from `start` to `end`, both included.
    public static func linspace(
        _ start: Double, _ end: Double, _ steps: Int, dtype: DType = .float32, device: Device = .cpu
    ) throws -> Tensor {
        try linspaceTensor(start, end, steps, dtype, Argument.default, device)
    }

    /// The identity matrix.
    public static func eye(_ size: Int, dtype: DType = .float32, device: Device = .cpu) throws -> Tensor {
        try eyeTensor(size, dtype, Argument.default, device)
    }

    /// Uniform in 0 ..< 1.
    public static func rand(
        _ shape: [Int], dtype: DType = .float32, device: Device = .cpu, generator: RandomGenerator? = nil
    ) throws -> Tensor {
        try randTensor(shape, generator ?? RandomGenerator.current, dtype, Argument.default, device)
    }

    /// Normal with mean 0 and deviation 1.
    public static func randn(
        _ shape: [Int], dtype: DType = .float32, device: Device = .cpu, generator: RandomGenerator? = nil
    ) throws -> Tensor {
        try randnTensor(shape, generator ?? RandomGenerator.current, dtype, Argument.default, device)
    }

    /// 0 ..< count in random order.
    public static func randperm(_ count: Int, device: Device = .cpu, generator: RandomGenerator? = nil) throws -> Tensor
    {
        try randpermTensor(count, generator ?? RandomGenerator.current, DType.int64, Argument.default, device)
    }

    public func zerosLike() throws -> Tensor { try zerosLikeTensor(self) }
    public func onesLike() throws -> Tensor { try onesLikeTensor(self) }
    public func emptyLike() throws -> Tensor { try emptyLikeTensor(self) }
}
