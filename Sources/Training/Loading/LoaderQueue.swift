import Foundation

/// The worker threads of a loader and what they have read ahead, in order.
///
/// Sound to share: `condition` guards every variable; `loader` is constant.
final class LoaderQueue<Sample: Sendable>: @unchecked Sendable {
    struct Failure {
        let index: Int
        let problem: String
    }

    /// What became of one place in the order.
    struct Outcome {
        /// The sample that was read: that of the place, or its replacement.
        var index: Int
        /// nil where it could not be read and nothing takes its place.
        var sample: Sample?
        var failures: [Failure] = []
    }

    private struct Task {
        /// Place in the order of everything that this queue reads.
        let number: Int
        let epoch: Int
        let index: Int
    }

    private let loader: DataLoader<Sample>
    private let condition = NSCondition()
    private var tasks: TaskCursor
    private var handedOut = 0
    private var taken = 0
    private var outcomes: [Int: Outcome] = [:]
    private var isCancelled = false
    private var workersAtWork = 0

    init(loader: DataLoader<Sample>, epoch: Int, batch: Int, epochs: Int) {
        self.loader = loader
        tasks = TaskCursor(order: loader.order, epoch: epoch, batch: batch, epochs: epochs)
        workersAtWork = loader.workers
        for number in 0..<loader.workers {
            let thread = Thread { [self] in work() }
            thread.name = "loader \(number)"
            thread.start()
        }
    }

    /// Waits for the next `count` places; nil after `cancel`.
    func take(_ count: Int) -> [Outcome]? {
        condition.lock()
        defer { condition.unlock() }
        if loader.workers == 0 { readInline(count) }
        while !isCancelled, (taken..<taken + count).contains(where: { outcomes[$0] == nil }) { condition.wait() }
        guard !isCancelled else { return nil }
        let result = (taken..<taken + count).map { outcomes.removeValue(forKey: $0)! }
        taken += count
        condition.broadcast()
        return result
    }

    func cancel() {
        condition.lock()
        defer { condition.unlock() }
        isCancelled = true
        condition.broadcast()
        while workersAtWork > 0 { condition.wait() }
        outcomes.removeAll()
    }

    private func readInline(_ count: Int) {
        for _ in 0..<count {
            guard !isCancelled, let task = nextTask() else { return }
            outcomes[task.number] = read(task)
        }
    }

    private func work() {
        condition.lock()
        while !isCancelled {
            guard handedOut < taken + loader.prefetch * loader.order.batchSize else {
                condition.wait()
                continue
            }
            guard let task = nextTask() else { break }
            condition.unlock()
            let outcome = read(task)
            condition.lock()
            outcomes[task.number] = outcome
            condition.broadcast()
        }
        workersAtWork -= 1
        condition.broadcast()
        condition.unlock()
    }

    private func nextTask() -> Task? {
        guard let (epoch, index) = tasks.next() else { return nil }
        defer { handedOut += 1 }
        return Task(number: handedOut, epoch: epoch, index: index)
    }

    private func read(_ task: Task) -> Outcome {
        var outcome = Outcome(index: task.index)
        attempt(task.index, task, &outcome)
        if outcome.sample == nil, case .replace = loader.policy {
            var candidates = loader.order.replacements(epoch: task.epoch, index: task.index)
            // As many as may fail before the limit ends the work; a thousand in a row are a defect of the data in any case.
            for _ in 0...min(loader.policy.limit, 1000) where outcome.sample == nil {
                attempt(candidates.index(below: loader.order.count), task, &outcome)
            }
        }
        return outcome
    }

    private func attempt(_ index: Int, _ task: Task, _ outcome: inout Outcome) {
        var generator = loader.order.generator(epoch: task.epoch, index: task.index)
        do {
            outcome.sample = try loader.load(index, &generator)
            outcome.index = index
        } catch {
            outcome.failures.append(Failure(index: index, problem: "\(error)"))
        }
    }
}

/// Walks the samples of one process through batches and epochs.
private struct TaskCursor {
    let order: SampleOrder
    let epochs: Int
    private var epoch: Int
    private var batch: Int
    private var permutation: [Int] = []
    private var places: Range<Int> = 0..<0

    init(order: SampleOrder, epoch: Int, batch: Int, epochs: Int) {
        (self.order, self.epochs, self.epoch, self.batch) = (order, epochs, epoch, batch - 1)
        if order.batchesPerEpoch > 0, epoch < epochs { permutation = order.permutation(epoch: epoch) }
    }

    mutating func next() -> (epoch: Int, index: Int)? {
        guard order.batchesPerEpoch > 0 else { return nil }
        while places.isEmpty {
            batch += 1
            if batch == order.batchesPerEpoch {
                (epoch, batch) = (epoch + 1, 0)
                if epoch < epochs { permutation = order.permutation(epoch: epoch) }
            }
            guard epoch < epochs else {
                // Stays at the end when it is asked again.
                batch -= 1
                return nil
            }
            places = order.places(batch: batch)
        }
        defer { places = places.dropFirst() }
        return (epoch, permutation[places.lowerBound])
    }
}
