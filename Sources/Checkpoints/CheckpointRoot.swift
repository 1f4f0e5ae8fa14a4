/// Which part of a checkpoint the network's weights are, and why.
public struct CheckpointRoot: Sendable {
    /// Names joined by dots; empty for the whole file.
    public let path: String
    /// A sentence for a person.
    public let explanation: String
    let value: CheckpointValue

    /// Where training scripts put the weights: detectron2 and DensePose, Lightning and X2Face, pycls, Caffe2.
    static let customary = ["model", "state_dict", "model_state", "model_state_dict", "blobs"]

    static func choose(in value: CheckpointValue, named path: String?, file: String) throws -> CheckpointRoot {
        if let path, !path.isEmpty {
            guard let current = nested(path, in: value) ?? prefixed(path, in: value) else {
                throw CheckpointError(
                    file, "has no \(CheckpointError.quote(path)); at the top it has \(names(in: value))")
            }
            return CheckpointRoot(path: path, explanation: "“\(path)”, as asked", value: current)
        }
        if path == nil, let dictionary = value.dictionary {
            let candidates = customary.filter { name in
                dictionary[name]?.dictionary?.entries.contains { $0.value.tensor != nil } ?? false
            }
            if let name = candidates.first, let root = dictionary[name] {
                let others = candidates.dropFirst()
                let note = others.isEmpty ? "" : " (not “\(others.joined(separator: "”, “"))”)"
                return CheckpointRoot(
                    path: name, explanation: "“\(name)”, where training scripts put the weights\(note)", value: root)
            }
        }
        return CheckpointRoot(path: "", explanation: "the whole file", value: value)
    }

    private static func nested(_ path: String, in value: CheckpointValue) -> CheckpointValue? {
        path.split(separator: ".").reduce(value as CheckpointValue?) { current, name in
            current?.dictionary?.entries.first { $0.key.description == name }?.value
        }
    }

    /// safetensors files have no levels: a part of one is what shares a dotted beginning.
    private static func prefixed(_ path: String, in value: CheckpointValue) -> CheckpointValue? {
        let entries = value.dictionary?.entries.compactMap { entry -> CheckpointDictionary.Entry? in
            guard case .string(let name) = entry.key, name.hasPrefix(path + ".") else { return nil }
            return .init(.string(String(name.dropFirst(path.utf8.count + 1))), entry.value)
        }
        return entries.flatMap { $0.isEmpty ? nil : .dictionary(CheckpointDictionary($0)) }
    }

    private static func names(in value: CheckpointValue) -> String {
        guard let entries = value.dictionary?.entries, !entries.isEmpty else { return "no names" }
        let some = entries.prefix(8).map { CheckpointError.quote($0.key.description) }.joined(separator: ", ")
        return entries.count > 8 ? some + ", …" : some
    }
}

/// Walks a tree of values and collects its leaves with their dotted names. The tree's size and depth are bounded where it is
/// made.
struct Flattening {
    private let file: String
    private let skipped: String?
    private(set) var tensors: [Checkpoint.NamedTensor] = []
    private(set) var scalars: [Checkpoint.Entry] = []
    private var names: Set<String> = []

    init(file: String, skipping path: String = "") { (self.file, skipped) = (file, path.isEmpty ? nil : path) }

    mutating func walk(_ value: CheckpointValue, name: String) throws {
        if let skipped, name == skipped || name.hasPrefix(skipped + ".") { return }
        guard name.utf8.count <= Checkpoint.maximumNameBytes else {
            throw CheckpointError(
                file, at: CheckpointError.quote(name),
                "is a name of \(name.utf8.count) bytes, expected at most \(Checkpoint.maximumNameBytes)")
        }
        switch value {
        case .tensor(let tensor):
            let name = name.isEmpty ? "tensor" : name
            guard names.insert(name).inserted else {
                throw CheckpointError(file, at: CheckpointError.quote(name), "is the name of two tensors")
            }
            tensors.append(.init(name: name, tensor: tensor))
        case .dictionary(let dictionary):
            for entry in dictionary.entries { try walk(entry.value, name: Self.join(name, entry.key.description)) }
        case .list(let items), .tuple(let items):
            for (index, item) in items.enumerated() { try walk(item, name: Self.join(name, "\(index)")) }
        case .none: note(name, "none")
        case .bool(let flag): note(name, "\(flag)")
        case .int(let number): note(name, "\(number)")
        case .largeInt(let bytes): note(name, "an integer of \(bytes.count * 8) bits")
        case .double(let number): note(name, "\(number)")
        case .string(let text): note(name, text)
        case .bytes(let storage): note(name, "\(storage.bytes.count) bytes")
        }
    }

    private mutating func note(_ name: String, _ text: String) {
        scalars.append(.init(name: name.isEmpty ? "value" : name, text: text))
    }

    private static func join(_ prefix: String, _ name: String) -> String { prefix.isEmpty ? name : prefix + "." + name }
}
