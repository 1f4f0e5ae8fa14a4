import Tensors

/// What the dense head learns: the foreground, and charts or embeddings at annotated points.
extension DensePoseRCNN {
    /// Zero that hangs on parameters which had nothing to learn.
    func zero(of parameters: [Tensor], _ device: Device) throws -> Tensor {
        try parameters.reduce(Tensor.zeros([], device: device)) { try $0 + $1.sum() * 0 }
    }

    func denseLosses(
        _ features: [Tensor], _ pairs: [SampledRegions.Pair], _ geodesics: [String: Tensor]
    ) throws -> [String: Tensor] {
        guard let dense = configuration.dense, let head = regionHeads.denseHead else { return [:] }
        let device = features[0].device
        var learners = pairs.filter { $0.overlap > Float(dense.objectOverlap) && learnsDense($0.object, dense) }
        if let limit = dense.regionLimit, learners.count > limit {
            let order = try Tensor.randperm(learners.count).array(of: Int.self)
            learners = order.prefix(limit).sorted().map { learners[$0] }
        }
        let (maps, strides) = try denseFeatures(features)
        var seen: Tensor?
        if !learners.isEmpty {
            seen = try head(densePooler(maps, strides: strides, regions: learners.regions(on: device)))
        }
        let foreground = { (side: Int) in
            try withoutGradients { try self.foregroundTargets(learners, dense, side: side, device: device) }
        }
        var losses: [String: Tensor] = [:]
        if let predictor = regionHeads.chartPredictor {
            let terms = ChartLosses(weights: configuration.lossWeights.chart, uv: configuration.calibration.uv)
            if let prediction = try seen.map({ try predictor($0) }) {
                let side = prediction.fine.size(-1)
                losses = try terms(
                    prediction, points: gridPoints(learners, side: side) { _ in true }, foreground: foreground(side))
            } else {
                let none = try zero(of: predictor.parameters, device)
                losses = Dictionary(uniqueKeysWithValues: terms.names.map { ($0, none) })
            }
        } else if let predictor = regionHeads.embeddingPredictor {
            let prediction = try seen.map { try predictor($0) }
            losses = try embeddingLosses(
                prediction, learners, foreground: prediction.flatMap { try foreground($0.embedding.size(-1)) },
                geodesics, device)
        }
        if seen == nil {
            let parameters = (regionHeads.decoder?.parameters ?? []) + head.parameters
            losses["densepose_S"] = try losses["densepose_S"].map { try $0 + zero(of: parameters, device) }
        }
        return losses
    }

    /// Where the points of learners fall on their grids.
    func gridPoints(
        _ learners: [SampledRegions.Pair], side: Int, where isWanted: (DensePoints) -> Bool
    ) -> GridPoints {
        GridPoints(
            learners.map { learner in
                learner.object.supervision.contains(.points)
                    ? learner.object.points.flatMap { isWanted($0) ? $0 : nil } : nil
            },
            truth: learners.map(\.object.box), regions: learners.map(\.box), side: side,
            isReference: configuration.compatibility.cornerGrids)
    }

    private func learnsDense(_ object: TrueObject, _ dense: DensePoseConfiguration.DenseSettings) -> Bool {
        (object.supervision.contains(.points) && object.points != nil)
            || (object.supervision.contains(.foreground)
                && (dense.usesInstanceMasks ? object.mask != nil : object.parts != nil))
    }

    /// - Returns: which of the regions learn the foreground, and their classes [R, side, side].
    private func foregroundTargets(
        _ learners: [SampledRegions.Pair], _ dense: DensePoseConfiguration.DenseSettings, side: Int, device: Device
    ) throws -> (regions: Tensor, classes: Tensor)? {
        let wanted = learners.indices.filter { learners[$0].object.supervision.contains(.foreground) }
        let chosen = wanted.filter {
            dense.usesInstanceMasks ? learners[$0].object.mask != nil : learners[$0].object.parts != nil
        }
        let isIncomplete =
            configuration.compatibility.allOrNoneParts && !dense.usesInstanceMasks
            && chosen.count < wanted.filter({ learners[$0].object.points != nil }).count
        guard !chosen.isEmpty, !isIncomplete else { return nil }
        let pairs = chosen.map { learners[$0] }
        let regions = try Tensor(chosen, device: device)
        if dense.usesInstanceMasks {
            let coverage = try MaskTargets.coverage(
                pairs.compactMap(\.object.mask), regions: pairs.map(\.box), side: side, device: device)
            return (regions, try (coverage .>= 0.5).to(.int64))
        }
        let classes = try Self.partTargets(
            pairs.compactMap(\.object.parts), truth: pairs.map(\.object.box), regions: pairs.map(\.box), side: side,
            coarseChannels: dense.coarseChannels, isReference: configuration.compatibility.cornerGrids)
        return (regions, try classes.to(device))
    }

    /// Coarse parts of 256 × 256 over true boxes as grids over regions: [R, side, side].
    static func partTargets(
        _ parts: [[UInt8]], truth: [BoxCorners], regions: [BoxCorners], side: Int, coarseChannels: Int,
        isReference: Bool
    ) throws -> Tensor {
        let grids = try Tensor(
            parts.flatMap { $0.map(Float.init) }, shape: [parts.count, 1, 256, 256])
        let shifted =
            isReference
            ? regions
            : regions.map { box in
                // Grid points in the middle of their cells.
                let half = (SIMD2(box.z, box.w) - SIMD2(box.x, box.y)) / Float(2 * side)
                return box + BoxCorners(half.x, half.y, half.x, half.y)
            }
        let labels = try MaskTargets.resampled(
            grids, from: truth, to: shifted, height: side, width: side, isNearest: true
        ).squeeze(1)
        return coarseChannels == 2 ? try (labels .> 0).to(.int64) : try labels.to(.int64)
    }
}
