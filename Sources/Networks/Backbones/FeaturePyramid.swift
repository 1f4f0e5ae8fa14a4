public import Tensors

/// The feature pyramid of Lin et al. 2017 over a `ResNet`: P2 to P5 with lateral 1×1 and output 3×3 convolutions, the
/// coarser level doubled by repetition and added, and P6 as every second element of P5.
public final class FeaturePyramid: Module {
    public static let keys = ["laterals": "", "outputs": ""]
    public let bottomUp: ResNet
    let laterals, outputs: NamedModules<Conv2d>

    /// - Parameter width: channels of every level.
    public init(_ trunk: ResNet, width: Int) throws {
        bottomUp = trunk
        let widths = trunk.design.widths
        laterals = NamedModules(
            try widths.enumerated().map { ("fpn_lateral\($0 + 2)", try Conv2d($1, width, kernel: 1)) })
        outputs = NamedModules(
            try widths.indices.map { ("fpn_output\($0 + 2)", try Conv2d(width, width, kernel: 3, padding: 1)) })
        for convolution in laterals.elements + outputs.elements {
            try convolution.begin(.kaimingUniform(a: 1))
        }
    }

    /// - Returns: [N, width, H / s, W / s] for the strides s = 4, 8, 16, 32, 64, or half of them where the trunk does not
    ///   pool its stem.
    public func callAsFunction(_ x: Tensor) throws -> [Tensor] {
        let features = try bottomUp(x)
        var merged: [Tensor] = []
        for (lateral, feature) in zip(laterals.elements, features).reversed() {
            let here = try lateral(feature)
            guard let coarser = merged.last else {
                merged.append(here)
                continue
            }
            merged.append(try here + coarser.resized(here.size(-2), here.size(-1), .nearest))
        }
        var pyramid: [Tensor] = []
        for (output, feature) in zip(outputs.elements, merged.reversed()) { pyramid.append(try output(feature)) }
        return try pyramid + [pyramid[pyramid.count - 1].maxPool2d(kernel: 1, stride: 2)]
    }
}
