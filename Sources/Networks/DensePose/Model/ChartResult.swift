import Tensors

/// A chart prediction drawn into the pixels of its box.
public struct ChartResult: Sendable, Hashable {
    /// The box in whole pixels: corner and size are cut, not rounded, and the size is at least one pixel, as detectron2
    /// and the evaluation have it.
    public let x, y, width, height: Int
    /// The chart of each pixel, in rows, 0 for background.
    public let charts: [UInt8]
    /// Coordinates in that chart, as the network gives them; 0 on the background. They may leave 0...1 a little.
    public let u, v: [Float]
    /// Confidences by kind; larger is surer. Those of (u, v) are 0 on the background.
    public let confidences: [ConfidenceKind: [Float]]

    public init(
        x: Int, y: Int, width: Int, height: Int, charts: [UInt8], u: [Float], v: [Float],
        confidences: [ConfidenceKind: [Float]] = [:]
    ) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
        (self.charts, self.u, self.v, self.confidences) = (charts, u, v, confidences)
    }
}

/// Confidences that a pixel may have.
public enum ConfidenceKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// The inverse temperature of the foreground.
    case foreground
    /// The inverse temperature of the 24 charts.
    case parts
    /// 1/σ² of (u, v); of the less sure of them where both have one.
    case uv
}

extension ChartPrediction {
    /// Draws one region's prediction into its box.
    /// - Parameters:
    ///   - region: 0-based.
    ///   - box: in the pixels that the result shall have.
    ///   - withConfidences: whether to draw those that the network has.
    /// - Source: detectron2 `densepose/converters/to_chart_result.py`.
    public func result(_ region: Int, box: BoxCorners, withConfidences: Bool = false) throws -> ChartResult {
        try withoutGradients {
            let place = PixelBox(box)
            let size = [place.height, place.width]
            func drawn(_ grid: Tensor) throws -> Tensor {
                try grid[region..<region + 1].to(.float32).resized(size[0], size[1], .bilinear(alignCorners: false))[0]
            }
            let isBody = try drawn(coarse).argmax(0) .> 0
            let charts = try drawn(fine).argmax(0) * isBody.to(.int64)
            let places = try charts.unsqueeze(0)
            func ofChart(_ grid: Tensor) throws -> Tensor {
                try drawn(grid).gather(0, places)[0] * (charts .> 0).to(.float32)
            }
            var confidences: [ConfidenceKind: [Float]] = [:]
            if withConfidences {
                confidences[.parts] = try fineTemperature.map { try drawn($0)[0].array() }
                confidences[.foreground] = try coarseTemperature.map { try drawn($0)[0].array() }
                confidences[.uv] = try certainty(drawn, places).map {
                    try ($0 * (charts .> 0).to(.float32)).array()
                }
            }
            return ChartResult(
                x: place.x, y: place.y, width: place.width, height: place.height,
                charts: try charts.array(of: Int.self).map { UInt8($0) }, u: try ofChart(u).array(),
                v: try ofChart(v).array(), confidences: confidences)
        }
    }

    /// 1/σ² at each pixel, by the largest variance in any direction.
    func certainty(_ drawn: (Tensor) throws -> Tensor, _ places: Tensor) throws -> Tensor? {
        guard let sigma2 else { return nil }
        func variance(_ raw: Tensor) throws -> Tensor {
            try drawn(raw).gather(0, places)[0].softplus() + Calibration.epsilon
        }
        var largest = try variance(sigma2)
        if let sigma2V { largest = try largest.maximum(variance(sigma2V)) }
        if let kappaU, let kappaV {
            largest =
                try largest + drawn(kappaU).gather(0, places)[0].square()
                + drawn(kappaV).gather(0, places)[0].square()
        }
        return try 1 / largest
    }
}

/// A box cut to whole pixels.
public struct PixelBox: Sendable, Hashable {
    public let x, y, width, height: Int

    init(x: Int, y: Int, width: Int, height: Int) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    /// - Parameter box: finite, within ±2³¹.
    public init(_ box: BoxCorners) {
        x = Int(box.x)
        y = Int(box.y)
        width = max(1, Int(box.z - box.x))
        height = max(1, Int(box.w - box.y))
    }
}
