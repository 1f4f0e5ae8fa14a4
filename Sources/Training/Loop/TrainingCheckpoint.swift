import Checkpoints
import Foundation
import Tensors

/// The whole state of a training in one safetensors file: `network.NAME.…`, `average.NAME.…`, `optimizer.NAME.…`, `scaler.NAME.…` and the
/// generators' states as tensors, everything else as JSON in the metadata.
struct TrainingCheckpoint {
    /// What is not a tensor.
    struct Facts: Codable {
        var version = 1
        var progress: TrainingProgress
        var loader: LoaderState
        var plan: TrainingPlan
        var updates: [String: UpdateFacts]
    }

    struct UpdateFacts: Codable {
        var steps: [String: Int]
        var plateau: PlateauState
        var overflows: Int
    }

    static let key = "kindred.training"

    static func write(
        _ task: some TrainingTask, averages: [(name: String, average: ExponentialMovingAverage)] = [],
        progress: TrainingProgress, loader: LoaderState, plan: TrainingPlan, to path: String
    ) throws {
        var tensors: [Checkpoint.NamedTensor] = []
        func add(_ prefix: String, _ entries: [(name: String, tensor: Tensor)]) throws {
            tensors += try entries.map { .init(name: "\(prefix).\($0.name)", tensor: try $0.tensor.stored()) }
        }
        var updates: [String: UpdateFacts] = [:]
        for (name, network) in task.networks { try add("network.\(name)", network.stateDictionary) }
        for (name, average) in averages { try add("average.\(name)", average.averages) }
        for update in task.updates {
            let state = try update.optimizer.state
            try add("optimizer.\(update.name)", state.tensors)
            if let scaler = update.scaler { try add("scaler.\(update.name)", scaler.state) }
            updates[update.name] = UpdateFacts(
                steps: state.steps, plateau: update.plateau, overflows: update.overflows)
        }
        try add("random", [("cpu", RandomGenerator.shared().state())])
        if plan.device.isCUDA { try add("random", [("device", RandomGenerator.shared(of: plan.device).state())]) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let facts = Facts(progress: progress, loader: loader, plan: plan, updates: updates)
        let json = String(decoding: try encoder.encode(facts), as: UTF8.self)
        try SafetensorsWriter.write(tensors, metadata: [.init(name: key, text: json)], to: path)
    }

    let checkpoint: Checkpoint
    let facts: Facts
    var path: String { checkpoint.path }

    /// - Throws: `CheckpointError` when the file is damaged or of another kind.
    init(readingFrom path: String) throws {
        checkpoint = try Checkpoint.read(path, root: "")
        guard let text = checkpoint.metadata.first(where: { $0.name.hasSuffix(Self.key) })?.text else {
            throw CheckpointError(path, "holds no training's state (no \(Self.key) in its metadata)")
        }
        do {
            facts = try JSONDecoder().decode(Facts.self, from: Data(text.utf8))
        } catch {
            throw CheckpointError(path, "holds a training's state that this release cannot read: \(error)")
        }
    }

    /// Puts everything back. Tensors are copied: the file may be replaced later.
    func restore(
        _ task: some TrainingTask, averages: [(name: String, average: ExponentialMovingAverage)], device: Device
    ) throws {
        for (name, network) in task.networks { try network.load(named("network.\(name)."), from: checkpoint.path) }
        for (name, average) in averages { try average.restore(entries("average.\(name).")) }
        for update in task.updates {
            guard let facts = facts.updates[update.name] else {
                throw CheckpointError(checkpoint.path, "knows no update named \(update.name)")
            }
            let tensors = try entries("optimizer.\(update.name).")
            try update.optimizer.restore(OptimizerState(tensors: tensors, steps: facts.steps))
            try update.scaler?.restore(entries("scaler.\(update.name)."))
            (update.plateau, update.overflows) = (facts.plateau, facts.overflows)
        }
        if let state = checkpoint["random.cpu"] { try RandomGenerator.shared().restore(Tensor(state).clone()) }
        if device.isCUDA, let state = checkpoint["random.device"] {
            try RandomGenerator.shared(of: device).restore(Tensor(state).clone())
        }
    }

    private func named(_ prefix: String) -> [Checkpoint.NamedTensor] {
        checkpoint.tensors.filter { $0.name.hasPrefix(prefix) }
            .map { .init(name: String($0.name.dropFirst(prefix.count)), tensor: $0.tensor) }
    }

    private func entries(_ prefix: String) throws -> [(name: String, tensor: Tensor)] {
        try named(prefix).map { ($0.name, try Tensor($0.tensor)) }
    }
}
