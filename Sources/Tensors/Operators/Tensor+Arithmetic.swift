private let addTensor = Operator("aten::add", "Tensor")
private let addScalar = Operator("aten::add", "Scalar")
private let subtractTensor = Operator("aten::sub", "Tensor")
private let subtractScalar = Operator("aten::sub", "Scalar")
private let subtractFrom = Operator("aten::rsub", "Scalar")
private let multiplyTensor = Operator("aten::mul", "Tensor")
private let multiplyScalar = Operator("aten::mul", "Scalar")
private let divideTensor = Operator("aten::div", "Tensor")
private let divideScalar = Operator("aten::div", "Scalar")
private let reciprocalOf = Operator("aten::reciprocal")
private let negate = Operator("aten::neg")
private let addInPlace = Operator("aten::add_", "Tensor")
private let addScalarInPlace = Operator("aten::add_", "Scalar")
private let subtractInPlace = Operator("aten::sub_", "Tensor")
private let multiplyInPlace = Operator("aten::mul_", "Tensor")
private let multiplyScalarInPlace = Operator("aten::mul_", "Scalar")
private let divideInPlace = Operator("aten::div_", "Tensor")
private let divideScalarInPlace = Operator("aten::div_", "Scalar")

extension Tensor {
    public static func + (a: Tensor, b: Tensor) throws -> Tensor { try addTensor(a, b) }
    public static func + (a: Tensor, b: some TensorScalar) throws -> Tensor { try addScalar(a, b) }
    public static func + (a: some TensorScalar, b: Tensor) throws -> Tensor { try addScalar(b, a) }

    public static func - (a: Tensor, b: Tensor) throws -> Tensor { try subtractTensor(a, b) }
    public static func - (a: Tensor, b: some TensorScalar) throws -> Tensor { try subtractScalar(a, b) }
    public static func - (a: some TensorScalar, b: Tensor) throws -> Tensor { try subtractFrom(b, a) }
    public static prefix func - (a: Tensor) throws -> Tensor { try negate(a) }

    public static func * (a: Tensor, b: Tensor) throws -> Tensor { try multiplyTensor(a, b) }
    public static func * (a: Tensor, b: some TensorScalar) throws -> Tensor { try multiplyScalar(a, b) }
    public static func * (a: some TensorScalar, b: Tensor) throws -> Tensor { try multiplyScalar(b, a) }

    /// True division: integers give float32.
    public static func / (a: Tensor, b: Tensor) throws -> Tensor { try divideTensor(a, b) }
    public static func / (a: Tensor, b: some TensorScalar) throws -> Tensor { try divideScalar(a, b) }
    public static func / (a: some TensorScalar, b: Tensor) throws -> Tensor { try multiplyScalar(reciprocalOf(b), a) }

    // In place: everyone who holds the tensor, or a view of it, sees the change.
    public static func += (a: Tensor, b: Tensor) throws { try addInPlace.run(a, b) }
    public static func += (a: Tensor, b: some TensorScalar) throws { try addScalarInPlace.run(a, b) }
    public static func -= (a: Tensor, b: Tensor) throws { try subtractInPlace.run(a, b) }
    public static func *= (a: Tensor, b: Tensor) throws { try multiplyInPlace.run(a, b) }
    public static func *= (a: Tensor, b: some TensorScalar) throws { try multiplyScalarInPlace.run(a, b) }
    public static func /= (a: Tensor, b: Tensor) throws { try divideInPlace.run(a, b) }
    public static func /= (a: Tensor, b: some TensorScalar) throws { try divideScalarInPlace.run(a, b) }
}

// MARK: - Comparisons: boolean tensors

private let greaterTensor = Operator("aten::gt", "Tensor")
private let greaterScalar = Operator("aten::gt", "Scalar")
private let lessTensor = Operator("aten::lt", "Tensor")
private let lessScalar = Operator("aten::lt", "Scalar")
private let greaterOrEqualTensor = Operator("aten::ge", "Tensor")
private let greaterOrEqualScalar = Operator("aten::ge", "Scalar")
private let lessOrEqualTensor = Operator("aten::le", "Tensor")
private let lessOrEqualScalar = Operator("aten::le", "Scalar")
private let equalTensor = Operator("aten::eq", "Tensor")
private let equalScalar = Operator("aten::eq", "Scalar")
private let unequalTensor = Operator("aten::ne", "Tensor")
private let unequalScalar = Operator("aten::ne", "Scalar")
private let logicalAnd = Operator("aten::logical_and")
private let logicalOr = Operator("aten::logical_or")
private let logicalNot = Operator("aten::logical_not")

extension Tensor {
    public static func .> (a: Tensor, b: Tensor) throws -> Tensor { try greaterTensor(a, b) }
    public static func .> (a: Tensor, b: some TensorScalar) throws -> Tensor { try greaterScalar(a, b) }
    public static func .< (a: Tensor, b: Tensor) throws -> Tensor { try lessTensor(a, b) }
    public static func .< (a: Tensor, b: some TensorScalar) throws -> Tensor { try lessScalar(a, b) }
    public static func .>= (a: Tensor, b: Tensor) throws -> Tensor { try greaterOrEqualTensor(a, b) }
    public static func .>= (a: Tensor, b: some TensorScalar) throws -> Tensor { try greaterOrEqualScalar(a, b) }
    public static func .<= (a: Tensor, b: Tensor) throws -> Tensor { try lessOrEqualTensor(a, b) }
    public static func .<= (a: Tensor, b: some TensorScalar) throws -> Tensor { try lessOrEqualScalar(a, b) }
    public static func .== (a: Tensor, b: Tensor) throws -> Tensor { try equalTensor(a, b) }
    public static func .== (a: Tensor, b: some TensorScalar) throws -> Tensor { try equalScalar(a, b) }
    public static func .!= (a: Tensor, b: Tensor) throws -> Tensor { try unequalTensor(a, b) }
    public static func .!= (a: Tensor, b: some TensorScalar) throws -> Tensor { try unequalScalar(a, b) }
    public static func .& (a: Tensor, b: Tensor) throws -> Tensor { try logicalAnd(a, b) }
    public static func .| (a: Tensor, b: Tensor) throws -> Tensor { try logicalOr(a, b) }
    public static prefix func .! (a: Tensor) throws -> Tensor { try logicalNot(a) }
}
