import Checkpoints
import Tensors
import Testing

@Suite struct AutogradTests {
    @Test func backwardAddsToTheGradientsOfLeaves() throws {
        let x = try Tensor([1, 2, 3] as [Float]).requiresGrad(true)
        try (x * x).sum().backward()
        #expect(try x.grad?.array(of: Float.self) == [2, 4, 6])
        try (x * 2).sum().backward()
        #expect(try x.grad?.array(of: Float.self) == [4, 6, 8])
    }

    @Test func gradientsCanBeDifferentiatedAgain() throws {
        let x = try Tensor(scalar: 3.0).requiresGrad(true)
        let first = try #require(try gradients(of: [x.pow(3)], withRespectTo: [x], createGraph: true)[0])
        let second = try #require(try gradients(of: [first], withRespectTo: [x])[0])
        #expect(try first.item() == 27)
        #expect(try second.item() == 18)
        let unused = try Tensor(scalar: 1.0).requiresGrad(true)
        #expect(try gradients(of: [x * 2], withRespectTo: [unused], allowUnused: true)[0] == nil)
        #expect(throws: TorchError.self) { try gradients(of: [x * 2], withRespectTo: [unused]) }
    }

    @Test func nothingIsRecordedWithoutGradients() throws {
        let x = try Tensor.ones([2]).requiresGrad(true)
        #expect(try !withoutGradients { try x * 2 }.requiresGrad)
        #expect(try !inferenceMode { try x * 2 }.requiresGrad)
        #expect(try (x * 2).requiresGrad)
        #expect(throws: TorchError.self) { try withoutGradients { try x * 2 }.sum().backward() }
    }

    @Test func functionsMayBringTheirOwnGradient() throws {
        let x = try Tensor([1, -2] as [Float]).requiresGrad(true)
        // A clamp that lets every gradient through.
        func straightThrough(_ x: Tensor) throws -> Tensor {
            try customFunction("straight_through", inputs: [x]) {
                try [$0[0].clamp(min: 0)]
            } backward: {
                $0
            }[0]
        }
        let y = try straightThrough(x)
        #expect(try y.array(of: Float.self) == [1, 0])
        try (y * 3).sum().backward()
        #expect(try x.grad?.array(of: Float.self) == [3, 3])
    }

    @Test func errorsInsideABackwardFunctionComeOutOfBackward() throws {
        struct Refusal: Error, CustomStringConvertible { let description = "no gradient today" }
        let x = try Tensor([1] as [Float]).requiresGrad(true)
        let y = try customFunction("refusing", inputs: [x]) {
            try [$0[0] * 2]
        } backward: { _ in
            throw Refusal()
        }[0]
        let error = #expect(throws: TorchError.self) { try y.backward() }
        #expect(error?.message.contains("no gradient today") == true)
    }

    /// In a process of its own: what other suites hold would count.
    @Test func aForwardPassWithoutGradientHoldsOneActivationAtATime() async {
        await #expect(processExitsWith: .success) {
            let side = 1024
            let bytes = side * side * 4
            let network = Sequential((0..<100).map { _ in ReLU() })
            let before = try Torch.memory().allocated
            var x = try Tensor.ones([side, side])
            try Torch.resetPeakMemory()
            x = try inferenceMode { try network(x) }
            let peak = try Torch.memory().peak - before
            // The input, one activation, and the one being computed from it.
            #expect(peak < 4 * bytes)
            #expect(try x[0, 0].item() == 1)
        }
    }
}
