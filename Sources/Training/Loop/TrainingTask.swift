import Imaging
public import Tensors

/// What is particular to training one model: its networks, its optimisers, and what one step does.
///
/// The rest (epochs, data order, accumulation, precision, other processes, checkpoints, logs) is `Trainer`'s.
public protocol TrainingTask: AnyObject {
    associatedtype Sample: Sendable

    /// What checkpoints hold, under these names.
    var networks: [(name: String, network: any Module)] { get }
    /// The optimisers. `step` calls each of them once, in this order.
    var updates: [ParameterUpdate] { get }

    /// Computes the losses of one batch and hands each to its optimiser: `try pass.update("generator", minimizing: loss)`.
    /// - Returns: scalars to be logged.
    func step(_ batch: Batch<Sample>, _ pass: TrainingPass) throws -> [String: Tensor]

    /// Measures the networks in evaluation mode, without gradients, after an epoch; runs in the first process alone.
    /// - Returns: numbers to be logged as `validation/…`; empty where there is nothing to measure.
    func validate(_ device: Device) throws -> [String: Double]

    /// Pictures of what the networks can do by now, by name.
    func samplePictures(_ device: Device) throws -> [String: Image]
}

extension TrainingTask {
    public func validate(_ device: Device) throws -> [String: Double] { [:] }
    public func samplePictures(_ device: Device) throws -> [String: Image] { [:] }
}

/// Limits to the gradients before a step.
public enum GradientLimit: Codable, Hashable, Sendable {
    /// Their common Euclidean norm is scaled down to this.
    case norm(Double)
    /// Each element is cut to ± this.
    case value(Double)
}

/// An optimiser with the schedule of its rate: one of the updates that a step makes.
public final class ParameterUpdate {
    public let name: String
    public let optimizer: any Optimizer
    public let schedule: Schedule
    public let limit: GradientLimit?
    /// The rate at factor 1.
    public let baseRate: Double
    var plateau = PlateauState()
    /// Steps that were left out because gradients had overflowed.
    var overflows = 0
    var scaler: GradientScaler?
    /// The processes that train together.
    var group: ProcessGroup?
    private var reducer: GradientReducer?

    public init(
        _ name: String, _ optimizer: any Optimizer, schedule: Schedule = .constant, limit: GradientLimit? = nil
    ) {
        (self.name, self.optimizer, self.schedule, self.limit) = (name, optimizer, schedule, limit)
        baseRate = optimizer.learningRate
    }

    /// What averages the gradients; another one when parameters were frozen or freed since the last step.
    func reducer(of parameters: [Tensor]) throws -> GradientReducer? {
        guard let group else { return nil }
        let isCurrent = reducer?.parameters.elementsEqual(parameters) { $0 === $1 } ?? false
        if !isCurrent { reducer = try GradientReducer(parameters, group: group) }
        return reducer
    }
}

/// One batch on its way through a task: knows precision, accumulation and the other processes.
public final class TrainingPass {
    public let device: Device
    let precision: DType?
    let updates: [ParameterUpdate]
    /// Which of the batches that one step accumulates this is, and how many there are.
    let part: Int
    let parts: Int
    /// Which lane this is, the share of the batch that it has, and where it meets the others.
    let lane: (number: Int, share: Double, meeting: LaneMeeting)?
    private(set) var gradientNorms: [String: Double] = [:]

    init(
        device: Device, precision: DType?, updates: [ParameterUpdate], part: Int, parts: Int,
        lane: (number: Int, share: Double, meeting: LaneMeeting)? = nil
    ) {
        (self.device, self.precision, self.updates) = (device, precision, updates)
        (self.part, self.parts, self.lane) = (part, parts, lane)
    }

    /// Runs the forward pass in the training's precision.
    public func autocast<Result>(_ body: () throws -> Result) throws -> Result {
        try Tensors.autocast(precision, on: device, body)
    }

    /// Adds the gradients of `loss` to the parameters of one update and to no others; with the last batch of a step,
    /// averages them over lanes and processes and makes the step.
    /// - Parameter retainGraph: whether another update of this batch goes through the same graph.
    /// - Throws: `TorchError`, also when another process has died.
    public func update(_ name: String, minimizing loss: Tensor, retainGraph: Bool = false) throws {
        guard let update = updates.first(where: { $0.name == name }) else {
            throw TorchError("there is no update named \(name), only \(updates.map(\.name).joined(separator: ", "))")
        }
        let trained = update.optimizer.parameters.filter(\.requiresGrad)
        if let lane {
            let own = try gradients(
                of: [loss * (lane.share / Double(parts))], withRespectTo: trained, retainGraph: retainGraph,
                allowUnused: true)
            return try lane.meeting.meet(lane.number, own) { try take($0, into: trained, update) }
        }
        if part == 0 { try update.optimizer.zeroGrad() }
        let share = parts == 1 ? loss : try loss / parts
        let scaled = try update.scaler?.scaled(share) ?? share
        let isLast = part == parts - 1
        func backward() throws { try scaled.backward(into: trained, retainGraph: retainGraph) }
        switch try update.reducer(of: trained) {
        case let reducer? where isLast: try reducer.reducing(backward)
        case let reducer?: try reducer.accumulating(backward)
        case nil: try backward()
        }
        if isLast { try step(update, trained) }
    }

    /// The lanes' gradients in place of a backward pass.
    private func take(_ gradients: [Tensor?], into trained: [Tensor], _ update: ParameterUpdate) throws {
        for (parameter, gradient) in zip(trained, gradients) {
            let before = part == 0 ? nil : parameter.grad
            let sum = try before.map { before in try gradient.map { try before + $0 } ?? before } ?? gradient
            try parameter.setGrad(sum)
        }
        if part == parts - 1 { try step(update, trained) }
    }

    private func step(_ update: ParameterUpdate, _ trained: [Tensor]) throws {
        let isFinite = try update.scaler?.unscale(trained) ?? true
        if isFinite {
            switch update.limit {
            case .norm(let limit): gradientNorms[update.name] = try clipGradients(of: trained, toNorm: limit)
            case .value(let limit): try clipGradients(of: trained, toValue: limit)
            case nil: break
            }
            try update.optimizer.step()
        } else {
            update.overflows += 1
        }
        try update.scaler?.update()
    }
}
