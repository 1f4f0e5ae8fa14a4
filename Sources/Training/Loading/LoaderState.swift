/// Where a loader is, to be kept in a checkpoint.
public struct LoaderState: Sendable, Codable, Equatable {
    /// The batch that comes next.
    public var epoch: Int
    public var batch: Int
    /// Samples that could not be read so far.
    public var quarantine: [QuarantinedSample]
    // What the order follows from.
    let count: Int
    let globalBatchSize: Int
    let seed: UInt64
    let shuffles: Bool
    let dropsLast: Bool
}

/// A sample that could not be read.
public struct QuarantinedSample: Sendable, Codable, Equatable {
    public let index: Int
    public let name: String
    /// One sentence.
    public let problem: String
}

/// What a loader does with samples that cannot be read. All of them are listed.
public enum UnreadablePolicy: Sendable, Equatable {
    /// The first one ends the work.
    case stop
    /// It is left out, and its batch is smaller: for evaluations.
    case skip(limit: Int)
    /// Another sample takes its place, drawn from the seed, epoch and index: for trainings, whose batches keep their
    /// size on every process (as detectron2's `MapDataset` does).
    case replace(limit: Int)

    /// How many samples may be unreadable before the work ends.
    var limit: Int {
        switch self {
        case .stop: 0
        case .skip(let limit), .replace(let limit): limit
        }
    }
}

public enum DataLoaderError: Error, Equatable, CustomStringConvertible {
    case unreadable(sample: String, problem: String)
    case tooManyUnreadable([QuarantinedSample], of: Int)
    case otherState(String)
    case tooFewSamples(Int, batchSize: Int, processes: Int)

    public var description: String {
        switch self {
        case .unreadable(let sample, let problem):
            // Most errors name the file themselves.
            problem.hasPrefix(sample) ? problem : "\(sample): \(problem)"
        case .tooManyUnreadable(let samples, let count):
            "\(samples.count) of \(count) samples cannot be read, which is more than is allowed; the first: "
                + samples.prefix(3).map { $0.problem.hasPrefix($0.name) ? $0.problem : "\($0.name): \($0.problem)" }
                .joined(separator: "; ")
        case .tooFewSamples(let count, let batchSize, let processes):
            "\(count) samples do not make batches of \(batchSize)"
                + (processes > 1 ? " for \(processes) processes" : "") + ": take smaller batches, or more data"
        case .otherState(let difference):
            "the training cannot go on in mid-epoch with other data: \(difference)"
        }
    }
}
