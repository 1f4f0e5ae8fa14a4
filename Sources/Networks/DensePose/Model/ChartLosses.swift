import Foundation
import Tensors

/// How much each loss of the chart head counts.
public struct ChartLossWeights: Codable, Hashable, Sendable {
    /// Of u and v, whose losses are sums over points.
    public var uv = 0.01
    /// Of the chart at each point.
    public var parts = 1.0
    /// Of the foreground.
    public var foreground = 5.0

    public init() {}
    public init(uv: Double, parts: Double, foreground: Double) {
        (self.uv, self.parts, self.foreground) = (uv, parts, foreground)
    }
}

/// Losses of the chart predictor at annotated points and over the foreground: detectron2's `DensePoseChartLoss` and its
/// variant with confidences, whose constant for two values (log 2π once) is kept.
struct ChartLosses {
    let weights: ChartLossWeights
    let uv: Calibration.UV

    /// What the losses are called.
    var names: [String] {
        ["densepose_S", "densepose_I"] + (uv == .none ? ["densepose_U", "densepose_V"] : ["densepose_UV"])
    }

    /// - Parameter foreground: classes of each grid point of some regions, and which regions these are.
    /// - Returns: `densepose_U` and `densepose_V`, or with confidences `densepose_UV`; `densepose_I`; `densepose_S`. Where
    ///   there is nothing to learn a loss is zero and still hangs on the prediction, as data-parallel training needs.
    func callAsFunction(
        _ prediction: ChartPrediction, points: GridPoints, foreground: (regions: Tensor, classes: Tensor)?
    ) throws -> [String: Tensor] {
        var losses = ["densepose_S": try Self.foreground(prediction.coarse, foreground) * weights.foreground]
        guard points.count > 0 else {
            let learnt = [
                prediction.fine, prediction.u, prediction.v, prediction.sigma2, prediction.sigma2V, prediction.kappaU,
                prediction.kappaV,
            ].compactMap { $0 }
            let none = try learnt.reduce(prediction.fine.sum() * 0) { try $0 + $1.sum() * 0 }
            for name in names where losses[name] == nil { losses[name] = none }
            return losses
        }
        let sampler = try GridSampler(points, device: prediction.fine.device)
        losses["densepose_I"] =
            try sampler.channels(prediction.fine).crossEntropyLoss(sampler.charts) * weights.parts
        let places = points.charts.indices.filter { points.charts[$0] > 0 }
        let onBody = try Tensor(places, device: prediction.u.device)
        func value(_ tensor: Tensor) throws -> Tensor { try sampler.ofChart(tensor).indexSelect(0, onBody) }
        func goal(_ values: [Float]) throws -> Tensor {
            try Tensor(places.map { values[$0] }, device: prediction.u.device)
        }
        let (u, v) = (try value(prediction.u), try value(prediction.v))
        let (goalU, goalV) = (try goal(points.u), try goal(points.v))
        func variance(_ raw: Tensor?) throws -> Tensor {
            guard let raw else { throw TorchError("the predictor gives no variance of (u, v)") }
            return try value(raw).softplus() + Calibration.epsilon
        }
        switch uv {
        case .none:
            losses["densepose_U"] = try u.smoothL1Loss(goalU, .sum) * weights.uv
            losses["densepose_V"] = try v.smoothL1Loss(goalV, .sum) * weights.uv
        case .isotropic:
            let s = try variance(prediction.sigma2)
            losses["densepose_UV"] =
                try Self.isotropic(u - goalU, v - goalV, variance: s).sum() * weights.uv
        case .diagonal:
            let (su, sv) = (try variance(prediction.sigma2), try variance(prediction.sigma2V))
            losses["densepose_UV"] =
                try (Self.gaussian(u - goalU, variance: su) + Self.gaussian(v - goalV, variance: sv)).sum()
                * weights.uv
        case .anisotropic:
            guard let kappaU = prediction.kappaU, let kappaV = prediction.kappaV else {
                throw TorchError("the predictor gives no direction of the variance of (u, v)")
            }
            losses["densepose_UV"] =
                try Self.anisotropic(
                    u - goalU, v - goalV, variance: variance(prediction.sigma2),
                    direction: (value(kappaU), value(kappaV))
                ).sum() * weights.uv
        }
        return losses
    }

    /// Cross-entropy of grid points' classes, in the regions that have them.
    /// - Parameter coarse: [K, C, Z, Z].
    static func foreground(_ coarse: Tensor, _ target: (regions: Tensor, classes: Tensor)?) throws -> Tensor {
        guard let target else { return try coarse.sum() * 0 }
        return try coarse.indexSelect(0, target.regions).crossEntropyLoss(target.classes)
    }

    /// The negative logarithm of a Gaussian: ½ (log 2π + log σ² + δ²/σ²), the paper's equation 3 for one value.
    static func gaussian(_ error: Tensor, variance: Tensor) throws -> Tensor {
        try (variance.log() + error.square() / variance + log(2 * Double.pi)) * 0.5
    }

    /// One variance for both: ½ (log 2π + 2 log σ² + |δ|²/σ²) (Neverova et al. 2019).
    static func isotropic(_ errorU: Tensor, _ errorV: Tensor, variance: Tensor) throws -> Tensor {
        let squares = try errorU.square() + errorV.square()
        return try (variance.log() * 2 + squares / variance + log(2 * Double.pi)) * 0.5
    }

    /// The covariance σ²·1 + r·rᵀ: ½ (log 2π + log σ²(σ² + |r|²) + |δ|²/σ² − ⟨δ, r⟩² / σ²(σ² + |r|²)).
    static func anisotropic(
        _ errorU: Tensor, _ errorV: Tensor, variance: Tensor, direction: (Tensor, Tensor)
    ) throws -> Tensor {
        let (ru, rv) = direction
        let determinant = try variance * (variance + ru.square() + rv.square())
        let squares = try errorU.square() + errorV.square()
        let along = try (errorU * ru + errorV * rv).square()
        return try (determinant.log() + squares / variance - along / determinant + log(2 * Double.pi)) * 0.5
    }
}

/// Values of grids at annotated points, between their four neighbours.
struct GridSampler {
    /// [P] int64.
    let charts: Tensor
    private let regions, top, bottom, left, right: Tensor
    private let down, across: Tensor

    init(_ points: GridPoints, device: Device) throws {
        charts = try Tensor(points.charts, device: device)
        regions = try Tensor(points.regions, device: device)
        (top, bottom) = (try Tensor(points.top, device: device), try Tensor(points.bottom, device: device))
        (left, right) = (try Tensor(points.left, device: device), try Tensor(points.right, device: device))
        (down, across) = (try Tensor(points.down, device: device), try Tensor(points.across, device: device))
    }

    /// All channels of [K, C, Z, Z] at each point: [P, C].
    func channels(_ grid: Tensor) throws -> Tensor {
        let byChannel = try grid.permute([0, 2, 3, 1])
        return try mixed(down.unsqueeze(1), across.unsqueeze(1)) { row, column in try byChannel[regions, row, column] }
    }

    /// The channel of each point's own chart: [P].
    func ofChart(_ grid: Tensor) throws -> Tensor {
        try mixed(down, across) { row, column in try grid[regions, charts, row, column] }
    }

    /// - Parameters: shares of the lower and the right neighbours, and the values at rows and columns.
    private func mixed(
        _ y: Tensor, _ x: Tensor, _ at: (Tensor, Tensor) throws -> Tensor
    ) throws -> Tensor {
        let upper = try at(top, left) * (1 - x) + at(top, right) * x
        let lower = try at(bottom, left) * (1 - x) + at(bottom, right) * x
        return try upper * (1 - y) + lower * y
    }
}
