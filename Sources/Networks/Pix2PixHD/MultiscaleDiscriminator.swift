public import Tensors

/// PatchGAN discriminators on a pyramid of the picture (Wang et al. 2018, section 3.2), whose inner features are kept
/// for the feature-matching loss. Keys are `scale{i}_layer{j}`; the highest scale number sees the full resolution.
public final class MultiscaleDiscriminator: Module {
    public static let keys = ["scales": ""]
    let scales: NamedModules<Sequential>
    private let stages: [[Sequential]]

    /// - Parameters:
    ///   - width: channels of the first layer (`ndf`), doubled up to 512.
    ///   - layers: stride-2 layers (`n_layers_D`).
    ///   - scales: discriminators (`num_D`), each at half the size of the one before.
    public init(inputChannels: Int, width: Int = 64, layers: Int = 3, scales count: Int = 2) throws {
        stages = try (0..<count).map { _ in
            try Self.patchDiscriminator(inputChannels: inputChannels, width: width, layers: layers)
        }
        scales = NamedModules(
            stages.enumerated().flatMap { i, stage in
                stage.enumerated().map { j, layer in ("scale\(i)_layer\(j)", layer) }
            })
        try initializeWeights(of: self)
    }

    /// C64, C128, C256 with stride 2, C512 with stride 1, then one channel; 4×4 kernels padded by 2.
    private static func patchDiscriminator(inputChannels: Int, width: Int, layers: Int) throws -> [Sequential] {
        var stage = [
            try Sequential(Conv2d(inputChannels, width, kernel: 4, stride: 2, padding: 2), LeakyReLU(0.2))
        ]
        var channels = width
        for layer in 1...layers {
            let next = min(channels * 2, 512)
            stage.append(
                try Sequential(
                    Conv2d(channels, next, kernel: 4, stride: layer < layers ? 2 : 1, padding: 2),
                    InstanceNorm2d(next), LeakyReLU(0.2)))
            channels = next
        }
        stage.append(try Sequential(Conv2d(channels, 1, kernel: 4, stride: 1, padding: 2)))
        return stage
    }

    /// - Returns: for each scale, the full resolution first, the output of every layer; the last one holds the logits.
    public func callAsFunction(_ x: Tensor) throws -> [[Tensor]] {
        var x = x
        var results: [[Tensor]] = []
        for (index, stage) in stages.reversed().enumerated() {
            if index > 0 { x = try x.avgPool2d(kernel: 3, stride: 2, padding: 1, countIncludePad: false) }
            var features: [Tensor] = []
            for layer in stage { features.append(try layer(features.last ?? x)) }
            results.append(features)
        }
        return results
    }
}
