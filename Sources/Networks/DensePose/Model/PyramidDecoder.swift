import Foundation
public import Tensors

/// The decoder of Panoptic FPN (Kirillov et al. 2019), which brings all levels to the finest one's size and adds them, so
/// that dense heads look at one detailed map (Sanakoyeu et al. 2020, section 3.2). Keys `p2.0`, `p4.2`, `predictor`.
public final class PyramidDecoder: Module {
    public static let keys = ["levels": ""]
    let levels: NamedModules<Conv2d>
    /// The convolutions of `levels`, level by level.
    private let rows: [[Conv2d]]
    let predictor: Conv2d

    /// - Parameter levels: those of the pyramid, each at half the size of the one before.
    public init(inputs: Int, width: Int, outputs: Int, levels count: Int) throws {
        rows = try (0..<count).map { level in
            try (0..<max(1, level)).map { try Conv2d($0 == 0 ? inputs : width, width, kernel: 3, padding: 1) }
        }
        levels = NamedModules(
            rows.enumerated().flatMap { level, row in
                row.enumerated().map { ("p\(level + 2).\(2 * $0)", $1) }
            })
        predictor = try Conv2d(width, outputs, kernel: 1)
        for layer in rows.flatMap({ $0 }) + [predictor] {
            try layer.begin(.kaimingNormalFanOut)
        }
    }

    /// - Returns: [N, outputs, H, W] of the finest level's size.
    public func callAsFunction(_ features: [Tensor]) throws -> Tensor {
        var sum: Tensor?
        for (level, (row, feature)) in zip(rows, features).enumerated() {
            var x = feature
            for layer in row {
                x = try layer(x).relu()
                if level > 0 { x = try x.resized(2 * x.size(-2), 2 * x.size(-1), .bilinear(alignCorners: false)) }
            }
            sum = try sum.map { try $0 + x } ?? x
        }
        return try predictor(sum ?? features[0])
    }
}
