import Foundation
public import Tensors

/// Boxes as what a network predicts: shifts of the centre in widths and heights of a reference box, and logarithms of
/// the change of size, each times a weight (Girshick 2014; detectron2's `Box2BoxTransform`).
public struct BoxCoder: Sendable {
    let weights: [Double]

    /// - Parameter weights: of x, y, width and height: (10, 10, 5, 5) in the box head, ones in the proposal network.
    public init(weights: [Double]) { self.weights = weights }

    /// Enlargement of a side is limited to this: 1000 pixels from 16.
    static let largestLogarithm = log(1000.0 / 16)

    /// - Parameters: [N, 4] each, x1, y1, x2, y2; boxes of a positive size.
    /// - Returns: [N, 4].
    public func encode(_ boxes: Tensor, from references: Tensor) throws -> Tensor {
        let (x, y, w, h) = try Self.centered(references)
        let (tx, ty, tw, th) = try Self.centered(boxes)
        return try Tensor.stack(
            [
                (tx - x) / w * weights[0], (ty - y) / h * weights[1], (tw / w).log() * weights[2],
                (th / h).log() * weights[3],
            ], dim: 1)
    }

    /// - Parameter deltas: [N, 4·k], for k boxes a reference.
    /// - Returns: [N, 4·k].
    public func decode(_ deltas: Tensor, from references: Tensor) throws -> Tensor {
        let (x, y, w, h) = try Self.centered(references.to(deltas.dtype))
        let count = deltas.size(0)
        let d = try deltas.reshape([count, deltas.size(1) / 4, 4])
        let column = { (value: Tensor) in try value.unsqueeze(1) }
        let cx = try d[.all, .all, 0] / weights[0] * column(w) + column(x)
        let cy = try d[.all, .all, 1] / weights[1] * column(h) + column(y)
        let dw = try (d[.all, .all, 2] / weights[2]).clamp(max: Self.largestLogarithm)
        let dh = try (d[.all, .all, 3] / weights[3]).clamp(max: Self.largestLogarithm)
        let halfWidth = try dw.exp() * column(w) * 0.5
        let halfHeight = try dh.exp() * column(h) * 0.5
        return try Tensor.stack([cx - halfWidth, cy - halfHeight, cx + halfWidth, cy + halfHeight], dim: 2)
            .reshape(deltas.shape)
    }

    /// Deviations of x, y, width and height in pixels, of variances of deltas: [R, 4 C], to first order, as if errors of deltas
    /// were independent.
    /// - Parameters:
    ///   - variances: [R, 4 C], of the deltas.
    ///   - references: [R, 4].
    ///   - decoded: [R, 4 C], x1, y1, x2, y2.
    public func deviations(_ variances: Tensor, from references: Tensor, decoded: Tensor) throws -> Tensor {
        let (_, _, w, h) = try Self.centered(references.to(variances.dtype))
        let shape = [variances.size(0), variances.size(1) / 4, 4]
        let (deltas, boxes) = (try variances.reshape(shape).sqrt(), try decoded.reshape(shape))
        func along(_ center: Int, _ size: Int, _ reference: Tensor) throws -> (corner: Tensor, size: Tensor) {
            let length = try boxes[.all, .all, size] - boxes[.all, .all, center]
            let ofSize = try length * deltas[.all, .all, size] / weights[size]
            let ofCenter = try deltas[.all, .all, center] / weights[center] * reference.unsqueeze(1)
            return (try (ofCenter.square() + (ofSize * 0.5).square()).sqrt(), ofSize)
        }
        let (x, y) = (try along(0, 2, w), try along(1, 3, h))
        return try Tensor.stack([x.corner, y.corner, x.size, y.size], dim: 2).reshape(variances.shape)
    }

    private static func centered(_ boxes: Tensor) throws -> (x: Tensor, y: Tensor, w: Tensor, h: Tensor) {
        let sides = try boxes.unbind(1)
        let (w, h) = (try sides[2] - sides[0], try sides[3] - sides[1])
        return (try sides[0] + w * 0.5, try sides[1] + h * 0.5, w, h)
    }
}

/// Boxes [N, 4] of x1, y1, x2, y2.
enum Boxes {
    static func area(_ boxes: Tensor) throws -> Tensor {
        try (boxes[.all, 2] - boxes[.all, 0]) * (boxes[.all, 3] - boxes[.all, 1])
    }

    /// Intersection over union of every pair, [N, M]; 0 where both are empty.
    static func overlap(_ a: Tensor, _ b: Tensor) throws -> Tensor {
        let low = try a[.all, .newAxis, 0..<2].maximum(b[.newAxis, .all, 0..<2])
        let high = try a[.all, .newAxis, 2..<4].minimum(b[.newAxis, .all, 2..<4])
        let sides = try (high - low).clamp(min: 0)
        let common = try sides[.all, .all, 0] * sides[.all, .all, 1]
        let union = try area(a).unsqueeze(1) + area(b).unsqueeze(0) - common
        return try (common / union.clamp(min: 1e-12))
    }

    /// Cut to a picture.
    static func clipped(_ boxes: Tensor, _ size: PictureSize) throws -> Tensor {
        let sides = try boxes.unbind(1)
        return try Tensor.stack(
            [
                sides[0].clamp(min: 0, max: Double(size.width)), sides[1].clamp(min: 0, max: Double(size.height)),
                sides[2].clamp(min: 0, max: Double(size.width)), sides[3].clamp(min: 0, max: Double(size.height)),
            ], dim: 1)
    }

    /// As RoIAlign takes them, [sum of N, 5], the number of the picture first.
    static func regions(_ perPicture: [Tensor]) throws -> Tensor {
        try Tensor.cat(
            perPicture.enumerated().map { index, boxes in
                let column = try Tensor.full([boxes.size(0), 1], Double(index), device: boxes.device)
                return try Tensor.cat([column, boxes.to(.float32)], dim: 1)
            })
    }
}

/// Of a picture within its batch, pixels.
public struct PictureSize: Hashable, Sendable, Codable {
    public var width: Int
    public var height: Int

    public init(width: Int, height: Int) { (self.width, self.height) = (width, height) }
}
