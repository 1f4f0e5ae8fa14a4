/// A message of Protocol Buffers, written field by field (protobuf.dev, “Encoding”).
struct ProtocolBuffer {
    private(set) var bytes: [UInt8] = []

    private enum WireType: UInt64 {
        case varint = 0
        case fixed64 = 1
        case delimited = 2
        case fixed32 = 5
    }

    mutating func add(_ field: UInt64, _ value: Int64) {
        tag(field, .varint)
        varint(UInt64(bitPattern: value))
    }

    mutating func add(_ field: UInt64, _ value: Double) {
        tag(field, .fixed64)
        append(value.bitPattern)
    }

    mutating func add(_ field: UInt64, _ value: Float) {
        tag(field, .fixed32)
        append(value.bitPattern)
    }

    mutating func add(_ field: UInt64, _ value: some Collection<UInt8>) {
        tag(field, .delimited)
        varint(UInt64(value.count))
        bytes += value
    }

    mutating func add(_ field: UInt64, _ text: String) { add(field, text.utf8) }
    mutating func add(_ field: UInt64, _ message: ProtocolBuffer) { add(field, message.bytes) }

    private mutating func tag(_ field: UInt64, _ type: WireType) { varint(field << 3 | type.rawValue) }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }
}
