import Tensors

/// Several 4×4 transposed convolutions of one input, computed as one and enlarged together: many thin outputs cost more
/// than one thick one.
final class DeconvolutionBank {
    private let layers: [ConvTranspose2d]
    private let scale: Int

    /// - Parameter scale: enlargement after the convolution, which itself doubles the size.
    init(_ layers: [ConvTranspose2d], scale: Int) { (self.layers, self.scale) = (layers, scale) }

    static func layer(inputs: Int, outputs: Int) throws -> ConvTranspose2d {
        let layer = try ConvTranspose2d(inputs, outputs, kernel: 4, stride: 2, padding: 1)
        try layer.begin(.kaimingNormalFanOut)
        return layer
    }

    /// - Returns: [K, outputs, 2 · scale · S, 2 · scale · S] of each layer.
    func callAsFunction(_ x: Tensor) throws -> [Tensor] {
        let weight = try Tensor.cat(layers.map(\.weight), dim: 1)
        let bias = try Tensor.cat(layers.compactMap(\.bias))
        var y = try x.convTranspose2d(weight, bias: bias, stride: 2, padding: 1)
        if scale > 1 { y = try y.resized(scale * y.size(-2), scale * y.size(-1), .bilinear(alignCorners: false)) }
        return try y.split(layers.map { $0.weight.size(1) }, dim: 1)
    }
}
