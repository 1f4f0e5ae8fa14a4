import Foundation

/// A noisy number made legible: for progress lines, never for decisions.
public struct SmoothedMetric: Sendable {
    /// How much of the exponential mean stays at each value, 0 to 1.
    public let decay: Double
    /// How many of the latest values `median` and `mean` are of.
    public let window: Int
    /// The latest value, whatever it is.
    public private(set) var last: Double?
    /// How many values were NaN or infinite; no average counts them.
    public private(set) var notFinite = 0
    private var recent: [Double] = []
    private var place = 0
    private var sum = 0.0
    private var weight = 0.0

    /// - Precondition: `0 <= decay < 1`, `window > 0`.
    public init(decay: Double = 0.98, window: Int = 20) {
        precondition((0..<1).contains(decay) && window > 0, "a decay below 1 and a window of some length")
        (self.decay, self.window) = (decay, window)
    }

    public mutating func add(_ value: Double) {
        last = value
        guard value.isFinite else {
            notFinite += 1
            return
        }
        sum = decay * sum + (1 - decay) * value
        weight = decay * weight + (1 - decay)
        if recent.count < window { recent.append(value) } else { recent[place] = value }
        place = (place + 1) % window
    }

    /// The exponential mean without the pull of its start at zero (Kingma and Ba 2015, 3); nil before any value.
    public var exponentialMean: Double? { weight > 0 ? sum / weight : nil }

    /// Of the latest values.
    public var mean: Double? { recent.isEmpty ? nil : recent.reduce(0, +) / Double(recent.count) }

    /// Of the latest values; the mean of the two in the middle of an even number.
    public var median: Double? {
        guard !recent.isEmpty else { return nil }
        let sorted = recent.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
