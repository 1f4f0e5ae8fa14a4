public import Tensors

extension DensePoseRCNN {
    /// Finds objects in a batch of pictures. Call it in evaluation mode and without gradients.
    /// - Parameters:
    ///   - pictures: [N, 3, H, W], normalised.
    ///   - sizes: of each picture within the batch.
    ///   - outputs: what is wanted beside boxes.
    public func detect(
        _ pictures: Tensor, sizes: [PictureSize], outputs: DetectionOutputs = .all
    ) throws -> [Detections] {
        let features = try features(pictures)
        let proposals = try proposalGenerator.proposals(
            proposalGenerator.predict(features, strides: proposalStrides), sizes: sizes, isTraining: false)
        var found = try boxes(features, proposals, sizes)
        try addDense(features, &found, outputs)
        return found
    }

    /// Masks and dense coordinates for boxes that are known, such as a tracker's or those of test-time augmentation.
    /// - Parameter detections: their boxes and classes count; the rest is filled in.
    public func describe(
        _ pictures: Tensor, _ detections: inout [Detections], outputs: DetectionOutputs = .all
    ) throws {
        try addDense(features(pictures), &detections, outputs)
    }

    /// detectron2's `fast_rcnn_inference`.
    private func boxes(_ features: [Tensor], _ proposals: [Tensor], _ sizes: [PictureSize]) throws -> [Detections] {
        let levels = Array(features.prefix(configuration.strides.count))
        let pooled = try boxPooler(levels, strides: configuration.strides, regions: Boxes.regions(proposals))
        let prediction = try regionHeads.boxPredictor(regionHeads.boxHead(pooled))
        let probabilities = try prediction.logits.to(.float32).softmax(1)
        let references = try Tensor.cat(proposals)
        let decoded = try boxCoder.decode(prediction.deltas.to(.float32), from: references)
        let deviations = try prediction.variance.map {
            try boxCoder.deviations($0.to(.float32), from: references, decoded: decoded)
        }
        var first = 0
        return try proposals.indices.map { picture in
            let rows = first..<first + proposals[picture].size(0)
            first = rows.upperBound
            return try select(
                probabilities[rows], decoded[rows], sizes[picture],
                temperature: prediction.temperature.map { try $0[rows] },
                variance: prediction.variance.map { try $0[rows] }, deviations: deviations.map { try $0[rows] })
        }
    }

    private func select(
        _ probabilities: Tensor, _ decoded: Tensor, _ size: PictureSize, temperature: Tensor?, variance: Tensor?,
        deviations: Tensor?
    ) throws -> Detections {
        let settings = configuration.detection
        let classCount = configuration.categories.count
        let isFinite = try decoded.isFinite().to(.int64).min([1]) * probabilities.isFinite().to(.int64).min([1])
        // The background comes last.
        let scores = try probabilities[.all, 0..<classCount] * isFinite.to(.float32).unsqueeze(1)
        let candidates = try (scores .> settings.minimumScore).nonzero()
        let (rows, classes) = (try candidates[.all, 0], try candidates[.all, 1])
        func ofClass(_ values: Tensor) throws -> Tensor {
            let perClass = try values.reshape([values.size(0), values.size(1) / 4, 4])
            let columns = perClass.size(1) == 1 ? try classes.zerosLike() : classes
            return try perClass[rows, columns]
        }
        let boxes = try Boxes.clipped(ofClass(decoded), size)
        let chosenScores = try scores[rows, classes]
        let order = try batchedNMS(
            boxes: boxes, scores: chosenScores, classes: classes, threshold: settings.suppression)
        let kept = try order[0..<min(settings.perPicture, order.count)]
        func values<Element: TensorElement>(_ tensor: Tensor) throws -> [Element] {
            try tensor.indexSelect(0, kept).array()
        }
        func fours(_ tensor: Tensor) throws -> [SIMD4<Float>] {
            let numbers: [Float] = try values(tensor)
            return (0..<kept.count).map {
                SIMD4(numbers[4 * $0], numbers[4 * $0 + 1], numbers[4 * $0 + 2], numbers[4 * $0 + 3])
            }
        }
        return Detections(
            boxes: try fours(boxes),
            scores: try values(chosenScores), classes: try values(classes),
            classConfidences: try temperature.map { try values($0.reshape([-1]).indexSelect(0, rows)) } ?? [],
            boxConfidences: try variance.map { try values(1 / ofClass($0).max([1])) } ?? [],
            boxDeviations: try deviations.map { try fours(ofClass($0)) } ?? [])
    }

    private func addDense(
        _ features: [Tensor], _ detections: inout [Detections], _ outputs: DetectionOutputs
    ) throws {
        let device = features[0].device
        let counts = detections.map(\.count)
        let rows = detections.enumerated().flatMap { picture, found in
            found.boxes.flatMap { [Float(picture), $0.x, $0.y, $0.z, $0.w] }
        }
        let total = counts.reduce(0, +)
        let regions = try Tensor(rows, shape: [total, 5], device: device)
        let levels = Array(features.prefix(configuration.strides.count))
        func share(_ tensor: Tensor?) throws -> [Tensor?] {
            guard let tensor else { return counts.map { _ in nil } }
            return try tensor.split(counts)
        }
        if outputs.contains(.masks), let head = regionHeads.maskHead, total > 0 {
            let prediction = try head(maskPooler(levels, strides: configuration.strides, regions: regions))
            var logits = prediction.logits
            if logits.size(1) > 1 {
                let classes = try Tensor(detections.flatMap(\.classes), device: device)
                let places = try classes.reshape([-1, 1, 1, 1]).expand([total, 1, logits.size(2), logits.size(3)])
                logits = try logits.gather(1, places)
            }
            let masks = try share(logits.squeeze(1).to(.float32).sigmoid())
            let temperatures = try share(prediction.temperature)
            for picture in detections.indices {
                detections[picture].masks = masks[picture]
                detections[picture].maskTemperatures = temperatures[picture]
            }
        }
        guard outputs.contains(.dense), let head = regionHeads.denseHead, total > 0 else { return }
        let (maps, strides) = try denseFeatures(features)
        let dense = try head(densePooler(maps, strides: strides, regions: regions))
        var first = 0
        if let predictor = regionHeads.chartPredictor {
            let prediction = try predictor(dense)
            for (picture, count) in counts.enumerated() {
                detections[picture].charts = try prediction.map { try $0[first..<first + count] }
                first += count
            }
        } else if let predictor = regionHeads.embeddingPredictor {
            let prediction = try predictor(dense)
            let (embeddings, coarse) = (try share(prediction.embedding), try share(prediction.coarse))
            for picture in detections.indices {
                detections[picture].embedding = EmbeddingPrediction(
                    embedding: embeddings[picture]!, coarse: coarse[picture]!)
            }
        }
    }

    /// The vertices' embeddings of a mesh that the network knows, [N, D], each of length one.
    /// - Throws: `TorchError` for a mesh that it does not have.
    public func vertexEmbeddings(of mesh: String) throws -> Tensor {
        guard let embedder = regionHeads.embedder?["embedder_\(mesh)"] else {
            let known = configuration.dense?.embedding?.meshes.map(\.name).joined(separator: ", ") ?? "none"
            throw TorchError("the network has no embedding of the mesh “\(mesh)” (it has \(known))")
        }
        return try embedder()
    }
}
