import ArgumentParser
import Catalog
import Commands
import Foundation
import Geometry
import Networks
import Tensors
import Training

struct TrainDensePoseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "densepose",
        abstract: "Train an auto-calibrated DensePose R-CNN on parts of a catalog.",
        discussion: """
            Sources are fully annotated objects; support lends boxes and masks of other classes; targets are pseudo-labels. A
            part of the catalog is DATASET, DATASET/SPLIT, DATASET@VIEW or DATASET/SPLIT@VIEW, and a ratio may follow:
            people/train=2 is drawn twice as often as coco@animals=1.

            The folder holds checkpoints, metrics and at the end densepose.safetensors. The same command goes on from the last
            checkpoint of its folder.

            Presets: tiny and small train from nothing on a CPU; r50 and r101 are the paper's architecture with all of its
            calibrations; the others are detectron2's (--list-presets).

            Example:
              train densepose --preset tiny --source people --symmetry human --out runs/tiny
              train densepose --preset r50 --init R-50.pkl --source people/train=1 --support coco@animals=1 --out runs/r50 --device cuda
              train densepose --preset tiny --source people --embedding human --out runs/embedding
              train densepose --preset tiny --init runs/tiny/densepose.safetensors --source people=1 --target chimps@round-1=1 --out runs/student
              train densepose --preset tiny --show-config > tiny.json
            """)

    @Option(help: ArgumentHelp("Which network; --list-presets names them.", valueName: "name"))
    var preset = "tiny"

    @Option(help: ArgumentHelp("A configuration in JSON in place of a preset.", valueName: "file"), completion: .file())
    var config: String?

    @Flag(help: "Name the presets with their sizes, and do nothing else.")
    var listPresets = false

    @Flag(help: "Print the configuration, and do nothing else.")
    var showConfig = false

    @Option(
        help: ArgumentHelp(
            "Calibrations: full (the paper's), none, or a list of class, box, mask, foreground, parts and uv=diagonal|isotropic|anisotropic. Default: the preset's.",
            valueName: "list"))
    var calibration: String?

    @Option(help: ArgumentHelp("Fully annotated pictures; may be given several times.", valueName: "part"))
    var source: [String] = []

    @Option(help: ArgumentHelp("Pictures of other classes, for boxes and masks.", valueName: "part"))
    var support: [String] = []

    @Option(help: ArgumentHelp("Pseudo-labelled pictures.", valueName: "part"))
    var target: [String] = []

    @Option(help: ArgumentHelp("Pictures whose losses are measured after each epoch.", valueName: "part"))
    var validation: String?

    @Option(help: "Least score of a pseudo-label. Default: 0.8; with a view, which has chosen already, 0.")
    var minScore: Double?

    @Option(
        help: ArgumentHelp(
            "What mirrored (u, v) are: a template body, a mesh with charts, or UV_symmetry_transforms.mat. Without it points of mirrored pictures do not count.",
            valueName: "body"))
    var symmetry: String?

    @Option(
        help: ArgumentHelp(
            "Learn embeddings of a mesh's vertices in place of charts: a template body (human), or NAME=FILE of a mesh. Several times for several meshes; points of charts are learnt as vertices of the first.",
            valueName: "mesh"))
    var embedding: [String] = []

    @Option(
        help: ArgumentHelp(
            "Weights to begin with: a trunk, a published model, or a training of ours.", valueName: "file"),
        completion: .file())
    var `init`: String?

    @Option(help: ArgumentHelp("Folder of the training.", valueName: "folder"), completion: .directory)
    var out: String?

    @Option(help: "Name of the run in the catalog. Default: the folder's name.")
    var name: String?

    @Option(help: "Steps. Default: the preset's.")
    var steps: Int?

    @Option(help: "Pictures of a step, over all processes. Default: the preset's.")
    var batch: Int?

    @Option(help: ArgumentHelp("Learning rate. Default: the preset's.", valueName: "rate"))
    var rate: Double?

    @Flag(inversion: .prefixedNo, help: "Mirror half of the pictures.")
    var flips = true

    @Option(help: "Seed of weights, order and augmentation.")
    var seed: UInt64 = 0

    @Option(help: "cpu, cuda or cuda:1.")
    var device = "cpu"

    @Option(help: "float32, bfloat16, or float16 on CUDA.")
    var precision = "float32"

    @Option(help: "Processes on this machine that share each step's pictures; each takes a GPU of its own.")
    var processes = 1

    @Option(
        help:
            "Threads that share each step's pictures on a CPU: like processes, without copies of the network. Default: the preset's, or 1 with several processes."
    )
    var lanes: Int?

    @Option(help: "Threads of each operation, divided by the lanes. Default: all cores.")
    var threads: Int?

    @Option(help: "Threads that read pictures.")
    var workers = 1

    @Option(help: "Steps between checkpoints.")
    var checkpointEvery = 500

    @OptionGroup var catalog: CatalogOptions

    func validate() throws {
        guard listPresets || showConfig || !source.isEmpty || !support.isEmpty || !target.isEmpty else {
            throw ValidationError("there is nothing to learn from: name a --source")
        }
        guard listPresets || showConfig || out != nil else { throw ValidationError("--out is missing") }
        guard Device(device) != nil else { throw ValidationError("--device is cpu, cuda or cuda:1, not '\(device)'") }
        guard ["float32", "bfloat16", "float16"].contains(precision) else {
            throw ValidationError("--precision is float32, bfloat16 or float16, not '\(precision)'")
        }
        for (name, value) in [
            ("--steps", steps), ("--batch", batch), ("--threads", threads), ("--processes", processes),
            ("--lanes", lanes),
        ] {
            if let value, value < 1 { throw ValidationError("\(name) is at least 1, not \(value)") }
        }
        guard lanes ?? 1 == 1 || processes == 1 && device == "cpu" else {
            throw ValidationError("--lanes are threads of one process on a CPU: leave --processes and --device out")
        }
        guard workers >= 0, checkpointEvery >= 0 else { throw ValidationError("counts are not negative") }
    }

    func run() throws {
        if listPresets { return try PresetTable.show() }
        var configuration = try DensePoseOptions.configuration(preset: preset, file: config, calibration: calibration)
        if showConfig, embedding.isEmpty { return try Terminal.json(configuration) }
        let meshes = try DensePoseOptions.meshes(embedding, in: &configuration)
        if showConfig { return try Terminal.json(configuration) }
        var recipe = DensePoseRecipe(for: configuration)
        (recipe.steps, recipe.batchSize) = (steps ?? recipe.steps, batch ?? recipe.batchSize)
        let rendezvous = try Rendezvous()
        let world = rendezvous?.worldSize ?? processes
        guard recipe.batchSize.isMultiple(of: world) else {
            throw ValidationError("a step's \(recipe.batchSize) pictures cannot be shared by \(world) processes")
        }
        if rendezvous == nil, processes > 1 { throw ExitCode(try LocalProcesses.run(processes)) }
        if let threads { Torch.threads = threads }
        let group = try rendezvous.map { try ProcessGroup($0, device: usedDevice()) }
        (recipe.learningRate, recipe.flips) = (rate ?? recipe.learningRate, flips)
        recipe.lanes = group == nil && device == "cpu" ? lanes ?? recipe.lanes : 1
        let opened = try catalog.open()
        let points: PointTarget =
            meshes.isEmpty
            ? .charts(mirroredBy: try symmetry.map { try ChartSymmetry.of($0) }) : .vertices(of: meshes)
        if meshes.isEmpty ? symmetry == nil : meshes.contains(where: { $0.mirror == nil }), flips, group?.rank ?? 0 == 0
        {
            let missing = meshes.isEmpty ? "--symmetry" : "a mirror map of every mesh"
            Terminal.error("note: without \(missing) the dense points of mirrored pictures do not count")
        }
        let sources =
            try source.map { try DensePoseOptions.part($0, .source) }
            + support.map { try DensePoseOptions.part($0, .support) }
            + target.map { try DensePoseOptions.part($0, .target, minimumScore: minScore) }
        let samples = try DensePoseSamples(sources, for: configuration, points, in: opened)
        let loader = self.loader(samples, recipe, configuration, group: group, shuffles: true)
        let checking = try validation.map { text in
            let part = try DensePoseOptions.part(text, .source)
            let samples = try DensePoseSamples([part], for: configuration, points, in: opened)
            var plain = recipe
            plain.flips = false
            return self.loader(samples, plain, configuration, group: nil, shuffles: false)
        }
        try RandomGenerator.shared().reseed(seed)
        let network = try network(configuration, meshes)
        let task = try DensePoseTask(
            network, recipe, geodesics: geodesics(of: meshes, isReported: group?.rank ?? 0 == 0), validation: checking)
        try train(task, loader, samples, recipe, configuration, opened, group)
    }

    /// Of several processes each has the GPU of its place on the machine, unless one is named.
    private func usedDevice() throws -> Device {
        guard device == "cuda", let rendezvous = try Rendezvous() else { return Device(device)! }
        return .cuda(rendezvous.localRank)
    }

    private func loader(
        _ samples: DensePoseSamples, _ recipe: DensePoseRecipe, _ configuration: DensePoseConfiguration,
        group: ProcessGroup?, shuffles: Bool
    ) -> DataLoader<DensePoseSample> {
        let augmentation = recipe.augmentation(configuration.input)
        return DataLoader(
            count: samples.count,
            batchSize: max(1, min(recipe.batchSize, samples.count) / (group?.worldSize ?? 1)), seed: seed,
            shuffles: shuffles, workers: workers, shard: Shard(of: group), unreadable: .skip(limit: 100),
            name: { samples.name($0) }, load: { try samples.sample($0, augmentation, using: &$1) })
    }

    private func network(
        _ configuration: DensePoseConfiguration, _ meshes: [EmbeddedMesh]
    ) throws -> DensePoseRCNN {
        let network = try DensePoseRCNN(configuration)
        for mesh in configuration.dense?.embedding?.meshes ?? [] {
            guard let known = meshes.first(where: { $0.name == mesh.name }) else { continue }
            try network.setFeatures(known.features(count: mesh.features), ofMesh: mesh.name)
        }
        if let path = self.`init` { Terminal.error("\(path): \(try DensePoseOptions.begin(network, with: path))") }
        return network
    }

    private func geodesics(of meshes: [EmbeddedMesh], isReported: Bool) throws -> [String: Tensor] {
        let device = try usedDevice()
        return try Dictionary(
            uniqueKeysWithValues: meshes.map { mesh in
                let progress = ProgressLine("distances along \(mesh.name)")
                defer { progress.finish() }
                let distances = try mesh.geodesics { if isReported { progress.update($0) } }
                return (mesh.name, try distances.to(device))
            })
    }

    private func train(
        _ task: DensePoseTask, _ loader: DataLoader<DensePoseSample>, _ samples: DensePoseSamples,
        _ recipe: DensePoseRecipe, _ configuration: DensePoseConfiguration, _ catalog: CatalogFile,
        _ group: ProcessGroup?
    ) throws {
        let folder = out!
        var plan = TrainingPlan(epochs: (recipe.steps + loader.batchesPerEpoch - 1) / max(1, loader.batchesPerEpoch))
        (plan.maximumSteps, plan.seed, plan.device) = (recipe.steps, seed, try usedDevice())
        plan.precision = precision == "bfloat16" ? .bfloat16 : precision == "float16" ? .float16 : nil
        (plan.averageDecay, plan.lanes) = (recipe.averageDecay, recipe.lanes)
        (plan.checkpointInterval, plan.pictureInterval, plan.logInterval) = (checkpointEvery, 0, 50)
        // Small datasets have short epochs: their ends are no event.
        let interval = max(1, checkpointEvery / max(1, loader.batchesPerEpoch))
        (plan.checkpointEpochs, plan.validationInterval) = (interval, interval)
        let settings = Settings(configuration: configuration, recipe: recipe, sources: samples.sources)
        let journal = try RunJournal(
            name: name ?? URL(fileURLWithPath: folder).lastPathComponent, folder: folder, catalog: catalog, plan: plan,
            settings: settings, inputs: samples.inputs(), group: group)
        let signal = StopSignal()
        let trainer = try Trainer(
            task, loader: loader, plan: plan, folder: folder, journal: journal, group: group,
            shouldStop: { signal.wasRaised }, report: { Terminal.error("\($0)") })
        let outcome = try trainer.run()
        guard group?.rank ?? 0 == 0 else { return }
        print(outcome)
        guard outcome.reason != .interrupted else { return }
        let path = "\(folder)/densepose.safetensors"
        try trainer.inEvaluation { try task.network.write(to: path) }
        print("wrote \(path)")
    }

    private struct Settings: Encodable {
        let configuration: DensePoseConfiguration
        let recipe: DensePoseRecipe
        let sources: [DensePoseSource]
    }
}
