public import Tensors

/// Two fully connected layers over the pooled features of a region: detectron2's `FastRCNNConvFCHead`.
public final class BoxHead: Module {
    let fc1, fc2: Linear

    public init(inputs: Int, width: Int) throws {
        fc1 = try Linear(inputs, width)
        fc2 = try Linear(width, width)
        for layer in [fc1, fc2] {
            try layer.begin(.kaimingUniform(a: 1))
        }
    }

    /// [K, C, S, S] to [K, width].
    public func callAsFunction(_ pooled: Tensor) throws -> Tensor {
        try fc2(fc1(pooled.flatten(from: 1)).relu()).relu()
    }
}

/// Class and box of a region, with what the paper's auto-calibration adds (section 3.3): an inverse temperature for the
/// class and a variance for each of the four box values.
public final class BoxPredictor: Module {
    /// [K, classes + 1], the background last. Not yet multiplied by the temperature.
    let clsScore: Linear
    /// [K, 4], or [K, 4 · classes].
    let bboxPred: Linear
    let clsConfidence: Linear?
    let bboxSigma2: Linear?

    public init(width: Int, classes: Int, isClassAgnostic: Bool, _ calibration: Calibration) throws {
        clsScore = try Linear(width, classes + 1)
        bboxPred = try Linear(width, 4 * (isClassAgnostic ? 1 : classes))
        clsConfidence = calibration.boxClass ? try Linear(width, 1) : nil
        bboxSigma2 = calibration.boxRegression ? try Linear(width, 4 * (isClassAgnostic ? 1 : classes)) : nil
        try clsScore.begin(.normal(deviation: 0.01))
        try bboxPred.begin(.normal(deviation: 0.001))
        // Both begin at a softplus of one, so that training begins as without them.
        for case let layer? in [clsConfidence, bboxSigma2] {
            try layer.begin(.normal(deviation: 0.001), bias: Calibration.unitSoftplus)
        }
    }

    struct Prediction {
        /// [K, classes + 1], times the temperature.
        let logits: Tensor
        /// [K, 4 · k]
        let deltas: Tensor
        /// [K, 1]: larger is surer.
        let temperature: Tensor?
        /// [K, 4 · k], in weighted units of the deltas.
        let variance: Tensor?
    }

    func callAsFunction(_ features: Tensor) throws -> Prediction {
        let temperature = try clsConfidence.map { try $0(features).softplus() + Calibration.epsilon }
        let scores = try clsScore(features)
        return Prediction(
            logits: try temperature.map { try scores * $0 } ?? scores, deltas: try bboxPred(features),
            temperature: temperature,
            variance: try bboxSigma2.map { try $0(features).softplus() + Calibration.epsilon })
    }
}
