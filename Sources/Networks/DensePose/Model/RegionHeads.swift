import Tensors

/// The heads that look at regions, under the names that detectron2 gives them below `roi_heads`.
final class RegionHeads: Module {
    static let keys = [
        "denseHead": "densepose_head", "chartPredictor": "densepose_predictor",
        "embeddingPredictor": "densepose_predictor",
    ]
    let boxHead: BoxHead
    let boxPredictor: BoxPredictor
    let maskHead: MaskHead?
    let decoder: PyramidDecoder?
    let denseHead: (any Layer)?
    let chartPredictor: ChartPredictor?
    let embeddingPredictor: EmbeddingPredictor?
    let embedder: NamedModules<VertexEmbedder>?

    init(_ configuration: DensePoseConfiguration) throws {
        let box = configuration.box
        let width = configuration.pyramidWidth
        let classes = configuration.categories.count
        let calibration = configuration.calibration
        boxHead = try BoxHead(inputs: width * box.poolSize * box.poolSize, width: box.width)
        boxPredictor = try BoxPredictor(
            width: box.width, classes: classes, isClassAgnostic: configuration.isClassAgnostic, calibration)
        maskHead = try configuration.mask.map {
            try MaskHead(
                inputs: width, width: $0.width, convolutions: $0.convolutions,
                classes: configuration.isClassAgnostic ? 1 : classes, calibration)
        }
        guard let dense = configuration.dense else {
            (decoder, denseHead, chartPredictor, embeddingPredictor, embedder) = (nil, nil, nil, nil, nil)
            return
        }
        decoder = try dense.decoderWidth.map {
            try PyramidDecoder(inputs: width, width: $0, outputs: $0, levels: configuration.strides.count)
        }
        let inputs = dense.decoderWidth ?? width
        denseHead =
            switch dense.head {
            case .plain: try PlainDenseHead(inputs: inputs, width: dense.width, convolutions: dense.convolutions)
            case .deepLab:
                try DeepLabDenseHead(
                    inputs: inputs, width: dense.width, convolutions: dense.convolutions, groups: dense.groups)
            }
        if let embedding = dense.embedding {
            chartPredictor = nil
            embeddingPredictor = try EmbeddingPredictor(
                inputs: dense.width, dimensions: embedding.dimensions, coarseChannels: dense.coarseChannels,
                scale: dense.scale)
            embedder = NamedModules(
                try embedding.meshes.map { mesh in
                    let features = try Tensor.zeros([mesh.vertices, mesh.features])
                    return (
                        "embedder_\(mesh.name)",
                        try VertexEmbedder(features: features, dimensions: embedding.dimensions)
                    )
                })
        } else {
            chartPredictor = try ChartPredictor(
                inputs: dense.width, coarseChannels: dense.coarseChannels, scale: dense.scale, calibration)
            (embeddingPredictor, embedder) = (nil, nil)
        }
    }
}
