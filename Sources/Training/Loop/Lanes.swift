import Foundation
import Tensors

/// Threads that share the pictures of each step. Every lane goes forwards and backwards through the same parameters with
/// its own share: what several processes do, without copies of the network and without sending gradients.
///
/// Small networks on a CPU learn faster so than with the threads of each operation: small operations do not split well.
final class Lanes {
    let count: Int
    private let threads: [LaneThread]
    private let operationThreads: Int

    /// - Parameter count: of the lanes; the calling thread is one of them. They divide the threads of an operation.
    init(_ count: Int) {
        self.count = count
        operationThreads = max(1, Torch.threads / count)
        threads = (1..<max(1, count)).map { _ in LaneThread() }
    }

    deinit { for thread in threads { thread.end() } }

    /// Runs `body` for 0 ..< `lanes` at once, and returns when all have ended.
    func run(_ lanes: Int, _ body: @escaping (Int) -> Void) {
        let before = Torch.threads
        let threads = threads.prefix(max(0, lanes - 1))
        for (lane, thread) in zip(1..., threads) {
            thread.begin { [operationThreads] in
                Torch.threads = operationThreads
                body(lane)
            }
        }
        Torch.threads = operationThreads
        body(0)
        for thread in threads { thread.wait() }
        Torch.threads = before
    }
}

/// A thread that waits for work. It stays from step to step, and with it what libtorch keeps for each thread.
private final class LaneThread: @unchecked Sendable {
    private let work = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)
    private var next: (() -> Void)?

    init() {
        let thread = Thread { [work, done, self] in
            while true {
                work.wait()
                guard let next = self.next else { break }
                next()
                self.next = nil
                done.signal()
            }
        }
        // Backward passes may go deep.
        thread.stackSize = 64 << 20
        thread.name = "lane"
        thread.start()
    }

    func begin(_ body: @escaping () -> Void) {
        next = body
        work.signal()
    }

    func wait() { done.wait() }

    func end() {
        next = nil
        work.signal()
    }
}

/// Where the lanes of one batch come together: the last to come makes the optimiser's step for all.
///
/// Gradients are added in the order of the lanes, whoever comes first: the numbers do not depend on timing.
final class LaneMeeting: @unchecked Sendable {
    private let condition = NSCondition()
    private let lanes: Int
    private var gradients: [Int: [Tensor?]] = [:]
    private var isOver = 0
    private var ended = 0
    private var problem: (any Error)?

    init(lanes: Int) { self.lanes = lanes }

    /// Hands over a lane's gradients and waits for those of the others.
    /// - Parameter step: gets the sums; called once, by the lane that comes last.
    /// - Throws: what `step` throws, in every lane, and what ended another lane.
    func meet(_ lane: Int, _ own: [Tensor?], _ step: ([Tensor?]) throws -> Void) throws {
        condition.lock()
        defer { condition.unlock() }
        if let problem { throw problem }
        gradients[lane] = own
        if gradients.count == lanes {
            do {
                try step(try summed())
            } catch {
                problem = error
            }
            gradients = [:]
            isOver += 1
            condition.broadcast()
        } else {
            let meeting = isOver
            checkAttendance()
            while isOver == meeting, problem == nil { condition.wait() }
        }
        if let problem { throw problem }
    }

    /// A lane has nothing more to do.
    func leave(_ error: (any Error)?) {
        condition.lock()
        defer { condition.unlock() }
        ended += 1
        if problem == nil { problem = error }
        checkAttendance()
        condition.broadcast()
    }

    /// - Throws: what ended a lane.
    func finish() throws { if let problem { throw problem } }

    /// Nobody waits for lanes that have gone.
    private func checkAttendance() {
        guard problem == nil, !gradients.isEmpty, ended > 0 else { return }
        problem = TorchError("the parts of a batch do not make the same updates, and cannot be shared by lanes")
    }

    private func summed() throws -> [Tensor?] {
        try withoutGradients {
            try gradients[0]!.indices.map { index in
                let parts = (0..<lanes).compactMap { gradients[$0]![index] }
                return try parts.dropFirst().reduce(parts.first) { try $0! + $1 }
            }
        }
    }
}
