/// Arrays and scalars as numpy pickles them, in protocols 2 to 5.
extension PickleMachine {
    /// `dtype('f4', align, copy)`; its byte order comes as a state.
    func dtype(_ arguments: [Value]) throws -> PickleGraph.NumpyDType {
        guard let first = arguments.first else { throw cursor.error("a numpy type without a name") }
        var code = try name(first)
        let isBigEndian = code.hasPrefix(">")
        if let order = code.first, "<>=|".contains(order) { code.removeFirst() }
        guard code.utf8.count <= 16 else { throw cursor.error("a numpy type's name of \(code.utf8.count) bytes") }
        let dtype = PickleGraph.NumpyDType(code: code)
        dtype.isBigEndian = isBigEndian
        return dtype
    }

    /// `scalar(dtype, bytes)`.
    func scalar(_ arguments: [Value]) throws -> PickleGraph.NumpyArray {
        guard arguments.count == 2, case .dtype(let dtype) = graph.object(arguments[0]) else {
            throw cursor.error("a numpy scalar without type and data")
        }
        let scalar = PickleGraph.NumpyArray()
        (scalar.dtype, scalar.data, scalar.isScalar) = (dtype, arguments[1], true)
        return scalar
    }

    /// `_frombuffer(bytes, dtype, shape, order)` of protocol 5.
    func arrayFromBuffer(_ arguments: [Value]) throws -> PickleGraph.NumpyArray {
        guard arguments.count == 4, case .dtype(let dtype) = graph.object(arguments[1]),
            let shape = graph.ints(arguments[2])
        else { throw cursor.error("a numpy array without data, type, shape and order") }
        let array = PickleGraph.NumpyArray()
        (array.dtype, array.shape, array.data) = (dtype, shape, arguments[0])
        array.isColumnMajor = try name(arguments[3]) == "F"
        return array
    }
}
