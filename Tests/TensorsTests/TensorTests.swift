import Checkpoints
import Tensors
import Testing

@Suite struct TensorTests {
    @Test func elementsComeBackAsTheyWentIn() throws {
        let x = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
        #expect(x.shape == [2, 3])
        #expect(x.strides == [3, 1])
        #expect(x.dtype == .float32)
        #expect(x.device == .cpu)
        #expect(try x.array(of: Float.self) == [1, 2, 3, 4, 5, 6])
        #expect(try x.transpose(0, 1).array(of: Int.self) == [1, 4, 2, 5, 3, 6])
        #expect(try Tensor(scalar: 2.5).item() == 2.5)
    }

    @Test func arithmeticBroadcastsAndPromotesAsInPyTorch() throws {
        let x = try Tensor([1, 2, 3] as [Float])
        let column = try Tensor([10, 20] as [Float], shape: [2, 1])
        #expect(try (x + column).array(of: Float.self) == [11, 12, 13, 21, 22, 23])
        #expect(try (2 * x - 1).array(of: Float.self) == [1, 3, 5])
        #expect(try (1 - x / 2).array(of: Float.self) == [0.5, 0, -0.5])
        #expect(try (6 / x).array(of: Float.self) == [6, 3, 2])
        let n = try Tensor([1, 2, 3] as [Int])
        #expect(try (n + 1).dtype == .int64)
        #expect(try (n + 0.5).dtype == .float32)
        #expect(try (n / 2).array(of: Double.self) == [0.5, 1, 1.5])
        #expect(try (x .> 1.5).array(of: Bool.self) == [false, true, true])
    }

    @Test func changesInPlaceAreSeenThroughViews() throws {
        let x = try Tensor.zeros([2, 2])
        let row = try x[1]
        try row += 3
        try x[.all, 0].assign(Tensor(scalar: Float(7)))
        #expect(try x.array(of: Float.self) == [7, 0, 7, 3])
        #expect(row.sharesStorage(with: x))
    }

    @Test func indexingFollowsNumPy() throws {
        let x = try Tensor.arange(0, 24).reshape([2, 3, 4])
        #expect(try x[1, 2, 3].item() == 23)
        #expect(try x[-1, .all, 1..<3].array(of: Int.self) == [13, 14, 17, 18, 21, 22])
        #expect(try x[.ellipsis, 0].array(of: Int.self) == [0, 4, 8, 12, 16, 20])
        #expect(try x[.newAxis, 0].shape == [1, 3, 4])
        #expect(try x[.all, .slice(nil, nil, step: 2)].shape == [2, 2, 4])
        #expect(try x[0, 1...].shape == [2, 4])
        #expect(try x[x .> 20].array(of: Int.self) == [21, 22, 23])
        #expect(try x[.all, Tensor([2, 0] as [Int])].array(of: Int.self).prefix(4) == [8, 9, 10, 11])
        #expect(try x[(x .> 3).all().reshape([1]).expand([2]), 0].shape == [0, 4])
        #expect(throws: TorchError.self) { try x[0, 0, 0, 0] }
        #expect(throws: TorchError.self) { try x[5] }
    }

    @Test func failuresAreErrorsThatNameOperationAndShapes() throws {
        let error = #expect(throws: TorchError.self) { try Tensor.zeros([2, 3]).matmul(Tensor.zeros([2, 3])) }
        #expect(error?.operation == "aten::matmul([2, 3] float32, [2, 3] float32)")
        #expect(error?.message.contains("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)") == true)
        #expect(throws: TorchError.self) { try Tensor([1, 2, 3] as [Float], shape: [2, 2]) }
        #expect(throws: TorchError.self) { try Tensor.zeros([1 << 40, 1 << 10]) }
        #expect(throws: TorchError.self) { try Operator(finding: "aten::no_such_operator") }
        #expect(throws: TorchError.self) { try Tensor.zeros([2]).item() }
    }

    @Test func operatorsTakeDefaultsFromTheirSchema() throws {
        let conv = Operator("aten::conv2d")
        let x = try Tensor.ones([1, 1, 3, 3])
        let weight = try Tensor.ones([1, 1, 3, 3])
        #expect(try conv(x, weight).array(of: Float.self) == [9])
        #expect(try conv(x, weight, Argument.none, 1, [1, 1]).shape == [1, 1, 3, 3])
        #expect(conv.schema.hasPrefix("aten::conv2d(Tensor input, Tensor weight"))
    }

    @Test func memoryOfOthersIsUsedWithoutACopyAndKeptAlive() throws {
        final class Owner {
            let memory = UnsafeMutablePointer<Float>.allocate(capacity: 4)
            let onRelease: () -> Void
            init(_ onRelease: @escaping () -> Void) { self.onRelease = onRelease }
            deinit {
                memory.deallocate()
                onRelease()
            }
        }
        final class Flag { var isReleased = false }
        let flag = Flag()
        var view: Tensor?
        do {
            let owner = Owner { flag.isReleased = true }
            for i in 0..<4 { owner.memory[i] = Float(i) }
            let whole = try Tensor(memory: owner.memory, shape: [2, 2], dtype: .float32, owner: owner)
            view = try whole[1]
        }
        #expect(try view?.array(of: Float.self) == [2, 3])
        #expect(!flag.isReleased)
        view = nil
        #expect(flag.isReleased)
    }

    @Test func randomNumbersFollowFromTheSeedAndTheStateCanBeKept() throws {
        let a = try RandomGenerator(seed: 7)
        let b = try RandomGenerator(seed: 7)
        let first = try Tensor.randn([5], generator: a)
        #expect(try first.isEqual(to: Tensor.randn([5], generator: b)))
        let state = try a.state()
        let next = try Tensor.rand([5], generator: a)
        try a.restore(state)
        #expect(try next.isEqual(to: Tensor.rand([5], generator: a)))
        #expect(try Tensor.randperm(10, generator: a).sort().values.array(of: Int.self) == Array(0..<10))
    }

    @Test func tensorsPrintAsNestedLists() throws {
        #expect(
            try "\(Tensor([1, 2.5, -3, 4] as [Float], shape: [2, 2]))" == "[[1, 2.5],\n [-3, 4]]  [2, 2] float32 cpu")
        #expect(try "\(Tensor.arange(0, 20))" == "[0, 1, 2, …, 17, 18, 19]  [20] int64 cpu")
        #expect(try "\(Tensor(scalar: true))" == "true  [] bool cpu")
        #expect(try "\(Tensor.zeros([2, 0]))" == "[[],\n []]  [2, 0] float32 cpu")
    }

    @Test func autocastComputesInHalfPrecisionInsideItsScopeOnly() throws {
        let x = try Tensor.ones([4, 4])
        #expect(try autocast(.bfloat16, on: .cpu) { try x.matmul(x) }.dtype == .bfloat16)
        #expect(try autocast(nil, on: .cpu) { try x.matmul(x) }.dtype == .float32)
        #expect(try x.matmul(x).dtype == .float32)
    }

    @Test func devicesHaveNames() {
        #expect(Device("cuda:1") == .cuda(1))
        #expect(Device("cpu") == .cpu)
        #expect(Device("gpu") == nil)
        #expect(Device.cuda(0).description == "cuda:0")
    }
}
