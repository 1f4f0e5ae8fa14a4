extension StoredTensor {
    /// Passes the elements in row-major order in another floating-point type, in pieces. Elements that are no real
    /// floating-point numbers, or are of that type already, pass as they are. Rounds to nearest, ties to even, through
    /// `Float`, as torch does.
    /// - Precondition: The type is floating-point.
    public func forEachChunk(
        as type: ElementType?, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard let type, type != elementType, elementType.isFloatingPoint else { return try forEachChunk(body) }
        precondition(type.isFloatingPoint)
        try forEachChunk { chunk in
            let bytes = chunk.count / elementType.byteCount * type.byteCount
            try withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 8) { memory in
                Self.convert(chunk, elementType, memory, type)
                try body(UnsafeRawBufferPointer(memory))
            }
        }
    }

    /// The type in which an element type is written at a precision.
    static func target(_ type: ElementType, at precision: ElementType?) -> ElementType {
        type.isFloatingPoint ? precision ?? type : type
    }

    private static func convert(
        _ source: UnsafeRawBufferPointer, _ from: ElementType, _ target: UnsafeMutableRawBufferPointer,
        _ to: ElementType
    ) {
        switch from {
        case .float64: convert(source, Double.self, target, to)
        case .float32: convert(source, Float.self, target, to)
        case .float16: convert(source, Float16.self, target, to)
        default: convert(source, BFloat16.self, target, to)
        }
    }

    private static func convert<From: StoredFloat>(
        _ source: UnsafeRawBufferPointer, _: From.Type, _ target: UnsafeMutableRawBufferPointer, _ to: ElementType
    ) {
        switch to {
        case .float64: convert(source, From.self, target, Double.self)
        case .float32: convert(source, From.self, target, Float.self)
        case .float16: convert(source, From.self, target, Float16.self)
        default: convert(source, From.self, target, BFloat16.self)
        }
    }

    private static func convert<From: StoredFloat, To: StoredFloat>(
        _ source: UnsafeRawBufferPointer, _: From.Type, _ target: UnsafeMutableRawBufferPointer, _: To.Type
    ) {
        let (from, to) = (MemoryLayout<From>.size, MemoryLayout<To>.size)
        for index in 0..<source.count / from {
            let value = source.loadUnaligned(fromByteOffset: index * from, as: From.self)
            target.storeBytes(of: To(value.float), toByteOffset: index * to, as: To.self)
        }
    }
}

/// The floating-point types that weights are stored in, by way of `Float`.
private protocol StoredFloat: BitwiseCopyable {
    init(_ value: Float)
    var float: Float { get }
}

extension Double: StoredFloat { fileprivate var float: Float { Float(self) } }
extension Float: StoredFloat { fileprivate var float: Float { self } }
extension Float16: StoredFloat { fileprivate var float: Float { Float(self) } }
extension BFloat16: StoredFloat {}
