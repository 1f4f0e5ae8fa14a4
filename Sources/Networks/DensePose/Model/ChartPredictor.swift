public import Tensors

/// What the chart predictor says of K regions, on a grid of Z × Z points each.
public struct ChartPrediction {
    /// [K, 2, Z, Z] of background and body, or [K, 15, Z, Z] of background and coarse parts. Times the temperature.
    public var coarse: Tensor
    /// [K, 25, Z, Z], the background first, then the charts. Times the temperature.
    public var fine: Tensor
    /// [K, 25, Z, Z]: the coordinates that each chart would have.
    public var u, v: Tensor
    /// [K, 25, Z, Z] before softplus, as detectron2 stores `sigma_2`; of u alone where the calibration is diagonal.
    public var sigma2: Tensor?
    /// [K, 25, Z, Z] before softplus, of v, where the calibration is diagonal.
    public var sigma2V: Tensor?
    /// [K, 25, Z, Z]: the direction in which (u, v) is less sure.
    public var kappaU, kappaV: Tensor?
    /// [K, 1, Z, Z]: larger is surer.
    public var fineTemperature, coarseTemperature: Tensor?

    /// All tensors, in a fixed order, changed by `body`.
    public func map(_ body: (Tensor) throws -> Tensor) rethrows -> ChartPrediction {
        var result = self
        result.coarse = try body(coarse)
        result.fine = try body(fine)
        result.u = try body(u)
        result.v = try body(v)
        result.sigma2 = try sigma2.map(body)
        result.sigma2V = try sigma2V.map(body)
        result.kappaU = try kappaU.map(body)
        result.kappaV = try kappaV.map(body)
        result.fineTemperature = try fineTemperature.map(body)
        result.coarseTemperature = try coarseTemperature.map(body)
        return result
    }

    /// Predictions for some boxes and then for others.
    static func joined(_ pieces: [ChartPrediction]) throws -> ChartPrediction {
        var fields = pieces.map { piece in
            var tensors: [Tensor] = []
            _ = piece.map {
                tensors.append($0)
                return $0
            }
            return tensors[...]
        }
        return try pieces[0].map { _ in
            try Tensor.cat(fields.indices.map { fields[$0].removeFirst() })
        }
    }
}

/// Foreground, 24 charts and (u, v) in each of them, with their confidences: detectron2's chart predictor with
/// `DensePoseChartConfidencePredictorMixin`, whose keys it has.
public final class ChartPredictor: Module {
    public static let keys = ["sigma2Lowres": "sigma_2_lowres", "sigma2VLowres": "sigma_2_v_lowres"]
    /// Charts and the background.
    static let charts = 25

    let annIndexLowres, indexUvLowres, uLowres, vLowres: ConvTranspose2d
    let sigma2Lowres, sigma2VLowres, kappaULowres, kappaVLowres: ConvTranspose2d?
    let fineSegmConfidenceLowres, coarseSegmConfidenceLowres: ConvTranspose2d?
    private let bank: DeconvolutionBank

    /// - Parameters:
    ///   - coarseChannels: 2, or 15 with coarse parts.
    ///   - scale: enlargement after the transposed convolution.
    public init(inputs: Int, coarseChannels: Int, scale: Int, _ calibration: Calibration) throws {
        func layer(_ outputs: Int, if wanted: Bool = true) throws -> ConvTranspose2d? {
            wanted ? try DeconvolutionBank.layer(inputs: inputs, outputs: outputs) : nil
        }
        annIndexLowres = try DeconvolutionBank.layer(inputs: inputs, outputs: coarseChannels)
        indexUvLowres = try DeconvolutionBank.layer(inputs: inputs, outputs: Self.charts)
        uLowres = try DeconvolutionBank.layer(inputs: inputs, outputs: Self.charts)
        vLowres = try DeconvolutionBank.layer(inputs: inputs, outputs: Self.charts)
        sigma2Lowres = try layer(Self.charts, if: calibration.uv != .none)
        sigma2VLowres = try layer(Self.charts, if: calibration.uv == .diagonal)
        kappaULowres = try layer(Self.charts, if: calibration.uv == .anisotropic)
        kappaVLowres = try layer(Self.charts, if: calibration.uv == .anisotropic)
        fineSegmConfidenceLowres = try layer(1, if: calibration.parts)
        coarseSegmConfidenceLowres = try layer(1, if: calibration.foreground)
        bank = DeconvolutionBank(
            [
                annIndexLowres, indexUvLowres, uLowres, vLowres, sigma2Lowres, sigma2VLowres, kappaULowres,
                kappaVLowres, fineSegmConfidenceLowres, coarseSegmConfidenceLowres,
            ].compactMap { $0 }, scale: scale)
    }

    /// [K, inputs, S, S] to grids of Z = 2 · scale · S.
    public func callAsFunction(_ x: Tensor) throws -> ChartPrediction {
        var outputs = try bank(x)[...]
        func take(_ layer: ConvTranspose2d?) -> Tensor? { layer.map { _ in outputs.removeFirst() } }
        var prediction = ChartPrediction(
            coarse: outputs.removeFirst(), fine: outputs.removeFirst(), u: outputs.removeFirst(),
            v: outputs.removeFirst())
        prediction.sigma2 = take(sigma2Lowres)
        prediction.sigma2V = take(sigma2VLowres)
        prediction.kappaU = take(kappaULowres)
        prediction.kappaV = take(kappaVLowres)
        if let raw = take(fineSegmConfidenceLowres) {
            let temperature = try raw.softplus() + Calibration.epsilon
            prediction.fine = try prediction.fine * temperature
            prediction.fineTemperature = temperature
        }
        if let raw = take(coarseSegmConfidenceLowres) {
            let temperature = try raw.softplus() + Calibration.epsilon
            prediction.coarse = try prediction.coarse * temperature
            prediction.coarseTemperature = temperature
        }
        return prediction
    }
}
