import Tensors

/// A layer with a weight and perhaps a bias.
protocol WeightedLayer: AnyObject {
    var weight: Tensor { get }
    var bias: Tensor? { get }
}

extension Conv2d: WeightedLayer {}
extension ConvTranspose2d: WeightedLayer {}
extension Linear: WeightedLayer {}

extension WeightedLayer {
    /// Sets how training begins.
    func begin(_ weights: Initializer, bias value: Double = 0) throws {
        try weights.fill(weight)
        if let bias { try Initializer.constant(value).fill(bias) }
    }
}
