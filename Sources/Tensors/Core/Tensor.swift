internal import CTorch

/// An n-dimensional array of libtorch, with its place in the graph of gradients.
///
/// A `Tensor` is a reference, as in PyTorch: views share their elements, and what changes in place changes for all who
/// hold it. Its memory is released when the last reference goes, at once and not at the end of a scope.
///
/// It is not `Sendable`: two tasks that hold views of one storage could write it at the same time. Hand tensors to
/// another task with `sending`, or hand over what they are made from (`[Float]`, pictures, files), which is Sendable.
public final class Tensor {
    /// A c10::TensorImpl of which this object holds one reference.
    let handle: OpaquePointer

    /// Takes over one reference.
    init(owning handle: OpaquePointer) { self.handle = handle }

    deinit { ctorch_tensor_release(handle) }
}

extension Tensor {
    /// The sizes of the dimensions, outermost first.
    public var shape: [Int] {
        let count = Int(ctorch_tensor_dimensions(handle))
        let sizes = ctorch_tensor_sizes(handle)
        return [Int](unsafeUninitializedCapacity: count) { buffer, filled in
            for i in 0..<count { buffer[i] = Int(sizes[i]) }
            filled = count
        }
    }

    /// Elements from one index to the next, by dimension; none for a sparse tensor.
    public var strides: [Int] {
        guard let strides = ctorch_tensor_strides(handle) else { return [] }
        return (0..<ndim).map { Int(strides[$0]) }
    }

    /// Number of dimensions.
    public var ndim: Int { Int(ctorch_tensor_dimensions(handle)) }
    /// Number of elements.
    public var count: Int { Int(ctorch_tensor_count(handle)) }

    /// Size of a dimension; negative ones count from the last.
    public func size(_ dimension: Int) -> Int {
        let index = dimension < 0 ? dimension + ndim : dimension
        precondition((0..<ndim).contains(index), "dimension \(dimension) of a tensor of shape \(shape)")
        return Int(ctorch_tensor_sizes(handle)[index])
    }

    public var dtype: DType {
        let code = ctorch_tensor_type(handle)
        guard let type = DType(torchCode: code) else { preconditionFailure("libtorch's scalar type \(code)") }
        return type
    }

    public var device: Device { Device(code: ctorch_tensor_device(handle)) }
    public var isContiguous: Bool { ctorch_tensor_is_contiguous(handle) }

    /// Whether both look at the same memory, possibly at other parts of it.
    public func sharesStorage(with other: Tensor) -> Bool { ctorch_tensor_shares_storage(handle, other.handle) }
}

// MARK: - Elements in and out

extension Tensor {
    /// A copy of `values` as a tensor.
    /// - Throws: `TorchError` when the number of values does not fit `shape`.
    public convenience init<Element: TensorElement>(
        _ values: [Element], shape: [Int]? = nil, device: Device = .cpu
    ) throws {
        let shape = shape ?? [values.count]
        guard shape.allSatisfy({ $0 >= 0 }), shape.reduce(1, *) == values.count else {
            throw TorchError("\(values.count) values do not fill a tensor of shape \(shape)")
        }
        let host = try Tensor.empty(shape, dtype: Element.dtype)
        values.withUnsafeBytes { bytes in
            if let source = bytes.baseAddress { host.memory.copyMemory(from: source, byteCount: bytes.count) }
        }
        let placed = device == .cpu ? host : try host.to(device)
        ctorch_tensor_retain(placed.handle)
        self.init(owning: placed.handle)
    }

    /// A tensor of one number.
    public convenience init<Element: TensorElement>(scalar: Element, device: Device = .cpu) throws {
        try self.init([scalar], shape: [], device: device)
    }

    /// A tensor over memory that belongs to `owner`, which is kept alive as long as the tensor or a view of it; nothing
    /// is copied. The memory must hold all that `shape` and `strides` reach, and must not be written by others.
    public convenience init(
        memory: UnsafeRawPointer, shape: [Int], strides: [Int]? = nil, dtype: DType, owner: AnyObject
    ) throws {
        var rowMajor = [Int](repeating: 1, count: shape.count)
        for i in shape.indices.dropLast().reversed() { rowMajor[i] = rowMajor[i + 1] * Swift.max(1, shape[i + 1]) }
        let sizes = shape.map(Int64.init)
        let steps = (strides ?? rowMajor).map(Int64.init)
        var handle: OpaquePointer?
        try checked(
            ctorch_tensor_from_memory(
                UnsafeMutableRawPointer(mutating: memory), sizes, steps, sizes.count, dtype.torchCode,
                { owner in Unmanaged<AnyObject>.fromOpaque(owner!).release() },
                Unmanaged.passRetained(owner).toOpaque(), &handle))
        self.init(owning: handle!)
    }

    /// The first element in memory. Only for tensors that have elements and lie on the CPU.
    var memory: UnsafeMutableRawPointer { ctorch_tensor_data(handle) ?? UnsafeMutableRawPointer(bitPattern: 64)! }

    /// The elements in row-major order in the memory of the CPU, copied where they lie elsewhere or otherwise.
    func inMemory() throws -> Tensor {
        let plain = try withoutGradients { try detach().to(.cpu).contiguous() }
        guard plain.count == 0 || ctorch_tensor_data(plain.handle) != nil else {
            throw TorchError("a tensor of shape \(shape) whose elements are not in memory, such as a sparse one")
        }
        return plain
    }

    /// Calls `body` with the elements in row-major order; a tensor that lies elsewhere or otherwise is copied first.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
        let plain = try inMemory()
        return try withExtendedLifetime(plain) {
            try body(UnsafeRawBufferPointer(start: plain.memory, count: plain.count * dtype.byteCount))
        }
    }

    /// The elements in row-major order, converted to `Element`.
    public func array<Element: TensorElement>(of _: Element.Type = Element.self) throws -> [Element] {
        let converted = try to(Element.dtype)
        return try converted.withUnsafeBytes { Array($0.bindMemory(to: Element.self)) }
    }

    /// The only element.
    /// - Throws: `TorchError` when there are more, or none.
    public func item() throws -> Double {
        guard count == 1 else { throw TorchError("item() of a tensor of shape \(shape): it needs exactly one element") }
        return try array(of: Double.self)[0]
    }
}
