private let roiAlignOf = Operator("kindred::roi_align")
private let batchedNMSOf = Operator("kindred::batched_nms")
private let instanceMeanOf = Operator("kindred::instance_mean")
private let propagateOf = Operator("kindred::propagate")

extension Tensor {
    /// RoIAlign (He et al. 2017): features under each region, resampled to a fixed grid.
    /// - Parameters:
    ///   - regions: [K, 5] of picture index, x1, y1, x2, y2 in pixels of the input picture.
    ///   - scale: size of the features relative to that picture.
    ///   - samplingRatio: samples along each side of a bin; 0 takes one for every feature cell.
    ///   - isAligned: pixels are areas whose centres lie at .5 (detectron2's ROIAlignV2), else ROIAlign of the paper.
    /// - Returns: [K, C, height, width] for features [N, C, H, W].
    public func roiAlign(
        _ regions: Tensor, scale: Double, height: Int, width: Int, samplingRatio: Int = 0, isAligned: Bool = true
    ) throws -> Tensor {
        try roiAlignOf(self, regions, scale, [height, width], samplingRatio, isAligned)
    }

    /// The mean of each instance at each of its pixels, in order and therefore the same at every run.
    /// - Parameter instances: [N, 1, H, W] integers, for features [N, C, H, W].
    public func instanceMean(_ instances: Tensor) throws -> Tensor { try instanceMeanOf(self, instances) }

    /// Carries values along one direction with three learnt gates a pixel (Liu et al. 2017, "Learning Affinity via
    /// Spatial Propagation Networks"): h = (1 − Σg)·x + Σ g·h of the three neighbours in the line before.
    /// - Parameter gates: [N, 3·C, H, W], the neighbour before, beside and after; outside the picture they count as 0.
    public func propagated(_ direction: PropagationDirection, gates: Tensor) throws -> Tensor {
        try propagateOf(self, gates, direction.rawValue)
    }
}

public enum PropagationDirection: Int, CaseIterable, Sendable {
    case leftToRight, rightToLeft, topDown, bottomUp
}

/// Greedy non-maximum suppression within each class.
/// - Parameters:
///   - boxes: [N, 4] of x1, y1, x2, y2.
///   - threshold: a box goes when its IoU with a better one of its class is greater.
/// - Returns: indices of the kept boxes, best first; of equal scores the earlier box is better.
public func batchedNMS(boxes: Tensor, scores: Tensor, classes: Tensor, threshold: Double) throws -> Tensor {
    try batchedNMSOf(boxes, scores, classes, threshold)
}
