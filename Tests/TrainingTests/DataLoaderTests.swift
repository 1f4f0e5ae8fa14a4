import Foundation
import Hashing
import Synchronization
import Testing

@testable import Training

@Suite struct DataLoaderTests {
    /// A sample that tells which it is and what chance it was handed.
    private struct Drawn: Sendable, Equatable {
        let index: Int
        let chance: UInt64
    }

    private func loader(
        count: Int = 23, batchSize: Int = 4, seed: UInt64 = 5, shuffles: Bool = true, workers: Int = 3,
        prefetch: Int = 2, shard: Shard = .whole, dropsLast: Bool = true, unreadable: UnreadablePolicy = .stop,
        damaged: Set<Int> = [], jitter: Bool = true
    ) -> DataLoader<Drawn> {
        DataLoader(
            count: count, batchSize: batchSize, seed: seed, shuffles: shuffles, workers: workers, prefetch: prefetch,
            shard: shard, dropsLast: dropsLast, unreadable: unreadable, name: { "picture \($0)" },
            load: { index, generator in
                if damaged.contains(index) { throw Damaged() }
                // Workers finish in an order of their own.
                if jitter { usleep(UInt32.random(in: 0...300)) }
                return Drawn(index: index, chance: generator.next())
            })
    }

    private struct Damaged: Error, CustomStringConvertible {
        var description: String { "cut short" }
    }

    private func all(_ stream: BatchStream<Drawn>) throws -> [[Drawn]] {
        var result: [[Drawn]] = []
        while let batch = try stream.next() { result.append(batch.samples) }
        return result
    }

    @Test(arguments: [0, 1, 2, 7]) func `batches do not depend on the number of workers`(workers: Int) throws {
        let expected = try all(loader(workers: 0, jitter: false).batches(epochs: 3))
        #expect(expected.count == 15)
        #expect(try all(loader(workers: workers).batches(epochs: 3)) == expected)
        #expect(try all(loader(workers: workers, prefetch: 9).batches(epochs: 3)) == expected)
    }

    @Test func `every epoch has every sample once, in an order of its own`() throws {
        let batches = try all(loader(dropsLast: false).batches(epochs: 2))
        #expect(batches.map(\.count) == [4, 4, 4, 4, 4, 3, 4, 4, 4, 4, 4, 3])
        let epochs = [batches[..<6], batches[6...]].map { $0.flatMap { $0 } }
        for epoch in epochs { #expect(epoch.map(\.index).sorted() == Array(0..<23)) }
        #expect(epochs[0].map(\.index) != epochs[1].map(\.index))
        // Nor is the same sample augmented twice alike.
        let (first, second) = (epochs[0].first { $0.index == 9 }, epochs[1].first { $0.index == 9 })
        #expect(first?.chance != second?.chance)
        #expect(try all(loader(seed: 6).batches(epochs: 1)) != Array(batches[..<5]))
    }

    @Test func `without shuffling samples come in order`() throws {
        let indices = try all(loader(count: 10, shuffles: false, dropsLast: false).batches(ofEpoch: 3))
            .map { $0.map(\.index) }
        #expect(indices == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]])
    }

    @Test(arguments: [2, 3, 4]) func `ranks together see the batches of one`(world: Int) throws {
        for dropsLast in [true, false] {
            let whole = try all(
                loader(count: 50, batchSize: 2 * world, dropsLast: dropsLast).batches(epochs: 2))
            let ranks = try (0..<world).map { rank in
                try all(
                    loader(
                        count: 50, batchSize: 2, shard: Shard(rank: rank, world: world), dropsLast: dropsLast
                    ).batches(epochs: 2))
            }
            #expect(Set(ranks.map(\.count)) == [whole.count])
            for batch in whole.indices { #expect(ranks.flatMap { $0[batch] } == whole[batch]) }
        }
    }

    @Test func `a state that was saved goes on with the very next batch`() throws {
        let loader = loader(dropsLast: false)
        let expected = try all(loader.batches(epochs: 3))
        let stream = loader.batches(epochs: 3)
        for used in 0..<expected.count {
            let text = try JSONEncoder().encode(stream.state)
            let state = try JSONDecoder().decode(LoaderState.self, from: text)
            #expect(state.epoch == used / 6 && state.batch == used % 6)
            if used % 5 == 0 {
                #expect(try all(loader.batches(resuming: state, epochs: 3)) == Array(expected[used...]))
            }
            _ = try stream.next()
        }
        #expect(try stream.next() == nil)
    }

    @Test func `two ranks go on where one was, and other data is refused`() throws {
        let one = loader(count: 40, batchSize: 4)
        let stream = one.batches(epochs: 2)
        for _ in 0..<3 { _ = try stream.next() }
        let rest = try all(one.batches(resuming: stream.state, epochs: 2))
        let ranks = try (0..<2).map { rank in
            try all(
                loader(count: 40, batchSize: 2, shard: Shard(rank: rank, world: 2))
                    .batches(resuming: stream.state, epochs: 2))
        }
        for batch in rest.indices { #expect(ranks[0][batch] + ranks[1][batch] == rest[batch]) }
        for other in [loader(count: 41), loader(count: 40, batchSize: 5), loader(count: 40, seed: 1)] {
            #expect(throws: DataLoaderError.self) { try other.batches(resuming: stream.state, epochs: 2) }
        }
    }

    @Test func `an unreadable sample stops the work by name`() throws {
        let stream = loader(damaged: [7]).batches(epochs: 1)
        let error = #expect(throws: DataLoaderError.self) { while try stream.next() != nil {} }
        #expect(error == .unreadable(sample: "picture 7", problem: "cut short"))
        #expect("\(error!)" == "picture 7: cut short")
        #expect(try stream.next() == nil)
    }

    @Test func `unreadable samples are skipped and listed`() throws {
        let stream = loader(shuffles: false, dropsLast: false, unreadable: .skip(limit: 3), damaged: [0, 9, 22])
            .batches(epochs: 2)
        #expect(try all(stream).map(\.count) == [3, 4, 3, 4, 4, 2, 3, 4, 3, 4, 4, 2])
        #expect(stream.quarantine.map(\.index) == [0, 9, 22])
        #expect(stream.quarantine[1] == QuarantinedSample(index: 9, name: "picture 9", problem: "cut short"))
    }

    @Test(arguments: [0, 1, 4]) func `unreadable samples are replaced in the same way each time`(workers: Int) throws {
        let damaged: Set<Int> = [3, 4, 5, 6, 7]
        func stream(_ workers: Int) -> BatchStream<Drawn> {
            loader(workers: workers, unreadable: .replace(limit: 5), damaged: damaged).batches(epochs: 4)
        }
        let (reference, again) = (stream(0), stream(workers))
        let expected = try all(reference)
        #expect(try all(again) == expected)
        #expect(again.quarantine == reference.quarantine)
        #expect(expected.allSatisfy { $0.count == 4 && $0.allSatisfy { !damaged.contains($0.index) } })
        #expect(Set(reference.quarantine.map(\.index)) == damaged)
    }

    @Test func `too many unreadable samples end the work`() throws {
        let stream = loader(unreadable: .replace(limit: 2), damaged: [1, 2, 3, 4]).batches(epochs: 2)
        let error = #expect(throws: DataLoaderError.self) { while try stream.next() != nil {} }
        #expect("\(error!)".hasPrefix("3 of 23 samples cannot be read"))
    }

    @Test func `no more is read ahead than was asked for`() throws {
        let started = Atomic(0)
        let loader = DataLoader<Int>(count: 1000, batchSize: 5, seed: 1, workers: 4, prefetch: 3) { index, _ in
            started.add(1, ordering: .sequentiallyConsistent)
            return index
        }
        let stream = loader.batches(epochs: 1)
        for used in 1...4 {
            _ = try stream.next()
            // As far as allowed soon, and then not on.
            for _ in 0..<1000 where started.load(ordering: .sequentiallyConsistent) < 5 * (used + 3) { usleep(5000) }
            usleep(5000)
            #expect(started.load(ordering: .sequentiallyConsistent) == 5 * (used + 3))
        }
    }

    @Test func `cancelling waits for the workers, and so does letting go`() throws {
        let atWork = Atomic(0)
        let loader = DataLoader<Int>(count: 1000, batchSize: 5, seed: 1, workers: 4, prefetch: 3) { index, _ in
            atWork.add(1, ordering: .sequentiallyConsistent)
            defer { _ = atWork.subtract(1, ordering: .sequentiallyConsistent) }
            usleep(5000)
            return index
        }
        let stream = loader.batches(epochs: 1)
        _ = try stream.next()
        stream.cancel()
        #expect(atWork.load(ordering: .sequentiallyConsistent) == 0)
        #expect(try stream.next() == nil)
        do {
            let other = loader.batches(epochs: 1)
            _ = try other.next()
        }
        #expect(atWork.load(ordering: .sequentiallyConsistent) == 0)
    }

    @Test func `fewer samples than a batch make an epoch of one or of none`() throws {
        #expect(try all(loader(count: 3).batches(epochs: 5)).isEmpty)
        #expect(try all(loader(count: 0, dropsLast: false).batches(epochs: 5)).isEmpty)
        #expect(try all(loader(count: 3, dropsLast: false).batches(epochs: 2)).map(\.count) == [3, 3])
    }

    @Test func `the order of a seed is fixed for good`() {
        var generator = SeededGenerator(seed: 0)
        // The published sequence of SplitMix64 from 0.
        #expect(generator.next() == 0xE220_A839_7B1D_CDAF)
        #expect(generator.next() == 0x6E78_9E6A_A1B9_65F4)
        let order = SampleOrder(
            count: 10, batchSize: 2, seed: 1, shuffles: true, shard: .whole, dropsLast: true)
        #expect(order.permutation(epoch: 0) == [1, 6, 5, 7, 2, 8, 0, 4, 3, 9])
    }
}
