extension StoredTensor {
    /// All elements in row-major order, rounded to `Float`.
    /// - Throws: `TensorLayoutError` for complex and 8-bit floating-point elements.
    public func floats() throws -> [Float] { try numbers() }

    /// All elements in row-major order; 64-bit integers beyond 2^53 are rounded.
    /// - Throws: `TensorLayoutError` for complex and 8-bit floating-point elements.
    public func doubles() throws -> [Double] { try numbers() }

    /// All elements of an integer or boolean tensor in row-major order; unsigned ones beyond 2^63 wrap around.
    /// - Throws: `TensorLayoutError` for other element types.
    public func integers() throws -> [Int64] {
        switch elementType {
        case .int64: map(Int64.self) { $0 }
        case .int32: map(Int32.self) { Int64($0) }
        case .int16: map(Int16.self) { Int64($0) }
        case .int8: map(Int8.self) { Int64($0) }
        case .uint64: map(UInt64.self) { Int64(truncatingIfNeeded: $0) }
        case .uint32: map(UInt32.self) { Int64($0) }
        case .uint16: map(UInt16.self) { Int64($0) }
        case .uint8: map(UInt8.self) { Int64($0) }
        case .bool: map(UInt8.self) { $0 == 0 ? 0 : 1 }
        default: throw TensorLayoutError("has \(elementType.rawValue) elements, expected integers")
        }
    }

    private func numbers<Number: BinaryFloatingPoint>() throws -> [Number] {
        switch elementType {
        case .float64: map(Double.self) { Number($0) }
        case .float32: map(Float.self) { Number($0) }
        case .float16: map(Float16.self) { Number($0) }
        case .bfloat16: map(BFloat16.self) { Number($0.float) }
        case .int64: map(Int64.self) { Number($0) }
        case .int32: map(Int32.self) { Number($0) }
        case .int16: map(Int16.self) { Number($0) }
        case .int8: map(Int8.self) { Number($0) }
        case .uint64: map(UInt64.self) { Number($0) }
        case .uint32: map(UInt32.self) { Number($0) }
        case .uint16: map(UInt16.self) { Number($0) }
        case .uint8: map(UInt8.self) { Number($0) }
        case .bool: map(UInt8.self) { $0 == 0 ? 0 : 1 }
        case .complex64, .complex128, .float8e4m3fn, .float8e5m2:
            throw TensorLayoutError("has \(elementType.rawValue) elements, expected real numbers")
        }
    }

    private func map<Stored: BitwiseCopyable, Value>(_: Stored.Type, _ transform: (Stored) -> Value) -> [Value] {
        withUnsafeBytes { bytes in
            (0..<count).map { index in
                transform(bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Stored>.size, as: Stored.self))
            }
        }
    }
}

/// The upper half of a `Float`.
struct BFloat16: BitwiseCopyable {
    var bits: UInt16

    /// Rounds to nearest, ties to even, as torch does.
    init(_ value: Float) {
        guard !value.isNaN else {
            bits = 0x7fc0
            return
        }
        let pattern = value.bitPattern
        bits = UInt16(truncatingIfNeeded: (pattern &+ 0x7fff &+ ((pattern >> 16) & 1)) >> 16)
    }

    var float: Float { Float(bitPattern: UInt32(bits) << 16) }
}
