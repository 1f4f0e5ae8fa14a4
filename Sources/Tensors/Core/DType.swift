public import Checkpoints

/// The type of a tensor's elements, named as NumPy and PyTorch name it: `.float32`, `.bfloat16`, `.int64`, …
public typealias DType = ElementType

extension DType {
    /// c10::ScalarType's number.
    var torchCode: Int32 {
        switch self {
        case .uint8: 0
        case .int8: 1
        case .int16: 2
        case .int32: 3
        case .int64: 4
        case .float16: 5
        case .float32: 6
        case .float64: 7
        case .complex64: 9
        case .complex128: 10
        case .bool: 11
        case .bfloat16: 15
        case .float8e5m2: 23
        case .float8e4m3fn: 24
        case .uint16: 27
        case .uint32: 28
        case .uint64: 29
        }
    }

    init?(torchCode: Int32) {
        guard let match = Self.allCases.first(where: { $0.torchCode == torchCode }) else { return nil }
        self = match
    }
}

/// A Swift type whose memory is that of a tensor's elements.
public protocol TensorElement {
    static var dtype: DType { get }
}

extension Float: TensorElement {
    public static var dtype: DType { .float32 }
}
extension Double: TensorElement {
    public static var dtype: DType { .float64 }
}
extension Int: TensorElement {
    public static var dtype: DType { .int64 }
}
extension Int64: TensorElement {
    public static var dtype: DType { .int64 }
}
extension Int32: TensorElement {
    public static var dtype: DType { .int32 }
}
extension UInt8: TensorElement {
    public static var dtype: DType { .uint8 }
}
extension Bool: TensorElement {
    public static var dtype: DType { .bool }
}
