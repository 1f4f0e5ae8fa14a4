/// What a checkpoint holds, as plain values: a tree whose leaves are tensors, texts and numbers.
public indirect enum CheckpointValue: Sendable {
    case none
    case bool(Bool)
    case int(Int)
    /// An integer beyond 64 bits: little-endian, two's complement, as pickles hold it.
    case largeInt([UInt8])
    case double(Double)
    case string(String)
    case bytes(TensorStorage)
    case tensor(StoredTensor)
    case list([CheckpointValue])
    case tuple([CheckpointValue])
    case dictionary(CheckpointDictionary)
}

/// A dictionary in the order in which it was filled.
public struct CheckpointDictionary: Sendable {
    public enum Key: Hashable, Sendable, CustomStringConvertible {
        case string(String)
        case int(Int)

        public var description: String {
            switch self {
            case .string(let text): text
            case .int(let number): "\(number)"
            }
        }
    }

    public struct Entry: Sendable {
        public var key: Key
        public var value: CheckpointValue

        public init(_ key: Key, _ value: CheckpointValue) { (self.key, self.value) = (key, value) }
    }

    public var entries: [Entry]
    /// The `_metadata` that torch attaches to a state dictionary: versions of its modules.
    public var moduleMetadata: CheckpointValue?

    public init(_ entries: [Entry] = [], moduleMetadata: CheckpointValue? = nil) {
        (self.entries, self.moduleMetadata) = (entries, moduleMetadata)
    }

    /// Linear in the number of entries.
    public subscript(key: String) -> CheckpointValue? { entries.first { $0.key == .string(key) }?.value }
}

extension CheckpointValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: CheckpointValue...) { self = .list(elements) }

    public init(dictionaryLiteral elements: (String, CheckpointValue)...) {
        self = .dictionary(CheckpointDictionary(elements.map { .init(.string($0), $1) }))
    }

    public var dictionary: CheckpointDictionary? { if case .dictionary(let value) = self { value } else { nil } }
    public var tensor: StoredTensor? { if case .tensor(let value) = self { value } else { nil } }
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var int: Int? { if case .int(let value) = self { value } else { nil } }

    /// The elements of a list or a tuple.
    public var elements: [CheckpointValue]? {
        switch self {
        case .list(let values), .tuple(let values): values
        default: nil
        }
    }

    /// The value of a key of a dictionary; nil for everything else.
    public subscript(key: String) -> CheckpointValue? { dictionary?[key] }
}
