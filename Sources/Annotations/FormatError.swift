/// What is wrong with a file, as one sentence: which file, where in it, what, and what was expected.
public struct FormatError: Error, CustomStringConvertible, Sendable {
    public let file: String
    public let place: String
    public let reason: String

    public init(file: String, place: String = "", reason: String) {
        (self.file, self.place, self.reason) = (file, place, reason)
    }

    public var description: String {
        place.isEmpty ? "\(file): \(reason)" : "\(file): \(place): \(reason)"
    }
}

/// One defect of an object in a file that is otherwise read.
public struct Problem: Codable, Sendable, Equatable {
    /// A stable word for programs, for example `polygon`.
    public let kind: String
    /// Where: file, object, id.
    public let place: String
    public let message: String
    /// Whether `--fix` can mend it without losing anything.
    public let fixable: Bool

    public init(kind: String, where place: String, message: String, fixable: Bool = false) {
        (self.kind, self.place, self.message, self.fixable) = (kind, place, message, fixable)
    }

    enum CodingKeys: String, CodingKey {
        case kind
        case place = "where"
        case message, fixable
    }
}
