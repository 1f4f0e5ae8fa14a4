import Checkpoints
import Tensors
import Testing

/// Two networks against each other that use convolutions, normalisation, our own operators and a function with a gradient
/// by hand.
private final class Duel {
    let generator, critic: Sequential
    let optimizers: [Adam]
    let instances: Tensor
    let regions: Tensor

    init() throws {
        generator = try Sequential(
            Conv2d(1, 4, kernel: 3, padding: 1), InstanceNorm2d(4), ReLU(), Conv2d(4, 1, kernel: 3, padding: 1), Tanh())
        critic = try Sequential(Conv2d(1, 4, kernel: 3, stride: 2), LeakyReLU(0.2), Conv2d(4, 1, kernel: 3))
        optimizers = [Adam(generator, learningRate: 1e-3), Adam(critic, learningRate: 1e-3)]
        instances = try Tensor((0..<256).map { $0 / 64 }, shape: [1, 1, 16, 16])
        regions = try Tensor([0, 1, 1, 12, 12] as [Float], shape: [1, 5])
    }

    func step() throws {
        let x = try Tensor.randn([1, 1, 16, 16])
        var y = try generator(x)
        var captured: Tensor?
        y = try customFunction("doubled", inputs: [y]) {
            captured = try $0[0] * 2
            return [captured!]
        } backward: { gradients in
            // Refers to its own output, as functions like softmax do.
            #expect(captured?.shape == [1, 1, 16, 16])
            return [try gradients[0].map { try $0 * 2 }]
        }[0]
        let gates = try y.sigmoid().repeated([1, 3, 1, 1]) * 0.3
        let smooth = try y.instanceMean(instances) + y.propagated(.topDown, gates: gates)
        let pooled = try y.roiAlign(regions, scale: 1, height: 4, width: 4)
        try optimizers[0].zeroGrad()
        try (critic(smooth).mean() + pooled.square().mean()).backward(into: generator.parameters)
        try clipGradients(of: generator.parameters, toNorm: 1)
        try optimizers[0].step()
        try optimizers[1].zeroGrad()
        try (critic(y.detach()).square().mean() + critic(x).mean()).backward()
        try optimizers[1].step()
        _ = try batchedNMS(
            boxes: Tensor.rand([20, 4]), scores: Tensor.rand([20]), classes: Tensor.zeros([20], dtype: .int64),
            threshold: 0.5)
        #expect(throws: TorchError.self) { try critic(Tensor.ones([1, 2, 16, 16])) }
    }
}

@Suite struct ConstantMemoryTests {
    /// In a process of its own: the figure is that of all suites.
    @Test func hundredsOfStepsHoldAsMuchMemoryAsOne() async {
        await #expect(processExitsWith: .success) {
            let duel = try Duel()
            for _ in 0..<3 { try duel.step() }
            let before = try Torch.memory().allocated
            #expect(before > 0)
            for _ in 0..<300 { try duel.step() }
            #expect(try Torch.memory().allocated == before)
        }
    }
}
