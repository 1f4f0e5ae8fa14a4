import Dispatch
import Foundation
import Synchronization

/// Turns SIGINT, SIGTERM and SIGUSR1 (SLURM's warning before the end) into a flag, so that a training can write a
/// checkpoint and end in order. A second SIGINT ends the process at once.
///
/// Sendable: the flag is atomic, and the sources are not touched between `init` and `deinit`.
public final class StopSignal: @unchecked Sendable {
    private let isRaised = Atomic<Bool>(false)
    private let sources: [any DispatchSourceSignal]

    public init() {
        let queue = DispatchQueue(label: "stop-signal")
        sources = [SIGINT, SIGTERM, SIGUSR1].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        for source in sources {
            source.setEventHandler { [weak self] in
                self?.isRaised.store(true, ordering: .relaxed)
                signal(SIGINT, SIG_DFL)
            }
            source.resume()
        }
    }

    /// Signals end the process again, as before.
    deinit {
        for source in sources { source.cancel() }
        for number in [SIGINT, SIGTERM, SIGUSR1] { signal(number, SIG_DFL) }
    }

    public var wasRaised: Bool { isRaised.load(ordering: .relaxed) }
}
