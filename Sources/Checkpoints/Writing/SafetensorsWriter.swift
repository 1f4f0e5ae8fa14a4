/// Writes tensors as safetensors, streamed from where they lie.
public enum SafetensorsWriter {
    /// - Parameters:
    ///   - tensors: Views and tensors that share memory are written out each: the format knows no sharing.
    ///   - metadata: Becomes `__metadata__`; of several entries of a name the last counts.
    ///   - precision: The type of all real floating-point tensors; nil keeps theirs.
    ///   - replacing: Whether a file that is there already may be replaced.
    ///   - progress: Gets the share that is written, 0 to 1.
    /// - Returns: The file's size in bytes.
    /// - Throws: `CheckpointError`
    @discardableResult
    public static func write(
        _ tensors: [Checkpoint.NamedTensor], metadata: [Checkpoint.Entry] = [], to path: String,
        precision: ElementType? = nil, replacing: Bool = true, progress: (Double) -> Void = { _ in }
    ) throws -> Int {
        var names: Set<String> = ["__metadata__"]
        for tensor in tensors where !names.insert(tensor.name).inserted {
            throw CheckpointError(path, "two tensors would be named \(CheckpointError.quote(tensor.name))")
        }
        // Wide elements first, then by name, as the reference implementation orders them: every tensor is aligned.
        let ordered = tensors.map { ($0, StoredTensor.target($0.tensor.elementType, at: precision)) }.sorted {
            ($1.1.byteCount, $0.0.name) < ($0.1.byteCount, $1.0.name)
        }
        var header = "{"
        if !metadata.isEmpty {
            var values: [String: String] = [:]
            for entry in metadata { values[entry.name] = entry.text }
            let members = values.sorted { $0.key < $1.key }.map { "\(json($0.key)):\(json($0.value))" }
            header += "\"__metadata__\":{\(members.joined(separator: ","))}"
        }
        var offset = 0
        for (tensor, type) in ordered {
            guard let name = type.safetensorsName else {
                throw CheckpointError(
                    path, "\(CheckpointError.quote(tensor.name)) has \(type.rawValue) elements, which safetensors lacks"
                )
            }
            let end = offset + tensor.tensor.count * type.byteCount
            if header.utf8.count > 1 { header += "," }
            header += "\(json(tensor.name)):{\"dtype\":\"\(name)\",\"shape\":["
            header += tensor.tensor.shape.map(String.init).joined(separator: ",")
            header += "],\"data_offsets\":[\(offset),\(end)]}"
            offset = end
        }
        header += "}"
        // Spaces to the next multiple of eight, so that the data begin aligned.
        header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        guard header.utf8.count <= SafetensorsReader.maximumHeaderBytes else {
            throw CheckpointError(path, "the header would have \(header.utf8.count) bytes, more than the format allows")
        }

        let total = 8 + header.utf8.count + offset
        let file = try DraftFile(path, size: total, replacing: replacing)
        try withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { try file.write($0) }
        try file.write(Array(header.utf8))
        for (tensor, type) in ordered {
            try tensor.tensor.forEachChunk(as: type.isFloatingPoint ? type : nil) { chunk in
                try file.write(chunk)
                progress(Double(file.count) / Double(total))
            }
        }
        try file.commit()
        return file.count
    }

    /// A JSON text.
    private static func json(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
