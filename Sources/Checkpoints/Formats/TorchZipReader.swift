/// Checkpoints of PyTorch 1.6 and later: a zip file with `data.pkl` and the storages as members `data/KEY`.
struct TorchZipReader {
    private let path: String
    private let file: TensorStorage
    private let directory: ZipDirectory
    /// The folder inside the zip file, with its slash.
    private let folder: String

    init(_ file: TensorStorage, path: String) throws {
        (self.path, self.file) = (path, file)
        directory = try ZipDirectory(file.bytes, file: path)
        guard let pickle = directory.members.keys.filter({ $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }).min() else {
            throw CheckpointError(path, "is a zip file without data.pkl, expected a checkpoint written by torch.save")
        }
        folder = String(pickle.dropLast("data.pkl".count))
        if directory.members[folder + "constants.pkl"] != nil {
            throw CheckpointError(path, "is a TorchScript program, expected a checkpoint written by torch.save")
        }
    }

    func read() throws -> CheckpointValue {
        if let order = directory.members[folder + "byteorder"],
            String(decoding: file.bytes[order.span.prefix(16)], as: UTF8.self) != "little"
        {
            throw CheckpointError(path, "holds big-endian numbers, expected little-endian ones")
        }
        guard let member = directory.members[folder + "data.pkl"] else { preconditionFailure("found by init") }
        let pickle = file.region(member.span)
        var machine = PickleMachine(pickle.bytes, file: path, place: "data.pkl")
        let root = try machine.run()
        var opened: [String: TensorStorage] = [:]
        var tree = PickleTree(
            machine.graph, source: pickle, pickleBytes: pickle.bytes.count, path: path, place: "data.pkl"
        ) { reference in
            let storage = try opened[reference.key] ?? storage(reference.key)
            opened[reference.key] = storage
            let elementBytes = reference.elementType?.byteCount ?? 1
            guard storage.bytes.count / elementBytes >= reference.count else {
                throw CheckpointError(
                    path, at: "data/\(reference.key)",
                    "has \(storage.bytes.count) bytes, expected \(reference.count) elements of \(elementBytes)")
            }
            return storage
        }
        return try tree.value(of: root)
    }

    private func storage(_ key: String) throws -> TensorStorage {
        guard let member = directory.members[folder + "data/" + key] else {
            throw CheckpointError(
                path, at: "data.pkl", "refers to data/\(CheckpointError.quote(key)), which is missing")
        }
        return file.region(member.span)
    }
}
