import Tensors
import Testing

@Suite struct ConvolutionTests {
    private let libtorchs = Operator("aten::conv2d")
    private let generator = try! RandomGenerator(seed: 5)

    private func expectClose(_ a: Tensor, _ b: Tensor, sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(a.shape == b.shape, sourceLocation: sourceLocation)
        let largest = try (a - b).abs().max().item()
        let scale = try b.abs().max().item()
        #expect(largest <= 1e-4 * scale, "differs by \(largest) of \(scale)", sourceLocation: sourceLocation)
    }

    /// Weights of 4.7 million numbers and at most 256 pixels: the matrix product. One more row of pixels: libtorch's.
    @Test(arguments: [
        (height: 8, width: 16, stride: 1, padding: 1, dilation: 1, hasBias: true),
        (height: 16, width: 32, stride: 2, padding: 1, dilation: 1, hasBias: true),
        (height: 9, width: 7, stride: 1, padding: 0, dilation: 2, hasBias: false),
        (height: 17, width: 16, stride: 1, padding: 1, dilation: 1, hasBias: true),
    ])
    func convolutionsOfFewPixelsAndTheirGradientsAreThoseOfLibtorch(
        _ height: Int, _ width: Int, _ stride: Int, _ padding: Int, _ dilation: Int, _ hasBias: Bool
    ) throws {
        let x = try Tensor.randn([1, 512, height, width], generator: generator).requiresGrad(true)
        let weight = try Tensor.randn([1024, 512, 3, 3], generator: generator).requiresGrad(true)
        let bias = hasBias ? try Tensor.randn([1024], generator: generator).requiresGrad(true) : nil
        let ours = try x.conv2d(weight, bias: bias, stride: stride, padding: padding, dilation: dilation)
        let expected = try libtorchs(
            x, weight, bias, [stride, stride], [padding, padding], [dilation, dilation], 1)
        try expectClose(ours, expected)
        let direction = try Tensor.randn(ours.shape, generator: generator)
        let leaves = [x, weight] + (bias.map { [$0] } ?? [])
        let found = try gradients(of: [(ours * direction).sum()], withRespectTo: leaves)
        let wanted = try gradients(of: [(expected * direction).sum()], withRespectTo: leaves)
        for (a, b) in zip(found, wanted) { try expectClose(#require(a), #require(b)) }
    }

    /// Dilations that reach beyond the picture: taps that only ever meet the padding are left out.
    @Test(arguments: [
        (height: 14, width: 14, kernel: 3, stride: 1, padding: 56, dilation: 56),
        (height: 28, width: 60, kernel: 3, stride: 1, padding: 56, dilation: 56),
        (height: 5, width: 9, kernel: 5, stride: 2, padding: 12, dilation: 6),
        (height: 6, width: 6, kernel: 3, stride: 1, padding: 2, dilation: 2),
        (height: 4, width: 7, kernel: 3, stride: 1, padding: 9, dilation: 6),
    ])
    func dilatedConvolutionsAndTheirGradientsAreThoseOfLibtorch(
        _ height: Int, _ width: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int
    ) throws {
        let x = try Tensor.randn([2, 3, height, width], generator: generator).requiresGrad(true)
        let weight = try Tensor.randn([4, 3, kernel, kernel], generator: generator).requiresGrad(true)
        let bias = try Tensor.randn([4], generator: generator).requiresGrad(true)
        let ours = try x.conv2d(weight, bias: bias, stride: stride, padding: padding, dilation: dilation)
        let expected = try libtorchs(
            x, weight, bias, [stride, stride], [padding, padding], [dilation, dilation], 1)
        try expectClose(ours, expected)
        let direction = try Tensor.randn(ours.shape, generator: generator)
        let leaves = [x, weight, bias]
        let found = try gradients(of: [(ours * direction).sum()], withRespectTo: leaves)
        let wanted = try gradients(of: [(expected * direction).sum()], withRespectTo: leaves)
        for (a, b) in zip(found, wanted) { try expectClose(#require(a), #require(b)) }
    }

    @Test func aKernelLargerThanThePictureIsAnErrorOfLargeWeightsToo() throws {
        let x = try Tensor.ones([1, 512, 2, 2])
        let weight = try Tensor.ones([1024, 512, 3, 3])
        #expect(throws: TorchError.self) { try x.conv2d(weight) }
        #expect(throws: TorchError.self) { try x.conv2d(weight, stride: 0, padding: 1) }
        #expect(throws: TorchError.self) { try x.conv2d(weight, bias: Tensor.ones([1]), padding: 1) }
        #expect(throws: TorchError.self) { try Tensor.ones([1, 3, 8, 8]).conv2d(weight) }
    }

    @Test func largeWeightsUnderAutocastGiveBfloat16() throws {
        let x = try Tensor.ones([1, 512, 4, 4])
        let weight = try Tensor.full([1024, 512, 3, 3], 0.5)
        let y = try inferenceMode { try autocast(.bfloat16, on: .cpu) { try x.conv2d(weight) } }
        #expect(y.dtype == .bfloat16)
        #expect(try y.to(.float32).isEqual(to: Tensor.full([1, 1024, 2, 2], 2304)))
    }

    /// The direct call of an operator stands aside where the boxed one has more to say.
    @Test func operatorsTakeTheirArgumentsInEveryForm() throws {
        let x = try Tensor.arange(0, 12).to(.float32).reshape([3, 4])
        let sum = Operator("aten::sum", "dim_IntList")
        #expect(try sum(x, [1]).array(of: Float.self) == [6, 22, 38])
        #expect(try sum(x, 1, true).shape == [3, 1])
        #expect(try sum(x, [1], false, DType.float64).dtype == .float64)
        #expect(try sum(x, Argument.none, false).item() == 66)
        #expect(throws: TorchError.self) { try x.reshape([5]) }
        #expect(throws: TorchError.self) { try x[3] }
        #expect(try x[-1].array(of: Float.self) == [8, 9, 10, 11])
    }
}
