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

/// Modules of one kind by name, for state dictionaries whose names no property can bear.
public final class NamedModules<Element: Module>: Module {
    public static var keys: [String: String] { ["modules": ""] }
    let modules: [(name: String, module: any Module)]

    public init(_ modules: [(String, Element)]) { self.modules = modules.map { ($0, $1) } }

    /// In order.
    public var elements: [Element] { modules.map { $0.module as! Element } }

    public subscript(_ name: String) -> Element? { modules.first { $0.name == name }?.module as? Element }
}

/// Returns what it is given.
public final class Identity: Layer {
    public init() {}
    public func callAsFunction(_ x: Tensor) -> Tensor { x }
}
