/// Lists of numbers as the catalog stores them: masks' polygons, keypoints and the columns of dense points.
///
/// Layout: one byte of encoding (0...6: decimals with that many digits; 32: float32; 64: float64), the number of lists
/// and their lengths as varints, then the numbers. Decimals are zigzag varints of the difference to the number `stride`
/// places before, in units of 10^-digits; about two bytes a coordinate. Floats are little-endian.
public struct NumberListBlob: Sendable {
    enum Encoding: Equatable {
        case decimal(scale: Int)
        case float32
        case float64
    }

    /// Length of each list.
    public let counts: [Int]
    let encoding: Encoding
    private let bytes: [UInt8]
    private let start: Int
    private let stride: Int

    /// Reads a blob; nil when it is damaged.
    /// - Parameter stride: 2 for x and y in turn, 1 for one quantity; as it was written.
    public init?(_ bytes: [UInt8], stride: Int) {
        guard let code = bytes.first else { return nil }
        switch code {
        case 0...6: encoding = .decimal(scale: Int(code))
        case 32: encoding = .float32
        case 64: encoding = .float64
        default: return nil
        }
        var index = 1
        guard let lists = Varint.read(bytes, &index), lists <= UInt64(bytes.count) else { return nil }
        var counts: [Int] = []
        for _ in 0..<lists {
            guard let count = Varint.read(bytes, &index), count <= UInt64(bytes.count) else { return nil }
            counts.append(Int(count))
        }
        let total = counts.reduce(0, +)
        let width =
            switch encoding {
            case .decimal: 1
            case .float32: 4
            case .float64: 8
            }
        guard bytes.count - index >= total * width else { return nil }
        (self.counts, self.bytes, self.start, self.stride) = (counts, bytes, index, stride)
    }

    /// All lists, as numbers.
    public var lists: [[Double]] {
        var cursor = makeCursor()
        return counts.map { count in
            cursor.startList()
            return (0..<count).map { _ in cursor.next() }
        }
    }

    /// Packs numbers that come from a computation: float32 where it loses nothing, else float64.
    public static func packed(_ lists: [[Double]]) -> [UInt8] {
        var bytes: [UInt8] = []
        append(lists.flatMap { $0 }, counts: lists.map(\.count), to: &bytes)
        return bytes
    }

    static func append(_ values: [Double], counts: [Int], to bytes: inout [UInt8]) {
        let isSingle = values.allSatisfy { Double(Float($0)) == $0 }
        appendHeader(isSingle ? .float32 : .float64, counts: counts, to: &bytes)
        for value in values {
            if isSingle {
                withUnsafeBytes(of: Float(value).bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
            } else {
                withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
    }

    static func appendHeader(_ encoding: Encoding, counts: [Int], to bytes: inout [UInt8]) {
        switch encoding {
        case .decimal(let scale): bytes.append(UInt8(scale))
        case .float32: bytes.append(32)
        case .float64: bytes.append(64)
        }
        Varint.append(UInt64(counts.count), to: &bytes)
        for count in counts { Varint.append(UInt64(count), to: &bytes) }
    }

    func makeCursor() -> Cursor { Cursor(blob: self, index: start) }

    /// Walks the numbers in order.
    struct Cursor {
        let blob: NumberListBlob
        var index: Int
        private var previous: (Int64, Int64) = (0, 0)

        init(blob: NumberListBlob, index: Int) { (self.blob, self.index) = (blob, index) }

        /// Differences start anew with each list.
        mutating func startList() { previous = (0, 0) }

        private mutating func nextMantissa() -> Int64 {
            let difference = Varint.unzigzag(Varint.read(blob.bytes, &index) ?? 0)
            let mantissa = (blob.stride == 2 ? previous.0 : previous.1) &+ difference
            previous = (previous.1, mantissa)
            return mantissa
        }

        private mutating func nextFloat() -> Double {
            func word<T: FixedWidthInteger>(_ type: T.Type) -> T {
                blob.bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: index, as: T.self)) }
            }
            if blob.encoding == .float32 {
                defer { index += 4 }
                return Double(Float(bitPattern: word(UInt32.self)))
            }
            defer { index += 8 }
            return Double(bitPattern: word(UInt64.self))
        }

        mutating func next() -> Double {
            guard case .decimal(let scale) = blob.encoding else { return nextFloat() }
            return Double(nextMantissa()) / Double(NumberText.powers[scale])
        }

        mutating func appendNext(bare: Bool, to text: inout [UInt8]) {
            guard case .decimal(let scale) = blob.encoding else {
                return NumberText.append(nextFloat(), bare: bare, to: &text)
            }
            NumberText.append(nextMantissa(), digits: scale, bare: bare, to: &text)
        }
    }
}
