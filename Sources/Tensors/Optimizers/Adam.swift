private let adamStep = Operator("kindred::adam_step")

/// Adam (Kingma & Ba 2015), and with `isDecoupled` AdamW (Loshchilov & Hutter 2019), as `torch.optim` has them: one pass
/// over the memory for each step.
public final class Adam: Optimizer {
    public let groups: [ParameterGroup]
    public var learningRate: Double
    public let betas: (Double, Double)
    public let epsilon, weightDecay: Double
    public let isDecoupled: Bool
    private var memory: ParameterMemory

    public init(
        _ groups: [ParameterGroup], learningRate: Double, betas: (Double, Double) = (0.9, 0.999),
        epsilon: Double = 1e-8, weightDecay: Double = 0, isDecoupled: Bool = false
    ) {
        memory = ParameterMemory(["exp_avg", "exp_avg_sq"], for: groups)
        (self.groups, self.learningRate, self.betas) = (groups, learningRate, betas)
        (self.epsilon, self.weightDecay, self.isDecoupled) = (epsilon, weightDecay, isDecoupled)
    }

    public convenience init(
        _ network: any Module, learningRate: Double, betas: (Double, Double) = (0.9, 0.999), weightDecay: Double = 0,
        isDecoupled: Bool = false
    ) {
        self.init(
            [ParameterGroup(network.namedParameters)], learningRate: learningRate, betas: betas,
            weightDecay: weightDecay, isDecoupled: isDecoupled)
    }

    public func step() throws {
        for group in groups {
            // Parameters that were frozen for a while have made fewer steps, and so have another bias correction.
            var batches: [Int: Batch] = [:]
            for (name, parameter) in group.parameters where parameter.requiresGrad {
                guard let gradient = parameter.grad else { continue }
                let (tensors, step) = try memory.next(name, like: parameter)
                batches[step, default: Batch()].add(parameter, gradient, tensors[0], tensors[1])
            }
            for (step, batch) in batches {
                try withoutGradients {
                    try adamStep.run(
                        batch.weights, batch.gradients, batch.means, batch.squares, learningRate * group.rateFactor,
                        betas.0, betas.1, epsilon, group.weightDecay ?? weightDecay, isDecoupled, step)
                }
            }
        }
    }

    private struct Batch {
        var weights: [Tensor] = [], gradients: [Tensor] = [], means: [Tensor] = [], squares: [Tensor] = []

        mutating func add(_ weight: Tensor, _ gradient: Tensor, _ mean: Tensor, _ square: Tensor) {
            weights.append(weight)
            gradients.append(gradient)
            means.append(mean)
            squares.append(square)
        }
    }

    public var state: OptimizerState { memory.state(in: groups) }
    public func restore(_ state: OptimizerState) throws { try memory.restore(state, for: groups) }
}
