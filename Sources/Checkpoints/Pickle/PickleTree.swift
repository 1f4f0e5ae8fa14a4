/// Turns a pickle's graph into a tree of values, once the storages are known.
///
/// Shared objects stay shared in memory, but whoever walks the tree meets them each time: the size of the walk is bounded by
/// the size of the pickle, its depth by a constant.
struct PickleTree {
    static let maximumDepth = 64
    /// Values that a walk may meet: this many, and a multiple of the pickle's own bytes.
    static let freeValues = 4096
    static let valuesPerByte = 4

    typealias Value = PickleGraph.Value
    typealias Storages = (PickleGraph.StorageReference) throws -> TensorStorage

    private let graph: PickleGraph
    private let file: TensorStorage
    private let path: String
    private let place: String
    private let maximumValues: Int
    private let storages: Storages
    private var finished: [Int: Node] = [:]
    private var open: Set<Int> = []
    private var decoded: [Int: TensorStorage] = [:]

    private struct Node {
        let value: CheckpointValue
        /// Values in the tree below, itself included.
        let size: Int
    }

    /// - Parameters:
    ///   - source: What the graph's spans refer to.
    ///   - pickleBytes: The length of the pickle, to which the tree's size must be in proportion.
    init(
        _ graph: PickleGraph, source: TensorStorage, pickleBytes: Int, path: String, place: String,
        storages: @escaping Storages
    ) {
        (self.graph, self.file, self.path, self.place, self.storages) = (graph, source, path, place, storages)
        maximumValues = Self.freeValues + Self.valuesPerByte * pickleBytes
    }

    mutating func value(of root: Value) throws -> CheckpointValue { try node(root, depth: 0).value }

    private func error(_ reason: String) -> CheckpointError { CheckpointError(path, at: place, reason) }

    private mutating func node(_ value: Value, depth: Int) throws -> Node {
        switch value {
        case .none: return Node(value: .none, size: 1)
        case .bool(let flag): return Node(value: .bool(flag), size: 1)
        case .int(let number): return Node(value: .int(number), size: 1)
        case .double(let number): return Node(value: .double(number), size: 1)
        case .object(let index):
            if let node = finished[index] { return node }
            guard depth < Self.maximumDepth else { throw error("is nested deeper than \(Self.maximumDepth) levels") }
            guard open.insert(index).inserted else { throw error("holds a list or dictionary that contains itself") }
            let node = try node(graph.objects[index], depth: depth + 1)
            open.remove(index)
            finished[index] = node
            return node
        }
    }

    private mutating func node(_ object: PickleGraph.Object, depth: Int) throws -> Node {
        switch object {
        case .list(let items):
            let (values, size) = try nodes(items, depth)
            return Node(value: .list(values), size: size)
        case .tuple(let items):
            let (values, size) = try nodes(items, depth)
            return Node(value: .tuple(values), size: size)
        case .dictionary(let dictionary): return try node(dictionary, depth)
        default: return Node(value: try leaf(object), size: 1)
        }
    }

    private mutating func nodes(_ items: [Value], _ depth: Int) throws -> ([CheckpointValue], Int) {
        var values: [CheckpointValue] = []
        values.reserveCapacity(items.count)
        var size = 1
        for item in items {
            let node = try node(item, depth: depth)
            values.append(node.value)
            size += node.size
            guard size <= maximumValues else {
                throw error("refers to the same lists again and again: more than \(maximumValues) values in all")
            }
        }
        return (values, size)
    }

    private mutating func node(_ dictionary: PickleGraph.Dictionary, _ depth: Int) throws -> Node {
        let (values, size) = try nodes(dictionary.items, depth)
        var result = CheckpointDictionary()
        var places: [CheckpointDictionary.Key: Int] = [:]
        for index in stride(from: 0, to: values.count, by: 2) {
            let key = try key(values[index])
            if let place = places[key] {
                result.entries[place].value = values[index + 1]
            } else {
                places[key] = result.entries.count
                result.entries.append(.init(key, values[index + 1]))
            }
        }
        guard let metadata = dictionary.moduleMetadata else {
            return Node(value: .dictionary(result), size: size)
        }
        let attached = try node(metadata, depth: depth)
        result.moduleMetadata = attached.value
        guard size + attached.size <= maximumValues else { throw error("has module metadata of undue size") }
        return Node(value: .dictionary(result), size: size + attached.size)
    }

    private func key(_ value: CheckpointValue) throws -> CheckpointDictionary.Key {
        switch value {
        case .string(let text):
            guard text.utf8.count <= Checkpoint.maximumNameBytes else {
                throw error("has a name of \(text.utf8.count) bytes, expected at most \(Checkpoint.maximumNameBytes)")
            }
            return .string(text)
        case .int(let number): return .int(number)
        case .bool(let flag): return .int(flag ? 1 : 0)
        default: throw error("has a dictionary with a key that is neither text nor integer")
        }
    }

    // MARK: Leaves

    private mutating func leaf(_ object: PickleGraph.Object) throws -> CheckpointValue {
        switch object {
        case .largeInt(let span): return .largeInt(Array(file.bytes[span]))
        case .text(let span):
            guard let text = String(validating: file.bytes[span], as: UTF8.self) else {
                throw error("byte \(span.lowerBound): a text is no UTF-8")
            }
            return .string(text)
        case .byteString(let span): return .string(String(String.UnicodeScalarView(file.bytes[span].map { .init($0) })))
        case .name(let text): return .string(text)
        case .bytes(let span): return .bytes(file.region(span))
        case .encodedBytes(let span): return .bytes(try latin1(span))
        case .tensor(let view): return .tensor(try tensor(view))
        case .array(let array): return try self.array(array)
        case .storage: throw error("holds a storage without a tensor, expected tensors")
        case .dtype: throw error("holds a numpy type by itself, expected arrays")
        case .global: throw error("holds a class by itself, expected tensors, numbers, texts and containers of them")
        case .list, .tuple, .dictionary: preconditionFailure("containers are no leaves")
        }
    }

    private func tensor(_ view: PickleGraph.TensorView) throws -> StoredTensor {
        let storage = try storages(view.storage)
        do {
            return try StoredTensor(
                elementType: view.elementType, shape: view.shape, strides: view.strides, offset: view.offset,
                storage: storage)
        } catch let problem as TensorLayoutError {
            throw error("the tensor over storage \(CheckpointError.quote(view.storage.key)) \(problem)")
        }
    }

    private mutating func array(_ array: PickleGraph.NumpyArray) throws -> CheckpointValue {
        guard let dtype = array.dtype else { throw error("holds a numpy array that was never filled") }
        guard let type = ElementType(numpyCode: dtype.code) else {
            throw error("holds a numpy array of type \(CheckpointError.quote(dtype.code)), expected numbers")
        }
        guard !dtype.isBigEndian || type.byteCount == 1 else {
            throw error("holds a big-endian numpy array, expected little-endian ones")
        }
        let storage: TensorStorage
        switch graph.object(array.data) {
        case .bytes(let span), .byteString(let span): storage = file.region(span)
        case .encodedBytes(let span): storage = try latin1(span)
        case .text(let span): storage = try latin1(span)  // A Python 2 string that was read and written again.
        default: throw error("holds a numpy array without its bytes")
        }
        do {
            let count = try StoredTensor.elementCount(of: array.shape, type)
            guard storage.bytes.count == count * type.byteCount else {
                throw TensorLayoutError(
                    "of shape \(array.shape) has \(storage.bytes.count) bytes, expected \(count * type.byteCount)")
            }
            let tensor = try StoredTensor(
                elementType: type, shape: array.shape,
                strides: array.isColumnMajor ? StoredTensor.columnMajorStrides(of: array.shape) : nil, storage: storage)
            return array.isScalar ? try Self.scalar(tensor) : .tensor(tensor)
        } catch let problem as TensorLayoutError {
            throw error("a numpy array \(problem)")
        }
    }

    private static func scalar(_ tensor: StoredTensor) throws -> CheckpointValue {
        switch tensor.elementType {
        case .float64, .float32, .float16: .double(try tensor.doubles()[0])
        case .bool: .bool(try tensor.integers()[0] != 0)
        case .complex64, .complex128: .tensor(tensor)
        default: .int(Int(try tensor.integers()[0]))
        }
    }

    /// Bytes that protocol 2 spells as the code points U+0000 to U+00FF. Each text is decoded once.
    private mutating func latin1(_ span: Range<Int>) throws -> TensorStorage {
        if let storage = decoded[span.lowerBound] { return storage }
        let source = UnsafeRawBufferPointer(rebasing: file.bytes[span])
        let continuations = source.reduce(0) { $0 + ($1 & 0xc0 == 0x80 ? 1 : 0) }
        let storage = try TensorStorage(count: source.count - continuations) { memory in
            var (read, written) = (0, 0)
            while read < source.count {
                let byte = source[read]
                if byte < 0x80 {
                    memory[written] = byte
                    read += 1
                } else {
                    guard byte == 0xc2 || byte == 0xc3, read + 1 < source.count, source[read + 1] & 0xc0 == 0x80 else {
                        throw error("byte \(span.lowerBound + read): bytes that are written as text are no Latin-1")
                    }
                    memory[written] = (byte & 0x03) << 6 | (source[read + 1] & 0x3f)
                    read += 2
                }
                written += 1
            }
        }
        decoded[span.lowerBound] = storage
        return storage
    }
}
