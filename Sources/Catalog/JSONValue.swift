import Foundation

/// Any JSON: the configuration of a run, whatever program wrote it.
public indirect enum JSONValue: Codable, Sendable, Equatable, CustomStringConvertible {
    case null
    case flag(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// nil where the text is no JSON.
    public init?(text: String) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) else { return nil }
        self = value
    }

    public init(from decoder: any Decoder) throws {
        let cell = try decoder.singleValueContainer()
        if cell.decodeNil() {
            self = .null
        } else if let object = try? cell.decode([String: JSONValue].self) {
            self = .object(object)
        } else if let array = try? cell.decode([JSONValue].self) {
            self = .array(array)
        } else if let flag = try? cell.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? cell.decode(Int64.self) {
            self = .integer(number)
        } else if let number = try? cell.decode(Double.self) {
            self = .number(number)
        } else {
            self = .text(try cell.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var cell = encoder.singleValueContainer()
        switch self {
        case .null: try cell.encodeNil()
        case .flag(let flag): try cell.encode(flag)
        case .integer(let number): try cell.encode(number)
        case .number(let number): try cell.encode(number)
        case .text(let text): try cell.encode(text)
        case .array(let items): try cell.encode(items)
        case .object(let members): try cell.encode(members)
        }
    }

    /// On one line, for people: texts stand without quotation marks.
    public var description: String {
        switch self {
        case .null: "null"
        case .flag(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .text(let text): text
        case .array(let items): "[" + items.map(\.description).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.sorted { $0.key < $1.key }.map { "\($0): \($1)" }.joined(separator: ", ") + "}"
        }
    }
}
