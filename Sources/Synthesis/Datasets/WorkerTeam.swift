import Foundation

/// Workers that draw pictures side by side, each with its own maker; results come in order.
///
/// Each maker is used by one thread at a time, and a lock guards the results: that is why it may be shared.
final class WorkerTeam: @unchecked Sendable {
    private let makers: [PictureMaker]
    private let lock = NSLock()
    private var next = 0
    private var results: [MadePicture?] = []
    private var failure: (index: Int, error: any Error)?

    init(count: Int, _ make: () throws -> PictureMaker) rethrows {
        makers = try (0..<count).map { _ in try make() }
    }

    /// - Throws: the error of the first of the inputs that failed.
    func map<Input: Sendable>(
        _ inputs: [Input], _ body: @escaping @Sendable (PictureMaker, Input) throws -> MadePicture
    ) throws -> [MadePicture] {
        results = [MadePicture?](repeating: nil, count: inputs.count)
        (next, failure) = (0, nil)
        DispatchQueue.concurrentPerform(iterations: min(makers.count, inputs.count)) { worker in
            while let index = self.take(inputs.count) {
                do {
                    let result = try body(self.makers[worker], inputs[index])
                    self.lock.withLock { self.results[index] = result }
                } catch {
                    self.lock.withLock {
                        if index < self.failure?.index ?? .max { self.failure = (index, error) }
                    }
                }
            }
        }
        if let failure { throw failure.error }
        return results.compactMap { $0 }
    }

    private func take(_ count: Int) -> Int? {
        lock.withLock {
            guard next < count, failure == nil else { return nil }
            defer { next += 1 }
            return next
        }
    }
}
