/// Safetensors: the header's length (8 bytes), a JSON header, then the tensors' bytes without gaps
/// (https://github.com/huggingface/safetensors, “Format”).
enum SafetensorsReader {
    static let maximumHeaderBytes = 100_000_000

    /// Whether a file begins like one: a header's length that fits, and a brace.
    static func recognises(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count > 8, bytes[8] == UInt8(ascii: "{") else { return false }
        return UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) <= UInt64(maximumHeaderBytes)
    }

    /// The tensors in the order of their bytes, and `__metadata__`.
    static func read(
        _ file: TensorStorage, path: String
    ) throws -> (tensors: [CheckpointDictionary.Entry], metadata: [(String, String)]) {
        var cursor = ByteCursor(file.bytes, file: path, place: "header")
        let header = try cursor.take(try cursor.length(UInt64.self))
        var parser = SafetensorsHeader(UnsafeRawBufferPointer(rebasing: file.bytes[header]), file: path)
        let (entries, metadata) = try parser.parse()
        let data = header.upperBound..<file.bytes.count
        var expected = 0
        var tensors: [CheckpointDictionary.Entry] = []
        tensors.reserveCapacity(entries.count)
        for entry in entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
            let place = CheckpointError.quote(entry.name)
            guard let type = ElementType(safetensorsName: entry.elementType) else {
                throw CheckpointError(
                    path, at: place,
                    "has elements of type \(CheckpointError.quote(entry.elementType)), which is unknown")
            }
            guard entry.begin == expected, entry.end >= entry.begin, entry.end <= data.count else {
                throw CheckpointError(
                    path, at: place,
                    "lies at \(entry.begin)..\(entry.end) of \(data.count) bytes, expected it to begin at \(expected) "
                        + "(a gap, an overlap or a file that is cut short)")
            }
            expected = entry.end
            do {
                let count = try StoredTensor.elementCount(of: entry.shape, type)
                guard count * type.byteCount == entry.end - entry.begin else {
                    throw TensorLayoutError(
                        "has \(entry.end - entry.begin) bytes, expected \(count * type.byteCount) for \(entry.shape)")
                }
                let span = data.lowerBound + entry.begin..<data.lowerBound + entry.end
                let tensor = try StoredTensor(elementType: type, shape: entry.shape, storage: file.region(span))
                tensors.append(.init(.string(entry.name), .tensor(tensor)))
            } catch let problem as TensorLayoutError {
                throw CheckpointError(path, at: place, "\(problem)")
            }
        }
        guard expected == data.count else {
            throw CheckpointError(path, "has \(data.count - expected) bytes behind its last tensor, expected none")
        }
        return (tensors, metadata)
    }
}
