import Foundation

/// Workers that draw pictures side by side, each with its own maker; results come in order.
///
/// A maker is used by one thread at a time: that is why the team may be shared.
final class WorkerTeam: @unchecked Sendable {
    private let makers: [PictureMaker]

    init(count: Int, _ make: () throws -> PictureMaker) rethrows {
        makers = try (0..<count).map { _ in try make() }
    }

    /// - Throws: the error of the first of the inputs that failed.
    func map<Input: Sendable, Output: Sendable>(
        _ inputs: [Input], _ body: @escaping @Sendable (PictureMaker, Input) throws -> Output
    ) throws -> [Output] {
        let work = SharedWork<Output>(count: inputs.count)
        DispatchQueue.concurrentPerform(iterations: min(makers.count, inputs.count)) { worker in
            while let index = work.take() {
                work.set(index, Result { try body(self.makers[worker], inputs[index]) })
            }
        }
        return try work.results()
    }
}

/// What is to be done and what has been; a lock guards every access.
private final class SharedWork<Output: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var next = 0
    private var hasFailed = false
    private var done: [Result<Output, any Error>?]

    init(count: Int) { done = [Result<Output, any Error>?](repeating: nil, count: count) }

    func take() -> Int? {
        lock.withLock {
            guard next < done.count, !hasFailed else { return nil }
            defer { next += 1 }
            return next
        }
    }

    func set(_ index: Int, _ result: Result<Output, any Error>) {
        lock.withLock {
            done[index] = result
            if case .failure = result { hasFailed = true }
        }
    }

    func results() throws -> [Output] { try done.compactMap { try $0?.get() } }
}
