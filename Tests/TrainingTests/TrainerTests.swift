import Catalog
import Checkpoints
import Foundation
import Hashing
import Imaging
import Tensors
import Testing
import Training

/// Two networks against each other, with dropout, so that every part of a training's state matters.
private final class SmallGame: TrainingTask {
    struct Point: Sendable {
        let x: [Float]
        let y: Float
    }

    let student, critic: Sequential
    let updates: [ParameterUpdate]
    var validations = 0
    var scripted: [Double]?

    init(seed: UInt64 = 5) throws {
        try RandomGenerator.shared().reseed(seed)
        student = try Sequential(Linear(4, 16), ReLU(), Dropout(0.3), Linear(16, 1))
        critic = try Sequential(Linear(1, 8), Tanh(), Linear(8, 1))
        updates = [
            ParameterUpdate(
                "student", Adam(student, learningRate: 0.01), schedule: .linearDecay(constant: 2, decay: 4),
                limit: .norm(1)),
            ParameterUpdate("critic", SGD(critic, learningRate: 0.01, momentum: 0.9)),
        ]
    }

    var networks: [(name: String, network: any Module)] { [("student", student), ("critic", critic)] }

    static func loader(count: Int = 24, batchSize: Int = 4, shard: Shard = .whole) -> DataLoader<Point> {
        DataLoader(count: count, batchSize: batchSize, seed: 11, shard: shard) { index, generator in
            let noise = Float(generator.unit())
            let x = (0..<4).map { Float((index * 7 + $0 * 3) % 11) / 11 }
            return Point(x: x, y: x[0] - x[3] + 0.1 * noise)
        }
    }

    func step(_ batch: Batch<Point>, _ pass: TrainingPass) throws -> [String: Tensor] {
        let x = try Tensor(batch.samples.flatMap(\.x), shape: [batch.samples.count, 4])
        let y = try Tensor(batch.samples.map(\.y), shape: [batch.samples.count, 1])
        let guess = try student(x)
        let loss = try guess.mseLoss(y) - critic(guess).mean() * 0.01
        try pass.update("student", minimizing: loss)
        let judgement = try critic(guess.detach()).mseLoss(guess.zerosLike()) + critic(y).mseLoss(y.onesLike())
        try pass.update("critic", minimizing: judgement)
        return ["loss": loss, "judgement": judgement]
    }

    func validate(_ device: Device) throws -> [String: Double] {
        if let scripted {
            defer { validations += 1 }
            return ["loss": scripted[validations]]
        }
        return ["loss": try student(Tensor.ones([1, 4])).item()]
    }

    func samplePictures(_ device: Device) throws -> [String: Image] {
        ["guess": Image(width: 2, height: 2, channels: 3)]
    }
}

/// The game without dropout; or one in which the first picture of an epoch makes no update.
private final class Undisturbed: TrainingTask {
    private let game: SmallGame
    private let isFailing: Bool

    init(_ game: SmallGame, failing: Bool = false) { (self.game, isFailing) = (game, failing) }

    var networks: [(name: String, network: any Module)] { game.networks }
    var updates: [ParameterUpdate] { game.updates }

    func step(_ batch: Batch<SmallGame.Point>, _ pass: TrainingPass) throws -> [String: Tensor] {
        if isFailing, batch.indices.contains(0) { return [:] }
        game.student.eval()
        return try game.step(batch, pass)
    }
}

private final class Folder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("trainer-\(UUID())").path
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite(.serialized) struct TrainerTests {
    private func plan(_ change: (inout TrainingPlan) -> Void = { _ in }) -> TrainingPlan {
        var plan = TrainingPlan(epochs: 4)
        (plan.seed, plan.logInterval, plan.pictureInterval, plan.accumulation) = (3, 2, 0, 2)
        change(&plan)
        return plan
    }

    private func weights(_ task: SmallGame) throws -> [[Float]] {
        try task.networks.flatMap { try $0.network.parameters.map { try $0.array(of: Float.self) } }
    }

    /// Lines of the log without the time of day.
    private func log(_ folder: String) throws -> [[String: Double]] {
        try String(contentsOfFile: folder + "/metrics.jsonl", encoding: .utf8).split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require(object).compactMapValues { $0 as? Double }.filter { $0.key != "time" }
        }
    }

    private func train(
        in folder: String, _ plan: TrainingPlan, stoppingAfter steps: Int? = nil, catalog: CatalogFile? = nil
    ) throws -> (SmallGame, TrainingOutcome) {
        let task = try SmallGame()
        var made = 0
        let journal = try RunJournal(name: "game", folder: folder, catalog: catalog, plan: plan)
        let trainer = try Trainer(
            task, loader: SmallGame.loader(), plan: plan, folder: folder, journal: journal,
            shouldStop: {
                made += 1
                return steps.map { made >= $0 } ?? false
            })
        return (task, try trainer.run())
    }

    /// Dropout would draw from the generator that all lanes share.
    private func shared(by lanes: Int?, in folder: String) throws -> [[Float]] {
        let task = try SmallGame()
        task.student.eval()
        var plan = plan { $0.lanes = lanes }
        (plan.logInterval, plan.accumulation) = (1, 2)
        let trainer = try Trainer(Undisturbed(task), loader: SmallGame.loader(), plan: plan, folder: folder)
        #expect(try trainer.run().progress.step == 12)
        return try weights(task)
    }

    /// The losses are means over the pictures: shares of them, weighted by their size, have the same gradients as the whole.
    @Test(arguments: [2, 3, 9]) func lanesLearnWhatOneThreadLearns(lanes: Int) throws {
        let (one, several, again) = (Folder(), Folder(), Folder())
        let alone = try shared(by: nil, in: one.path)
        let together = try shared(by: lanes, in: several.path)
        for (a, b) in zip(alone.joined(), together.joined()) { #expect(abs(a - b) < 1e-4) }
        // Whichever lane comes last, gradients are added in the same order.
        #expect(try shared(by: lanes, in: again.path) == together)
    }

    @Test func lanesThatPartWaysEndTheTraining() throws {
        let folder = Folder()
        let task = try SmallGame()
        let trainer = try Trainer(
            Undisturbed(task, failing: true), loader: SmallGame.loader(), plan: plan { $0.lanes = 2 },
            folder: folder.path)
        #expect(throws: TorchError.self) { try trainer.run() }
    }

    @Test func aResumedTrainingGivesTheSameNumbersAsAnUninterruptedOne() throws {
        let whole = Folder()
        let broken = Folder()
        let (uninterrupted, outcome) = try train(in: whole.path, plan())
        #expect(outcome.reason == .finished)
        #expect(outcome.progress.step == 12)
        // Stopped in the middle of an epoch, twice; each time everything is made anew.
        #expect(try train(in: broken.path, plan(), stoppingAfter: 4).1.reason == .interrupted)
        #expect(try train(in: broken.path, plan(), stoppingAfter: 3).1.progress.step == 7)
        let (resumed, last) = try train(in: broken.path, plan())
        #expect(last == outcome)
        #expect(try weights(resumed) == weights(uninterrupted))
        let expected = try log(whole.path)
        let found = try log(broken.path)
        #expect(expected.count > 6)
        // Lines of the log are means since the one before: compare those that began after a checkpoint.
        #expect(found.last == expected.last)
        #expect(try weights(uninterrupted) != weights(SmallGame()))
    }

    @Test func theSameSeedGivesTheSameBytesAndAnotherSeedOthers() throws {
        let a = Folder()
        let b = Folder()
        let c = Folder()
        _ = try train(in: a.path, plan())
        _ = try train(in: b.path, plan())
        _ = try train(in: c.path, plan { $0.seed = 4 })
        func bytes(_ folder: Folder) throws -> Data {
            try Data(contentsOf: URL(fileURLWithPath: folder.path + "/checkpoints/step-00000012.safetensors"))
        }
        #expect(try bytes(a) == bytes(b))
        #expect(try bytes(a) != bytes(c))
    }

    @Test func averagesAreResumedAndUsedForValidation() throws {
        let whole = Folder()
        let broken = Folder()
        let plan = plan { ($0.averageDecay, $0.precision) = (0.5, .bfloat16) }
        _ = try train(in: whole.path, plan)
        _ = try train(in: broken.path, plan, stoppingAfter: 5)
        _ = try train(in: broken.path, plan)
        func averages(_ folder: Folder) throws -> [[Float]] {
            try Checkpoint.read(folder.path + "/checkpoints/step-00000012.safetensors", root: "").tensors
                .filter { $0.name.hasPrefix("average.") }.map { try $0.tensor.floats() }
        }
        #expect(try averages(whole).count == 8)
        #expect(try averages(whole) == averages(broken))
        // What validation measured last is what the averages give.
        let last = try #require(try log(whole.path).last { $0["validation/loss"] != nil })
        let game = try SmallGame()
        let saved = try Checkpoint.read(whole.path + "/checkpoints/step-00000012.safetensors", root: "average.student")
        try game.student.load(saved)
        game.student.eval()
        #expect(abs(try game.validate(.cpu)["loss"]! - last["validation/loss"]!) < 1e-6)
    }

    @Test func accumulatedBatchesMakeTheStepOfOneLargeBatch() throws {
        // Without dropout, whose draws depend on the shape.
        func final(batch: Int, accumulation: Int) throws -> [Float] {
            let folder = Folder()
            let task = try SmallGame()
            let trainer = try Trainer(
                EvaluatedGame(task), loader: SmallGame.loader(batchSize: batch),
                plan: plan { ($0.accumulation, $0.epochs) = (accumulation, 2) }, folder: folder.path)
            _ = try trainer.run()
            return try weights(task).flatMap { $0 }
        }
        let large = try final(batch: 8, accumulation: 1)
        let parts = try final(batch: 4, accumulation: 2)
        for (a, b) in zip(large, parts) { #expect(abs(a - b) < 1e-5) }
    }

    @Test func aDamagedCheckpointIsPassedOver() throws {
        let folder = Folder()
        _ = try train(in: folder.path, plan { $0.epochs = 2 })
        let newest = folder.path + "/checkpoints/step-00000006.safetensors"
        try Data("not a checkpoint".utf8).write(to: URL(fileURLWithPath: newest))
        var warnings: [String] = []
        let trainer = try Trainer(
            SmallGame(), loader: SmallGame.loader(), plan: plan(), folder: folder.path,
            report: { if case .warning(let text) = $0 { warnings.append(text) } })
        #expect(try trainer.run().progress.step == 12)
        #expect(warnings.count == 1)
        #expect(warnings[0].contains("step-00000006.safetensors"))
    }

    @Test func aRunIsRecordedWithItsMetricsAndCheckpoints() throws {
        let folder = Folder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let catalog = try CatalogFile.create(at: folder.path + "/catalog.sqlite")
        let plan = plan { ($0.bestMetric, $0.keptCheckpoints, $0.pictureInterval) = ("validation/loss", 1, 5) }
        _ = try train(in: folder.path + "/run", plan, stoppingAfter: 5, catalog: catalog)
        #expect(try catalog.read { try $0.run(named: "game").execution?.state } == .interrupted)
        _ = try train(in: folder.path + "/run", plan, catalog: catalog)
        try catalog.read { reader in
            let run = try reader.run(named: "game")
            #expect(try reader.runs(kinds: [.training]).count == 1)
            #expect(run.execution?.state == .finished)
            #expect(run.execution?.libraries["libtorch"] == Torch.version)
            let names = try reader.metrics(of: run.id).map(\.name)
            #expect(
                Set(names) == [
                    "loss", "judgement", "rate/student", "rate/critic", "gradient-norm/student", "validation/loss",
                ])
            let rates = try reader.series(of: "rate/student", run: run.id).points
            #expect(rates.last?.value == 0.0075)
            let checkpoints = try reader.checkpoints(of: run.id)
            #expect(checkpoints.filter { $0.kind == .best }.count == 1)
            let kept = checkpoints.filter { $0.kind == .last && $0.deletedAt == nil }
            #expect(kept.map(\.step) == [12])
            #expect(try ContentHash.of(fileAt: kept[0].path) == kept[0].sha256)
        }
        #expect(FileManager.default.fileExists(atPath: folder.path + "/run/pictures/guess-10.png"))
    }

    @Test func aFolderFromAnotherCatalogStartsARunOfItsOwn() throws {
        let folder = Folder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        _ = try train(
            in: folder.path + "/run", plan(), stoppingAfter: 5,
            catalog: CatalogFile.create(at: folder.path + "/one.sqlite"))
        let other = try CatalogFile.create(at: folder.path + "/two.sqlite")
        let foreign = try other.record { try $0.start(RunStart(name: "somebody else's", kind: .training)) }
        _ = try train(in: folder.path + "/run", plan(), catalog: other)
        #expect(try other.read { try $0.run(named: "game").execution?.state } == .finished)
        #expect(try other.read { try $0.metrics(of: foreign) }.isEmpty)
    }

    @Test func trainingEndsEarlyWhenTheMetricGetsNoBetter() throws {
        let folder = Folder()
        let task = try SmallGame()
        task.scripted = [3, 2, 2.5, 2.5, 1]
        let trainer = try Trainer(
            task, loader: SmallGame.loader(),
            plan: plan { ($0.epochs, $0.bestMetric, $0.patience) = (20, "validation/loss", 2) }, folder: folder.path)
        let outcome = try trainer.run()
        #expect(outcome.reason == .stoppedEarly)
        #expect(outcome.progress.epoch == 4)
        #expect(outcome.progress.bestValue == 2)
        let best = try Checkpoint.read(folder.path + "/checkpoints/best.safetensors", root: "")
        #expect(best.tensors.contains { $0.name == "network.student.0.weight" })
    }

    @Test func lossesThatAreNoNumbersStopTheTraining() throws {
        let folder = Folder()
        let task = try SmallGame()
        try withoutGradients { try task.student.parameters[0].fill(Double.nan) }
        let trainer = try Trainer(task, loader: SmallGame.loader(), plan: plan(), folder: folder.path)
        let error = #expect(throws: TorchError.self) { try trainer.run() }
        #expect(error?.message.contains("is not a number at step 2") == true)
    }
}

/// The same game with its networks always in evaluation mode.
private final class EvaluatedGame: TrainingTask {
    let game: SmallGame
    init(_ game: SmallGame) { self.game = game }
    var networks: [(name: String, network: any Module)] { game.networks }
    var updates: [ParameterUpdate] { game.updates }
    func step(_ batch: Batch<SmallGame.Point>, _ pass: TrainingPass) throws -> [String: Tensor] {
        game.student.eval()
        return try game.step(batch, pass)
    }
}
