/// What is wrong with a checkpoint, as one sentence: which file, where in it, what is wrong and what was expected.
public struct CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
    public let file: String
    /// A member, an entry or a byte offset; empty when the file as a whole is meant.
    public let place: String
    public let reason: String

    public init(_ file: String, at place: String = "", _ reason: String) {
        (self.file, self.place, self.reason) = (file, place, reason)
    }

    public var description: String {
        place.isEmpty ? "\(file): \(reason)" : "\(file): \(place): \(reason)"
    }

    /// A name out of a file, short and without control characters, so that a message stays one line.
    static func quote(_ name: String) -> String {
        let scalars = name.unicodeScalars.prefix(80).map { $0.value < 0x20 || $0.value == 0x7f ? "\u{FFFD}" : $0 }
        let isCut = scalars.count < name.unicodeScalars.count
        return "“" + String(String.UnicodeScalarView(scalars)) + (isCut ? "…" : "") + "”"
    }
}
