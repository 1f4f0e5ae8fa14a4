public import Tensors

/// What to compute of a picture; heads that nobody asks for do not run.
public struct DetectionOutputs: OptionSet, Sendable, Hashable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let masks = DetectionOutputs(rawValue: 1)
    public static let dense = DetectionOutputs(rawValue: 2)
    public static let all: DetectionOutputs = [.masks, .dense]
}

/// The objects found in one picture, surest first, in the pixels of the network's input.
public struct Detections {
    /// x1, y1, x2, y2.
    public var boxes: [BoxCorners]
    /// Probability of the class, of calibrated logits where the network has them.
    public var scores: [Float]
    /// 0-based.
    public var classes: [Int]
    /// Inverse temperature of the class, and 1/σ² of the box (the least sure of its four values): larger is surer. Empty
    /// where the network has none.
    public var classConfidences, boxConfidences: [Float]
    /// σ of x, y, width and height, in the pixels of the boxes. Empty where the network says none.
    public var boxDeviations: [SIMD4<Float>] = []
    /// [D, 2S, 2S]: probabilities of the mask over each box.
    public var masks: Tensor?
    /// [D, 1, 2S, 2S]: larger is surer.
    public var maskTemperatures: Tensor?
    public var charts: ChartPrediction?
    public var embedding: EmbeddingPrediction?

    public var count: Int { boxes.count }

    /// The detections of some rows, in that order.
    public func selecting(_ rows: [Int]) throws -> Detections {
        var result = self
        result.boxes = rows.map { boxes[$0] }
        result.scores = rows.map { scores[$0] }
        result.classes = rows.map { classes[$0] }
        result.classConfidences = classConfidences.isEmpty ? [] : rows.map { classConfidences[$0] }
        result.boxConfidences = boxConfidences.isEmpty ? [] : rows.map { boxConfidences[$0] }
        result.boxDeviations = boxDeviations.isEmpty ? [] : rows.map { boxDeviations[$0] }
        func chosen(_ tensor: Tensor) throws -> Tensor {
            try tensor.indexSelect(0, Tensor(rows, device: tensor.device))
        }
        result.masks = try masks.map(chosen)
        result.maskTemperatures = try maskTemperatures.map(chosen)
        result.charts = try charts?.map(chosen)
        result.embedding = try embedding.map {
            EmbeddingPrediction(embedding: try chosen($0.embedding), coarse: try chosen($0.coarse))
        }
        return result
    }
}
