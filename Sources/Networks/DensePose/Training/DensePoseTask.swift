import Catalog
import Imaging
public import Tensors
public import Training

/// How a DensePose R-CNN is trained: warm-up, steps down and limited gradients as in detectron2, with its SGD, or with
/// AdamW, which small networks that begin from nothing need fewer steps with.
public struct DensePoseRecipe: Codable, Hashable, Sendable {
    public enum OptimizerKind: String, Codable, Hashable, Sendable {
        case sgd, adam
    }

    public var steps: Int
    public var optimizer: OptimizerKind
    public var batchSize: Int
    public var learningRate: Double
    /// Shares of the steps at which the rate falls to a tenth; nil: it falls evenly to nothing.
    public var milestones: [Double]?
    /// Keeps an exponential moving average of the weights, and writes that.
    public var averageDecay: Double?
    public var warmupSteps: Int
    public var warmupFactor = 0.001
    public var momentum = 0.9
    public var weightDecay = 1e-4
    public var limit: GradientLimit?
    public var flips = true
    /// Threads that share a step's pictures on a CPU.
    public var lanes = 1

    /// What a preset is trained with unless told otherwise: detectron2's for the published ones (16 pictures, 130,000
    /// steps), minutes for the small.
    public init(for configuration: DensePoseConfiguration) {
        switch configuration.name {
        case "tiny", "small":
            // Many small steps teach more in the same time than few large ones.
            (steps, batchSize, optimizer, learningRate) = (11_000, 4, .adam, 2e-3)
            (averageDecay, warmupSteps, limit, lanes) = (0.998, 100, .norm(10), 2)
        default:
            (steps, batchSize, optimizer, learningRate) = (130_000, 16, .sgd, 0.01)
            (milestones, warmupSteps, limit) = ([100_000.0 / 130_000, 120_000.0 / 130_000], 1000, .value(1))
        }
    }

    var schedule: Schedule {
        guard let milestones else { return .linear(iterations: steps, warmup: warmupSteps) }
        return .multiStep(
            milestones: milestones.map { Int(($0 * Double(steps)).rounded()) }, warmupIterations: warmupSteps,
            warmupFactor: warmupFactor)
    }

    /// Resizing as the configuration says, and mirroring.
    public func augmentation(_ input: DensePoseConfiguration.InputSettings) -> Augmentation {
        Augmentation(
            [.resizeShorterSide(input.trainingSides, longest: input.longest, .bilinearPillow)]
                + (flips ? [.randomFlip(probability: 0.5)] : []))
    }
}

/// Trains a DensePose R-CNN.
public final class DensePoseTask: TrainingTask {
    public typealias Sample = DensePoseSample

    public let network: DensePoseRCNN
    public let updates: [ParameterUpdate]
    public var networks: [(name: String, network: any Module)] { [("densepose", network)] }
    private let geodesics: [String: Tensor]
    private let validation: DataLoader<DensePoseSample>?

    /// - Parameters:
    ///   - geodesics: for embeddings, distances between the vertices of each mesh by its name, [N, N], on the device that
    ///     trains.
    ///   - validation: pictures whose losses are averaged after an epoch.
    public init(
        _ network: DensePoseRCNN, _ recipe: DensePoseRecipe, geodesics: [String: Tensor] = [:],
        validation: DataLoader<DensePoseSample>? = nil
    ) {
        self.network = network
        self.geodesics = geodesics
        self.validation = validation
        // Normalisation layers have no decay, as detectron2 has it.
        let trained = network.namedParameters.filter(\.tensor.requiresGrad)
        let isNorm = { (name: String) in name.contains(".norm.") || name.contains("ASPP.convs") && name.contains(".1.")
        }
        let groups = [
            ParameterGroup(trained.filter { !isNorm($0.name) }),
            ParameterGroup(trained.filter { isNorm($0.name) }, weightDecay: 0),
        ]
        let optimizer: any Optimizer =
            switch recipe.optimizer {
            case .sgd:
                SGD(
                    groups, learningRate: recipe.learningRate, momentum: recipe.momentum,
                    weightDecay: recipe.weightDecay)
            case .adam:
                Adam(
                    groups, learningRate: recipe.learningRate, weightDecay: recipe.weightDecay, isDecoupled: true)
            }
        updates = [ParameterUpdate("densepose", optimizer, schedule: recipe.schedule, limit: recipe.limit)]
    }

    public func step(_ batch: Batch<DensePoseSample>, _ pass: TrainingPass) throws -> [String: Tensor] {
        var losses = try pass.autocast { try self.losses(batch.samples, pass.device) }
        let total = try Self.sum(losses)
        try pass.update("densepose", minimizing: total)
        losses["total"] = total
        return losses
    }

    private func losses(_ samples: [DensePoseSample], _ device: Device) throws -> [String: Tensor] {
        let input = NetworkInput(network.configuration)
        return try network.losses(
            input.batch(samples.map(\.image), device: device),
            sizes: samples.map { PictureSize(width: $0.image.width, height: $0.image.height) },
            truth: samples.map(\.truth), geodesics: geodesics)
    }

    private static func sum(_ losses: [String: Tensor]) throws -> Tensor {
        let ordered = losses.sorted { $0.key < $1.key }.map(\.value)
        return try ordered.dropFirst().reduce(ordered[0]) { try $0 + $1 }
    }

    public func validate(_ device: Device) throws -> [String: Double] {
        guard let validation else { return [:] }
        var sums: [String: Double] = [:]
        var batches = 0.0
        let stream = validation.batches(ofEpoch: 0)
        while let batch = try stream.next() {
            var losses = try losses(batch.samples, device)
            losses["total"] = try Self.sum(losses)
            for (name, loss) in losses { sums[name, default: 0] += try loss.item() }
            batches += 1
        }
        return batches > 0 ? sums.mapValues { $0 / batches } : [:]
    }
}

/// Pictures as the network takes them: blue first, normalised, padded to what its levels divide.
public struct NetworkInput: Sendable {
    private let normalization: PixelNormalization
    private let divisor: Int

    public init(_ configuration: DensePoseConfiguration) {
        normalization = PixelNormalization(
            mean: configuration.input.mean, scale: configuration.input.deviation.map { 1 / $0 })
        divisor = configuration.strides[configuration.strides.count - 1]
    }

    /// [N, 3, H, W]
    public func batch(_ images: [Image], device: Device) throws -> Tensor {
        try Tensor(PixelBatch(images, normalization: normalization, divisor: divisor), device: device).flip([1])
    }
}
