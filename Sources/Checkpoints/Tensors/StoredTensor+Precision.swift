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
        case .float16: convert(source, HalfFloat.self, target, to)
        default: convert(source, BFloat16.self, target, to)
        }
    }

    private static func convert<From: StoredFloat>(
        _ source: UnsafeRawBufferPointer, _: From.Type, _ target: UnsafeMutableRawBufferPointer, _ to: ElementType
    ) {
        switch to {
        case .float64: convert(source, From.self, target, Double.self)
        case .float32: convert(source, From.self, target, Float.self)
        case .float16: convert(source, From.self, target, HalfFloat.self)
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
protocol StoredFloat: BitwiseCopyable {
    init(_ value: Float)
    var float: Float { get }
}

extension Double: StoredFloat { var float: Float { Float(self) } }
extension Float: StoredFloat { var float: Float { self } }
extension BFloat16: StoredFloat {}

/// A `Float16` that is made by integer arithmetic without branches: without compiler flags for newer processors, Swift's own
/// conversion is a call for every element, and this one is vectorised.
struct HalfFloat: BitwiseCopyable, StoredFloat {
    var bits: UInt16

    /// Rounds to nearest, ties to even.
    init(_ value: Float) {
        let pattern = value.bitPattern
        let magnitude = pattern & 0x7fff_ffff
        // Normal numbers: the exponent's bias goes from 127 to 15, and 13 bits of the mantissa are rounded away.
        let rounded = (magnitude &- (112 << 23) &+ 0xfff &+ ((magnitude >> 13) & 1)) >> 13
        // Below 2^-14 steps are 2^-24, which is what is left of a number that 0.5 is added to.
        let small = (Float(bitPattern: magnitude) + 0.5).bitPattern &- Float(0.5).bitPattern
        let infinite: UInt32 = magnitude > 0x7f80_0000 ? 0x7e00 : 0x7c00
        // 65,520 is halfway from the largest number to what would be the next.
        let unsigned = magnitude < 0x3880_0000 ? small : magnitude < 0x477f_f000 ? rounded : infinite
        bits = UInt16(truncatingIfNeeded: unsigned | (pattern >> 16) & 0x8000)
    }

    var float: Float { Float(Float16(bitPattern: bits)) }
}
