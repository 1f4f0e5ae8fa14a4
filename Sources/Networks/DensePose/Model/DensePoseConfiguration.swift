/// A DensePose R-CNN from trunk to output: what is built, how it is trained and what it takes from a prediction. Saved
/// beside the weights.
public struct DensePoseConfiguration: Codable, Hashable, Sendable {
    public var name: String
    public var trunk = ResNet.Design.resNet50
    /// The stem and this many stages less one stay as they were loaded.
    public var frozenStages = 2
    public var pyramidWidth = 256
    public var proposals = ProposalNetwork.Settings()
    /// Names of the classes; one, when every object counts as the same.
    public var categories = ["person"]
    public var isClassAgnostic = false
    public var box = BoxSettings()
    public var mask: MaskSettings?
    public var dense: DenseSettings?
    public var calibration = Calibration.none
    public var lossWeights = LossWeights()
    public var input = InputSettings()
    public var detection = DetectionSettings()
    /// Keeps what the reference does although it is not right: see `Compatibility`.
    public var compatibility = Compatibility()

    public init(name: String) { self.name = name }

    public struct BoxSettings: Codable, Hashable, Sendable {
        public var poolSize = 7
        /// 0 takes one sample for every feature cell.
        public var samplingRatio = 0
        public var isAligned = true
        public var width = 1024
        public var samplesPerPicture = 512
        public var objectShare = 0.25
        /// IoU from which a region belongs to an object.
        public var objectOverlap = 0.5
        /// Side in pixels of a region that belongs to the level of stride 16.
        public var canonicalSize = 224.0
    }

    public struct MaskSettings: Codable, Hashable, Sendable {
        public var poolSize = 14
        public var width = 256
        public var convolutions = 4
        public init() {}
    }

    public struct DenseSettings: Codable, Hashable, Sendable {
        /// Channels of the decoder that merges the levels; nil pools from the levels themselves, as the first DensePose
        /// R-CNN did.
        public var decoderWidth: Int? = 256
        public var poolSize = 28
        public var samplingRatio = 2
        public var isAligned = false
        public var head = DenseHeadKind.plain
        public var width = 512
        public var convolutions = 8
        public var groups = 32
        /// 2 for the foreground, 15 for coarse parts.
        public var coarseChannels = 2
        /// Enlargement after the transposed convolution.
        public var scale = 2
        /// IoU above which a region learns from its object's points.
        public var objectOverlap = 0.7
        /// Regions of a batch that learn at most; the rest is left out by chance. nil for all.
        public var regionLimit: Int?
        /// Whether the foreground is learnt from instance masks, or from the annotators' coarse parts.
        public var usesInstanceMasks = true
        /// Vertex embeddings in place of charts (Neverova et al. 2020).
        public var embedding: EmbeddingSettings?
        public init() {}

        /// Points along a side of a prediction.
        public var side: Int { 2 * scale * poolSize }
    }

    public struct LossWeights: Codable, Hashable, Sendable {
        public var proposalClass = 1.0
        public var proposalBox = 1.0
        public var boxClass = 1.0
        public var boxRegression = 1.0
        public var mask = 1.0
        public var chart = ChartLossWeights()
        public init() {}
    }

    public struct InputSettings: Codable, Hashable, Sendable {
        /// Shorter sides in training, of which one is drawn, and in use.
        public var trainingSides = Array(stride(from: 640, through: 800, by: 32))
        public var side = 800
        public var longest = 1333
        /// Red, green, blue, of values 0...255. The networks see blue first.
        public var mean: [Float] = [123.675, 116.28, 103.53]
        public var deviation: [Float] = [1, 1, 1]
    }

    public struct DetectionSettings: Codable, Hashable, Sendable {
        public var minimumScore = 0.05
        public var suppression = 0.5
        public var perPicture = 100
    }

    /// What the reference implementation does and this one does otherwise unless asked.
    public struct Compatibility: Codable, Hashable, Sendable {
        /// Annotated points and coarse parts fall on a grid whose first point is the region's corner, half a cell off what
        /// predictions are drawn with.
        public var cornerGrids = false
        /// The foreground is learnt from coarse parts only in batches in which every object has them.
        public var allOrNoneParts = false

        public init() {}
        public static let reference: Compatibility = {
            var all = Compatibility()
            (all.cornerGrids, all.allOrNoneParts) = (true, true)
            return all
        }()
    }

    /// Strides of the levels that regions are pooled from.
    public var strides: [Int] { trunk.poolsStem ? [4, 8, 16, 32] : [2, 4, 8, 16] }
}
