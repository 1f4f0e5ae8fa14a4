import Tensors

/// Features of regions, each from the level of the pyramid that fits its size (Lin et al. 2017, equation 1).
struct RegionPooler {
    /// Cells along a side of what it gives.
    let size: Int
    /// Samples along a side of a cell; 0 takes one for every feature cell.
    let samplingRatio: Int
    /// detectron2's `ROIAlignV2`.
    let isAligned: Bool
    /// Side of a region in pixels that belongs to the level of stride 16: 224.
    let canonicalSize: Double

    /// - Parameters:
    ///   - features: [N, C, H, W] of each level, finest first.
    ///   - regions: [K, 5].
    /// - Returns: [K, C, size, size].
    func callAsFunction(_ features: [Tensor], strides: [Int], regions: Tensor) throws -> Tensor {
        func pooled(_ level: Int, _ regions: Tensor) throws -> Tensor {
            try features[level].roiAlign(
                regions, scale: 1 / Double(strides[level]), height: size, width: size, samplingRatio: samplingRatio,
                isAligned: isAligned)
        }
        guard features.count > 1, regions.size(0) > 0 else { return try pooled(0, regions) }
        let levels = try level(of: regions, strides: strides, count: features.count)
        var parts: [Tensor] = []
        var order: [Tensor] = []
        for level in features.indices {
            let members = try (levels .== level).nonzero().reshape([-1])
            guard members.count > 0 else { continue }
            order.append(members)
            parts.append(try pooled(level, regions.indexSelect(0, members)))
        }
        // Back to the order of the regions.
        let places = try Tensor.cat(order).sort().indices
        return try Tensor.cat(parts).indexSelect(0, places)
    }

    /// k = ⌊4 + log2(√area / 224)⌋ among the levels that there are.
    private func level(of regions: Tensor, strides: [Int], count: Int) throws -> Tensor {
        let area = try Boxes.area(regions[.all, 1..<5]).clamp(min: 0)
        let octaves = try ((area.sqrt() / canonicalSize + 1e-8).log() / 0.6931471805599453).floor()
        // The level of stride 16 is the one for regions of the canonical size.
        let middle = strides.firstIndex(of: 16) ?? strides.count - 1
        return try (octaves + Double(middle)).clamp(min: 0, max: Double(count - 1)).to(.int64)
    }
}
