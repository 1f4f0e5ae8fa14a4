private let checkAndUnscale = Operator("aten::_amp_foreach_non_finite_check_and_unscale_")
private let updateScale = Operator("aten::_amp_update_scale_")

/// Loss scaling for float16 (Micikevicius et al. 2018): losses are multiplied so that small gradients do not vanish, and
/// a step whose gradients overflowed is left out. bfloat16 does not need it. CUDA only, as in PyTorch before 2.3.
public final class GradientScaler {
    private let scale: Tensor
    private let growth: Tensor
    private let found: Tensor
    private let device: Device

    public init(device: Device, initialScale: Double = 65536) throws {
        self.device = device
        scale = try Tensor.full([1], initialScale, device: device)
        growth = try Tensor.zeros([1], dtype: .int32, device: device)
        found = try Tensor.zeros([1], device: device)
    }

    public func scaled(_ loss: Tensor) throws -> Tensor { try loss * scale.reshape([]) }

    /// Divides the gradients by the scale.
    /// - Returns: whether all are finite, so that the step may be made.
    public func unscale(_ parameters: [Tensor]) throws -> Bool {
        try found.zero()
        let gradients = parameters.compactMap(\.grad)
        try withoutGradients { try checkAndUnscale.run(gradients, found, 1 / scale) }
        return try found.item() == 0
    }

    /// Call once for every `unscale`: halves the scale after an overflow, doubles it after 2000 steps without.
    public func update() throws {
        try withoutGradients { try updateScale.run(scale, growth, found, 2.0, 0.5, 2000) }
    }

    /// The scale and the steps since it last changed.
    public var state: [(name: String, tensor: Tensor)] { [("scale", scale), ("growth", growth)] }

    public func restore(_ saved: [(name: String, tensor: Tensor)]) throws {
        for (name, tensor) in saved {
            switch name {
            case "scale": try scale.assign(tensor)
            case "growth": try growth.assign(tensor)
            default: throw TorchError("a gradient scaler has no \(name)")
            }
        }
    }
}
