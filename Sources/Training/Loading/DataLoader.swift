import Hashing

/// Reads samples in parallel, ahead of their use, in an order that depends on the seed and on nothing else.
///
/// What a sample is made of may depend on chance: `load` is handed a generator that follows from seed, epoch and index, so
/// that neither the number of workers nor their timing shows. Memory holds at most `prefetch` batches beside the one in
/// use.
public struct DataLoader<Sample: Sendable>: Sendable {
    public typealias Load = @Sendable (_ index: Int, _ generator: inout SeededGenerator) throws -> Sample

    let order: SampleOrder
    let workers: Int
    let prefetch: Int
    let policy: UnreadablePolicy
    let name: @Sendable (Int) -> String
    let load: Load

    /// - Parameters:
    ///   - count: number of samples.
    ///   - batchSize: samples of a batch of this process.
    ///   - shuffles: whether each epoch has an order of its own; otherwise samples come in order.
    ///   - workers: threads that read; with 0 the consumer reads itself.
    ///   - prefetch: batches that are read ahead, at least 1.
    ///   - dropsLast: leaves out the batch at the end of an epoch that is not full.
    ///   - unreadable: what happens when `load` throws.
    ///   - name: what a sample is called in errors, such as its path.
    ///   - load: makes one sample, on any thread.
    public init(
        count: Int, batchSize: Int, seed: UInt64, shuffles: Bool = true, workers: Int = 2, prefetch: Int = 2,
        shard: Shard = .whole, dropsLast: Bool = true, unreadable: UnreadablePolicy = .stop,
        name: @escaping @Sendable (Int) -> String = { "sample \($0)" }, load: @escaping Load
    ) {
        precondition(count >= 0 && batchSize > 0 && workers >= 0 && prefetch > 0, "sizes are positive")
        order = SampleOrder(
            count: count, batchSize: batchSize, seed: seed, shuffles: shuffles, shard: shard, dropsLast: dropsLast)
        (self.workers, self.prefetch, policy) = (workers, prefetch, unreadable)
        (self.name, self.load) = (name, load)
    }

    public var batchesPerEpoch: Int { order.batchesPerEpoch }

    /// - Throws: `DataLoaderError.tooFewSamples` when an epoch would have no batch, or a batch no sample for some process.
    func requireBatches() throws {
        let rest = order.count % order.globalBatchSize
        guard order.batchesPerEpoch > 0, order.dropsLast || rest == 0 || rest >= order.shard.world else {
            throw DataLoaderError.tooFewSamples(
                order.count, batchSize: order.globalBatchSize, processes: order.shard.world)
        }
    }

    /// Batches from a place on, up to the end of the epoch before `epochs`. Reading goes on across the ends of epochs.
    public func batches(fromEpoch epoch: Int = 0, batch: Int = 0, epochs: Int) -> BatchStream<Sample> {
        BatchStream(loader: self, epoch: epoch, batch: batch, epochs: epochs, quarantine: [])
    }

    /// The batches of one epoch.
    public func batches(ofEpoch epoch: Int) -> BatchStream<Sample> {
        batches(fromEpoch: epoch, epochs: epoch + 1)
    }

    /// The very batches that would have followed when `state` was taken. The number of processes may have changed, as
    /// long as the batch of all together is the same.
    /// - Throws: `DataLoaderError.otherState` when the order is another.
    public func batches(resuming state: LoaderState, epochs: Int) throws -> BatchStream<Sample> {
        func same<T: Equatable>(_ what: String, _ then: T, _ now: T) throws {
            guard then == now else {
                throw DataLoaderError.otherState("\(what) was \(then), and is \(now) now")
            }
        }
        try same("the number of samples", state.count, order.count)
        try same("the batch size of all processes", state.globalBatchSize, order.globalBatchSize)
        try same("the seed", state.seed, order.seed)
        try same("shuffling", state.shuffles, order.shuffles)
        try same("leaving out the last batch", state.dropsLast, order.dropsLast)
        return BatchStream(
            loader: self, epoch: state.epoch, batch: state.batch, epochs: epochs, quarantine: state.quarantine)
    }
}

/// Samples that are used together.
public struct Batch<Sample: Sendable>: Sendable {
    public let epoch: Int
    /// 0-based number in its epoch.
    public let number: Int
    /// Which samples these are.
    public let indices: [Int]
    /// May be fewer than the batch size: at the end of an epoch, or where unreadable ones are skipped.
    public let samples: [Sample]
    public let endsEpoch: Bool

    /// As many parts as there are lanes, as equal as can be; fewer where there are fewer samples.
    func shared(by lanes: Int) -> [Batch] {
        let parts = max(1, min(lanes, samples.count))
        return (0..<parts).map { part in
            let range = samples.count * part / parts..<samples.count * (part + 1) / parts
            return Batch(
                epoch: epoch, number: number, indices: Array(indices[range]), samples: Array(samples[range]),
                endsEpoch: endsEpoch)
        }
    }
}

/// Batches one after another. Belongs to one thread; the workers stop when it goes, or with `cancel`.
public final class BatchStream<Sample: Sendable> {
    private let loader: DataLoader<Sample>
    private let queue: LoaderQueue<Sample>
    private let epochs: Int
    private var epoch: Int
    private var batch: Int
    /// Samples that could not be read, in the order in which they were due.
    public private(set) var quarantine: [QuarantinedSample]

    init(loader: DataLoader<Sample>, epoch: Int, batch: Int, epochs: Int, quarantine: [QuarantinedSample]) {
        (self.loader, self.epochs, self.quarantine) = (loader, epochs, quarantine)
        // A state taken after the last batch of an epoch stands at the start of the next.
        let isPastEnd = batch >= loader.batchesPerEpoch
        (self.epoch, self.batch) = isPastEnd ? (epoch + 1, 0) : (epoch, batch)
        queue = LoaderQueue(loader: loader, epoch: self.epoch, batch: self.batch, epochs: epochs)
    }

    deinit { queue.cancel() }

    /// Where the stream is, to go on from the next batch.
    public var state: LoaderState {
        LoaderState(
            epoch: epoch, batch: batch, quarantine: quarantine, count: loader.order.count,
            globalBatchSize: loader.order.globalBatchSize, seed: loader.order.seed, shuffles: loader.order.shuffles,
            dropsLast: loader.order.dropsLast)
    }

    /// Waits for the next batch; nil at the end, and after `cancel`.
    /// - Throws: `DataLoaderError` when a sample cannot be read and the policy is to stop, or the limit is passed.
    public func next() throws -> Batch<Sample>? {
        guard loader.batchesPerEpoch > 0, epoch < epochs,
            let outcomes = queue.take(loader.order.places(batch: batch).count)
        else { return nil }
        for failure in outcomes.flatMap(\.failures) { try note(failure) }
        let loaded = outcomes.compactMap { outcome in outcome.sample.map { (index: outcome.index, sample: $0) } }
        let isLast = batch + 1 == loader.batchesPerEpoch
        defer { (epoch, batch) = isLast ? (epoch + 1, 0) : (epoch, batch + 1) }
        return Batch(
            epoch: epoch, number: batch, indices: loaded.map(\.index), samples: loaded.map(\.sample), endsEpoch: isLast)
    }

    private func note(_ failure: LoaderQueue<Sample>.Failure) throws {
        let name = loader.name(failure.index)
        guard loader.policy != .stop else {
            cancel()
            throw DataLoaderError.unreadable(sample: name, problem: failure.problem)
        }
        guard !quarantine.contains(where: { $0.index == failure.index }) else { return }
        quarantine.append(QuarantinedSample(index: failure.index, name: name, problem: failure.problem))
        guard quarantine.count <= loader.policy.limit else {
            cancel()
            throw DataLoaderError.tooManyUnreadable(quarantine, of: loader.order.count)
        }
    }

    /// Stops reading; when it returns, no worker is at work any more.
    public func cancel() { queue.cancel() }
}
