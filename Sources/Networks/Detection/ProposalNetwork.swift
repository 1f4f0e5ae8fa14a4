public import Tensors

/// The region proposal network (Ren et al. 2015) over a feature pyramid. Keys begin with `rpn_head`.
public final class ProposalNetwork: Module {
    public struct Settings: Codable, Hashable, Sendable {
        /// Of anchors, pixels, finest level first.
        public var anchorSizes: [Double] = [32, 64, 128, 256, 512]
        public var aspectRatios: [Double] = [0.5, 1, 2]
        public var samplesPerPicture = 256
        public var objectShare = 0.5
        /// Proposals of a level that enter suppression, and of a picture that leave it.
        public var trainingCandidates = 2000
        public var inferenceCandidates = 1000
        public var proposals = 1000
        public var suppression = 0.7

        public init() {}
    }

    let rpnHead: Head
    let settings: Settings
    private let anchors: AnchorGenerator
    private let coder = BoxCoder(weights: [1, 1, 1, 1])
    private let matcher = BoxMatcher(low: 0.3, high: 0.7, keepsBest: true)

    public init(width: Int, _ settings: Settings) throws {
        self.settings = settings
        rpnHead = try Head(width: width, anchors: settings.aspectRatios.count)
        anchors = AnchorGenerator(sizes: settings.anchorSizes, ratios: settings.aspectRatios)
    }

    final class Head: Module {
        let conv, objectnessLogits, anchorDeltas: Conv2d

        init(width: Int, anchors: Int) throws {
            conv = try Conv2d(width, width, kernel: 3, padding: 1)
            objectnessLogits = try Conv2d(width, anchors, kernel: 1)
            anchorDeltas = try Conv2d(width, 4 * anchors, kernel: 1)
            for layer in [conv, objectnessLogits, anchorDeltas] {
                try layer.begin(.normal(deviation: 0.01))
            }
        }

        /// - Returns: of a level, objectness [N, A, H, W] and deltas [N, 4·A, H, W].
        func callAsFunction(_ feature: Tensor) throws -> (objectness: Tensor, deltas: Tensor) {
            let x = try conv(feature).relu()
            return (try objectnessLogits(x), try anchorDeltas(x))
        }
    }

    /// What the head says of each level, anchors in rows: [N, HWA] and [N, HWA, 4].
    struct Prediction {
        let objectness, deltas: [Tensor]
        let anchors: [Tensor]
    }

    func predict(_ features: [Tensor], strides: [Int]) throws -> Prediction {
        var objectness: [Tensor] = []
        var deltas: [Tensor] = []
        for feature in features {
            let (scores, shifts) = try rpnHead(feature)
            let (n, a, h, w) = (scores.size(0), scores.size(1), scores.size(2), scores.size(3))
            objectness.append(try scores.permute([0, 2, 3, 1]).reshape([n, -1]))
            deltas.append(
                try shifts.reshape([n, a, 4, h, w]).permute([0, 3, 4, 1, 2]).reshape([n, -1, 4]))
        }
        return Prediction(
            objectness: objectness, deltas: deltas, anchors: try anchors.anchors(features, strides: strides))
    }

    /// Boxes worth a look, best first.
    /// - Returns: [≤ proposals, 4] of each picture, without gradients.
    /// - Throws: `TorchError` in training when a prediction is not finite.
    func proposals(_ prediction: Prediction, sizes: [PictureSize], isTraining: Bool) throws -> [Tensor] {
        try withoutGradients {
            var boxes: [Tensor] = []
            var scores: [Tensor] = []
            var levels: [Tensor] = []
            let limit = isTraining ? settings.trainingCandidates : settings.inferenceCandidates
            for (level, objectness) in prediction.objectness.enumerated() {
                let (n, count) = (objectness.size(0), min(limit, objectness.size(1)))
                let (best, places) = try objectness.detach().to(.float32).topk(count, 1)
                let deltas = try prediction.deltas[level].detach().to(.float32).gather(
                    1, places.unsqueeze(2).expand([n, count, 4]))
                let references = try prediction.anchors[level].indexSelect(0, places.reshape([-1]))
                boxes.append(try coder.decode(deltas.reshape([-1, 4]), from: references).reshape([n, count, 4]))
                scores.append(best)
                levels.append(try Tensor.full([count], level, dtype: .int64, device: objectness.device))
            }
            let (allBoxes, allScores) = (try Tensor.cat(boxes, dim: 1), try Tensor.cat(scores, dim: 1))
            let allLevels = try Tensor.cat(levels)
            return try sizes.enumerated().map { picture, size in
                try select(
                    allBoxes[picture], allScores[picture], allLevels, size, isTraining: isTraining)
            }
        }
    }

    private func select(
        _ boxes: Tensor, _ scores: Tensor, _ levels: Tensor, _ size: PictureSize, isTraining: Bool
    ) throws -> Tensor {
        let isFinite = try boxes.isFinite().to(.int64).min([1]).to(.bool) .& scores.isFinite()
        let finite = try isFinite.nonzero().reshape([-1])
        if isTraining, finite.count < scores.count {
            throw TorchError(
                "\(scores.count - finite.count) of \(scores.count) proposals are not finite: the training has diverged")
        }
        let clipped = try Boxes.clipped(boxes.indexSelect(0, finite), size)
        let sides = try clipped[.all, 2..<4] - clipped[.all, 0..<2]
        let places = try (sides.min([1]) .> 0).nonzero().reshape([-1])
        let original = try finite.indexSelect(0, places)
        let chosen = try clipped.indexSelect(0, places)
        let order = try batchedNMS(
            boxes: chosen, scores: scores.indexSelect(0, original), classes: levels.indexSelect(0, original),
            threshold: settings.suppression)
        return try chosen.indexSelect(0, order[0..<min(settings.proposals, order.count)])
    }

    /// Cross-entropy of objectness over the sampled anchors and L1 of the deltas over those that are objects, both divided
    /// by the anchors that are sampled at most.
    /// - Parameter truth: boxes [G, 4] of each picture.
    func losses(_ prediction: Prediction, truth: [Tensor]) throws -> [String: Tensor] {
        let anchors = try Tensor.cat(prediction.anchors)
        let objectness = try Tensor.cat(prediction.objectness, dim: 1)
        let deltas = try Tensor.cat(prediction.deltas, dim: 1)
        var scores: [Tensor] = []
        var labels: [Tensor] = []
        var shifts: [Tensor] = []
        var goals: [Tensor] = []
        for (picture, boxes) in truth.enumerated() {
            let (match, kind) = try matcher.match(Boxes.overlap(boxes, anchors))
            let (objects, background) = try BoxMatcher.sample(
                kind, count: settings.samplesPerPicture, share: settings.objectShare)
            scores.append(try objectness[picture].indexSelect(0, Tensor.cat([objects, background])))
            labels.append(
                try Tensor.cat([
                    Tensor.ones([objects.count], device: anchors.device),
                    Tensor.zeros([background.count], device: anchors.device),
                ]))
            guard objects.count > 0 else { continue }
            shifts.append(try deltas[picture].indexSelect(0, objects))
            goals.append(
                try coder.encode(
                    boxes.indexSelect(0, match.indexSelect(0, objects)), from: anchors.indexSelect(0, objects)))
        }
        let share = 1 / Double(settings.samplesPerPicture * truth.count)
        let location =
            try goals.isEmpty ? deltas.sum() * 0 : Tensor.cat(shifts).l1Loss(Tensor.cat(goals), .sum) * share
        return [
            "rpn_cls": try Tensor.cat(scores).binaryCrossEntropyLoss(Tensor.cat(labels), .sum) * share,
            "rpn_loc": location,
        ]
    }
}
