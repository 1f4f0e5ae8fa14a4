import Checkpoints
import Foundation
import Tensors
import Testing

/// Calls at the edge of what libtorch takes: each gives an error or a value, and none ends the process.
@Suite struct OperatorCallTests {
    @Test func anOperatorThatReturnsSomethingElseIsRefused() throws {
        let x = try Tensor.ones([2, 3])
        let (unbind, add) = (Operator("aten::unbind", "int"), Operator("aten::add", "Tensor"))
        let notOne = #expect(throws: TorchError.self) { try unbind(x, 0) }
        #expect(notOne?.description.hasPrefix("aten::unbind: does not return one tensor: aten::unbind.int(") == true)
        #expect(throws: TorchError.self) { try unbind.tuple(2, x, 0) }
        #expect(throws: TorchError.self) { try unbind.bool(x, 0) }
        #expect(throws: TorchError.self) { try add.list(x, x) }
        #expect(throws: TorchError.self) { try add.tuple(2, x, x) }
        #expect(throws: TorchError.self) { try add.bool(x, x) }
        #expect(throws: TorchError.self) { try Operator("aten::equal")(x, x) }
        #expect(throws: TorchError.self) { try Operator("aten::size", "int")(x, 0) }
        // A complex number has no face here.
        let complex = try Operator("aten::complex")(x, x)
        #expect(throws: TorchError.self) { try Operator("aten::item")(Operator("aten::sum")(complex)) }
    }

    @Test func resultsThatAreRefusedAreReleased() async throws {
        await #expect(processExitsWith: .success) {
            let unbind = Operator("aten::unbind", "int")
            let before = try Torch.memory().allocated
            for _ in 0..<10 {
                let x = try Tensor.ones([2, 1000])
                #expect(throws: TorchError.self) { try unbind(x, 0) }
                #expect(throws: TorchError.self) { try unbind.tuple(2, x, 0) }
                #expect(throws: TorchError.self) { try Operator("aten::add", "Tensor").list(x, x) }
            }
            #expect(try Torch.memory().allocated == before)
        }
    }

    @Test func wrongArgumentsAreErrors() throws {
        let x = try Tensor.ones([2])
        let add = Operator("aten::add", "Tensor")
        #expect(throws: TorchError.self) { try add() }
        #expect(throws: TorchError.self) { try add(x) }
        #expect(throws: TorchError.self) { try add(x, "text") }
        #expect(throws: TorchError.self) { try add(x, [x, x]) }
        #expect(throws: TorchError.self) { try add(x, Argument.none) }
        #expect(throws: TorchError.self) { try add(x, x, 1, 1, 1) }
        #expect(throws: TorchError.self) { try Operator(finding: "aten::no_such_operator") }
        #expect(throws: TorchError.self) { try gradients(of: [x, x], withRespectTo: [x], weights: [x]) }
    }

    @Test func listsOfBooleansAndOfFloatsReachOperators() throws {
        let x = try Tensor.ones([1, 1, 2, 2])
        let weight = try Tensor.ones([1, 1, 1, 1])
        let mask = try Operator("aten::convolution_backward").tuple(
            3, x, x, weight, Argument.none, [1, 1], [0, 0], [1, 1], false, [0, 0], 1, [false, true, false])
        #expect(mask[0] == nil && mask[2] == nil)
        #expect(try mask[1]?.item() == 4)
        let grown = try Operator("aten::upsample_nearest2d", "vec")(x, Argument.none, [2, 3] as [Float])
        #expect(grown.shape == [1, 1, 4, 6])
    }

    @Test func sparseTensorsAndThoseWithoutMemoryAreErrorsOnlyWhereTheyAreRead() throws {
        let sparse = try Operator("aten::to_sparse")(Tensor.eye(3))
        #expect(sparse.shape == [3, 3])
        #expect(sparse.strides.isEmpty)
        #expect(!sparse.isContiguous && sparse.isLeaf)
        #expect(!sparse.sharesStorage(with: sparse))
        #expect(throws: TorchError.self) { try sparse.array(of: Float.self) }
        #expect(throws: TorchError.self) { try sparse.stored() }
        #expect(try Operator("aten::to_dense")(sparse).isEqual(to: Tensor.eye(3)))
        let empty = try Tensor.empty([0, 4])
        #expect(try empty.array(of: Float.self) == [])
    }

    @Test func aGradientMustFitItsTensor() throws {
        let w = try Tensor.ones([1000]).requiresGrad(true)
        let error = #expect(throws: TorchError.self) { try w.setGrad(Tensor.ones([1])) }
        #expect(error?.message.contains("a gradient of [1] Float on cpu for a tensor of [1000] Float on cpu") == true)
        #expect(throws: TorchError.self) { try w.setGrad(Tensor.ones([1000], dtype: .float64)) }
        #expect(w.grad == nil)
        // The steps themselves look at sizes too.
        let (x, small) = try (Tensor.ones([1000]), Tensor.ones([1]))
        #expect(throws: TorchError.self) {
            try Operator("kindred::momentum_step").run([x], [small], [x], 0.1, 0.9, 0.0, false, true)
        }
        #expect(throws: TorchError.self) {
            try Operator("kindred::adam_step").run(
                [x], [x], [x], [Tensor](), 0.1, 0.9, 0.99, 1e-8, 0.0, false, 1)
        }
    }

    @Test func memoryThatIsRefusedIsReleased() throws {
        final class Owner {
            let release: () -> Void
            init(_ release: @escaping () -> Void) { self.release = release }
            deinit { release() }
        }
        var released = 0
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
        defer { bytes.deallocate() }
        #expect(throws: TorchError.self) {
            try Tensor(memory: bytes, shape: [-4], dtype: .float32, owner: Owner { released += 1 })
        }
        #expect(released == 1)
        _ = try Tensor(memory: bytes, shape: [0], dtype: .float32, owner: Owner { released += 1 })
        #expect(released == 2)
    }

    @Test func errorTextsBelongToTheirThread() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for size in 2..<10 {
                group.addTask {
                    for _ in 0..<100 {
                        let error = #expect(throws: TorchError.self) { try Tensor.ones([size]).reshape([size + 1]) }
                        #expect(error?.message.contains("input of size \(size)") == true)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func regionsOfNothingAreRefusedAndPropagationThroughNothingIsNothing() throws {
        let regions = try Tensor([0, 0, 0, 0, 0] as [Float], shape: [1, 5])
        for shape in [[1, 1, 0, 5], [1, 1, 5, 0]] {
            #expect(throws: TorchError.self) {
                try Tensor.ones(shape).roiAlign(regions, scale: 1, height: 2, width: 2)
            }
            let gates = try Tensor.zeros([1, 3] + shape.dropFirst(2)).requiresGrad(true)
            for direction in PropagationDirection.allCases {
                let output = try Tensor.ones(shape).propagated(direction, gates: gates)
                #expect(output.shape == shape)
                try output.sum().backward()
            }
        }
    }

    @Test func gradientsOfOurOwnOperatorsAreRightOrRefusedTheSecondTime() throws {
        let instances = try Tensor([0, 0, 1, 1], shape: [1, 1, 2, 2])
        let x = try Tensor([1, 2, 3, 5] as [Float], shape: [1, 1, 2, 2]).requiresGrad(true)
        let y = try x.instanceMean(instances)
        let first = try #require(try gradients(of: [y.square().sum()], withRespectTo: [x], createGraph: true)[0])
        // d/dx of Σ mean² is 2·mean; its sum's gradient is 2 everywhere.
        #expect(try first.detach().array(of: Float.self) == [3, 3, 8, 8])
        #expect(try gradients(of: [first.sum()], withRespectTo: [x])[0]?.array(of: Float.self) == [2, 2, 2, 2])
        let regions = try Tensor([0, 0, 0, 2, 2] as [Float], shape: [1, 5])
        let pooled = try x.roiAlign(regions, scale: 1, height: 1, width: 1).square().sum()
        let error = #expect(throws: TorchError.self) {
            try gradients(of: [pooled], withRespectTo: [x], createGraph: true)
        }
        #expect(error?.message == "roi_align cannot be differentiated twice")
    }

    @Test func autocastEndsAsItBegan() throws {
        let (a, b) = try (Tensor.ones([4, 4]), Tensor.ones([4, 4]))
        let outer = try autocast(.bfloat16, on: .cpu) {
            // Some releases refuse this type.
            _ = try? autocast(.float16, on: .cpu) { try a.matmul(b) }
            return try a.matmul(b).dtype
        }
        #expect(outer == .bfloat16)
        #expect(try a.matmul(b).dtype == .float32)
    }
}
