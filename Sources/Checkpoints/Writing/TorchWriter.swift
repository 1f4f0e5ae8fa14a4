/// Writes checkpoints that `torch.load(weights_only=True)` of PyTorch 1.6 and later reads.
public enum TorchWriter {
    /// - Parameters:
    ///   - value: Tensors that share their storage go on sharing it; storages are written whole, as torch does.
    ///   - precision: The type of all real floating-point tensors; nil keeps theirs.
    ///   - replacing: Whether a file that is there already may be replaced.
    ///   - progress: Gets the share that is written, 0 to 1.
    /// - Returns: The file's size in bytes.
    /// - Throws: `CheckpointError`
    @discardableResult
    public static func write(
        _ value: CheckpointValue, to path: String, precision: ElementType? = nil, replacing: Bool = true,
        progress: (Double) -> Void = { _ in }
    ) throws -> Int {
        try write(value, to: path, precision: precision, replacing: replacing, limit: 0xffff_ffff, progress: progress)
    }

    /// - Parameter limit: Where zip64 begins.
    @discardableResult
    static func write(
        _ value: CheckpointValue, to path: String, precision: ElementType? = nil, replacing: Bool = true, limit: Int,
        progress: (Double) -> Void = { _ in }
    ) throws -> Int {
        let pickle = PickleWriter(value, precision: precision)
        let total = pickle.storages.reduce(pickle.bytes.count) { $0 + $1.elements * $1.target.byteCount }
        let file = try DraftFile(path, size: total, replacing: replacing)
        var zip = ZipWriter(file, limit: limit)
        try zip.add("archive/data.pkl", pickle.bytes)
        try zip.add("archive/byteorder", Array("little".utf8))
        for (key, storage) in pickle.storages.enumerated() {
            let elements = try wrapping(path) {
                try StoredTensor(elementType: storage.elementType, shape: [storage.elements], storage: storage.source)
            }
            try zip.add("archive/data/\(key)", size: storage.elements * storage.target.byteCount) { write in
                try elements.forEachChunk(as: storage.target.isFloatingPoint ? storage.target : nil) { chunk in
                    try write(chunk)
                    progress(Double(file.count) / Double(max(1, total)))
                }
            }
        }
        try zip.add("archive/version", Array("3\n".utf8))
        try zip.finish()
        try file.commit()
        return file.count
    }

    private static func wrapping<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let problem as TensorLayoutError {
            throw CheckpointError(path, "a storage \(problem)")
        }
    }
}
