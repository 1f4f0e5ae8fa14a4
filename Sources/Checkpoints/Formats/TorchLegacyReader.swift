/// Checkpoints of PyTorch before 1.6: five pickles (magic number, protocol, system, object, keys of storages), then for
/// each key its number of elements and their bytes (`_legacy_save` in torch/serialization.py).
struct TorchLegacyReader {
    /// 0x1950a86a20f9469cfc6c, little-endian.
    static let magic: [UInt8] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]

    private let path: String
    private let file: TensorStorage

    init(_ file: TensorStorage, path: String) { (self.path, self.file) = (path, file) }

    /// - Parameter position: Behind the magic number's pickle.
    func read(from position: Int) throws -> CheckpointValue {
        var machine = pickle(at: position, "protocol")
        guard case .int(1001) = try machine.run() else {
            throw CheckpointError(path, at: "protocol", "is not 1001, the only one that torch wrote")
        }
        machine = pickle(at: machine.cursor.position, "system")
        try requireLittleEndian(try machine.run(), machine.graph)
        let start = machine.cursor.position
        machine = pickle(at: start, "object")
        let root = try machine.run()
        let pickleBytes = machine.cursor.position - start
        let graph = machine.graph
        machine = pickle(at: machine.cursor.position, "storage keys")
        let spans = try storages(try machine.run(), machine, of: graph)

        var opened: [String: TensorStorage] = [:]
        var tree = PickleTree(graph, source: file, pickleBytes: pickleBytes, path: path, place: "object") { reference in
            let elementBytes = reference.elementType?.byteCount ?? 1
            guard let span = spans[reference.key] else {
                throw CheckpointError(path, at: "object", "storage \(CheckpointError.quote(reference.key)) is missing")
            }
            guard let view = reference.view else {
                let storage = opened[reference.key] ?? file.region(span)
                opened[reference.key] = storage
                return storage
            }
            let elements = span.count / elementBytes
            guard view.offset <= elements, view.count <= elements - view.offset else {
                throw CheckpointError(
                    path, at: "object",
                    "a view of storage \(CheckpointError.quote(reference.key)) ends beyond its \(elements) elements")
            }
            let name = "\(reference.key) \(view.key) \(view.offset) \(view.count) \(elementBytes)"
            let first = span.lowerBound + view.offset * elementBytes
            let storage = opened[name] ?? file.region(first..<first + view.count * elementBytes)
            opened[name] = storage
            return storage
        }
        return try tree.value(of: root)
    }

    private func pickle(at position: Int, _ place: String) -> PickleMachine {
        PickleMachine(file.bytes, at: position, file: path, place: place)
    }

    private func requireLittleEndian(_ system: PickleGraph.Value, _ graph: PickleGraph) throws {
        guard case .dictionary(let dictionary) = graph.object(system) else {
            throw CheckpointError(path, at: "system", "is no dictionary; the file is damaged")
        }
        for index in stride(from: 0, to: dictionary.items.count, by: 2) {
            switch graph.object(dictionary.items[index]) {
            case .text(let span) where file.bytes[span].elementsEqual("little_endian".utf8),
                .byteString(let span) where file.bytes[span].elementsEqual("little_endian".utf8):
                guard case .bool(true) = dictionary.items[index + 1] else {
                    throw CheckpointError(path, "holds big-endian numbers, expected little-endian ones")
                }
            default: continue
            }
        }
    }

    /// Where each storage's bytes lie. Their element sizes come from the references to them.
    private func storages(
        _ keys: PickleGraph.Value, _ machine: PickleMachine, of graph: PickleGraph
    ) throws -> [String: Range<Int>] {
        guard case .list(let items) = machine.graph.object(keys) else {
            throw CheckpointError(path, at: "storage keys", "are no list; the file is damaged")
        }
        var elementBytes: [String: Int] = [:]
        for object in graph.objects {
            guard case .storage(let reference) = object else { continue }
            let size = reference.elementType?.byteCount ?? 1
            guard elementBytes.updateValue(size, forKey: reference.key) ?? size == size else {
                throw CheckpointError(
                    path, at: "object", "storage \(CheckpointError.quote(reference.key)) has two element types")
            }
        }
        var cursor = machine.cursor
        var spans: [String: Range<Int>] = [:]
        for item in items {
            let key = try machine.storageKey(item)
            guard let size = elementBytes[key] else {
                throw CheckpointError(
                    path, at: "storage keys", "storage \(CheckpointError.quote(key)) belongs to no tensor")
            }
            let count = try cursor.length(UInt64.self)
            let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow, bytes <= cursor.remaining else {
                throw CheckpointError(
                    path, at: "storage \(CheckpointError.quote(key))",
                    "claims \(count) elements of \(size) bytes and \(cursor.remaining) bytes follow; the file is cut short"
                )
            }
            spans[key] = try cursor.take(bytes)
        }
        return spans
    }
}
