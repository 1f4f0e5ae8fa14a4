public import Tensors

/// The mask branch of He et al. 2017: four 3×3 convolutions, a transposed one that doubles the size, and a 1×1 predictor;
/// with calibration, an inverse temperature for each pixel, which multiplies the logit. Keys `mask_fcn1`, `deconv`, …
public final class MaskHead: Module {
    public static let keys = ["rows": ""]
    let rows: NamedModules<Conv2d>
    let deconv: ConvTranspose2d
    let predictor: Conv2d
    let confidence: Conv2d?

    /// - Parameter classes: masks a region; 1 where they are class-agnostic.
    public init(inputs: Int, width: Int, convolutions count: Int, classes: Int, _ calibration: Calibration) throws {
        rows = NamedModules(
            try (0..<count).map {
                ("mask_fcn\($0 + 1)", try Conv2d($0 == 0 ? inputs : width, width, kernel: 3, padding: 1))
            })
        deconv = try ConvTranspose2d(width, width, kernel: 2, stride: 2)
        predictor = try Conv2d(width, classes, kernel: 1)
        confidence = calibration.mask ? try Conv2d(width, 1, kernel: 1) : nil
        for layer in rows.elements {
            try layer.begin(.kaimingNormalFanOut)
        }
        try deconv.begin(.kaimingNormalFanOut)
        try predictor.begin(.normal(deviation: 0.001))
        if let confidence {
            try confidence.begin(.normal(deviation: 0.001), bias: Calibration.unitSoftplus)
        }
    }

    struct Prediction {
        /// [K, classes, 2S, 2S], times the temperature.
        let logits: Tensor
        /// [K, 1, 2S, 2S]: larger is surer.
        let temperature: Tensor?
    }

    func callAsFunction(_ pooled: Tensor) throws -> Prediction {
        var x = pooled
        for layer in rows.elements { x = try layer(x).relu() }
        x = try deconv(x).relu()
        let temperature = try confidence.map { try $0(x).softplus() + Calibration.epsilon }
        let logits = try predictor(x)
        return Prediction(logits: try temperature.map { try logits * $0 } ?? logits, temperature: temperature)
    }
}
