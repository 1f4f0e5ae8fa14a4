import Annotations
import Tensors

extension Detections {
    /// A mask's probabilities drawn into a picture: pixels whose centre has at least one half (detectron2's
    /// `paste_masks_in_image`).
    /// - Parameters:
    ///   - row: which detection.
    ///   - box: in the pixels of a picture of `width` × `height`.
    /// - Returns: nil where no pixel belongs to it.
    func pastedMask(_ row: Int, box: BoxCorners, width: Int, height: Int) throws -> RunLengthMask? {
        guard let masks else { return nil }
        let left = max(0, Int(box.x.rounded(.down)) - 1)
        let top = max(0, Int(box.y.rounded(.down)) - 1)
        let right = min(width, Int(box.z.rounded(.up)) + 1)
        let bottom = min(height, Int(box.w.rounded(.up)) + 1)
        guard right > left, bottom > top else { return nil }
        var places: [Float] = []
        places.reserveCapacity(2 * (right - left) * (bottom - top))
        for y in top..<bottom {
            let v = (Float(y) + 0.5 - box.y) / (box.w - box.y) * 2 - 1
            for x in left..<right {
                places.append((Float(x) + 0.5 - box.x) / (box.z - box.x) * 2 - 1)
                places.append(v)
            }
        }
        let grid = try Tensor(places, shape: [1, bottom - top, right - left, 2])
        let source = try masks[row..<row + 1].unsqueeze(1).to(.cpu, .float32)
        let values: [Float] = try source.gridSample(grid, alignCorners: false).array()
        var pixels = [UInt8](repeating: 0, count: width * height)
        var isEmpty = true
        for y in top..<bottom {
            for x in left..<right where values[(y - top) * (right - left) + x - left] >= 0.5 {
                pixels[x * height + y] = 1
                isEmpty = false
            }
        }
        return isEmpty ? nil : try RunLengthMask(columnMajor: pixels, height: height, width: width)
    }
}
