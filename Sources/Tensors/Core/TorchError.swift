internal import CTorch

/// What libtorch said when an operation failed: shapes that do not fit, no memory, an index out of range.
public struct TorchError: Error, Equatable, CustomStringConvertible {
    /// libtorch's own message.
    public let message: String
    /// The operation and what it was given, such as `aten::conv2d([1, 3, 8, 8] float32, …)`.
    public let operation: String?

    public init(_ message: String, operation: String? = nil) {
        (self.message, self.operation) = (message, operation)
    }

    public var description: String { operation.map { "\($0): \(message)" } ?? message }
}

/// Turns the shim's answer into a thrown error.
@inline(__always)
func checked(_ message: CTorchError?, _ operation: @autoclosure () -> String? = nil) throws {
    if let message { throw TorchError(firstLines(of: String(cString: message)), operation: operation()) }
}

/// libtorch appends notes for its own developers after an empty line.
private func firstLines(of message: String) -> String {
    var text = message
    for marker in ["\nException raised from", "\n\nCPU: registered at", "\nThe following operation failed in the"] {
        if let end = text.range(of: marker) { text = String(text[..<end.lowerBound]) }
    }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
}
