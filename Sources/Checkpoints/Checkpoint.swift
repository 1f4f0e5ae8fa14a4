/// The weights of a network as a file holds them, whatever its format. Reading maps the file and copies no tensor.
public struct Checkpoint: Sendable {
    public enum Format: String, Codable, Sendable {
        case safetensors
        /// A zip file of PyTorch 1.6 or later.
        case torchZip = "torch-zip"
        /// The pickles of PyTorch before 1.6.
        case torchLegacy = "torch-legacy"
        /// A plain pickle, as detectron2's model zoo has.
        case pickle
    }

    public struct NamedTensor: Sendable {
        public let name: String
        public let tensor: StoredTensor

        public init(name: String, tensor: StoredTensor) { (self.name, self.tensor) = (name, tensor) }
    }

    /// Names of tensors, dots included.
    public static let maximumNameBytes = 512

    public let path: String
    public let format: Format
    /// Everything that the file holds. For safetensors a dictionary of the tensors.
    public let value: CheckpointValue
    /// Which part of it the network's weights are.
    public let root: CheckpointRoot
    /// The tensors below the root, nested names joined by dots, in the file's order.
    public let tensors: [NamedTensor]
    /// Texts and numbers beside the tensors (`__author__`, `iteration`, safetensors' `__metadata__`), names joined by dots.
    public let metadata: [Entry]
    /// Tensors outside the root, such as an optimiser's.
    public let otherTensors: Int

    public struct Entry: Codable, Equatable, Sendable {
        public let name: String
        public let text: String

        public init(name: String, text: String) { (self.name, self.text) = (name, text) }
    }

    /// Reads a file; its content, not its name, says which format it is in.
    /// - Parameter root: Where the weights are, as names joined by dots; nil looks in the customary places.
    /// - Throws: `CheckpointError`
    public static func read(_ path: String, root: String? = nil) throws -> Checkpoint {
        try read(try TensorStorage.map(path), path: path, root: root)
    }

    /// Reads a file that lies in memory.
    /// - Parameter path: What messages call it.
    /// - Throws: `CheckpointError`
    public static func read(_ file: TensorStorage, path: String, root: String? = nil) throws -> Checkpoint {
        let bytes = file.bytes
        guard !bytes.isEmpty else { throw CheckpointError(path, "is empty, expected a checkpoint") }
        if bytes.starts(with: [0x50, 0x4b, 0x03, 0x04]) {
            let value = try TorchZipReader(file, path: path).read()
            return try Checkpoint(path: path, format: .torchZip, value: value, root: root)
        }
        if SafetensorsReader.recognises(bytes) {
            let (tensors, metadata) = try SafetensorsReader.read(file, path: path)
            return try Checkpoint(
                path: path, format: .safetensors, value: .dictionary(CheckpointDictionary(tensors)), root: root,
                metadata: metadata.map { Entry(name: $0.0, text: $0.1) })
        }
        guard bytes.count > 2, bytes[0] == PickleOpcode.proto.rawValue || bytes[0] == PickleOpcode.emptyDict.rawValue
        else {
            throw CheckpointError(
                path, "is \(Self.describe(bytes)), expected safetensors, a PyTorch checkpoint or a pickle of arrays")
        }
        var machine = PickleMachine(bytes, file: path, place: "pickle")
        let first = try machine.run()
        if case .largeInt(let span) = machine.graph.object(first), bytes[span].elementsEqual(TorchLegacyReader.magic) {
            let value = try TorchLegacyReader(file, path: path).read(from: machine.cursor.position)
            return try Checkpoint(path: path, format: .torchLegacy, value: value, root: root)
        }
        var tree = PickleTree(
            machine.graph, source: file, pickleBytes: machine.cursor.position, path: path, place: "pickle"
        ) { reference in
            throw CheckpointError(
                path, "refers to storage \(CheckpointError.quote(reference.key)), and a pickle has none")
        }
        return try Checkpoint(path: path, format: .pickle, value: try tree.value(of: first), root: root)
    }

    init(
        path: String, format: Format, value: CheckpointValue, root: String?, metadata: [Entry] = []
    ) throws {
        let chosen = try CheckpointRoot.choose(in: value, named: root, file: path)
        var inside = Flattening(file: path)
        try inside.walk(chosen.value, name: "")
        var outside = Flattening(file: path, skipping: chosen.path)
        try outside.walk(value, name: "")
        (self.path, self.format, self.value, self.root) = (path, format, value, chosen)
        self.tensors = inside.tensors
        self.otherTensors = chosen.path.isEmpty ? 0 : outside.tensors.count
        self.metadata = metadata + (chosen.path.isEmpty ? [] : outside.scalars) + inside.scalars
    }

    public subscript(name: String) -> StoredTensor? { tensors.first { $0.name == name }?.tensor }

    /// What a file is instead, for the common mistakes.
    private static func describe(_ bytes: UnsafeRawBufferPointer) -> String {
        let head = String(decoding: bytes.prefix(64), as: UTF8.self).lowercased()
        if head.hasPrefix("<!doctype") || head.hasPrefix("<html") {
            return "a web page (a download that needs a confirmation in the browser?)"
        }
        if head.hasPrefix("version https://git-lfs") { return "a pointer of Git LFS (git lfs pull fetches the file)" }
        if bytes[0] == UInt8(ascii: "(") {
            return "a pickle of protocol 0 or 1 (Python 2?), of which only dictionaries are read"
        }
        if bytes.starts(with: [0x1f, 0x8b]) { return "compressed with gzip" }
        if bytes.starts(with: [0x89, 0x48, 0x44, 0x46]) { return "an HDF5 file" }
        if bytes.count > 262, bytes[257..<262].elementsEqual("ustar".utf8) {
            return "a tar file (PyTorch before 0.1.10?)"
        }
        if bytes.count >= 9, bytes[8] == UInt8(ascii: "{") { return "like safetensors, with a header of undue length" }
        return "of an unknown format"
    }
}
