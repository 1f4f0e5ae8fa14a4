public import Tensors

extension DensePoseRCNN {
    /// All losses of a batch, each times its weight, by name; their sum is to be minimised. Where there is nothing to
    /// learn a loss is zero and still has gradients, as data-parallel training needs.
    /// - Parameters:
    ///   - pictures: [N, 3, H, W], normalised.
    ///   - sizes: of each picture within the batch.
    ///   - geodesics: for embeddings, distances between the vertices of each mesh by its name, [N, N].
    /// - Throws: `TorchError` when a prediction is not finite.
    public func losses(
        _ pictures: Tensor, sizes: [PictureSize], truth: [PictureTruth], geodesics: [String: Tensor] = [:]
    ) throws -> [String: Tensor] {
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
        try losses.merge(denseLosses(features, pairs, geodesics)) { _, new in new }
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
}
