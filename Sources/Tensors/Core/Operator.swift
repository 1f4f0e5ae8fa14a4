internal import CTorch

/// An operator of libtorch (or one of our own), called by its schema name with the schema's defaults:
/// `Operator("aten::conv2d")(x, weight, bias, [2, 2], [1, 1])`.
///
/// The look-up happens once. Sendable: what it points to is never changed and never freed.
public struct Operator: @unchecked Sendable {
    let handle: OpaquePointer
    let name: String

    /// Stops the program when libtorch has no such operator: names are part of the source, not of the input.
    public init(_ name: String, _ overload: String = "") {
        do {
            try self.init(finding: name, overload)
        } catch {
            fatalError("libtorch \(Torch.version) has no operator \(name).\(overload): \(error)")
        }
    }

    /// - Throws: `TorchError` when this libtorch has no such operator.
    public init(finding name: String, _ overload: String = "") throws {
        var handle: OpaquePointer?
        try checked(ctorch_operator_find(name, overload, &handle), "operator look-up")
        (self.handle, self.name) = (handle!, name)
    }

    /// The schema as libtorch prints it.
    public var schema: String { String(cString: ctorch_operator_schema(handle)) }

    /// Calls an operator that returns one tensor. Arguments that are left out take the schema's defaults.
    public func callAsFunction(_ arguments: any ArgumentConvertible...) throws -> Tensor {
        var result = CTorchValue()
        try call(arguments, &result, 1)
        guard let tensor = result.takeTensor() else { throw wrongResult(result, "one tensor") }
        return tensor
    }

    /// Calls an operator for what it does to its arguments.
    public func run(_ arguments: any ArgumentConvertible...) throws { try call(arguments, nil, 0) }

    /// Calls an operator that returns several tensors; nil where one is undefined.
    public func tuple(_ count: Int, _ arguments: any ArgumentConvertible...) throws -> [Tensor?] {
        var results = [CTorchValue](repeating: CTorchValue(), count: count)
        try call(arguments, &results, count)
        let tensors = results.map { $0.takeTensor() }
        let others = results.filter { !$0.isTensor }
        if let error = others.map({ wrongResult($0, "\(count) tensors") }).first { throw error }
        return tensors
    }

    /// Calls an operator that returns a list of tensors.
    public func list(_ arguments: any ArgumentConvertible...) throws -> [Tensor] {
        var result = CTorchValue()
        try call(arguments, &result, 1)
        guard result.tag == Int32(CTorchTensors.rawValue) else {
            _ = result.takeTensor()
            throw wrongResult(result, "a list of tensors")
        }
        return try result.takeTensors().map { tensor in
            guard let tensor else { throw TorchError("one of the tensors returned is undefined", operation: name) }
            return tensor
        }
    }

    /// Calls an operator that returns a boolean.
    public func bool(_ arguments: any ArgumentConvertible...) throws -> Bool {
        var result = CTorchValue()
        try call(arguments, &result, 1)
        guard result.tag == Int32(CTorchBoolean.rawValue) else {
            _ = result.takeTensor()
            throw wrongResult(result, "a boolean")
        }
        return result.integer != 0
    }

    /// What was handed over has been given back, or is here.
    private func wrongResult(_ result: CTorchValue, _ expected: String) -> TorchError {
        if result.tag == Int32(CTorchTensors.rawValue) { _ = result.takeTensors() }
        return TorchError("does not return \(expected): \(schema)", operation: name)
    }
}

extension CTorchValue {
    /// Also an undefined one.
    fileprivate var isTensor: Bool { tag == Int32(CTorchTensorValue.rawValue) }

    /// The tensor of a result, with its reference.
    fileprivate func takeTensor() -> Tensor? {
        isTensor ? pointer.map { Tensor(owning: OpaquePointer($0)) } : nil
    }

    /// The tensors of a list, with their references; nil where one is undefined.
    fileprivate func takeTensors() -> [Tensor?] {
        defer { ctorch_free(pointer) }
        guard let handles = pointer?.assumingMemoryBound(to: OpaquePointer?.self) else { return [] }
        return (0..<Int(count)).map { handles[$0].map(Tensor.init(owning:)) }
    }
}

// MARK: - The call

extension Operator {
    /// 64-bit words on the stack for lists and texts; few operators need more.
    private static let usualWords = 32

    /// Lists and texts are laid out in memory that lives as long as the call.
    private func call(
        _ arguments: [any ArgumentConvertible], _ results: UnsafeMutablePointer<CTorchValue>?, _ capacity: Int
    ) throws {
        let message: CTorchError? = withUnsafeTemporaryAllocation(of: CTorchValue.self, capacity: arguments.count) {
            values in
            withUnsafeTemporaryAllocation(of: Int.self, capacity: Self.usualWords) { scratch in
                var used = 0
                for (i, convertible) in arguments.enumerated() {
                    let argument = convertible.argument
                    values.initializeElement(at: i, to: argument.boxed)
                    let words = argument.words
                    guard words > 0 else { continue }
                    // Long lists, of an optimiser's parameters for instance, get memory of their own.
                    let place =
                        used + words <= scratch.count
                        ? UnsafeMutableRawPointer(scratch.baseAddress! + used)
                        : UnsafeMutableRawPointer.allocate(byteCount: words * 8, alignment: 8)
                    argument.write(to: place)
                    values[i].pointer = UnsafeRawPointer(place)
                    if used + words <= scratch.count { used += words }
                }
                defer {
                    let range =
                        UnsafeRawPointer(scratch.baseAddress!)..<UnsafeRawPointer(scratch.baseAddress! + scratch.count)
                    for value in values where value.needsMemory && !range.contains(value.pointer!) {
                        UnsafeMutableRawPointer(mutating: value.pointer!).deallocate()
                    }
                }
                return ctorch_operator_call(handle, values.baseAddress, arguments.count, results, capacity)
            }
        }
        // What stays alive until here: the tensors that the handles belong to.
        try withExtendedLifetime(arguments) {
            try checked(message, "\(name)(\(arguments.map(\.argument.summary).joined(separator: ", ")))")
        }
    }
}

extension CTorchValue {
    /// Whether the value points to a list or a text, and not to an object.
    fileprivate var needsMemory: Bool {
        guard count > 0 else { return false }
        let kind = CTorchTag(UInt32(tag))
        return kind == CTorchString || kind == CTorchIntegers || kind == CTorchReals || kind == CTorchTensors
    }
}

extension Argument {
    /// 64-bit words of memory that the value needs beside itself.
    fileprivate var words: Int {
        switch self {
        case .ints(let values): values.count
        case .reals(let values): values.count
        case .tensors(let values): values.count
        case .string(let text): (text.utf8.count + 7) / 8
        default: 0
        }
    }

    fileprivate func write(to memory: UnsafeMutableRawPointer) {
        switch self {
        case .ints(let values): values.withUnsafeBytes { memory.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        case .reals(let values):
            values.withUnsafeBytes { memory.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        case .tensors(let values):
            for (i, value) in values.enumerated() {
                memory.storeBytes(of: value?.handle, toByteOffset: 8 * i, as: OpaquePointer?.self)
            }
        case .string(let text):
            for (i, byte) in text.utf8.enumerated() { memory.storeBytes(of: byte, toByteOffset: i, as: UInt8.self) }
        default: break
        }
    }

    /// The value without what stands beside it.
    fileprivate var boxed: CTorchValue {
        var value = CTorchValue()
        func set(_ tag: CTorchTag, count: Int = 0) {
            value.tag = Int32(tag.rawValue)
            value.count = UInt32(count)
        }
        switch self {
        case .default: set(CTorchDefault)
        case .none: set(CTorchNone)
        case .tensor(let tensor):
            set(CTorchTensorValue)
            value.pointer = UnsafeRawPointer(tensor.handle)
        case .int(let number):
            set(CTorchInteger)
            value.integer = Int64(number)
        case .real(let number):
            set(CTorchReal)
            value.real = number
        case .bool(let flag):
            set(CTorchBoolean)
            value.integer = flag ? 1 : 0
        case .device(let device):
            set(CTorchDevice)
            value.integer = Int64(device.code)
        case .generator(let generator):
            set(CTorchGeneratorValue)
            value.pointer = UnsafeRawPointer(generator.handle)
        case .string(let text): set(CTorchString, count: text.utf8.count)
        case .ints(let values): set(CTorchIntegers, count: values.count)
        case .reals(let values): set(CTorchReals, count: values.count)
        case .tensors(let values): set(CTorchTensors, count: values.count)
        }
        return value
    }

    /// How an error shows the value: tensors by shape and type.
    fileprivate var summary: String {
        switch self {
        case .tensor(let tensor): "\(tensor.shape) \(tensor.dtype)"
        case .none: "none"
        case .default: "default"
        case .int(let number): "\(number)"
        case .real(let number): "\(number)"
        case .bool(let flag): "\(flag)"
        case .string(let text): "\"\(text)\""
        case .ints(let values): "\(values)"
        case .reals(let values): "\(values)"
        case .tensors(let values): "[\(values.map { $0.map { "\($0.shape)" } ?? "none" }.joined(separator: ", "))]"
        case .device(let device): "\(device)"
        case .generator: "generator"
        }
    }
}
