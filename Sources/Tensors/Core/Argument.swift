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
    /// Several of them, for operators that take a list.
    static func list(_ values: [Self]) -> Argument
}

extension ArgumentConvertible {
    public static func list(_ values: [Self]) -> Argument {
        preconditionFailure("no operator takes a list of \(Self.self)")
    }
}

extension Argument: ArgumentConvertible {
    public var argument: Argument { self }
}
extension Tensor: ArgumentConvertible {
    public var argument: Argument { .tensor(self) }
    public static func list(_ values: [Tensor]) -> Argument { .tensors(values) }
}
extension Int: ArgumentConvertible {
    public var argument: Argument { .int(self) }
    public static func list(_ values: [Int]) -> Argument { .ints(values) }
}
extension Double: ArgumentConvertible {
    public var argument: Argument { .real(self) }
    public static func list(_ values: [Double]) -> Argument { .reals(values) }
}
extension Float: ArgumentConvertible {
    public var argument: Argument { .real(Double(self)) }
    public static func list(_ values: [Float]) -> Argument { .reals(values.map(Double.init)) }
}
extension Bool: ArgumentConvertible {
    public var argument: Argument { .bool(self) }
    public static func list(_ values: [Bool]) -> Argument { .ints(values.map { $0 ? 1 : 0 }) }
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
    public static func list(_ values: [Wrapped?]) -> Argument {
        .tensors(
            values.map { value in
                guard let value else { return nil }
                guard case .tensor(let tensor) = value.argument else {
                    preconditionFailure("no operator takes a list of optional \(Wrapped.self)")
                }
                return tensor
            })
    }
}
extension Array: ArgumentConvertible where Element: ArgumentConvertible {
    public var argument: Argument { Element.list(self) }
}

/// A number that combines with a tensor: `x * 2`, `0.5 - x`. An integer keeps the tensor's type, a real promotes
/// integer tensors to float32, as in PyTorch.
public protocol TensorScalar: ArgumentConvertible {}
extension Int: TensorScalar {}
extension Double: TensorScalar {}
extension Float: TensorScalar {}
