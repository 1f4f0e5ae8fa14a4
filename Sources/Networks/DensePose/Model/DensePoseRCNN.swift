public import Tensors

/// The DensePose R-CNN of Güler et al. 2018 with the heads and the auto-calibration of Sanakoyeu et al. 2020: one trunk,
/// a proposal network, and heads for class and box, for a generic mask, and for foreground, charts and (u, v).
///
/// State dictionaries are detectron2's; what the paper adds to them has names of the same manner.
public final class DensePoseRCNN: Module {
    public static let keys = ["regionHeads": "roi_heads"]
    public let configuration: DensePoseConfiguration
    public let backbone: FeaturePyramid
    public let proposalGenerator: ProposalNetwork
    let regionHeads: RegionHeads
    let boxPooler, maskPooler, densePooler: RegionPooler
    let boxCoder = BoxCoder(weights: [10, 10, 5, 5])

    public init(_ configuration: DensePoseConfiguration) throws {
        self.configuration = configuration
        backbone = try FeaturePyramid(ResNet(configuration.trunk), width: configuration.pyramidWidth)
        proposalGenerator = try ProposalNetwork(width: configuration.pyramidWidth, configuration.proposals)
        regionHeads = try RegionHeads(configuration)
        let box = configuration.box
        boxPooler = RegionPooler(
            size: box.poolSize, samplingRatio: box.samplingRatio, isAligned: box.isAligned,
            canonicalSize: box.canonicalSize)
        maskPooler = RegionPooler(
            size: configuration.mask?.poolSize ?? 14, samplingRatio: box.samplingRatio, isAligned: box.isAligned,
            canonicalSize: box.canonicalSize)
        let dense = configuration.dense ?? DensePoseConfiguration.DenseSettings()
        densePooler = RegionPooler(
            size: dense.poolSize, samplingRatio: dense.samplingRatio, isAligned: dense.isAligned,
            canonicalSize: box.canonicalSize)
        try backbone.bottomUp.freeze(stages: configuration.frozenStages)
    }

    /// Features of a batch [N, 3, H, W]; H and W multiples of 32 of the finest stride's unit.
    func features(_ pictures: Tensor) throws -> [Tensor] { try backbone(pictures) }

    /// Strides of all levels that proposals come from.
    var proposalStrides: [Int] { configuration.strides + [configuration.strides[configuration.strides.count - 1] * 2] }

    /// What dense heads look at: the decoder's map, or the levels.
    func denseFeatures(_ features: [Tensor]) throws -> (features: [Tensor], strides: [Int]) {
        let levels = Array(features.prefix(configuration.strides.count))
        guard let decoder = regionHeads.decoder else { return (levels, configuration.strides) }
        return ([try decoder(levels)], [configuration.strides[0]])
    }
}
