private let nearestOf = Operator("aten::upsample_nearest2d")
private let bilinearOf = Operator("aten::upsample_bilinear2d")
private let gridSamplerOf = Operator("aten::grid_sampler")

/// How pixels between the samples are found.
public enum Interpolation: Sendable, Hashable {
    case nearest
    /// `alignCorners`: whether the first and last samples of a row stay its first and last (PyTorch before 0.4.1), or
    /// pixels are areas of equal size (later ones).
    case bilinear(alignCorners: Bool)
}

extension Tensor {
    /// - Returns: [N, C, height, width] for [N, C, H, W].
    public func resized(_ height: Int, _ width: Int, _ interpolation: Interpolation) throws -> Tensor {
        switch interpolation {
        case .nearest: try nearestOf(self, [height, width])
        case .bilinear(let alignCorners): try bilinearOf(self, [height, width], alignCorners)
        }
    }

    /// Samples at the positions of a grid.
    /// - Parameters:
    ///   - grid: [N, H′, W′, 2] of x and y, -1 to 1 from one edge to the other.
    ///   - padding: what lies outside.
    public func gridSample(
        _ grid: Tensor, isNearest: Bool = false, padding: GridPadding = .zeros, alignCorners: Bool
    ) throws -> Tensor {
        try gridSamplerOf(self, grid, isNearest ? 1 : 0, padding.rawValue, alignCorners)
    }

    public enum GridPadding: Int, Sendable {
        case zeros, border, reflection
    }
}

/// Enlarges by a whole factor.
public final class Upsample: Layer {
    public let scale: Int
    public let interpolation: Interpolation

    public init(scale: Int, _ interpolation: Interpolation) {
        (self.scale, self.interpolation) = (scale, interpolation)
    }

    public func callAsFunction(_ x: Tensor) throws -> Tensor {
        try x.resized(x.size(-2) * scale, x.size(-1) * scale, interpolation)
    }
}
