public import Tensors

extension DensePoseRCNN {
    /// All losses of a batch, each times its weight, by name; their sum is to be minimised. Where there is nothing to
    /// learn a loss is zero and still has gradients, as data-parallel training needs.
    /// - Parameters:
    ///   - pictures: [N, 3, H, W], normalised.
    ///   - sizes: of each picture within the batch.
    /// - Throws: `TorchError` when a prediction is not finite.
    public func losses(_ pictures: Tensor, sizes: [PictureSize], truth: [PictureTruth]) throws -> [String: Tensor] {
        let weights = configuration.lossWeights
        let features = try features(pictures)
        let device = pictures.device
        let trueBoxes = try truth.map { picture in
            try Tensor(
                picture.objects.flatMap { [$0.box.x, $0.box.y, $0.box.z, $0.box.w] },
                shape: [picture.objects.count, 4], device: device)
        }
        let prediction = try proposalGenerator.predict(features, strides: proposalStrides)
        var losses = try proposalGenerator.losses(prediction, truth: trueBoxes)
        losses["rpn_cls"] = try losses["rpn_cls"]! * weights.proposalClass
        losses["rpn_loc"] = try losses["rpn_loc"]! * weights.proposalBox

        let sampled = try withoutGradients {
            try SampledRegions(
                proposalGenerator.proposals(prediction, sizes: sizes, isTraining: true), truth: truth,
                boxes: trueBoxes, settings: configuration.box, classes: configuration.categories.count)
        }
        let pairs = try sampled.pairs(truth)
        try losses.merge(boxLosses(features, sampled, trueBoxes)) { _, new in new }
        if let mask = try maskLoss(features, pairs) { losses["mask"] = mask }
        try losses.merge(denseLosses(features, pairs)) { _, new in new }
        return losses
    }

    private func boxLosses(
        _ features: [Tensor], _ sampled: SampledRegions, _ trueBoxes: [Tensor]
    ) throws -> [String: Tensor] {
        let weights = configuration.lossWeights
        let levels = Array(features.prefix(configuration.strides.count))
        let pooled = try boxPooler(
            levels, strides: configuration.strides, regions: Boxes.regions(sampled.boxes))
        let prediction = try regionHeads.boxPredictor(regionHeads.boxHead(pooled))
        let classes = try Tensor.cat(sampled.classes)
        var losses = ["cls": try prediction.logits.crossEntropyLoss(classes) * weights.boxClass]

        // Rows of the objects, and where their boxes should go.
        var rows: [Int] = []
        var first = 0
        var goals: [Tensor] = []
        for (picture, boxes) in sampled.boxes.enumerated() {
            let count = sampled.objectCounts[picture]
            rows += first..<first + count
            first += boxes.size(0)
            guard count > 0 else { continue }
            let owners = try Tensor(sampled.matches[picture], device: boxes.device)
            goals.append(try boxCoder.encode(trueBoxes[picture].indexSelect(0, owners), from: boxes[0..<count]))
        }
        guard !rows.isEmpty else {
            let none = try prediction.deltas.sum() * 0
            losses["box_reg"] = try prediction.variance.map { try none + $0.sum() * 0 } ?? none
            return losses
        }
        let objects = try Tensor(rows, device: classes.device)
        func ofClass(_ values: Tensor) throws -> Tensor {
            let chosen = try values.indexSelect(0, objects)
            guard chosen.size(1) > 4 else { return chosen }
            let column = try classes.indexSelect(0, objects).reshape([-1, 1, 1]).expand([rows.count, 1, 4])
            return try chosen.reshape([rows.count, -1, 4]).gather(1, column).squeeze(1)
        }
        let goal = try Tensor.cat(goals)
        let found = try ofClass(prediction.deltas)
        let perRegion =
            if let variance = prediction.variance {
                try ChartLosses.gaussian(found - goal, variance: ofClass(variance)).sum()
            } else {
                try found.l1Loss(goal, .sum)
            }
        losses["box_reg"] = try perRegion * (weights.boxRegression / Double(first))
        return losses
    }

    private func maskLoss(_ features: [Tensor], _ pairs: [SampledRegions.Pair]) throws -> Tensor? {
        guard let head = regionHeads.maskHead else { return nil }
        let learners = pairs.filter { $0.object.mask != nil && $0.object.supervision.contains(.mask) }
        let levels = Array(features.prefix(configuration.strides.count))
        let device = features[0].device
        guard !learners.isEmpty else { return try zero(of: head.parameters, device) }
        let pooled = try maskPooler(levels, strides: configuration.strides, regions: learners.regions(on: device))
        var logits = try head(pooled).logits
        let side = logits.size(-1)
        let target = try withoutGradients {
            try
                (MaskTargets.coverage(
                    learners.compactMap(\.object.mask), regions: learners.map(\.box), side: side, device: device)
                .>= 0.5)
                .to(.float32)
        }
        if logits.size(1) > 1 {
            let classes = try Tensor(learners.map(\.object.category), device: device)
            let places = try classes.reshape([-1, 1, 1, 1]).expand([learners.count, 1, side, side])
            logits = try logits.gather(1, places)
        }
        return try logits.squeeze(1).binaryCrossEntropyLoss(target) * configuration.lossWeights.mask
    }

    /// Zero that hangs on parameters which had nothing to learn.
    private func zero(of parameters: [Tensor], _ device: Device) throws -> Tensor {
        try parameters.reduce(Tensor.zeros([], device: device)) { try $0 + $1.sum() * 0 }
    }

    private func denseLosses(_ features: [Tensor], _ pairs: [SampledRegions.Pair]) throws -> [String: Tensor] {
        guard let dense = configuration.dense, let head = regionHeads.denseHead,
            let predictor = regionHeads.chartPredictor
        else { return [:] }
        let device = features[0].device
        var learners = pairs.filter { $0.overlap > Float(dense.objectOverlap) && learnsDense($0.object, dense) }
        if let limit = dense.regionLimit, learners.count > limit {
            let order = try Tensor.randperm(learners.count).array(of: Int.self)
            learners = order.prefix(limit).sorted().map { learners[$0] }
        }
        let losses = ChartLosses(weights: configuration.lossWeights.chart, uv: configuration.calibration.uv)
        let (maps, strides) = try denseFeatures(features)
        guard !learners.isEmpty else {
            let none = try zero(
                of: (regionHeads.decoder?.parameters ?? []) + head.parameters + predictor.parameters, device)
            return Dictionary(uniqueKeysWithValues: losses.names.map { ($0, none) })
        }
        let pooled = try densePooler(maps, strides: strides, regions: learners.regions(on: device))
        let prediction = try predictor(head(pooled))
        let side = prediction.fine.size(-1)
        let points = GridPoints(
            learners.map { $0.object.supervision.contains(.points) ? $0.object.points : nil },
            truth: learners.map(\.object.box), regions: learners.map(\.box), side: side,
            isReference: configuration.compatibility.cornerGrids)
        let foreground = try withoutGradients { try foregroundTargets(learners, dense, side: side, device: device) }
        return try losses(prediction, points: points, foreground: foreground)
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
