import Foundation

/// What a training tells a person who watches; its description is a line for the terminal.
public enum TrainingReport: Sendable, CustomStringConvertible {
    case resumed(step: Int)
    case step(Int, epoch: Double, [String: Double])
    case validation(Int, [String: Double])
    case checkpoint(Int, file: String)
    case warning(String)

    public var description: String {
        switch self {
        case .resumed(let step): "going on from step \(step)"
        case .step(let step, let epoch, let values):
            "step \(step)  epoch \(String(format: "%.2f", epoch))  \(Self.text(values))"
        case .validation(let step, let values): "step \(step)  \(Self.text(values))"
        case .checkpoint(let step, let file): "step \(step)  wrote \(file)"
        case .warning(let text): "warning: \(text)"
        }
    }

    private static func text(_ values: [String: Double]) -> String {
        values.sorted { $0.key < $1.key }.map { "\($0.key) \(String(format: "%.4g", $0.value))" }.joined(
            separator: "  ")
    }
}
