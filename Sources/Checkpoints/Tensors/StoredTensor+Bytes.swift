extension StoredTensor {
    private static let chunkBytes = 1 << 20

    /// The elements in row-major order. Without a copy when they lie so; no alignment is promised.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        if let bytes = contiguousBytes {
            defer { withExtendedLifetime(storage) {} }
            return try body(bytes)
        }
        let copy = contiguous()
        defer { withExtendedLifetime(copy) {} }
        return try body(copy.storage.bytes)
    }

    /// The same elements in row-major order; itself when they lie so already.
    public func contiguous() -> StoredTensor {
        guard !isContiguous else { return self }
        let copy = TensorStorage(count: byteCount) { memory in
            var written = 0
            forEachChunk { chunk in
                UnsafeMutableRawBufferPointer(rebasing: memory[written...]).copyMemory(from: chunk)
                written += chunk.count
            }
        }
        // A row-major view of as many bytes as the shape asks for is always sound.
        return try! StoredTensor(elementType: elementType, shape: shape, storage: copy)
    }

    private var contiguousBytes: UnsafeRawBufferPointer? {
        guard isContiguous else { return nil }
        guard count > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let start = offset * elementType.byteCount
        return UnsafeRawBufferPointer(rebasing: storage.bytes[start..<start + byteCount])
    }

    /// Passes the elements in row-major order, in pieces of whole elements, with a buffer of 1 MiB at most.
    public func forEachChunk(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        defer { withExtendedLifetime(storage) {} }
        guard count > 0 else { return }
        if let bytes = contiguousBytes { return try Self.split(bytes, body) }
        switch elementType.byteCount {
        case 1: try forEachGathered(UInt8.self, body)
        case 2: try forEachGathered(UInt16.self, body)
        case 4: try forEachGathered(UInt32.self, body)
        case 8: try forEachGathered(UInt64.self, body)
        default: try forEachGathered((UInt64, UInt64).self, body)
        }
    }

    static func split(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        for start in stride(from: 0, to: bytes.count, by: chunkBytes) {
            try body(UnsafeRawBufferPointer(rebasing: bytes[start..<min(bytes.count, start + chunkBytes)]))
        }
    }

    /// Walks the outer dimensions like an odometer and gathers the innermost one.
    private func forEachGathered<Element: BitwiseCopyable>(
        _: Element.Type, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        let size = MemoryLayout<Element>.size
        let capacity = min(count, Self.chunkBytes / size)
        let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: capacity)
        defer { buffer.deallocate() }
        var filled = 0
        var index = [Int](repeating: 0, count: shape.count)
        var position = offset
        let (inner, step) = (shape.last ?? 1, strides.last ?? 1)
        while true {
            var source = position
            for _ in 0..<inner {
                buffer[filled] = storage.bytes.loadUnaligned(fromByteOffset: source * size, as: Element.self)
                filled += 1
                source += step
                if filled == capacity {
                    try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<(filled * size)]))
                    filled = 0
                }
            }
            var dimension = shape.count - 2
            while dimension >= 0 {
                index[dimension] += 1
                position += strides[dimension]
                if index[dimension] < shape[dimension] { break }
                position -= shape[dimension] * strides[dimension]
                index[dimension] = 0
                dimension -= 1
            }
            if dimension < 0 { break }
        }
        if filled > 0 {
            try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<(filled * size)]))
        }
    }
}
