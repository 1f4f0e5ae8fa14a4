import Tensors

/// True masks as grids over regions.
enum MaskTargets {
    /// How much of each cell the mask covers, sampled as detectron2 samples bit masks (`BitMasks.crop_and_resize`).
    /// - Parameters:
    ///   - masks: of each region's object.
    ///   - regions: boxes.
    /// - Returns: [K, side, side], 0...1.
    static func coverage(_ masks: [ObjectMask], regions: [BoxCorners], side: Int, device: Device) throws -> Tensor {
        // One pooling for each object, which many regions share.
        var byMask: [ObjectMask: [Int]] = [:]
        var order: [ObjectMask] = []
        for (index, mask) in masks.enumerated() {
            if byMask[mask] == nil { order.append(mask) }
            byMask[mask, default: []].append(index)
        }
        var grids: [Tensor] = []
        var places: [Int] = []
        for mask in order {
            let members = byMask[mask]!
            // A margin of zeros, since pooling continues the last pixels outwards.
            let (width, height) = (mask.width + 2, mask.height + 2)
            var values = [Float](repeating: 0, count: width * height)
            for row in 0..<mask.height {
                for column in 0..<mask.width {
                    values[(row + 1) * width + column + 1] = Float(mask.pixels[row * mask.width + column])
                }
            }
            let (x, y) = (Float(mask.x - 1), Float(mask.y - 1))
            let rows = members.flatMap { index -> [Float] in
                let box = regions[index]
                return [0, box.x - x, box.y - y, box.z - x, box.w - y]
            }
            let picture = try Tensor(values, shape: [1, 1, height, width])
            grids.append(
                try picture.roiAlign(
                    Tensor(rows, shape: [members.count, 5]), scale: 1, height: side, width: side, samplingRatio: 0,
                    isAligned: true
                ).reshape([-1, side, side]))
            places += members
        }
        let joined = try grids.isEmpty ? Tensor.zeros([0, side, side]) : Tensor.cat(grids)
        var inverse = [Int](repeating: 0, count: places.count)
        for (position, place) in places.enumerated() { inverse[place] = position }
        return try joined.indexSelect(0, Tensor(inverse)).to(device)
    }

    /// Grids over one set of boxes as they look over another (detectron2's `resample_data`): grid point g of `size` lies
    /// at g / size of the new box, and corners of the old grid at the corners of its box.
    /// - Parameters:
    ///   - grids: [K, C, H, W] over the boxes `from`.
    /// - Returns: [K, C, height, width] over the boxes `to`; 0 outside.
    static func resampled(
        _ grids: Tensor, from: [BoxCorners], to: [BoxCorners], height: Int, width: Int, isNearest: Bool
    ) throws -> Tensor {
        var places: [Float] = []
        places.reserveCapacity(2 * to.count * height * width)
        for (old, new) in zip(from, to) {
            let start = 2 * (SIMD2(new.x, new.y) - SIMD2(old.x, old.y)) / SIMD2(old.z - old.x, old.w - old.y) - 1
            let end = 2 * (SIMD2(new.z, new.w) - SIMD2(old.x, old.y)) / SIMD2(old.z - old.x, old.w - old.y) - 1
            for row in 0..<height {
                for column in 0..<width {
                    places.append(Float(column) / Float(width) * (end.x - start.x) + start.x)
                    places.append(Float(row) / Float(height) * (end.y - start.y) + start.y)
                }
            }
        }
        let grid = try Tensor(places, shape: [to.count, height, width, 2], device: grids.device)
        return try grids.gridSample(grid, isNearest: isNearest, alignCorners: true)
    }
}
