import Testing

@testable import Checkpoints

@Suite struct StoredTensorTests {
    private let twelve = TensorStorage(copying: (0..<12).map(Float.init))

    @Test func `a transposed view gathers its elements row by row`() throws {
        let view = try StoredTensor(elementType: .float32, shape: [4, 3], strides: [1, 4], storage: twelve)
        #expect(!view.isContiguous)
        #expect(try view.floats() == [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11])
        let copy = view.contiguous()
        #expect(copy.isContiguous)
        #expect(copy.strides == [3, 1])
        #expect(try copy.floats() == view.floats())
    }

    @Test func `pieces of a large view join to the whole`() throws {
        // 3 x 500 x 700 doubles, dimensions reversed: 8.4 MB in pieces of 1 MiB.
        let values = (0..<1_050_000).map(Double.init)
        let storage = TensorStorage(copying: values)
        let view = try StoredTensor(
            elementType: .float64, shape: [700, 500, 3], strides: [1, 700, 350_000], storage: storage)
        var joined: [UInt8] = []
        var largest = 0
        view.forEachChunk { chunk in
            joined += Array(chunk)
            largest = max(largest, chunk.count)
        }
        #expect(largest == 1 << 20)
        let doubles = joined.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
        #expect(doubles.count == values.count)
        #expect(doubles[0..<4] == [0, 350_000, 700_000, 700])
        #expect(doubles.reduce(0, +) == values.reduce(0, +))
    }

    @Test func `views that reach outside their storage are refused`() {
        for (shape, strides, offset) in [
            ([13], [1], 0), ([12], [1], 1), ([2, 2], [11, 1], 0), ([1], [1], 12), ([3], [6], 0),
            ([Int.max], [Int.max], 0), ([2], [Int.max], 1), ([Int.max, 2], [1, 1], 0), ([1], [1], Int.max),
            ([2], [-1], 1), ([-1], [1], 0), ([1], [1], -1), ([1], [1, 1], 0),
        ] {
            #expect(throws: TensorLayoutError.self, "\(shape) \(strides) \(offset)") {
                try StoredTensor(
                    elementType: .float32, shape: shape, strides: strides, offset: offset, storage: twelve)
            }
        }
    }

    @Test func `an expanded view may repeat elements, but not terabytes of them`() throws {
        let expanded = try StoredTensor(elementType: .float32, shape: [3, 4], strides: [0, 1], storage: twelve)
        #expect(try expanded.floats() == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3])
        #expect(throws: TensorLayoutError.self) {
            try StoredTensor(elementType: .float32, shape: [1 << 40], strides: [0], storage: twelve)
        }
    }

    @Test func `empty tensors and scalars have zero and one elements`() throws {
        let empty = try StoredTensor(
            elementType: .float32, shape: [0, Int.max], storage: TensorStorage(count: 0) { _ in })
        #expect(empty.count == 0)
        for shape in [[Int.max, 2, 0], [2, Int.max, 0]] {
            let huge = try StoredTensor(
                elementType: .float32, shape: shape, strides: [1, 1, 1], storage: TensorStorage(count: 0) { _ in })
            #expect(huge.count == 0)
            #expect(huge.isContiguous)
        }
        #expect(try empty.floats() == [])
        let scalar = try StoredTensor(elementType: .float32, shape: [], offset: 5, storage: twelve)
        #expect(scalar.isContiguous)
        #expect(try scalar.floats() == [5])
    }

    @Test func `every element type reads as numbers`() throws {
        #expect(
            try StoredTensor(elementType: .float16, shape: [2], copying: [Float16(1.5), -2]).floats() == [1.5, -2])
        #expect(
            try StoredTensor(elementType: .bfloat16, shape: [2], copying: [UInt16(0x3fc0), 0xc000]).floats() == [
                1.5, -2,
            ])
        #expect(try StoredTensor(elementType: .int8, shape: [2], copying: [Int8(-3), 4]).integers() == [-3, 4])
        #expect(try StoredTensor(elementType: .bool, shape: [2], copying: [UInt8(2), 0]).integers() == [1, 0])
        #expect(try StoredTensor(elementType: .uint32, shape: [1], copying: [UInt32.max]).integers() == [4_294_967_295])
        #expect(throws: TensorLayoutError.self) {
            try StoredTensor(elementType: .complex64, shape: [1], copying: [Float(1), 2]).floats()
        }
    }
}
