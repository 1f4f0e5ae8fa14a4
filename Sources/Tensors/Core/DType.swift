/// The type of a tensor's elements, named as NumPy and PyTorch name it.
public enum DType: String, Hashable, Sendable, Codable, CaseIterable {
    case uint8, int8, int16, int32, int64, float16, float32, float64, complex64, complex128, bool, bfloat16
}

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
        }
    }

    init?(torchCode: Int32) {
        guard let match = Self.allCases.first(where: { $0.torchCode == torchCode }) else { return nil }
        self = match
    }


    public var isFloatingPoint: Bool {
        switch self {
        case .float16, .float32, .float64, .bfloat16: true
        default: false
        }
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
