private let selectOf = Operator("aten::select", "int")
private let sliceOf = Operator("aten::slice", "Tensor")
private let indexOf = Operator("aten::index", "Tensor")
private let indexSelectOf = Operator("aten::index_select")
private let gatherOf = Operator("aten::gather")
private let unsqueezeOf = Operator("aten::unsqueeze")

/// One place between the brackets of `x[…]`.
public enum TensorIndex {
    /// One index, negative from the end; the dimension goes.
    case at(Int)
    /// Every `step`-th from `start` to before `end`; nil is the edge.
    case slice(Int?, Int?, step: Int = 1)
    /// The whole dimension.
    case all
    /// As many whole dimensions as are left over.
    case ellipsis
    /// A new dimension of size 1.
    case newAxis
    /// The elements that a tensor of integers or booleans picks.
    case tensor(Tensor)
}

/// What may stand between the brackets: integers, ranges, tensors, `.all`, `.ellipsis`, `.newAxis`.
public protocol TensorIndexConvertible {
    var tensorIndex: TensorIndex { get }
}

/// `.all`, `.ellipsis` and so on, where an index is expected.
public struct NamedIndex: TensorIndexConvertible {
    public let tensorIndex: TensorIndex
}
extension TensorIndexConvertible where Self == NamedIndex {
    public static var all: NamedIndex { NamedIndex(tensorIndex: .all) }
    public static var ellipsis: NamedIndex { NamedIndex(tensorIndex: .ellipsis) }
    public static var newAxis: NamedIndex { NamedIndex(tensorIndex: .newAxis) }
    public static func slice(_ start: Int?, _ end: Int?, step: Int = 1) -> NamedIndex {
        NamedIndex(tensorIndex: .slice(start, end, step: step))
    }
}
extension Int: TensorIndexConvertible {
    public var tensorIndex: TensorIndex { .at(self) }
}
extension Range: TensorIndexConvertible where Bound == Int {
    public var tensorIndex: TensorIndex { .slice(lowerBound, upperBound) }
}
extension ClosedRange: TensorIndexConvertible where Bound == Int {
    public var tensorIndex: TensorIndex { .slice(lowerBound, upperBound + 1) }
}
extension PartialRangeFrom: TensorIndexConvertible where Bound == Int {
    public var tensorIndex: TensorIndex { .slice(lowerBound, nil) }
}
extension PartialRangeUpTo: TensorIndexConvertible where Bound == Int {
    public var tensorIndex: TensorIndex { .slice(nil, upperBound) }
}
extension Tensor: TensorIndexConvertible {
    public var tensorIndex: TensorIndex { .tensor(self) }
}

extension Tensor {
    /// The part at one index of the first dimension; negative from the end.
    public subscript(_ index: Int) -> Tensor {
        get throws { try selectOf(self, 0, index) }
    }

    /// A part of the tensor, as NumPy indexes: `x[0]`, `x[.all, 1..<3]`, `x[.ellipsis, -1]`, `x[mask]`. A view, unless
    /// a tensor picks the elements. `try x[…].assign(y)` writes into a view.
    public subscript(_ indices: any TensorIndexConvertible...) -> Tensor {
        get throws {
            var result = self
            var dimension = 0
            var masked = 0
            var picks: [Tensor?] = []
            let places = indices.map(\.tensorIndex)
            let consumed = places.reduce(0) { count, place in
                switch place {
                case .ellipsis, .newAxis: count
                case .tensor(let mask) where mask.dtype == .bool: count + mask.ndim
                default: count + 1
                }
            }
            guard consumed <= ndim else { throw TorchError("\(consumed) indices for a tensor of shape \(shape)") }
            for place in places {
                switch place {
                case .at(let index): result = try selectOf(result, dimension, index)
                case .slice(let start, let end, let step):
                    result = try sliceOf(result, dimension, start, end, step)
                    dimension += 1
                case .all: dimension += 1
                case .ellipsis: dimension += ndim - consumed
                case .newAxis:
                    result = try unsqueezeOf(result, dimension)
                    dimension += 1
                case .tensor(let chosen):
                    // A mask covers several dimensions but stands once in the list.
                    let covered = chosen.dtype == .bool ? chosen.ndim : 1
                    picks += [Tensor?](repeating: nil, count: dimension - masked - picks.count) + [chosen]
                    dimension += covered
                    masked += covered - 1
                }
            }
            return picks.isEmpty ? result : try indexOf(result, picks)
        }
    }

    /// The slices of a dimension that `indices` (a vector of integers) names.
    public func indexSelect(_ dimension: Int, _ indices: Tensor) throws -> Tensor {
        try indexSelectOf(self, dimension, indices)
    }

    /// `out[i][j] = self[index[i][j]][j]` for dimension 0, and so on.
    public func gather(_ dimension: Int, _ index: Tensor) throws -> Tensor { try gatherOf(self, dimension, index) }
}
