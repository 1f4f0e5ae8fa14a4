/// What a module directly holds, in the order of PyTorch's state dictionaries: parameters, buffers, parts.
struct ModuleContents {
    var parameters: [(name: String, tensor: Tensor)] = []
    var buffers: [(name: String, tensor: Tensor)] = []
    var children: [(name: String, module: any Module)] = []

    init(of module: any Module) {
        var mirrors: [Mirror] = []
        var next: Mirror? = Mirror(reflecting: module)
        while let mirror = next {
            mirrors.insert(mirror, at: 0)
            next = mirror.superclassMirror
        }
        let keys = type(of: module).keys
        for (label, value) in mirrors.flatMap({ Array($0.children) }) {
            guard let label else { continue }
            let property = label.hasPrefix("_") ? String(label.dropFirst()) : label
            add(value, named: keys[property] ?? snakeCase(property))
        }
    }

    private mutating func add(_ value: Any, named name: String) {
        switch value {
        case let holder as any StateHolder:
            guard let tensor = holder.tensor else { return }
            if holder.isParameter { parameters.append((name, tensor)) } else { buffers.append((name, tensor)) }
        case let module as any Module: children.append((name, module))
        case let modules as [any Module]:
            for (index, module) in modules.enumerated() { children.append((joined(name, "\(index)"), module)) }
        case let modules as [(name: String, module: any Module)]:
            children += modules.map { (joined(name, $0.name), $0.module) }
        default: break
        }
    }
}

/// `convBlock` to `conv_block`; digits stay with the word before them: `res2`, `fc1`.
func snakeCase(_ name: String) -> String {
    var result = ""
    for character in name {
        if character.isUppercase, !result.isEmpty, result.last != "_" { result.append("_") }
        result += character.lowercased()
    }
    return result
}

private func joined(_ prefix: String, _ name: String) -> String {
    prefix.isEmpty ? name : name.isEmpty ? prefix : prefix + "." + name
}

extension Module {
    /// This module and all below it, each before its parts, with dotted names; that of the root is empty.
    public var namedModules: [(name: String, module: any Module)] {
        var found: [(String, any Module)] = []
        visit("") { name, module, _ in found.append((name, module)) }
        return found
    }

    /// Parameters by published name, in PyTorch's order. A parameter that two modules share is listed once.
    public var namedParameters: [(name: String, tensor: Tensor)] {
        var found: [(String, Tensor)] = []
        var seen: Set<OpaquePointer> = []
        visit("") { name, _, contents in
            for entry in contents.parameters where seen.insert(entry.tensor.handle).inserted {
                found.append((joined(name, entry.name), entry.tensor))
            }
        }
        return found
    }

    public var namedBuffers: [(name: String, tensor: Tensor)] {
        var found: [(String, Tensor)] = []
        visit("") { name, _, contents in
            found += contents.buffers.map { (joined(name, $0.name), $0.tensor) }
        }
        return found
    }

    public var parameters: [Tensor] { namedParameters.map(\.tensor) }

    /// Everything that a checkpoint holds: parameters and buffers by published name, in PyTorch's order. The tensors
    /// are the module's own, not copies.
    public var stateDictionary: [(name: String, tensor: Tensor)] {
        var found: [(String, Tensor)] = []
        visit("") { name, _, contents in
            found += (contents.parameters + contents.buffers).map { (joined(name, $0.name), $0.tensor) }
        }
        return found
    }

    /// A module that refers to itself or to one above it, for instance to its parent, is not entered again.
    private func visit(
        _ name: String, above: [ObjectIdentifier] = [], _ body: (String, any Module, ModuleContents) -> Void
    ) {
        let contents = ModuleContents(of: self)
        let above = above + [ObjectIdentifier(self)]
        body(name, self, contents)
        for child in contents.children where !above.contains(ObjectIdentifier(child.module)) {
            child.module.visit(joined(name, child.name), above: above, body)
        }
    }
}

// MARK: - What acts on the whole tree

extension Module {
    /// Switches dropout and batch statistics on (or off, as `eval` does).
    public func train(_ isTraining: Bool = true) {
        for (_, module) in namedModules { (module as? any ModeDependent)?.isTraining = isTraining }
    }

    public func eval() { train(false) }

    /// Keeps the parameters as they are: no gradient is computed for them.
    public func freeze(_ isFrozen: Bool = true) throws {
        for parameter in parameters { try parameter.requiresGrad(!isFrozen) }
    }

    /// Moves every parameter and buffer, floating-point ones to `type` as well. Parameters stay the same objects, so
    /// that optimisers made before go on working.
    @discardableResult
    public func to(_ device: Device, _ type: DType? = nil) throws -> Self {
        for (_, tensor) in stateDictionary {
            let target = tensor.dtype.isFloatingPoint ? type : nil
            try tensor.setData(withoutGradients { try tensor.detach().to(device, target) })
        }
        return self
    }

    /// Forgets the gradients.
    public func zeroGrad() throws {
        for parameter in parameters { try parameter.setGrad(nil) }
    }

    /// Number of elements of all parameters.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }
}
