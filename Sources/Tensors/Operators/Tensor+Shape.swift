private let reshapeOf = Operator("aten::reshape")
private let viewOf = Operator("aten::view")
private let flattenOf = Operator("aten::flatten", "using_ints")
private let permuteOf = Operator("aten::permute")
private let transposeOf = Operator("aten::transpose", "int")
private let squeezeOf = Operator("aten::squeeze", "dim")
private let unsqueezeOf = Operator("aten::unsqueeze")
private let expandOf = Operator("aten::expand")
private let contiguousOf = Operator("aten::contiguous")
private let cloneOf = Operator("aten::clone")
private let detachOf = Operator("aten::detach")
private let toType = Operator("aten::to", "dtype")
private let toDevice = Operator("aten::to", "device")
private let catOf = Operator("aten::cat")
private let stackOf = Operator("aten::stack")
private let chunkOf = Operator("aten::chunk")
private let splitOf = Operator("aten::split_with_sizes")
private let unbindOf = Operator("aten::unbind", "int")
private let narrowOf = Operator("aten::narrow")
private let flipOf = Operator("aten::flip")
private let repeatOf = Operator("aten::repeat")
private let matmulOf = Operator("aten::matmul")
private let copyInto = Operator("aten::copy_")
private let fillWith = Operator("aten::fill_", "Scalar")
private let zeroOut = Operator("aten::zero_")

extension Tensor {
    /// The same elements in another shape, a view where that is possible; one size may be -1.
    public func reshape(_ shape: [Int]) throws -> Tensor { try reshapeOf(self, shape) }
    /// As `reshape`, never a copy.
    public func view(_ shape: [Int]) throws -> Tensor { try viewOf(self, shape) }
    public func flatten(from first: Int = 0, through last: Int = -1) throws -> Tensor {
        try flattenOf(self, first, last)
    }
    public func permute(_ dimensions: [Int]) throws -> Tensor { try permuteOf(self, dimensions) }
    public func transpose(_ a: Int, _ b: Int) throws -> Tensor { try transposeOf(self, a, b) }
    public func squeeze(_ dimension: Int) throws -> Tensor { try squeezeOf(self, dimension) }
    public func unsqueeze(_ dimension: Int) throws -> Tensor { try unsqueezeOf(self, dimension) }
    public func expand(_ shape: [Int]) throws -> Tensor { try expandOf(self, shape) }
    public func contiguous() throws -> Tensor { isContiguous ? self : try contiguousOf(self) }
    public func clone() throws -> Tensor { try cloneOf(self) }
    /// The same elements outside the graph of gradients.
    public func detach() throws -> Tensor { try detachOf(self) }
    public func narrow(_ dimension: Int, start: Int, length: Int) throws -> Tensor {
        try narrowOf(self, dimension, start, length)
    }
    public func flip(_ dimensions: [Int]) throws -> Tensor { try flipOf(self, dimensions) }
    public func repeated(_ times: [Int]) throws -> Tensor { try repeatOf(self, times) }

    public func to(_ type: DType) throws -> Tensor { dtype == type ? self : try toType(self, type) }
    public func to(_ target: Device, _ type: DType? = nil) throws -> Tensor {
        guard device != target else { return try to(type ?? dtype) }
        return try toDevice(self, target, type ?? dtype)
    }

    public static func cat(_ tensors: [Tensor], dim dimension: Int = 0) throws -> Tensor {
        try catOf(tensors, dimension)
    }
    public static func stack(_ tensors: [Tensor], dim dimension: Int = 0) throws -> Tensor {
        try stackOf(tensors, dimension)
    }
    public func chunk(_ count: Int, dim dimension: Int = 0) throws -> [Tensor] {
        try chunkOf.list(self, count, dimension)
    }
    public func split(_ sizes: [Int], dim dimension: Int = 0) throws -> [Tensor] {
        try splitOf.list(self, sizes, dimension)
    }
    public func unbind(_ dimension: Int = 0) throws -> [Tensor] { try unbindOf.list(self, dimension) }

    /// The matrix product, batched where there are more dimensions.
    public func matmul(_ other: Tensor) throws -> Tensor { try matmulOf(self, other) }

    /// Overwrites the elements in place, converting and broadcasting `source`.
    public func assign(_ source: Tensor) throws { try copyInto.run(self, source) }
    public func fill(_ value: some TensorScalar) throws { try fillWith.run(self, value) }
    public func zero() throws { try zeroOut.run(self) }
}
