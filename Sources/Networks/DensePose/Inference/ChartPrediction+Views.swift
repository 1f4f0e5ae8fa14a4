import Geometry
import Tensors

extension ChartPrediction {
    /// What a prediction for the mirrored picture says of the picture itself: grids are turned, left and right charts
    /// change places, and (u, v) go where the body's symmetry has them. The direction of the variance is left out: what
    /// becomes of it depends on the chart.
    func unmirrored(_ symmetry: ChartSymmetry) throws -> ChartPrediction {
        var result = try map { try $0.flip([-1]) }
        let charts = try Tensor(ChartLayout.mirroredChart, device: fine.device)
        func exchanged(_ grid: Tensor) throws -> Tensor { try grid.indexSelect(1, charts) }
        if result.coarse.size(1) > 2 {
            result.coarse = try result.coarse.indexSelect(1, Tensor(ChartLayout.mirroredPart, device: fine.device))
        }
        (result.u, result.v) = try Self.mirroredCoordinates(result.u, result.v, symmetry)
        result.fine = try exchanged(result.fine)
        result.sigma2 = try result.sigma2.map(exchanged)
        result.sigma2V = try result.sigma2V.map(exchanged)
        (result.kappaU, result.kappaV) = (nil, nil)
        return result
    }

    private static func mirroredCoordinates(
        _ u: Tensor, _ v: Tensor, _ symmetry: ChartSymmetry
    ) throws -> (Tensor, Tensor) {
        let oldU: [Float] = try u.to(.cpu, .float32).array()
        let oldV: [Float] = try v.to(.cpu, .float32).array()
        var (newU, newV) = (oldU, oldV)
        let cells = u.size(2) * u.size(3)
        for block in 0..<u.size(0) * u.size(1) {
            let chart = block % u.size(1)
            let target = (block - chart + Int(ChartLayout.mirroredChart[chart])) * cells
            for cell in 0..<cells {
                let from = block * cells + cell
                let point = symmetry.mirrored(
                    ChartPoint(chart: UInt8(chart), u: Double(oldU[from]), v: Double(oldV[from])))
                newU[target + cell] = Float(point.u)
                newV[target + cell] = Float(point.v)
            }
        }
        return (try Tensor(newU, shape: u.shape, device: u.device), try Tensor(newV, shape: v.shape, device: v.device))
    }

    /// The weighted mean of predictions for the same boxes.
    static func mean(_ all: [(prediction: ChartPrediction, weight: Double)]) throws -> ChartPrediction {
        let total = all.reduce(0) { $0 + $1.weight }
        func mean(_ field: (ChartPrediction) -> Tensor?) throws -> Tensor? {
            let terms = all.compactMap { item in field(item.prediction).map { (grid: $0, weight: item.weight) } }
            // Of a field that some lack, those that have it count alone.
            let weight = terms.count == all.count ? total : terms.reduce(0) { $0 + $1.weight }
            guard let first = terms.first else { return nil }
            return try terms.dropFirst().reduce(first.grid * (first.weight / weight)) {
                try $0 + $1.grid * ($1.weight / weight)
            }
        }
        var result = all[0].prediction
        result.coarse = try mean(\.coarse)!
        result.fine = try mean(\.fine)!
        result.u = try mean(\.u)!
        result.v = try mean(\.v)!
        result.sigma2 = try mean(\.sigma2)
        result.sigma2V = try mean(\.sigma2V)
        result.kappaU = try mean(\.kappaU)
        result.kappaV = try mean(\.kappaV)
        result.fineTemperature = try mean(\.fineTemperature)
        result.coarseTemperature = try mean(\.coarseTemperature)
        return result
    }
}
