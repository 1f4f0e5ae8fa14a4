/// Writes values as a pickle of protocol 2, with the instructions and classes that `torch.load(weights_only=True)` accepts.
struct PickleWriter {
    /// A storage to be written as `data/KEY`.
    struct Storage {
        let source: TensorStorage
        /// The elements as they are, and as they are written.
        let elementType: ElementType
        let target: ElementType

        var elements: Int { source.bytes.count / elementType.byteCount }
    }

    private struct Identity: Hashable {
        let storage: ObjectIdentifier
        let elementType: ElementType
    }

    private(set) var bytes: [UInt8] = [PickleOpcode.proto.rawValue, 2]
    private(set) var storages: [Storage] = []
    private var keys: [Identity: Int] = [:]
    private var classes: [String: Int] = [:]
    private let precision: ElementType?

    /// - Parameter precision: The type of all real floating-point tensors; nil keeps theirs.
    init(_ value: CheckpointValue, precision: ElementType?) {
        self.precision = precision
        write(value)
        op(.stop)
    }

    private mutating func write(_ value: CheckpointValue) {
        switch value {
        case .none: op(.none)
        case .bool(let flag): op(flag ? .newTrue : .newFalse)
        case .int(let number): write(number)
        case .largeInt(let digits):
            if digits.count <= 255 {
                op(.long1)
                bytes.append(UInt8(digits.count))
            } else {
                op(.long4)
                little(Int32(digits.count))
            }
            bytes += digits
        case .double(let number):
            op(.binFloat)
            little(number.bitPattern.byteSwapped)
        case .string(let text): write(text)
        case .bytes(let storage):
            global("_codecs", "encode")
            write(String(String.UnicodeScalarView(storage.bytes.map { .init($0) })))
            write("latin1")
            op(.tuple2)
            op(.reduce)
        case .list(let items):
            op(.emptyList)
            guard !items.isEmpty else { return }
            op(.mark)
            for item in items { write(item) }
            op(.appends)
        case .tuple(let items):
            op(.mark)
            for item in items { write(item) }
            op(.tuple)
        case .dictionary(let dictionary): write(dictionary)
        case .tensor(let tensor): write(tensor)
        }
    }

    private mutating func write(_ dictionary: CheckpointDictionary) {
        if dictionary.moduleMetadata == nil { op(.emptyDict) } else { orderedDictionary() }
        if !dictionary.entries.isEmpty {
            op(.mark)
            for entry in dictionary.entries {
                switch entry.key {
                case .string(let text): write(text)
                case .int(let number): write(number)
                }
                write(entry.value)
            }
            op(.setItems)
        }
        if let metadata = dictionary.moduleMetadata {
            op(.emptyDict)
            write("_metadata")
            write(metadata)
            op(.setItem)
            op(.build)
        }
    }

    /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)`, and v3 with the element type behind it.
    private mutating func write(_ tensor: StoredTensor) {
        let target = StoredTensor.target(tensor.elementType, at: precision)
        let (key, storage) = register(tensor, target)
        let className = target.torchStorageName
        global("torch._utils", className == nil ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2")
        op(.mark)
        op(.mark)
        write("storage")
        if let className { global("torch", className) } else { global("torch.storage", "UntypedStorage") }
        write("\(key)")
        write("cpu")
        write(className == nil ? storage.elements * target.byteCount : storage.elements)
        op(.tuple)
        op(.binPersistentID)
        write(tensor.offset)
        write(.tuple(tensor.shape.map { .int($0) }))
        write(.tuple(tensor.strides.map { .int($0) }))
        op(.newFalse)
        orderedDictionary()
        if className == nil { global("torch", target.rawValue) }
        op(.tuple)
        op(.reduce)
    }

    /// Tensors that share their storage go on sharing it.
    private mutating func register(_ tensor: StoredTensor, _ target: ElementType) -> (Int, Storage) {
        let identity = Identity(storage: ObjectIdentifier(tensor.storage), elementType: tensor.elementType)
        if let key = keys[identity] { return (key, storages[key]) }
        storages.append(Storage(source: tensor.storage, elementType: tensor.elementType, target: target))
        keys[identity] = storages.count - 1
        return (storages.count - 1, storages[storages.count - 1])
    }

    // MARK: Instructions

    private mutating func op(_ opcode: PickleOpcode) { bytes.append(opcode.rawValue) }

    private mutating func little<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }

    private mutating func write(_ text: String) {
        op(.binUnicode)
        little(UInt32(text.utf8.count))
        bytes += text.utf8
    }

    private mutating func write(_ number: Int) {
        if let byte = UInt8(exactly: number) {
            op(.binInt1)
            bytes.append(byte)
        } else if let word = Int32(exactly: number) {
            op(.binInt)
            little(word)
        } else {
            op(.long1)
            bytes.append(8)
            little(number)
        }
    }

    /// Names a class, and refers to it by its memo from the second time.
    private mutating func global(_ module: String, _ name: String) {
        let text = module + "\n" + name + "\n"
        if let index = classes[text] {
            op(.binGet)
            bytes.append(UInt8(index))
            return
        }
        op(.global)
        bytes += text.utf8
        // There are fewer than 256 classes.
        op(.binPut)
        bytes.append(UInt8(classes.count))
        classes[text] = classes.count
    }

    private mutating func orderedDictionary() {
        global("collections", "OrderedDict")
        op(.emptyTuple)
        op(.reduce)
    }
}
