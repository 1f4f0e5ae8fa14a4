private let momentumStep = Operator("kindred::momentum_step")

/// Stochastic gradient descent with momentum and weight decay, as `torch.optim.SGD` has it (the momentum is not scaled by
/// the rate).
public final class SGD: Optimizer {
    public let groups: [ParameterGroup]
    public var learningRate: Double
    public let momentum, weightDecay: Double
    public let isNesterov: Bool
    private var memory: ParameterMemory

    public init(
        _ groups: [ParameterGroup], learningRate: Double, momentum: Double = 0, weightDecay: Double = 0,
        isNesterov: Bool = false
    ) {
        memory = ParameterMemory(["momentum_buffer"], for: groups)
        (self.groups, self.learningRate, self.momentum) = (groups, learningRate, momentum)
        (self.weightDecay, self.isNesterov) = (weightDecay, isNesterov)
    }

    public convenience init(
        _ network: any Module, learningRate: Double, momentum: Double = 0, weightDecay: Double = 0
    ) {
        self.init(
            [ParameterGroup(network.namedParameters)], learningRate: learningRate, momentum: momentum,
            weightDecay: weightDecay)
    }

    public func step() throws {
        for group in groups {
            // On a parameter's first step the momentum is its gradient.
            for isFirst in [true, false] {
                var weights: [Tensor] = []
                var gradients: [Tensor] = []
                var velocities: [Tensor] = []
                for (name, parameter) in group.parameters where parameter.requiresGrad {
                    guard let gradient = parameter.grad, (memory.steps[name] == nil) == isFirst,
                        !stepped.contains(name)
                    else { continue }
                    weights.append(parameter)
                    gradients.append(gradient)
                    velocities.append(try memory.next(name, like: parameter).tensors[0])
                    if isFirst { stepped.insert(name) }
                }
                guard !weights.isEmpty else { continue }
                try withoutGradients {
                    try momentumStep.run(
                        weights, gradients, velocities, learningRate * group.rateFactor, momentum,
                        group.weightDecay ?? weightDecay, isNesterov, isFirst)
                }
            }
        }
        stepped.removeAll()
    }

    /// Parameters whose first step is the present one.
    private var stepped: Set<String> = []

    public var state: OptimizerState { memory.state(in: groups) }
    public func restore(_ state: OptimizerState) throws { try memory.restore(state, for: groups) }
}
