/// What calling an allowed class or function makes, and what a state does to an object.
extension PickleMachine {
    mutating func call(_ global: PickleGlobal, _ arguments: [Value]) throws -> Value {
        switch global {
        case .dictionary: graph.add(.dictionary(try dictionary(arguments)))
        case .list: graph.add(.list(try items(arguments)))
        case .tuple, .size: graph.add(.tuple(try items(arguments)))
        case .bytes: try bytes(arguments)
        case .encode: try encodedBytes(arguments)
        case .device: graph.add(.name(try device(arguments)))
        case .rebuildTensor: graph.add(.tensor(try tensorView(arguments)))
        case .rebuildTensorV3: graph.add(.tensor(try tensorViewV3(arguments)))
        case .rebuildParameter: try parameter(arguments)
        case .rebuildFromType: try rebuilt(arguments)
        case .numpyReconstruct: graph.add(.array(PickleGraph.NumpyArray()))
        case .numpyDType: graph.add(.dtype(try dtype(arguments)))
        case .numpyScalar: graph.add(.array(try scalar(arguments)))
        case .numpyFromBuffer: graph.add(.array(try arrayFromBuffer(arguments)))
        case .name, .storage, .numpyArray: throw cursor.error("a class is called that checkpoints only name")
        }
    }

    func build(_ target: Value, _ state: Value) throws {
        switch graph.object(target) {
        case .dictionary(let dictionary):
            // Attributes of an OrderedDict; the members of a namespace.
            guard case .dictionary(let attributes) = graph.object(state) else { return }
            let items = attributes.take()
            for index in stride(from: 0, to: items.count, by: 2) {
                let (key, value) = (items[index], items[index + 1])
                if isText(key, "_metadata") {
                    dictionary.moduleMetadata = value
                } else {
                    dictionary.items += [key, value]
                }
            }
        case .dtype(let dtype):
            guard let items = graph.tuple(state), items.count >= 5 else {
                throw cursor.error("a numpy type without its description")
            }
            if case .object = items[3], case .object = items[4] {
                throw cursor.error("a numpy array of records, expected one of numbers")
            }
            dtype.isBigEndian = isText(items[1], ">")
        case .array(let array):
            guard let items = graph.tuple(state), items.count == 5, let shape = graph.ints(items[1]),
                case .dtype(let dtype) = graph.object(items[2]), case .bool(let isColumnMajor) = items[3]
            else { throw cursor.error("a numpy array without shape, type, order and data") }
            (array.shape, array.dtype, array.isColumnMajor, array.data) = (shape, dtype, isColumnMajor, items[4])
        case .tensor: break  // Attributes of Python objects.
        default: throw cursor.error("something gets a state that has none")
        }
    }

    private func isText(_ value: Value, _ expected: String) -> Bool {
        switch graph.object(value) {
        case .text(let span), .byteString(let span), .bytes(let span):
            span.count == expected.utf8.count && zip(cursor.bytes[span], expected.utf8).allSatisfy { $0 == $1 }
        default: false
        }
    }

    // MARK: Containers

    private func items(_ arguments: [Value]) throws -> [Value] {
        guard let argument = arguments.first else { return [] }
        switch graph.object(argument) {
        case .list(let values) where values.count <= StoredTensor.maximumDimensions,
            .tuple(let values) where values.count <= StoredTensor.maximumDimensions:
            return values
        default: throw cursor.error("a list or tuple is made of something else than a short list")
        }
    }

    /// `OrderedDict([[key, value], …])` of Python 2, `defaultdict(factory)`, `Counter({…})`, and calls without arguments.
    private mutating func dictionary(_ arguments: [Value]) throws -> PickleGraph.Dictionary {
        let dictionary = PickleGraph.Dictionary()
        for argument in arguments {
            switch graph.object(argument) {
            case .dictionary(let other):
                dictionary.items += other.take()
            case .list(let pairs):
                if case .object(let index) = argument { graph.objects[index] = .list([]) }  // As with `take`.
                for pair in pairs {
                    let items: [Value]
                    switch graph.object(pair) {
                    case .list(let values), .tuple(let values): items = values
                    default: throw cursor.error("a dictionary is made of something else than pairs")
                    }
                    guard items.count == 2 else {
                        throw cursor.error("a dictionary is made of something else than pairs")
                    }
                    dictionary.items += items
                }
            default: continue
            }
        }
        return dictionary
    }

    // MARK: Bytes

    private mutating func bytes(_ arguments: [Value]) throws -> Value {
        guard let argument = arguments.first else { return graph.add(.bytes(0..<0)) }
        switch graph.object(argument) {
        case .bytes, .encodedBytes: return argument
        case .text: return try encodedBytes(arguments)
        default: throw cursor.error("bytes are made of something else than text")
        }
    }

    private mutating func encodedBytes(_ arguments: [Value]) throws -> Value {
        guard let argument = arguments.first, case .text(let span) = graph.object(argument),
            arguments.count == 1 || isText(arguments[1], "latin1") || isText(arguments[1], "latin-1")
        else { throw cursor.error("bytes are made of something else than Latin-1 text") }
        return graph.add(.encodedBytes(span))
    }

    private func device(_ arguments: [Value]) throws -> String {
        guard let kind = arguments.first else { throw cursor.error("a device without a name") }
        let text = try name(kind)
        guard text.utf8.count <= 32 else { throw cursor.error("a device's name of \(text.utf8.count) bytes") }
        guard arguments.count > 1, let index = graph.int(arguments[1]) else { return text }
        return "\(text):\(index)"
    }
}
