import Catalog
import Foundation
import Imaging

/// Takes what a run measures to wherever it is looked at: the catalog, `metrics.jsonl` and TensorBoard's event files.
///
/// Files hold everything that was logged up to the last flush, which happens every few seconds; the catalog is written in
/// batches, and when another command holds it, later, so that no step waits. Belongs to one thread.
public final class MetricLog {
    /// The run in the catalog that values go to.
    public struct Destination: Sendable {
        public let catalog: CatalogFile
        public let run: Int64

        public init(catalog: CatalogFile, run: Int64) { (self.catalog, self.run) = (catalog, run) }
    }

    private let destination: Destination?
    private let lines: MetricLines?
    private let events: TensorBoardFile?
    /// Seconds between flushes.
    private let interval: Double
    private var lastFlush = Date()
    private var pending: [MetricSample] = []
    /// With so many values waiting, the run waits for the catalog too: memory is not for ever.
    private static let patience = 200_000

    /// - Parameters:
    ///   - destination: a run that was started, or resumed at the same step (`RunRecorder.resume`).
    ///   - folder: where the files go, made if it is missing; none are written where nil.
    ///   - step: on resuming, the last step whose values stay.
    ///   - interval: seconds between flushes.
    /// - Throws: `MetricLogError`
    public init(
        to destination: Destination?, folder: String?, resumingAt step: Int? = nil, writesTensorBoard: Bool = true,
        interval: Double = 5
    ) throws {
        (self.destination, self.interval) = (destination, interval)
        guard let folder else {
            (lines, events) = (nil, nil)
            return
        }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw MetricLogError(
                file: folder, reason: "cannot be made (\((error as NSError).localizedDescription))")
        }
        lines = try MetricLines(path: folder + "/metrics.jsonl", resumingAt: step)
        events = writesTensorBoard ? try TensorBoardFile(folder: folder, resumingAt: step) : nil
    }

    /// Logs the metrics of one moment.
    /// - Parameters:
    ///   - values: by name; slashes group them, as in `loss/total`.
    ///   - step: steps of the optimiser since the run began.
    ///   - epoch: passes over the data, in fractions.
    /// - Throws: `MetricLogError`, `CatalogError`
    public func log(_ values: [String: Double], step: Int, epoch: Double? = nil) throws {
        let time = Date().timeIntervalSince1970
        let sorted = values.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        try lines?.append(sorted, step: step, epoch: epoch, time: time)
        try events?.append(TensorBoardEvent(content: .scalars(sorted), step: step, time: time))
        if destination != nil {
            pending += sorted.map {
                MetricSample(name: $0.name, step: step, epoch: epoch, value: $0.value, time: time)
            }
        }
        try flushIfDue()
    }

    /// Logs a picture, for TensorBoard only.
    /// - Throws: `ImageError`, `MetricLogError`
    public func log(_ image: Image, named name: String, step: Int) throws {
        try events?.append(
            TensorBoardEvent(content: .image(name: name, image), step: step, time: Date().timeIntervalSince1970))
        try flushIfDue()
    }

    /// Logs a text in Markdown, such as the configuration, for TensorBoard only.
    /// - Throws: `MetricLogError`
    public func log(text: String, named name: String, step: Int = 0) throws {
        try events?.append(
            TensorBoardEvent(content: .text(name: name, text), step: step, time: Date().timeIntervalSince1970))
        try flushIfDue()
    }

    private func flushIfDue() throws {
        if -lastFlush.timeIntervalSinceNow >= interval { try flush() }
    }

    /// Writes everything out; the catalog only if nobody else is writing to it.
    /// - Throws: `MetricLogError`, `CatalogError`
    public func flush() throws { try flush(waiting: pending.count < Self.patience ? 0 : 600) }

    /// Writes everything out and waits for the catalog. Before the run is ended, and before a checkpoint that counts on it.
    /// - Throws: `MetricLogError`, `CatalogError`
    public func close() throws { try flush(waiting: 600) }

    private func flush(waiting timeout: Double) throws {
        lastFlush = Date()
        try lines?.flush()
        try events?.flush()
        guard let destination else { return }
        do {
            // Without values too: it is the run's sign of life.
            try destination.catalog.record(waiting: timeout) { try $0.append(pending, to: destination.run) }
            pending.removeAll(keepingCapacity: true)
        } catch CatalogError.locked where timeout == 0 {
            // Another command writes; the values wait for the next flush.
        }
    }
}
