import Hashing
public import Tensors

/// The part of each batch that one process of several takes.
public struct Shard: Sendable, Codable, Equatable {
    /// 0-based number of this process.
    public let rank: Int
    /// How many processes there are.
    public let world: Int

    /// - Precondition: `0 <= rank < world`.
    public init(rank: Int, world: Int) {
        precondition(world > 0 && (0..<world).contains(rank), "a rank is below the number of processes")
        (self.rank, self.world) = (rank, world)
    }

    public static let whole = Shard(rank: 0, world: 1)

    /// The part of one of several processes; everything where there is one alone.
    public init(of group: ProcessGroup?) { self = group.map { Shard(rank: $0.rank, world: $0.worldSize) } ?? .whole }
}

/// Which samples stand in which batch of which epoch: a pure function of the seed.
///
/// A batch of all processes together is cut into one piece a rank, in order: N ranks with batches of B see exactly what
/// one rank with batches of N times B sees.
struct SampleOrder: Sendable {
    let count: Int
    /// Of one process.
    let batchSize: Int
    let seed: UInt64
    let shuffles: Bool
    let shard: Shard
    let dropsLast: Bool

    /// Samples of a batch of all processes together.
    var globalBatchSize: Int { batchSize * shard.world }

    var batchesPerEpoch: Int {
        dropsLast ? count / globalBatchSize : (count + globalBatchSize - 1) / globalBatchSize
    }

    /// The samples of an epoch in their order, of all processes. O(count).
    func permutation(epoch: Int) -> [Int] {
        guard shuffles else { return Array(0..<count) }
        var generator = SeededGenerator(seed: seed, stream: UInt64(epoch), Self.orderStream)
        return generator.permutation(of: count)
    }

    /// The places in the permutation of this process's piece of a batch. The last batch of an epoch, when it is not
    /// full, is shared out as evenly as it goes; a rank may get none.
    func places(batch: Int) -> Range<Int> {
        let start = batch * globalBatchSize
        let size = min(globalBatchSize, count - start)
        return start + size * shard.rank / shard.world..<start + size * (shard.rank + 1) / shard.world
    }

    /// What augmentation draws from: of a sample in an epoch, whichever process or thread reads it.
    func generator(epoch: Int, index: Int) -> SeededGenerator {
        SeededGenerator(seed: seed, stream: UInt64(epoch), UInt64(index))
    }

    /// Where replacements of an unreadable sample are drawn from.
    func replacements(epoch: Int, index: Int) -> SeededGenerator {
        SeededGenerator(seed: seed, stream: UInt64(epoch), UInt64(index), Self.replacementStream)
    }

    /// Numbers that no index reaches.
    private static let orderStream = UInt64.max
    private static let replacementStream = UInt64.max - 1
}
