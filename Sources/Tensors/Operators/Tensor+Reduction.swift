private let sumAll = Operator("aten::sum")
private let sumOver = Operator("aten::sum", "dim_IntList")
private let meanAll = Operator("aten::mean")
private let meanOver = Operator("aten::mean", "dim")
private let varianceOver = Operator("aten::var", "correction")
private let maxAll = Operator("aten::max")
private let minAll = Operator("aten::min")
private let maxOver = Operator("aten::amax")
private let minOver = Operator("aten::amin")
private let argmaxOver = Operator("aten::argmax")
private let normOver = Operator("aten::norm", "ScalarOpt_dim")
private let cumulativeSum = Operator("aten::cumsum")
private let allOf = Operator("aten::all")
private let anyOf = Operator("aten::any")
private let equalTo = Operator("aten::equal")
private let closeTo = Operator("aten::allclose")
private let sortOf = Operator("aten::sort", "stable")
private let topOf = Operator("aten::topk")
private let nonzeroOf = Operator("aten::nonzero")

extension Tensor {
    public func sum() throws -> Tensor { try sumAll(self) }
    public func sum(_ dimensions: [Int], keepDim: Bool = false) throws -> Tensor {
        try sumOver(self, dimensions, keepDim)
    }
    public func mean() throws -> Tensor { try meanAll(self) }
    public func mean(_ dimensions: [Int], keepDim: Bool = false) throws -> Tensor {
        try meanOver(self, dimensions, keepDim)
    }

    /// - Parameter correction: 1 for the sample variance (n − 1), 0 for that of a population.
    public func variance(_ dimensions: [Int]? = nil, correction: Int = 1, keepDim: Bool = false) throws -> Tensor {
        try varianceOver(self, dimensions, correction, keepDim)
    }

    public func max() throws -> Tensor { try maxAll(self) }
    public func min() throws -> Tensor { try minAll(self) }
    public func max(_ dimensions: [Int], keepDim: Bool = false) throws -> Tensor {
        try maxOver(self, dimensions, keepDim)
    }
    public func min(_ dimensions: [Int], keepDim: Bool = false) throws -> Tensor {
        try minOver(self, dimensions, keepDim)
    }
    public func argmax(_ dimension: Int? = nil, keepDim: Bool = false) throws -> Tensor {
        try argmaxOver(self, dimension, keepDim)
    }

    /// The p-norm, Euclidean by default.
    public func norm(_ p: Double = 2, _ dimensions: [Int] = [], keepDim: Bool = false) throws -> Tensor {
        try normOver(self, p, dimensions, keepDim)
    }

    public func cumsum(_ dimension: Int) throws -> Tensor { try cumulativeSum(self, dimension) }
    /// Whether every element is true, as a boolean tensor.
    public func all() throws -> Tensor { try allOf(self) }
    public func any() throws -> Tensor { try anyOf(self) }

    /// Same shape and same elements.
    public func isEqual(to other: Tensor) throws -> Bool { try equalTo.bool(self, other) }

    /// `|self − other| ≤ absolute + relative · |other|` everywhere.
    public func isClose(to other: Tensor, relative: Double = 1e-5, absolute: Double = 1e-8) throws -> Bool {
        try closeTo.bool(self, other, relative, absolute)
    }

    /// Sorted along a dimension, with the indices that the elements had. Equal elements keep their order.
    public func sort(_ dimension: Int = -1, descending: Bool = false) throws -> (values: Tensor, indices: Tensor) {
        let results = try sortOf.tuple(2, self, true, dimension, descending)
        return (results[0]!, results[1]!)
    }

    /// The `count` largest along a dimension, largest first, with their indices.
    public func topk(_ count: Int, _ dimension: Int = -1) throws -> (values: Tensor, indices: Tensor) {
        let results = try topOf.tuple(2, self, count, dimension)
        return (results[0]!, results[1]!)
    }

    /// Indices of the elements that are not zero, [count, ndim].
    public func nonzero() throws -> Tensor { try nonzeroOf(self) }
}
