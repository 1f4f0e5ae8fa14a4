public import Tensors

/// The convolutions of VGG-19 (Simonyan & Zisserman 2015, configuration E), named as torchvision names them.
public final class VGG19: Module {
    public let features: Sequential

    public init() throws {
        var layers: [any Layer] = []
        var channels = 3
        for (width, depth) in [(64, 2), (128, 2), (256, 4), (512, 4), (512, 4)] {
            for _ in 0..<depth {
                layers += [try Conv2d(channels, width, kernel: 3, padding: 1), ReLU()]
                channels = width
            }
            layers.append(MaxPool2d(2))
        }
        features = Sequential(layers)
    }

    /// The first rectified layer of each of the five stages: relu1_1 … relu5_1 at 1, ½, ¼, ⅛ and 1/16 of the size.
    public func firstActivations(_ x: Tensor) throws -> [Tensor] {
        var x = x
        var results: [Tensor] = []
        for (index, layer) in features.layers.enumerated() {
            x = try layer(x)
            if [1, 6, 11, 20, 29].contains(index) { results.append(x) }
            if results.count == 5 { break }
        }
        return results
    }
}
