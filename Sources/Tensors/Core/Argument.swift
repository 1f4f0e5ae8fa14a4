/// A value as an operator's schema takes it.
public enum Argument {
    case tensor(Tensor)
    case none
    /// What the schema itself says.
    case `default`
    case int(Int)
    case real(Double)
    case bool(Bool)
    case string(String)
    case ints([Int])
    case reals([Double])
    case tensors([Tensor?])
    case device(Device)
    case generator(RandomGenerator)
}

/// What can be given to an operator.
public protocol ArgumentConvertible {
    var argument: Argument { get }
}

extension Argument: ArgumentConvertible {
    public var argument: Argument { self }
}
extension Tensor: ArgumentConvertible {
    public var argument: Argument { .tensor(self) }
}
extension Int: ArgumentConvertible {
    public var argument: Argument { .int(self) }
}
extension Double: ArgumentConvertible {
    public var argument: Argument { .real(self) }
}
extension Float: ArgumentConvertible {
    public var argument: Argument { .real(Double(self)) }
}
extension Bool: ArgumentConvertible {
    public var argument: Argument { .bool(self) }
}
extension String: ArgumentConvertible {
    public var argument: Argument { .string(self) }
}
extension Device: ArgumentConvertible {
    public var argument: Argument { .device(self) }
}
extension DType: ArgumentConvertible {
    public var argument: Argument { .int(Int(torchCode)) }
}
extension RandomGenerator: ArgumentConvertible {
    public var argument: Argument { .generator(self) }
}
extension Optional: ArgumentConvertible where Wrapped: ArgumentConvertible {
    public var argument: Argument { self?.argument ?? .none }
}
extension Array: ArgumentConvertible where Element: ArgumentConvertible {
    public var argument: Argument {
        if let integers = self as? [Int] { return .ints(integers) }
        if let reals = self as? [Double] { return .reals(reals) }
        if let tensors = self as? [Tensor] { return .tensors(tensors) }
        if let tensors = self as? [Tensor?] { return .tensors(tensors) }
        preconditionFailure("no operator takes an array of \(Element.self)")
    }
}

/// A number that combines with a tensor: `x * 2`, `0.5 - x`. An integer keeps the tensor's type, a real promotes
/// integer tensors to float32, as in PyTorch.
public protocol TensorScalar: ArgumentConvertible {}
extension Int: TensorScalar {}
extension Double: TensorScalar {}
extension Float: TensorScalar {}
