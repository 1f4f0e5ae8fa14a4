/// Python's pickle machine without its teeth: it builds values, and calls nothing.
///
/// Each instruction adds at most one object and spans of the file are not copied, so that memory stays proportional to the
/// file; `PickleTree` turns the result into values.
struct PickleMachine {
    typealias Value = PickleGraph.Value

    /// Far more than checkpoints have (about thirty a tensor), few enough to stay within half a gigabyte.
    static let maximumInstructions = 2_000_000
    /// Names of modules, classes and storages.
    static let maximumNameBytes = 256

    var cursor: ByteCursor
    var graph = PickleGraph()
    private var stack: [Value] = []
    private var marks: [Int] = []
    private var memo: [Int: Value] = [:]
    private let file: String
    private let place: String

    init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0, file: String, place: String) {
        cursor = ByteCursor(bytes, at: position, file: file, place: place)
        (self.file, self.place) = (file, place)
    }

    /// Runs one pickle to its end; the cursor stands behind it.
    /// - Throws: `CheckpointError`
    mutating func run() throws -> Value {
        for _ in 0..<Self.maximumInstructions {
            let code = try cursor.little(UInt8.self)
            guard let opcode = PickleOpcode(rawValue: code) else {
                throw cursor.error(
                    "instruction 0x\(String(code, radix: 16)) is none that pickles of weights have (protocols 1 to 5)")
            }
            if opcode == .stop {
                let result = try pop()
                guard stack.isEmpty, marks.isEmpty else { throw cursor.error("the pickle ends with values left over") }
                return result
            }
            try execute(opcode)
        }
        throw cursor.error("the pickle has more than \(Self.maximumInstructions) instructions")
    }

    private mutating func execute(_ opcode: PickleOpcode) throws {
        switch opcode {
        case .proto:
            let version = try cursor.little(UInt8.self)
            guard version <= 5 else { throw cursor.error("pickle protocol \(version), expected at most 5") }
        case .frame: _ = try cursor.little(UInt64.self)  // A hint for readers of streams.
        case .mark: marks.append(stack.count)
        case .pop:
            if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
        case .popMark: _ = try popToMark()
        case .duplicate: stack.append(try top())
        case .none: stack.append(.none)
        case .newTrue: stack.append(.bool(true))
        case .newFalse: stack.append(.bool(false))
        case .binInt: stack.append(.int(Int(try cursor.little(Int32.self))))
        case .binInt1: stack.append(.int(Int(try cursor.little(UInt8.self))))
        case .binInt2: stack.append(.int(Int(try cursor.little(UInt16.self))))
        case .long1: try pushLong(try cursor.length(UInt8.self))
        case .long4: try pushLong(try cursor.length(Int32.self))
        case .binFloat: stack.append(.double(Double(bitPattern: try cursor.big(UInt64.self))))
        case .shortBinUnicode: try pushSpan(UInt8.self) { .text($0) }
        case .binUnicode: try pushSpan(UInt32.self) { .text($0) }
        case .binUnicode8: try pushSpan(UInt64.self) { .text($0) }
        case .shortBinString: try pushSpan(UInt8.self) { .byteString($0) }
        case .binString: try pushSpan(Int32.self) { .byteString($0) }
        case .shortBinBytes: try pushSpan(UInt8.self) { .bytes($0) }
        case .binBytes: try pushSpan(UInt32.self) { .bytes($0) }
        case .binBytes8, .byteArray8: try pushSpan(UInt64.self) { .bytes($0) }
        case .emptyList: push(.list([]))
        case .emptyTuple: push(.tuple([]))
        case .emptyDict: push(.dictionary(PickleGraph.Dictionary()))
        case .list: push(.list(try popToMark()))
        case .tuple: push(.tuple(try popToMark()))
        case .tuple1: try pushTuple(1)
        case .tuple2: try pushTuple(2)
        case .tuple3: try pushTuple(3)
        case .dict:
            let dictionary = PickleGraph.Dictionary()
            dictionary.items = try pairs(try popToMark())
            push(.dictionary(dictionary))
        case .append:
            let item = try pop()
            try append([item])
        case .appends: try append(try popToMark())
        case .setItem:
            let value = try pop()
            let key = try pop()
            try set([key, value])
        case .setItems: try set(try pairs(try popToMark()))
        case .binPut: memo[try cursor.length(UInt8.self)] = try top()
        case .longBinPut: memo[try cursor.length(UInt32.self)] = try top()
        case .memoize: memo[memo.count] = try top()
        case .binGet: try recall(try cursor.length(UInt8.self))
        case .longBinGet: try recall(try cursor.length(UInt32.self))
        case .global:
            let module = try name(try cursor.line())
            let name = try name(try cursor.line())
            try pushGlobal(module: module, name: name)
        case .stackGlobal:
            let name = try name(try pop())
            let module = try self.name(try pop())
            try pushGlobal(module: module, name: name)
        case .reduce, .newObject:
            let arguments = try pop()
            let callable = try pop()
            guard case .global(let global) = graph.object(callable), let items = graph.tuple(arguments) else {
                throw cursor.error("something else than a class is called")
            }
            stack.append(try call(global, items))
        case .build:
            let state = try pop()
            try build(try top(), state)
        case .binPersistentID: push(.storage(try storageReference(try pop())))
        case .stop: break
        }
    }

    // MARK: The stack

    private mutating func push(_ object: PickleGraph.Object) { stack.append(graph.add(object)) }

    private func top() throws -> Value {
        guard let value = stack.last, stack.count > marks.last ?? 0 else {
            throw cursor.error("the pickle's stack is empty; the file is damaged")
        }
        return value
    }

    private mutating func pop() throws -> Value {
        let value = try top()
        stack.removeLast()
        return value
    }

    private mutating func popToMark() throws -> [Value] {
        guard let mark = marks.popLast() else { throw cursor.error("a mark is missing; the file is damaged") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    private mutating func recall(_ index: Int) throws {
        guard let value = memo[index] else { throw cursor.error("memo \(index) was never filled") }
        stack.append(value)
    }

    private mutating func pushTuple(_ count: Int) throws {
        var items: [Value] = []
        for _ in 0..<count { items.append(try pop()) }
        push(.tuple(items.reversed()))
    }

    private mutating func pushSpan<Number: FixedWidthInteger & BitwiseCopyable>(
        _: Number.Type, _ make: (Range<Int>) -> PickleGraph.Object
    ) throws {
        push(make(try cursor.take(try cursor.length(Number.self))))
    }

    private mutating func pushLong(_ count: Int) throws {
        let span = try cursor.take(count)
        guard count <= 8 else { return push(.largeInt(span)) }
        var number: UInt64 = 0
        for index in span.reversed() { number = number << 8 | UInt64(cursor.bytes[index]) }
        let unused = 64 - 8 * count
        stack.append(.int(count == 0 ? 0 : Int(Int64(bitPattern: number << unused) >> unused)))
    }

    // MARK: Containers

    private func pairs(_ items: [Value]) throws -> [Value] {
        guard items.count.isMultiple(of: 2) else { throw cursor.error("a dictionary has a key without a value") }
        return items
    }

    private mutating func append(_ items: [Value]) throws {
        guard case .object(let index) = try top(), case .list(var list) = graph.objects[index] else {
            throw cursor.error("something else than a list is appended to")
        }
        graph.objects[index] = .list([])  // Gives up the other reference, so that the list grows in place.
        list += items
        graph.objects[index] = .list(list)
    }

    private mutating func set(_ items: [Value]) throws {
        guard case .dictionary(let dictionary) = graph.object(try top()) else {
            throw cursor.error("something else than a dictionary is filled with keys")
        }
        dictionary.items += items
    }

    // MARK: Names

    func name(_ span: Range<Int>) throws -> String {
        guard span.count <= Self.maximumNameBytes, let text = cursor.text(span) else {
            throw cursor.error(
                "a name of \(span.count) bytes, expected a UTF-8 text of at most \(Self.maximumNameBytes)")
        }
        return text
    }

    func name(_ value: Value) throws -> String {
        switch graph.object(value) {
        case .text(let span), .byteString(let span): try name(span)
        default: throw cursor.error("expected a text here; the file is damaged")
        }
    }

    private mutating func pushGlobal(module: String, name: String) throws {
        guard let global = PickleGlobal(module: module, name: name) else {
            throw CheckpointError(
                file, at: place,
                "refers to \(CheckpointError.quote(module + "." + name)), which is not allowed in a checkpoint: tensors, "
                    + "numbers, texts and containers of them are (save the model's state dictionary, not the model)")
        }
        if case .name(let text) = global { push(.name(text)) } else { push(.global(global)) }
    }
}
