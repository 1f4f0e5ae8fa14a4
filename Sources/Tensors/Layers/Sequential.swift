/// Layers in a row; their keys are their positions.
public final class Sequential: Layer {
    public static let keys = ["layers": ""]
    public let layers: [any Layer]

    public init(_ layers: [any Layer]) { self.layers = layers }
    public convenience init(_ layers: any Layer...) { self.init(layers) }

    /// Each activation is released when the layer after it has used it, unless gradients need it.
    public func callAsFunction(_ x: Tensor) throws -> Tensor {
        var x = x
        for layer in layers { x = try layer(x) }
        return x
    }

    public subscript(_ index: Int) -> any Layer { layers[index] }
}

/// Modules by name, for state dictionaries whose names no property can bear.
public final class ModuleDictionary: Module {
    public static let keys = ["modules": ""]
    /// In order.
    public let modules: [(name: String, module: any Module)]

    public init(_ modules: [(String, any Module)]) { self.modules = modules.map { ($0, $1) } }

    public subscript(_ name: String) -> (any Module)? { modules.first { $0.name == name }?.module }
}

/// Returns what it is given.
public final class Identity: Layer {
    public init() {}
    public func callAsFunction(_ x: Tensor) -> Tensor { x }
}
