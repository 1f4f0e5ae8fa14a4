public import Tensors

/// The trunk of He et al. 2016, whose four stages give features at 1/4, 1/8, 1/16 and 1/32 of the picture. Names are
/// detectron2's: `stem.conv1`, `res2.0.conv1`, `res2.0.shortcut`.
public final class ResNet: Module {
    /// Sizes of a trunk.
    public struct Design: Codable, Hashable, Sendable {
        /// Channels after the stem.
        public var stemWidth: Int
        /// Residual blocks of each stage.
        public var blocks: [Int]
        /// Channels that each stage gives.
        public var widths: [Int]
        /// Three convolutions with a narrow middle (a quarter of the width), or two plain ones.
        public var hasBottlenecks: Bool
        public var normalization: NormalizationKind
        /// Whether a bottleneck's first convolution has the stride, as in MSRA's weights, or its second, as in torchvision's.
        public var stridesFirst = true
        /// Whether the stem halves the picture twice; without it a trunk for small pictures has all features twice as fine.
        public var poolsStem = true

        public init(
            stemWidth: Int, blocks: [Int], widths: [Int], hasBottlenecks: Bool, normalization: NormalizationKind
        ) {
            (self.stemWidth, self.blocks, self.widths) = (stemWidth, blocks, widths)
            (self.hasBottlenecks, self.normalization) = (hasBottlenecks, normalization)
        }

        public static let resNet50 = Design(
            stemWidth: 64, blocks: [3, 4, 6, 3], widths: [256, 512, 1024, 2048], hasBottlenecks: true,
            normalization: .frozenBatch)
        public static let resNet101 = Design(
            stemWidth: 64, blocks: [3, 4, 23, 3], widths: [256, 512, 1024, 2048], hasBottlenecks: true,
            normalization: .frozenBatch)
    }

    public static let keys = ["stages": ""]
    public let design: Design
    let stem: Stem
    let stages: NamedModules<ResidualUnit>
    /// The units of `stages`, stage by stage.
    private let rows: [[ResidualUnit]]

    public init(_ design: Design) throws {
        self.design = design
        stem = try Stem(design)
        var channels = design.stemWidth
        var rows: [[ResidualUnit]] = []
        for (stage, (count, width)) in zip(design.blocks, design.widths).enumerated() {
            rows.append(
                try (0..<count).map { block in
                    defer { channels = width }
                    let stride = block == 0 && stage > 0 ? 2 : 1
                    return try ResidualUnit(channels, width, stride: stride, design)
                })
        }
        self.rows = rows
        stages = NamedModules(
            rows.enumerated().flatMap { stage, row in
                row.enumerated().map { ("res\(stage + 2).\($0)", $1) }
            })
    }

    /// - Returns: the four stages' features of [N, 3, H, W], finest first; H and W multiples of 32.
    public func callAsFunction(_ x: Tensor) throws -> [Tensor] {
        var x = try stem(x)
        var features: [Tensor] = []
        for row in rows {
            for unit in row { x = try unit(x) }
            features.append(x)
        }
        return features
    }

    /// Keeps the stem (1) and as many stages after it as they are: detectron2's `FREEZE_AT`.
    public func freeze(stages count: Int) throws {
        guard count > 0 else { return }
        try stem.freeze()
        for row in rows.prefix(count - 1) { for unit in row { try unit.freeze() } }
    }

    final class Stem: Module {
        let conv1: NormalizedConv2d
        private let pools: Bool

        init(_ design: Design) throws {
            conv1 = try NormalizedConv2d(3, design.stemWidth, kernel: 7, stride: 2, design.normalization)
            pools = design.poolsStem
        }

        func callAsFunction(_ x: Tensor) throws -> Tensor {
            let y = try conv1(x).relu()
            return pools ? try y.maxPool2d(kernel: 3, stride: 2, padding: 1) : y
        }
    }

    /// A residual block, with three convolutions or two.
    final class ResidualUnit: Module {
        let shortcut: NormalizedConv2d?
        let conv1, conv2: NormalizedConv2d
        let conv3: NormalizedConv2d?

        init(_ inChannels: Int, _ outChannels: Int, stride: Int, _ design: Design) throws {
            let norm = design.normalization
            shortcut =
                inChannels != outChannels || stride > 1
                ? try NormalizedConv2d(inChannels, outChannels, kernel: 1, stride: stride, norm) : nil
            if design.hasBottlenecks {
                let middle = outChannels / 4
                let (first, second) = design.stridesFirst ? (stride, 1) : (1, stride)
                conv1 = try NormalizedConv2d(inChannels, middle, kernel: 1, stride: first, norm)
                conv2 = try NormalizedConv2d(middle, middle, kernel: 3, stride: second, norm)
                conv3 = try NormalizedConv2d(middle, outChannels, kernel: 1, norm)
            } else {
                conv1 = try NormalizedConv2d(inChannels, outChannels, kernel: 3, stride: stride, norm)
                conv2 = try NormalizedConv2d(outChannels, outChannels, kernel: 3, norm)
                conv3 = nil
            }
        }

        func callAsFunction(_ x: Tensor) throws -> Tensor {
            var y = try conv2(conv1(x).relu())
            if let conv3 { y = try conv3(y.relu()) }
            return try (y + (shortcut.map { try $0(x) } ?? x)).relu()
        }
    }
}
