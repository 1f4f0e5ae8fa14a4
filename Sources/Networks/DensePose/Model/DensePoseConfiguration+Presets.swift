extension DensePoseConfiguration {
    /// The names of all presets, smallest first.
    public static var presetNames: [String] { presets.map(\.name) }

    /// A preset by its name.
    public static func preset(_ name: String) -> DensePoseConfiguration? { presets.first { $0.name == name } }

    /// Configurations that are chosen by name. Those without a calibration in their name take the paper's whole.
    public static var presets: [DensePoseConfiguration] {
        [
            tiny, small,
            named("r50", deepLab(.full)), named("r101", deepLab(.full, trunk: .resNet101)),
            named("r50-legacy", legacy(.resNet50)), named("r101-legacy", legacy(.resNet101)),
            named("r50-s1x", plain(.none)), named("r101-s1x", plain(.none, trunk: .resNet101)),
            named("r50-wc1", plain(.detectron2(.isotropic, segmentation: false))),
            named("r50-wc2", plain(.detectron2(.anisotropic, segmentation: false))),
            named("r50-wc1m", plain(.detectron2(.isotropic, segmentation: true))),
            named("r50-wc2m", plain(.detectron2(.anisotropic, segmentation: true))),
            named("r50-dl", published(deepLab(.none, withMask: false))),
            named("r50-dl-wc1", published(deepLab(.detectron2(.isotropic, segmentation: false), withMask: false))),
            named("r50-dl-wc2", published(deepLab(.detectron2(.anisotropic, segmentation: false), withMask: false))),
            named("r50-dl-wc1m", published(deepLab(.detectron2(.isotropic, segmentation: true), withMask: false))),
            named("r50-dl-wc2m", published(deepLab(.detectron2(.anisotropic, segmentation: true), withMask: false))),
            named("r50-chimpanzee", evolution), named("r50-cse", embedding),
        ]
    }

    private static func named(_ name: String, _ configuration: DensePoseConfiguration) -> DensePoseConfiguration {
        var configuration = configuration
        configuration.name = name
        return configuration
    }

    // MARK: - Of published size

    /// The improved architecture of the paper: DeepLab head over a decoder.
    public static func deepLab(
        _ calibration: Calibration, trunk: ResNet.Design = .resNet50, withMask: Bool = true
    ) -> DensePoseConfiguration {
        var configuration = DensePoseConfiguration(name: "deeplab")
        configuration.trunk = trunk
        configuration.calibration = calibration
        configuration.mask = withMask ? MaskSettings() : nil
        var dense = DenseSettings()
        dense.head = .deepLab
        configuration.dense = dense
        configuration.lossWeights.chart =
            calibration.uv == .none
            ? ChartLossWeights() : ChartLossWeights(uv: 0.0005, parts: 1, foreground: 5)
        return configuration
    }

    /// detectron2's `densepose_rcnn_R_50_FPN_s1x` and, with calibration, its WC models: eight plain convolutions.
    public static func plain(_ calibration: Calibration, trunk: ResNet.Design = .resNet50) -> DensePoseConfiguration {
        var configuration = published(deepLab(calibration, trunk: trunk, withMask: false))
        configuration.dense?.head = .plain
        return configuration
    }

    /// As detectron2's base configuration trains and pools.
    private static func published(_ configuration: DensePoseConfiguration) -> DensePoseConfiguration {
        var configuration = configuration
        (configuration.box.isAligned, configuration.box.samplingRatio) = (false, 2)
        configuration.compatibility = .reference
        configuration.dense?.usesInstanceMasks = configuration.calibration.parts
        return configuration
    }

    /// The first DensePose R-CNN in detectron2: no decoder, coarse parts of the annotators.
    static func legacy(_ trunk: ResNet.Design) -> DensePoseConfiguration {
        var configuration = plain(.none, trunk: trunk)
        configuration.dense?.decoderWidth = nil
        configuration.dense?.poolSize = 14
        configuration.dense?.coarseChannels = 15
        configuration.lossWeights.chart = ChartLossWeights(uv: 0.1, parts: 0.3, foreground: 2)
        return configuration
    }

    /// detectron2's teacher and students for chimpanzees (`evolution/densepose_R_50_FPN_DL_WC1M_3x_Atop10P_CA`).
    static var evolution: DensePoseConfiguration {
        var configuration = deepLab(.detectron2(.isotropic, segmentation: true), withMask: false)
        configuration.compatibility = .reference
        configuration.lossWeights.chart = ChartLossWeights(uv: 0.0005, parts: 1, foreground: 1)
        return configuration
    }

    /// detectron2's continuous surface embeddings for people (`cse/densepose_rcnn_R_50_FPN_s1x`).
    static var embedding: DensePoseConfiguration {
        var configuration = plain(.none)
        var embedding = EmbeddingSettings()
        embedding.meshes = [.init(name: "smpl_27554", vertices: 27554)]
        configuration.dense?.embedding = embedding
        configuration.dense?.usesInstanceMasks = true
        return configuration
    }

    // MARK: - For small pictures, trained from nothing on a CPU

    /// A narrow trunk for pictures of 128 pixels: under an hour on two cores (Documentation/Results.md).
    static var tiny: DensePoseConfiguration {
        var configuration = DensePoseConfiguration(name: "tiny")
        configuration.trunk = ResNet.Design(
            stemWidth: 32, blocks: [1, 2, 2, 2], widths: [64, 96, 160, 192], hasBottlenecks: false,
            normalization: .group(8))
        configuration.frozenStages = 0
        configuration.pyramidWidth = 64
        configuration.proposals.anchorSizes = [12, 24, 48, 96, 144]
        configuration.proposals.samplesPerPicture = 64
        configuration.proposals.trainingCandidates = 200
        configuration.proposals.inferenceCandidates = 200
        configuration.proposals.proposals = 64
        configuration.box.width = 128
        configuration.box.samplesPerPicture = 32
        configuration.box.canonicalSize = 96
        configuration.mask = MaskSettings()
        (configuration.mask!.width, configuration.mask!.convolutions) = (32, 2)
        var dense = DenseSettings()
        (dense.decoderWidth, dense.poolSize, dense.isAligned) = (64, 14, true)
        // Normalisation and the view of the whole region are what lets a head learn from nothing in minutes.
        dense.head = .deepLab
        (dense.width, dense.convolutions, dense.groups) = (64, 3, 8)
        (dense.scale, dense.regionLimit) = (1, 16)
        configuration.dense = dense
        configuration.calibration = .full
        configuration.lossWeights.chart = ChartLossWeights(uv: 0.001, parts: 1, foreground: 2)
        configuration.input.trainingSides = [128]
        (configuration.input.side, configuration.input.longest) = (128, 160)
        configuration.input.deviation = [58.395, 57.12, 57.375]
        return configuration
    }

    /// Twice as wide, for pictures of 256 pixels: hours on two cores.
    static var small: DensePoseConfiguration {
        var configuration = tiny
        configuration.name = "small"
        configuration.trunk.blocks = [2, 2, 2, 2]
        configuration.trunk.widths = [64, 128, 192, 256]
        configuration.pyramidWidth = 96
        configuration.proposals.anchorSizes = [16, 32, 64, 128, 256]
        configuration.box.width = 256
        configuration.dense?.decoderWidth = 96
        configuration.dense?.width = 128
        configuration.dense?.scale = 2
        configuration.input.trainingSides = Array(stride(from: 192, through: 288, by: 32))
        (configuration.input.side, configuration.input.longest) = (256, 416)
        return configuration
    }
}
