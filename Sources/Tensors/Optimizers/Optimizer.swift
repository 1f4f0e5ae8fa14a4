/// Parameters that share settings. Names are those of the network and become keys of the saved state.
public struct ParameterGroup {
    public var parameters: [(name: String, tensor: Tensor)]
    /// Multiplies the optimiser's rate, as detectron2 does for biases.
    public var rateFactor: Double
    /// In place of the optimiser's own; detectron2 leaves normalisation layers without decay.
    public var weightDecay: Double?

    public init(
        _ parameters: [(name: String, tensor: Tensor)], rateFactor: Double = 1, weightDecay: Double? = nil
    ) {
        (self.parameters, self.rateFactor, self.weightDecay) = (parameters, rateFactor, weightDecay)
    }
}

/// Changes parameters by their gradients. A parameter without a gradient, or frozen, is left alone.
public protocol Optimizer: AnyObject {
    var groups: [ParameterGroup] { get }
    /// Set it before each step to what the schedule says.
    var learningRate: Double { get set }
    /// Changes the parameters in place.
    func step() throws
    /// What the next steps depend on besides the parameters.
    var state: OptimizerState { get throws }
    /// - Throws: `TorchError` when the state is of another optimiser or of other parameters.
    func restore(_ state: OptimizerState) throws
}

/// What an optimiser remembers, in the form in which it is saved.
public struct OptimizerState {
    /// Named `<quantity>.<parameter>`, such as `exp_avg.model.1.weight`.
    public var tensors: [(name: String, tensor: Tensor)]
    /// Steps that each parameter has made.
    public var steps: [String: Int]

    public init(tensors: [(name: String, tensor: Tensor)] = [], steps: [String: Int] = [:]) {
        (self.tensors, self.steps) = (tensors, steps)
    }
}

extension Optimizer {
    public var parameters: [Tensor] { groups.flatMap { $0.parameters.map(\.tensor) } }

    /// Forgets the gradients. Their memory is free until the next backward pass.
    public func zeroGrad() throws {
        for parameter in parameters { try parameter.setGrad(nil) }
    }
}

/// Tensors that an optimiser keeps for each parameter, and how often each has been changed.
struct ParameterMemory {
    let quantities: [String]
    private var tensors: [String: [Tensor]] = [:]
    private(set) var steps: [String: Int] = [:]

    /// - Precondition: every parameter has a name of its own, by which its state is kept.
    init(_ quantities: [String], for groups: [ParameterGroup]) {
        self.quantities = quantities
        var names: Set<String> = []
        for (name, _) in groups.flatMap(\.parameters) {
            precondition(names.insert(name).inserted, "two parameters of an optimiser are named \(name)")
        }
    }

    /// The tensors of a parameter, zeros at first, and its step number counted from one.
    mutating func next(_ name: String, like parameter: Tensor) throws -> (tensors: [Tensor], step: Int) {
        let step = (steps[name] ?? 0) + 1
        steps[name] = step
        if let known = tensors[name] { return (known, step) }
        let fresh = try quantities.map { _ in try withoutGradients { try parameter.detach().zerosLike() } }
        tensors[name] = fresh
        return (fresh, step)
    }

    func state(in order: [ParameterGroup]) -> OptimizerState {
        var state = OptimizerState(steps: steps)
        for (name, _) in order.flatMap(\.parameters) {
            guard let known = tensors[name] else { continue }
            state.tensors += zip(quantities, known).map { ("\($0).\(name)", $1) }
        }
        return state
    }

    mutating func restore(_ state: OptimizerState, for groups: [ParameterGroup]) throws {
        let saved = Dictionary(state.tensors.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
        var tensors: [String: [Tensor]] = [:]
        var used = 0
        for (name, parameter) in groups.flatMap(\.parameters) where state.steps[name] != nil {
            tensors[name] = try quantities.map { quantity in
                guard let tensor = saved["\(quantity).\(name)"], tensor.shape == parameter.shape else {
                    throw TorchError("the optimiser's state has no \(quantity) of shape \(parameter.shape) for \(name)")
                }
                used += 1
                return try withoutGradients { try tensor.to(parameter.device, parameter.dtype).clone() }
            }
        }
        guard used == saved.count, tensors.count == state.steps.count else {
            throw TorchError("the optimiser's state is of other parameters, or of another kind of optimiser")
        }
        (self.tensors, steps) = (tensors, state.steps)
    }
}
