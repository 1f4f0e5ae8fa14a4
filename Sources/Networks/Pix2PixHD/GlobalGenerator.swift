public import Tensors

/// The coarse generator G1 of pix2pixHD (Wang et al. 2018, section 3.2), after Johnson et al. 2016:
/// c7s1-64, d128 … d1024, residual blocks, u512 … u64, c7s1-3.
public final class GlobalGenerator: Layer {
    public let model: Sequential

    /// - Parameters:
    ///   - inputChannels: one-hot labels, edge map and features.
    ///   - width: channels after the first convolution (`ngf`).
    ///   - downsamplings: halvings of the picture, each doubling the channels (`n_downsample_global`).
    ///   - blocks: residual blocks at the coarsest level (`n_blocks_global`).
    public init(
        inputChannels: Int, outputChannels: Int = 3, width: Int = 64, downsamplings: Int = 4, blocks: Int = 9
    ) throws {
        var layers: [any Layer] = try [
            ReflectionPad2d(3), Conv2d(inputChannels, width, kernel: 7), InstanceNorm2d(width), ReLU(),
        ]
        var channels = width
        for _ in 0..<downsamplings {
            layers += try [
                Conv2d(channels, channels * 2, kernel: 3, stride: 2, padding: 1), InstanceNorm2d(channels * 2), ReLU(),
            ]
            channels *= 2
        }
        for _ in 0..<blocks { layers.append(try ResidualBlock(channels: channels)) }
        for _ in 0..<downsamplings {
            layers += try [
                ConvTranspose2d(channels, channels / 2, kernel: 3, stride: 2, padding: 1, outputPadding: 1),
                InstanceNorm2d(channels / 2), ReLU(),
            ]
            channels /= 2
        }
        layers += try [ReflectionPad2d(3), Conv2d(width, outputChannels, kernel: 7), Tanh()]
        model = Sequential(layers)
        try initializeWeights(of: self)
    }

    /// [N, inputChannels, H, W] to [N, outputChannels, H, W] in −1 … 1; H and W multiples of 2^downsamplings.
    public func callAsFunction(_ x: Tensor) throws -> Tensor { try model(x) }
}

/// Johnson et al. 2016: two 3×3 convolutions, and no activation after the sum.
public final class ResidualBlock: Layer {
    public let convBlock: Sequential

    public init(channels: Int) throws {
        convBlock = try Sequential(
            ReflectionPad2d(1), Conv2d(channels, channels, kernel: 3), InstanceNorm2d(channels), ReLU(),
            ReflectionPad2d(1), Conv2d(channels, channels, kernel: 3), InstanceNorm2d(channels))
    }

    public func callAsFunction(_ x: Tensor) throws -> Tensor { try x + convBlock(x) }
}

/// pix2pixHD's start: convolutions N(0, 0.02), batch normalisation N(1, 0.02) with bias 0; biases of convolutions as
/// PyTorch has them.
func initializeWeights(of network: any Module) throws {
    for (_, module) in network.namedModules {
        switch module {
        case let convolution as Conv2d: try Initializer.normal(deviation: 0.02).fill(convolution.weight)
        case let convolution as ConvTranspose2d: try Initializer.normal(deviation: 0.02).fill(convolution.weight)
        case let norm as BatchNorm2d:
            try Initializer.normal(mean: 1, deviation: 0.02).fill(norm.weight)
            try Initializer.constant(0).fill(norm.bias)
        default: break
        }
    }
}
