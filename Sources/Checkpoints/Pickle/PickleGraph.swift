/// What a pickle describes, before it becomes a tree: objects refer to each other by their index, so that neither depth
/// nor cycles nor sharing cost anything. Spans are byte ranges of the file.
struct PickleGraph {
    enum Value {
        case none
        case bool(Bool)
        case int(Int)
        case double(Double)
        case object(Int)
    }

    enum Object {
        case largeInt(Range<Int>)
        /// UTF-8.
        case text(Range<Int>)
        /// Python 2's `str`: a text, or the bytes of an array.
        case byteString(Range<Int>)
        case bytes(Range<Int>)
        /// Bytes that are spelled as Latin-1 text in UTF-8.
        case encodedBytes(Range<Int>)
        case name(String)
        case list([Value])
        case tuple([Value])
        case dictionary(Dictionary)
        case global(PickleGlobal)
        case storage(StorageReference)
        case tensor(TensorView)
        case dtype(NumpyDType)
        case array(NumpyArray)
    }

    final class Dictionary {
        /// Keys and values alternate.
        var items: [Value] = []
        var moduleMetadata: Value?

        /// Moves the entries out. Each entry is used once: copying them for every reference would multiply them.
        func take() -> [Value] {
            defer { items = [] }
            return items
        }
    }

    /// A storage that is named and lies elsewhere.
    final class StorageReference {
        let key: String
        /// Nil for an untyped storage, whose count is in bytes.
        let elementType: ElementType?
        let count: Int
        /// A part of another storage, in elements (files before torch 0.4).
        let view: (key: String, offset: Int, count: Int)?

        init(key: String, elementType: ElementType?, count: Int, view: (String, Int, Int)?) {
            (self.key, self.elementType, self.count) = (key, elementType, count)
            self.view = view.map { (key: $0.0, offset: $0.1, count: $0.2) }
        }
    }

    final class TensorView {
        let storage: StorageReference
        let elementType: ElementType
        let offset: Int
        let shape: [Int]
        let strides: [Int]

        init(_ storage: StorageReference, _ elementType: ElementType, offset: Int, shape: [Int], strides: [Int]) {
            (self.storage, self.elementType, self.offset) = (storage, elementType, offset)
            (self.shape, self.strides) = (shape, strides)
        }
    }

    final class NumpyDType {
        /// Kind and size, as in `f4`.
        let code: String
        var isBigEndian = false

        init(code: String) { self.code = code }
    }

    /// An array or a scalar; without data while it is under construction.
    final class NumpyArray {
        var dtype: NumpyDType?
        var shape: [Int] = []
        var isColumnMajor = false
        var data: Value = .none
        var isScalar = false
    }

    var objects: [Object] = []

    mutating func add(_ object: Object) -> Value {
        objects.append(object)
        return .object(objects.count - 1)
    }

    func object(_ value: Value) -> Object? {
        guard case .object(let index) = value else { return nil }
        return objects[index]
    }

    func tuple(_ value: Value) -> [Value]? {
        guard case .tuple(let items) = object(value) else { return nil }
        return items
    }

    func int(_ value: Value) -> Int? {
        guard case .int(let number) = value else { return nil }
        return number
    }

    /// A tuple or list of integers, as shapes are.
    func ints(_ value: Value) -> [Int]? {
        let items: [Value]
        switch object(value) {
        case .tuple(let values), .list(let values): items = values
        default: return nil
        }
        guard items.count <= StoredTensor.maximumDimensions else { return nil }
        let numbers = items.compactMap(int)
        return numbers.count == items.count ? numbers : nil
    }
}
