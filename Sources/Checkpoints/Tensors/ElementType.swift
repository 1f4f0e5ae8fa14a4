/// The type of a stored tensor's elements. Raw values are torch's names (`torch.float32` without the module).
public enum ElementType: String, Codable, CaseIterable, Sendable {
    case float64, float32, float16, bfloat16
    case float8e4m3fn = "float8_e4m3fn"
    case float8e5m2 = "float8_e5m2"
    case complex128, complex64
    case int64, int32, int16, int8
    case uint64, uint32, uint16, uint8
    case bool

    public var byteCount: Int {
        switch self {
        case .complex128: 16
        case .float64, .complex64, .int64, .uint64: 8
        case .float32, .int32, .uint32: 4
        case .float16, .bfloat16, .int16, .uint16: 2
        case .float8e4m3fn, .float8e5m2, .int8, .uint8, .bool: 1
        }
    }

    /// The name in a safetensors header; nil for complex128, which that format does not have.
    public var safetensorsName: String? {
        switch self {
        case .float64: "F64"
        case .float32: "F32"
        case .float16: "F16"
        case .bfloat16: "BF16"
        case .float8e4m3fn: "F8_E4M3"
        case .float8e5m2: "F8_E5M2"
        case .complex128: nil
        case .complex64: "C64"
        case .int64: "I64"
        case .int32: "I32"
        case .int16: "I16"
        case .int8: "I8"
        case .uint64: "U64"
        case .uint32: "U32"
        case .uint16: "U16"
        case .uint8: "U8"
        case .bool: "BOOL"
        }
    }

    /// The class in `torch` whose name stands in a checkpoint's storages; nil for types that came after those classes,
    /// which torch writes as an untyped storage.
    public var torchStorageName: String? {
        switch self {
        case .float64: "DoubleStorage"
        case .float32: "FloatStorage"
        case .float16: "HalfStorage"
        case .bfloat16: "BFloat16Storage"
        case .complex128: "ComplexDoubleStorage"
        case .complex64: "ComplexFloatStorage"
        case .int64: "LongStorage"
        case .int32: "IntStorage"
        case .int16: "ShortStorage"
        case .int8: "CharStorage"
        case .uint8: "ByteStorage"
        case .bool: "BoolStorage"
        case .float8e4m3fn, .float8e5m2, .uint64, .uint32, .uint16: nil
        }
    }

    /// Numpy's kind and size, as in `f4`; nil for types that numpy lacks.
    public var numpyCode: String? {
        switch self {
        case .float64: "f8"
        case .float32: "f4"
        case .float16: "f2"
        case .complex128: "c16"
        case .complex64: "c8"
        case .int64: "i8"
        case .int32: "i4"
        case .int16: "i2"
        case .int8: "i1"
        case .uint64: "u8"
        case .uint32: "u4"
        case .uint16: "u2"
        case .uint8: "u1"
        case .bool: "b1"
        case .bfloat16, .float8e4m3fn, .float8e5m2: nil
        }
    }

    public init?(safetensorsName name: String) { self.init { $0.safetensorsName == name } }
    public init?(torchStorageName name: String) { self.init { $0.torchStorageName == name } }
    public init?(numpyCode code: String) { self.init { $0.numpyCode == code } }

    private init?(where isMatch: (ElementType) -> Bool) {
        guard let match = Self.allCases.first(where: isMatch) else { return nil }
        self = match
    }

    /// The types that converting to another precision concerns.
    public var isFloatingPoint: Bool {
        switch self {
        case .float64, .float32, .float16, .bfloat16: true
        default: false
        }
    }
}
