/// A part of a network: a class whose properties are its parameters (`@Parameter`), buffers (`@Buffer`) and parts
/// (modules, or arrays of them), found by reflection.
///
/// Names in the state dictionary follow from those of the properties, camelCase turned into snake_case, elements of an
/// array by their index: `backbone.bottomUp.res2[0].conv1` is `backbone.bottom_up.res2.0.conv1`. `keys` holds the
/// exceptions.
public protocol Module: AnyObject {
    /// The published name of a property where the rule does not give it; an empty name leaves that level out.
    static var keys: [String: String] { get }
}

extension Module {
    public static var keys: [String: String] { [:] }
}

/// A module with one tensor in and one out, such as `Sequential` puts in a row.
public protocol Layer: Module {
    func callAsFunction(_ x: Tensor) throws -> Tensor
}

/// A module that acts otherwise in training than in evaluation, as dropout and batch normalisation do.
public protocol ModeDependent: Module {
    var isTraining: Bool { get set }
}

/// A tensor that training changes. Holds a `Tensor`, or a `Tensor?` where the paper leaves it out.
@propertyWrapper
public final class Parameter<Value> {
    public var wrappedValue: Value {
        didSet { Self.mark(wrappedValue) }
    }

    public init(wrappedValue: Value) {
        self.wrappedValue = wrappedValue
        Self.mark(wrappedValue)
    }

    private static func mark(_ value: Value) {
        guard let tensor = value as? Tensor else { return }
        do { try tensor.requiresGrad(true) } catch { preconditionFailure("a parameter must be a leaf: \(error)") }
    }
}

/// A tensor that belongs to the state of a module and that training does not change, such as running statistics.
@propertyWrapper
public final class Buffer<Value> {
    public var wrappedValue: Value

    public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }
}

/// What reflection sees of `@Parameter` and `@Buffer`.
protocol StateHolder {
    var tensor: Tensor? { get }
    var isParameter: Bool { get }
}

extension Parameter: StateHolder {
    var tensor: Tensor? { wrappedValue as? Tensor }
    var isParameter: Bool { true }
}

extension Buffer: StateHolder {
    var tensor: Tensor? { wrappedValue as? Tensor }
    var isParameter: Bool { false }
}
