import Catalog
import Checkpoints
import Foundation
import Hashing
public import Tensors

/// Trains: batches to steps, steps to epochs, with validation, pictures, checkpoints, and everything written down.
///
/// Seeds, data order and arithmetic on the CPU are deterministic: the same plan and data give the same bytes, and a
/// training that was interrupted goes on to the same numbers as one that was not.
public final class Trainer<Task: TrainingTask> {
    private let task: Task
    private let loader: DataLoader<Task.Sample>
    private let plan: TrainingPlan
    private let runFolder: String
    private let folder: CheckpointFolder
    private let journal: RunJournal?
    private let group: ProcessGroup?
    private let shouldStop: () -> Bool
    private let report: (TrainingReport) -> Void
    private var progress = TrainingProgress()
    private var metrics = MetricAverages()
    private var smoothed: [String: SmoothedMetric] = [:]
    private let lanes: Lanes?
    /// Of the networks' weights, where the plan wants them.
    private let averages: [(name: String, average: ExponentialMovingAverage)]
    private var isFirst: Bool { group.map { $0.rank == 0 } ?? true }

    /// - Parameters:
    ///   - loader: its shard must be that of this process.
    ///   - folder: of the run; checkpoints go to `checkpoints` in it.
    ///   - journal: given to the first process only.
    ///   - group: the processes that train together.
    ///   - shouldStop: asked after every step; a signal's flag.
    ///   - report: gets what a person watching would want to see.
    public init(
        _ task: Task, loader: DataLoader<Task.Sample>, plan: TrainingPlan, folder: String, journal: RunJournal? = nil,
        group: ProcessGroup? = nil, shouldStop: @escaping () -> Bool = { false },
        report: @escaping (TrainingReport) -> Void = { _ in }
    ) throws {
        (self.task, self.loader, self.plan, self.journal, self.group) = (task, loader, plan, journal, group)
        (self.shouldStop, self.report) = (shouldStop, report)
        try plan.validate()
        try loader.requireBatches()
        runFolder = folder
        self.folder = try CheckpointFolder(folder + "/checkpoints")
        lanes = plan.lanes.flatMap { $0 > 1 ? Lanes($0) : nil }
        guard lanes == nil || group == nil else {
            throw TorchError("a training has several lanes or several processes")
        }
        for (_, network) in task.networks { try network.to(plan.device) }
        averages =
            try plan.averageDecay.map { decay in
                try task.networks.map { ($0.name, try ExponentialMovingAverage(of: $0.network, decay: decay)) }
            } ?? []
        for update in task.updates {
            if plan.precision == .float16 { update.scaler = try GradientScaler(device: plan.device) }
            update.group = group
        }
    }

    /// Trains from the newest checkpoint in the folder, or from the start.
    /// - Throws: what a step throws (the run is recorded as failed), or `CheckpointError` when no checkpoint can be read.
    public func run() throws -> TrainingOutcome {
        let lock = isFirst ? try RunLock(runFolder) : nil
        defer { withExtendedLifetime(lock) {} }
        if isFirst { folder.removeDrafts() }
        let saved = try folder.newest()
        if let saved { try restore(saved.checkpoint, problems: saved.problems) }
        let stream =
            try saved.map { try loader.batches(resuming: $0.checkpoint.facts.loader, epochs: plan.epochs) }
            ?? loader.batches(epochs: plan.epochs)
        if let group { try synchronize(group) }
        try journal?.begin(resumingAt: saved == nil ? nil : progress.step)
        do {
            let reason = try train(stream)
            try journal?.end(as: reason == .interrupted ? .interrupted : .finished)
            return TrainingOutcome(reason: reason, progress: progress)
        } catch {
            try? journal?.end(as: .failed, problem: "\(error)")
            throw error
        }
    }

    private func restore(_ saved: TrainingCheckpoint, problems: [String]) throws {
        let then = saved.facts.plan
        guard then.seed == plan.seed else {
            throw CheckpointError(
                saved.path,
                "is of a training with the seed \(then.seed), and the plan says \(plan.seed): name another folder"
            )
        }
        for problem in problems { report(.warning("\(problem); going on from an older checkpoint")) }
        try saved.restore(task, averages: averages, device: plan.device)
        progress = saved.facts.progress
        if (then.bestMetric, then.isHigherBetter) != (plan.bestMetric, plan.isHigherBetter) {
            // The best value so far is of another metric.
            (progress.bestValue, progress.validationsWithoutGain) = (nil, 0)
        }
        report(.resumed(step: progress.step))
    }

    /// Every process begins with the weights of the first, at the same step.
    private func synchronize(_ group: ProcessGroup) throws {
        for (_, network) in task.networks { try group.broadcast(network) }
        let first = try Tensor([progress.step], device: plan.device)
        try group.broadcast(first)
        guard try Int(first.item()) == progress.step else {
            throw TorchError(
                "process \(group.rank) finds step \(progress.step) in \(folder.path), the first process another: all must see the same folder"
            )
        }
    }

    // MARK: - The loop

    private func train(_ stream: BatchStream<Task.Sample>) throws -> TrainingOutcome.Reason {
        if let limit = plan.maximumSteps, progress.step >= limit { return .finished }
        if let patience = plan.patience, progress.validationsWithoutGain >= patience { return .stoppedEarly }
        for (_, network) in task.networks { network.train() }
        while let batch = try stream.next() {
            let batches = try accumulated(batch, stream)
            try step(batches)
            let endsEpoch = batches[batches.count - 1].endsEpoch
            if endsEpoch { progress.epoch += 1 }
            let isDone = plan.maximumSteps.map { progress.step >= $0 } ?? false
            if progress.step % plan.logInterval == 0 || endsEpoch || isDone { try log(batches) }
            if plan.pictureInterval > 0, progress.step % plan.pictureInterval == 0 { try showPictures() }
            var isExhausted = false
            var improved = false
            if endsEpoch, progress.epoch % plan.validationInterval == 0 {
                improved = try validate()
                isExhausted = plan.patience.map { progress.validationsWithoutGain >= $0 } ?? false
            }
            let isInterrupted = try agreed(shouldStop())
            let isDue =
                (endsEpoch && progress.epoch % plan.checkpointEpochs == 0)
                || (plan.checkpointInterval > 0 && progress.step % plan.checkpointInterval == 0)
            if isDue || improved || isInterrupted || isExhausted || isDone {
                try checkpoint(stream.state, isBest: improved)
            }
            if isInterrupted { return .interrupted }
            if isExhausted { return .stoppedEarly }
            if isDone { return .finished }
        }
        return .finished
    }

    /// The batches of one step. At the end of an epoch there may be fewer.
    private func accumulated(
        _ first: Batch<Task.Sample>, _ stream: BatchStream<Task.Sample>
    ) throws -> [Batch<Task.Sample>] {
        var batches = [first]
        while batches.count < plan.accumulation, !batches[batches.count - 1].endsEpoch, let next = try stream.next() {
            batches.append(next)
        }
        return batches
    }

    private func step(_ batches: [Batch<Task.Sample>]) throws {
        // Dropout and whatever else draws numbers follow from seed, process and step.
        let rank = group?.rank ?? 0
        try seedStep(rank: rank)
        let epoch = progress.epoch
        for update in task.updates {
            update.optimizer.learningRate =
                update.baseRate
                * update.schedule.factor(epoch: epoch, iteration: progress.step, plateau: update.plateau)
        }
        for (part, batch) in batches.enumerated() {
            if let lanes {
                try step(batch, part: part, of: batches.count, over: lanes)
                continue
            }
            let pass = TrainingPass(
                device: plan.device, precision: plan.precision, updates: task.updates, part: part,
                parts: batches.count)
            try metrics.add(task.step(batch, pass))
            metrics.add(norms: pass.gradientNorms)
        }
        for (_, average) in averages { try average.update(step: progress.step) }
        progress.step += 1
    }

    private func step(_ batch: Batch<Task.Sample>, part: Int, of parts: Int, over lanes: Lanes) throws {
        let shares = batch.shared(by: lanes.count)
        let meeting = LaneMeeting(lanes: shares.count)
        let passes = shares.enumerated().map { lane, share in
            TrainingPass(
                device: plan.device, precision: plan.precision, updates: task.updates, part: part, parts: parts,
                lane: (lane, Double(share.samples.count) / Double(batch.samples.count), meeting))
        }
        var results = [[String: Tensor]](repeating: [:], count: shares.count)
        try results.withUnsafeMutableBufferPointer { results in
            nonisolated(unsafe) let results = results
            let seeds = shares.indices.map { stepSeed(rank: $0, part: part) }
            lanes.run(shares.count) { lane in
                do {
                    results[lane] = try RandomGenerator.drawing(from: RandomGenerator(seed: seeds[lane])) {
                        try self.task.step(shares[lane], passes[lane])
                    }
                    meeting.leave(nil)
                } catch {
                    meeting.leave(error)
                }
            }
            try meeting.finish()
        }
        for (result, pass) in zip(results, passes) {
            try metrics.add(result)
            metrics.add(norms: pass.gradientNorms)
        }
    }

    private func stepSeed(rank: Int, part: Int = 0) -> UInt64 {
        var state = SeededGenerator(seed: plan.seed, stream: UInt64(rank), UInt64(progress.step))
        for _ in 0..<part { _ = state.next() }
        return state.next()
    }

    private func seedStep(rank: Int) throws {
        let seed = stepSeed(rank: rank)
        try RandomGenerator.shared().reseed(seed)
        if plan.device.isCUDA { try RandomGenerator.shared(of: plan.device).reseed(seed) }
    }

    // MARK: - What is measured

    private var epochs: Double {
        let perEpoch = Double(max(1, (loader.batchesPerEpoch + plan.accumulation - 1) / plan.accumulation))
        return Double(progress.step) / perEpoch
    }

    private func log(_ batches: [Batch<Task.Sample>]) throws {
        var values = try metrics.take(over: group)
        for (name, value) in values { smoothed[name, default: SmoothedMetric()].add(value) }
        for update in task.updates {
            values["rate/\(update.name)"] = update.optimizer.learningRate
            if update.overflows > 0 { values["overflows/\(update.name)"] = Double(update.overflows) }
        }
        if let (name, value) = values.first(where: { !$0.value.isFinite && !$0.key.hasPrefix("gradient-norm") }) {
            throw TorchError(
                "\(name) is \(value.isNaN ? "not a number" : "infinite") at step \(progress.step): lower the rate, limit the gradients, or look at the data"
            )
        }
        try journal?.log(values, step: progress.step, epoch: epochs)
        guard isFirst else { return }
        let shown = values.merging(smoothed.compactMapValues(\.exponentialMean)) { $1 }
        report(.step(progress.step, epoch: epochs, shown))
    }

    /// - Returns: whether the watched metric is the best so far.
    private func validate() throws -> Bool {
        var improved = false
        var watched = Double.nan
        if isFirst {
            let found = try inEvaluation { try task.validate(plan.device) }
            let values = Dictionary(uniqueKeysWithValues: found.map { ("validation/\($0)", $1) })
            if !values.isEmpty {
                try journal?.log(values, step: progress.step, epoch: epochs)
                report(.validation(progress.step, values))
            }
            if let name = plan.bestMetric {
                guard let value = values[name] else {
                    throw TorchError(
                        "the metric \(name) that chooses checkpoints is not among \(values.keys.sorted())")
                }
                watched = value
            }
        }
        if let group {
            let shared = try Tensor([watched], device: plan.device)
            try group.broadcast(shared)
            watched = try shared.item()
        }
        guard plan.bestMetric != nil else { return false }
        for update in task.updates {
            update.schedule.observe(plan.isHigherBetter ? -watched : watched, &update.plateau)
        }
        if plan.isBetter(watched, than: progress.bestValue) {
            (progress.bestValue, progress.validationsWithoutGain) = (watched, 0)
            improved = true
        } else {
            progress.validationsWithoutGain += 1
        }
        return improved
    }

    private func showPictures() throws {
        guard isFirst, let journal else { return }
        let pictures = try inEvaluation { try task.samplePictures(plan.device) }
        for (name, image) in pictures.sorted(by: { $0.key < $1.key }) {
            try journal.log(image, named: name, step: progress.step)
        }
    }

    /// Runs `body` with the networks as they are to be used: in evaluation, without gradients, with their averaged weights
    /// where the plan keeps averages.
    public func inEvaluation<Result>(_ body: () throws -> Result) throws -> Result {
        for (_, network) in task.networks { network.eval() }
        defer { for (_, network) in task.networks { network.train() } }
        return try withoutGradients { try withAverages(averages[...], body) }
    }

    private func withAverages<Result>(
        _ rest: ArraySlice<(name: String, average: ExponentialMovingAverage)>, _ body: () throws -> Result
    ) throws -> Result {
        guard let first = rest.first else { return try body() }
        return try first.average.withAverages { try withAverages(rest.dropFirst(), body) }
    }

    // MARK: - Checkpoints

    private func checkpoint(_ loader: LoaderState, isBest: Bool) throws {
        guard isFirst else { return }
        try requireFiniteWeights()
        // A checkpoint must not be ahead of the log.
        try journal?.flush()
        let file = folder.file(atStep: progress.step)
        // The best one first: a kill in between leaves a training that finds the same one again.
        let written = isBest ? folder.best : file
        try TrainingCheckpoint.write(
            task, averages: averages, progress: progress, loader: loader, plan: plan, to: written)
        if isBest { try folder.link(folder.best, as: file) }
        try journal?.add(CheckpointFolder.record(file, .last, progress, epoch: epochs))
        if isBest {
            try journal?.add(
                CheckpointFolder.record(folder.best, .best, progress, epoch: epochs, metric: plan.bestMetric))
        }
        try journal?.markDeleted(folder.prune(keeping: plan.keptCheckpoints))
        report(.checkpoint(progress.step, file: file))
    }

    /// A training could not go on from weights that are no numbers.
    private func requireFiniteWeights() throws {
        for (name, network) in task.networks {
            for (parameter, tensor) in network.namedParameters where tensor.dtype.isFloatingPoint {
                guard try withoutGradients({ try tensor.detach().isFinite().all().item() }) == 1 else {
                    throw TorchError(
                        "\(name).\(parameter) is not finite at step \(progress.step), and was not saved: lower the rate, limit the gradients, or look at the data"
                    )
                }
            }
        }
    }

    /// Whether any process wants to stop: they must do so at the same step.
    private func agreed(_ wish: Bool) throws -> Bool {
        guard let group else { return wish }
        let votes = try Tensor([wish ? 1 : 0] as [Float], device: plan.device)
        try group.allReduce(votes)
        return try votes.item() > 0
    }
}
