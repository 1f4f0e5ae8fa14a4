import Catalog
import Tensors
import Training

/// Guesses colours: [N, 1, H, W] grey to [N, 3, H, W], both in −1 … 1.
final class Colorizer: Layer {
    let model: Sequential

    init() throws {
        model = try Sequential(
            Conv2d(1, 16, kernel: 5, padding: 2), ReLU(), Conv2d(16, 16, kernel: 3, padding: 1), ReLU(),
            Conv2d(16, 3, kernel: 3, padding: 1), Tanh())
    }
    func callAsFunction(_ x: Tensor) throws -> Tensor { try model(x) }
}

final class Colorizing: TrainingTask {
    let colorizer: Colorizer
    let updates: [ParameterUpdate]
    var networks: [(name: String, network: any Module)] { [("colorizer", colorizer)] }

    init() throws {
        colorizer = try Colorizer()
        updates = [ParameterUpdate("colorizer", Adam(colorizer, learningRate: 0.01), schedule: .inverse(decay: 0.01))]
    }

    func step(_ batch: Batch<Picture>, _ pass: TrainingPass) throws -> [String: Tensor] {
        let color = try Tensor(PixelBatch(batch.samples.map(\.image), normalization: .symmetric), device: pass.device)
        let guess = try pass.autocast { try colorizer(color.mean([1], keepDim: true)) }
        let loss = try guess.l1Loss(color)
        try pass.update("colorizer", minimizing: loss)
        return ["loss": loss]
    }
}

/// Trains on the pictures of a dataset, or goes on where `folder` left off; one of several processes where the environment
/// says so.
func train(catalogPath: String, dataset: String, folder: String, epochs: Int, batchSize: Int) throws {
    var plan = TrainingPlan(epochs: epochs)
    (plan.seed, plan.logInterval) = (7, 2)
    let group = try Rendezvous().map { try ProcessGroup($0, timeout: 60) }
    let catalog = try CatalogFile.open(at: catalogPath)
    let images = try CatalogImages(CatalogImageQuery(dataset: dataset), in: catalog)
    try images.requireAll()
    let recipe = Augmentation([.resize(width: 64, height: 48, .bilinearPillow), .randomFlip(probability: 0.5)])
    let loader = DataLoader(
        count: images.images.count, batchSize: batchSize, seed: plan.seed, shard: Shard(of: group),
        load: { try images.picture($0, recipe, using: &$1) })
    try RandomGenerator.shared().reseed(plan.seed)
    let task = try Colorizing()
    let journal = try RunJournal(
        name: "colorizer", folder: folder, catalog: catalog, plan: plan, inputs: images.inputs(), group: group)
    let signal = StopSignal()
    let trainer = try Trainer(
        task, loader: loader, plan: plan, folder: folder, journal: journal, group: group,
        shouldStop: { signal.wasRaised }, report: { print($0) })
    print(try trainer.run())
    guard journal != nil else { return }
    for ending in ["safetensors", "pth"] { try task.colorizer.save(to: "\(folder)/colorizer.\(ending)") }
}
