import Foundation
import Tensors

/// Reference boxes of the proposal network: for each cell of each level one for every aspect ratio (Lin et al. 2017).
/// Detectron2's `DefaultAnchorGenerator` with an offset of 0: the first cell's anchors are centred at the picture's corner.
struct AnchorGenerator {
    /// Side in pixels of a square anchor, of each level.
    let sizes: [Double]
    /// Height by width.
    let ratios: [Double]

    /// - Returns: [height · width · ratios, 4] of each level, cells in rows, the ratios of a cell together.
    func anchors(_ features: [Tensor], strides: [Int]) throws -> [Tensor] {
        try zip(zip(features, strides), sizes).map { level, size in
            let (feature, stride) = level
            let device = feature.device
            let x = try Tensor.arange(0, feature.size(-1), dtype: .float32, device: device) * stride
            let y = try Tensor.arange(0, feature.size(-2), dtype: .float32, device: device) * stride
            let (h, w) = (feature.size(-2), feature.size(-1))
            let columns = try x.reshape([1, w]).expand([h, w]).reshape([-1, 1])
            let rows = try y.reshape([h, 1]).expand([h, w]).reshape([-1, 1])
            let corners = try Tensor.cat([columns, rows, columns, rows], dim: 1)
            let cell = try Tensor(cell(size), shape: [ratios.count, 4], device: device)
            return try (corners.unsqueeze(1) + cell.unsqueeze(0)).reshape([-1, 4])
        }
    }

    private func cell(_ size: Double) -> [Float] {
        ratios.flatMap { ratio in
            let width = (size * size / ratio).squareRoot()
            let height = ratio * width
            return [-width / 2, -height / 2, width / 2, height / 2].map(Float.init)
        }
    }
}
