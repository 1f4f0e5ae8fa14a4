/// A tensor as a file holds it: a strided view of read-only bytes.
///
/// A view never reaches outside its storage; that is checked, without overflow, when it is made. Elements are little-endian.
public struct StoredTensor: Sendable {
    public let elementType: ElementType
    /// Sizes of the dimensions; empty for a scalar.
    public let shape: [Int]
    /// Steps in elements, one per dimension.
    public let strides: [Int]
    /// The first element's position in the storage, in elements.
    public let offset: Int
    public let storage: TensorStorage
    /// Number of elements.
    public let count: Int

    public static let maximumDimensions = 16
    /// Views that repeat elements (torch's `expand`) may show more of them than are stored, up to this many:
    /// a small file must not stand for terabytes.
    public static let maximumRepeated = 65_536

    /// - Parameter strides: Row-major when nil.
    /// - Throws: `TensorLayoutError` when the view would reach outside the storage.
    public init(
        elementType: ElementType, shape: [Int], strides: [Int]? = nil, offset: Int = 0, storage: TensorStorage
    ) throws {
        let count = try Self.elementCount(of: shape, elementType)
        let strides = strides ?? Self.rowMajorStrides(of: shape)
        guard strides.count == shape.count else {
            throw TensorLayoutError("has \(shape.count) dimensions and \(strides.count) strides, expected as many")
        }
        guard offset >= 0, strides.allSatisfy({ $0 >= 0 }) else {
            throw TensorLayoutError("has a negative offset or stride")
        }
        let stored = storage.bytes.count / elementType.byteCount
        if count > 0 {
            var last = offset
            for (size, stride) in zip(shape, strides) {
                let (step, stepOverflow) = (size - 1).multipliedReportingOverflow(by: stride)
                let (sum, sumOverflow) = last.addingReportingOverflow(step)
                guard !stepOverflow, !sumOverflow else { throw TensorLayoutError("has strides beyond 64 bits") }
                last = sum
            }
            guard last < stored else {
                throw TensorLayoutError("reaches element \(last) of a storage that has \(stored)")
            }
            guard count <= max(stored, Self.maximumRepeated) else {
                throw TensorLayoutError("repeats \(stored) stored elements \(count) times, expected a stored tensor")
            }
        }
        (self.elementType, self.shape, self.strides) = (elementType, shape, strides)
        (self.offset, self.storage, self.count) = (offset, storage, count)
    }

    /// A row-major tensor that owns a copy of its values.
    /// - Throws: `TensorLayoutError` unless there are as many values as the shape says, of the type's size.
    public init(elementType: ElementType, shape: [Int], copying values: [some BitwiseCopyable]) throws {
        let expected = try Self.elementCount(of: shape, elementType) * elementType.byteCount
        let found = values.withUnsafeBytes(\.count)
        guard found == expected else {
            throw TensorLayoutError("has \(found) bytes, expected \(expected) for \(elementType.rawValue) \(shape)")
        }
        try self.init(elementType: elementType, shape: shape, storage: TensorStorage(copying: values))
    }

    /// Bytes of all elements, without gaps.
    public var byteCount: Int { count * elementType.byteCount }

    /// Whether the elements lie without gaps in row-major order.
    public var isContiguous: Bool {
        guard count > 0 else { return true }
        var expected = 1
        for (size, stride) in zip(shape, strides).reversed() where size != 1 {
            guard stride == expected else { return false }
            expected *= size
        }
        return true
    }

    /// Elements of a shape. A tensor's bytes always fit in 63 bits.
    /// - Throws: `TensorLayoutError`
    static func elementCount(of shape: [Int], _ elementType: ElementType) throws -> Int {
        guard shape.count <= maximumDimensions else {
            throw TensorLayoutError("has \(shape.count) dimensions, expected at most \(maximumDimensions)")
        }
        guard shape.allSatisfy({ $0 >= 0 }) else { throw TensorLayoutError("has a negative size in \(shape)") }
        if shape.contains(0) { return 0 }
        var bytes = elementType.byteCount
        for size in shape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
            guard !overflow else { throw TensorLayoutError("has a size beyond 64 bits, \(shape)") }
            bytes = product
        }
        return bytes / elementType.byteCount
    }

    static func rowMajorStrides(of shape: [Int]) -> [Int] {
        var strides = shape
        var step = 1
        for dimension in shape.indices.reversed() {
            strides[dimension] = step
            step = step.multipliedReportingOverflow(by: max(1, shape[dimension])).partialValue
        }
        return strides
    }

    /// Strides of an array whose first dimension varies fastest.
    static func columnMajorStrides(of shape: [Int]) -> [Int] { rowMajorStrides(of: shape.reversed()).reversed() }
}

/// Why a shape, strides and storage do not go together. A predicate: “… reaches element 9 of a storage that has 4”.
public struct TensorLayoutError: Error, CustomStringConvertible, Sendable {
    public let description: String

    init(_ description: String) { self.description = description }
}
