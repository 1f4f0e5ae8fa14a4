public import Tensors

extension Tensor {
    /// [N, 3, H, W] float32.
    public convenience init(_ pixels: PixelBatch, device: Device = .cpu) throws {
        try self.init(pixels.values, shape: [pixels.count, 3, pixels.height, pixels.width], device: device)
    }
}
