import Tensors

/// Losses of vertex embeddings over a batch (detectron2's `DensePoseCseLoss`).
extension DensePoseRCNN {
    /// - Parameters:
    ///   - prediction: nil where no region learns.
    ///   - foreground: classes of each grid point of some learners, and which these are.
    ///   - geodesics: of each mesh by its name, [N, N].
    /// - Returns: `densepose_S`, `densepose_E_` with the name of each mesh, and `shape_cycle` and `pixel_cycle` where they are
    ///   asked for.
    func embeddingLosses(
        _ prediction: EmbeddingPrediction?, _ learners: [SampledRegions.Pair],
        foreground: (regions: Tensor, classes: Tensor)?, _ geodesics: [String: Tensor], _ device: Device
    ) throws -> [String: Tensor] {
        guard let embedding = configuration.dense?.embedding, let predictor = regionHeads.embeddingPredictor else {
            return [:]
        }
        let vertices = try Dictionary(
            uniqueKeysWithValues: embedding.meshes.map { ($0.name, try vertexEmbeddings(of: $0.name)) })
        var losses: [String: Tensor] = [:]
        losses["densepose_S"] =
            if let prediction {
                try ChartLosses.foreground(prediction.coarse, foreground) * configuration.lossWeights.chart.foreground
            } else {
                try zero(of: predictor.parameters, device)
            }
        for mesh in embedding.meshes {
            let name = "densepose_E_\(mesh.name)"
            losses[name] = try zero(of: [vertices[mesh.name]!], device)
            guard let prediction else { continue }
            var points = gridPoints(learners, side: prediction.embedding.size(-1)) { $0.mesh == mesh.name }
            losses[name] = try losses[name]! + prediction.embedding.sum() * 0
            guard points.count > 0 else { continue }
            guard let distances = geodesics[mesh.name] else {
                throw TorchError("the distances along the mesh “\(mesh.name)” are not known")
            }
            if let limit = embedding.pointLimit, points.count > limit {
                points = points.selecting(Array(try Tensor.randperm(points.count).array(of: Int.self).prefix(limit)))
            }
            let sampler = try GridSampler(points, device: device)
            losses[name] =
                try EmbeddingLosses.soft(
                    EmbeddingLosses.normalized(sampler.channels(prediction.embedding).to(.float32)),
                    vertices: vertices[mesh.name]!,
                    geodesics: distances.indexSelect(0, Tensor(points.vertices, device: device)),
                    geodesicDeviation: embedding.geodesicDeviation, embeddingDeviation: embedding.embeddingDeviation)
                * embedding.weight
        }
        if let cycle = embedding.shapeCycle {
            losses["shape_cycle"] = try shapeCycle(vertices, cycle, geodesics, device) * cycle.weight
        }
        if let cycle = embedding.pixelCycle {
            losses["pixel_cycle"] =
                if let prediction, let foreground {
                    try pixelCycle(prediction, learners, foreground, vertices, cycle) * cycle.weight
                } else {
                    try zero(of: Array(vertices.values), device)
                }
        }
        return losses
    }

    /// Of a random pair of meshes, and of random vertices of each.
    private func shapeCycle(
        _ vertices: [String: Tensor], _ cycle: EmbeddingSettings.Cycle, _ geodesics: [String: Tensor], _ device: Device
    ) throws -> Tensor {
        let none = try zero(of: Array(vertices.values), device)
        let known = vertices.keys.filter { geodesics[$0] != nil }.sorted()
        guard known.count > 1 else { return none }
        let pair = try Tensor.randperm(known.count).array(of: Int.self).prefix(2).map { known[$0] }
        func sample(_ name: String) throws -> (vertices: Tensor, geodesics: Tensor) {
            let count = vertices[name]!.size(0)
            let chosen = Array(try Tensor.randperm(count).array(of: Int.self).prefix(cycle.samples))
            let places = try Tensor(chosen, device: device)
            return (
                try vertices[name]!.indexSelect(0, places),
                try geodesics[name]!.indexSelect(0, places).indexSelect(1, places)
            )
        }
        let (a, b) = (try sample(pair[0]), try sample(pair[1]))
        return try none
            + EmbeddingLosses.shapeCycle(
                a.vertices, b.vertices, geodesics: (a.geodesics, b.geodesics), temperature: cycle.temperature)
    }

    /// A mean over objects with a true outline and over meshes that have points in the batch.
    private func pixelCycle(
        _ prediction: EmbeddingPrediction, _ learners: [SampledRegions.Pair],
        _ foreground: (regions: Tensor, classes: Tensor), _ vertices: [String: Tensor],
        _ cycle: EmbeddingSettings.Cycle
    ) throws -> Tensor {
        let device = prediction.embedding.device
        var total = try zero(of: [prediction.embedding] + vertices.values, device)
        let names = Set(learners.compactMap(\.object.points?.mesh)).intersection(vertices.keys).sorted()
        let side = prediction.embedding.size(-1)
        let classes = try foreground.classes.array(of: Int.self)
        var walks = 0
        for (row, region) in try foreground.regions.array(of: Int.self).enumerated() {
            let first = row * side * side
            let body = (0..<side * side).filter { classes[first + $0] > 0 }
            guard !body.isEmpty else { continue }
            let chosen = try Tensor.randperm(body.count).array(of: Int.self).prefix(cycle.samples).map { body[$0] }
            let places = try Tensor(
                chosen.flatMap { [Float($0 / side), Float($0 % side)] }, shape: [chosen.count, 2], device: device)
            let pixels = try EmbeddingLosses.normalized(
                prediction.embedding[region].reshape([-1, side * side]).transpose(0, 1)
                    .indexSelect(0, Tensor(chosen, device: device)).to(.float32))
            for name in names {
                total =
                    try total
                    + EmbeddingLosses.pixelCycle(
                        pixels, vertices[name]!, places: places, temperature: cycle.temperature)
                walks += 1
            }
        }
        return walks > 0 ? try total / Double(walks) : total
    }

    /// Gives a mesh's vertices the features that their embeddings are made of.
    /// - Parameter features: [N, F].
    /// - Throws: `TorchError` for a mesh that the network does not have, or features of another size.
    public func setFeatures(_ features: Tensor, ofMesh name: String) throws {
        guard let embedder = regionHeads.embedder?["embedder_\(name)"] else {
            throw TorchError("the network has no embedding of the mesh “\(name)”")
        }
        guard embedder.features.shape == features.shape else {
            throw TorchError(
                "the mesh “\(name)” has features of \(features.shape), the network \(embedder.features.shape)")
        }
        embedder.features = features
    }

    /// The features of a mesh's vertices, [N, F]; nil for a mesh that the network does not have.
    public func features(ofMesh name: String) -> Tensor? { regionHeads.embedder?["embedder_\(name)"]?.features }
}
