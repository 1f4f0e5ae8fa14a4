public import Tensors

/// How long and in what manner to train: saved with the run.
public struct TrainingPlan: Codable, Equatable, Sendable {
    public var epochs: Int
    /// Ends sooner, after so many steps.
    public var maximumSteps: Int?
    /// Batches whose gradients make one step.
    public var accumulation = 1
    public var device = Device.cpu
    /// `bfloat16`, or `float16` on CUDA; nil computes in float32.
    public var precision: DType?
    /// Threads that share each batch, on a CPU, for tasks whose `step` may run for several parts of a batch at once; nil: one.
    public var lanes: Int?
    /// Keeps an exponential moving average of every network's weights, which validation and pictures then use.
    public var averageDecay: Double?
    /// Weights, order of the data, augmentation and dropout follow from it.
    public var seed: UInt64 = 0
    /// Steps between two lines of the log.
    public var logInterval = 20
    /// Epochs between validations.
    public var validationInterval = 1
    /// Steps between sample pictures; 0 for none.
    public var pictureInterval = 500
    /// Steps between checkpoints, beside that of each epoch; 0 for those of epochs only.
    public var checkpointInterval = 0
    /// Epochs between checkpoints.
    public var checkpointEpochs = 1
    /// Newest checkpoints that stay.
    public var keptCheckpoints = 2
    /// The metric whose best checkpoint stays, such as `validation/loss`, and which way is better.
    public var bestMetric: String?
    public var isHigherBetter = false
    /// Validations without a better value of `bestMetric` after which training ends.
    public var patience: Int?

    public init(epochs: Int) { self.epochs = epochs }

    /// - Throws: `TorchError` when it cannot be followed.
    func validate() throws {
        let intervals = [
            ("accumulation", accumulation), ("logInterval", logInterval), ("validationInterval", validationInterval),
            ("checkpointEpochs", checkpointEpochs), ("keptCheckpoints", keptCheckpoints), ("lanes", lanes ?? 1),
        ]
        for (name, value) in intervals where value < 1 {
            throw TorchError("a plan's \(name) is \(value), and must be at least 1")
        }
        guard lanes ?? 1 == 1 || !device.isCUDA else {
            throw TorchError("lanes are threads of a CPU, not of \(device)")
        }
        guard precision != .float16 || device.isCUDA else {
            throw TorchError("float16 trains on CUDA devices only, not on \(device): use bfloat16, or float32")
        }
    }

    func isBetter(_ value: Double, than best: Double?) -> Bool {
        guard value.isFinite else { return false }
        guard let best else { return true }
        return isHigherBetter ? value > best : value < best
    }
}

/// Where a training stands.
public struct TrainingProgress: Codable, Equatable, Sendable {
    /// Steps of the optimisers made.
    public var step = 0
    /// Epochs completed.
    public var epoch = 0
    public var bestValue: Double?
    /// Validations since the best one.
    public var validationsWithoutGain = 0

    public init() {}
}

/// How a training ended.
public struct TrainingOutcome: Equatable, Sendable, CustomStringConvertible {
    public enum Reason: String, Sendable {
        /// All epochs or steps are done.
        case finished
        /// The metric got no better.
        case stoppedEarly
        /// It was asked to stop; a checkpoint was written.
        case interrupted
    }

    public let reason: Reason
    public let progress: TrainingProgress

    public var description: String {
        let place = "at step \(progress.step), after \(progress.epoch) epochs"
        return switch reason {
        case .finished: "finished \(place)"
        case .stoppedEarly: "stopped \(place): the metric got no better than \(progress.bestValue ?? .nan)"
        case .interrupted: "interrupted \(place); the same command goes on from there"
        }
    }
}
