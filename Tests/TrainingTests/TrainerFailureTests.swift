import Catalog
import Checkpoints
import Foundation
import Imaging
import Tensors
import Testing
import Training

/// One weight that follows the mean of its batches, and breaks where it is told to.
private final class Follower: TrainingTask {
    struct Refusal: Error, CustomStringConvertible { let description = "refused" }

    let network: Linear
    let updates: [ParameterUpdate]
    var stepThatFails: Int?
    var failsInValidation = false
    var failsInPictures = false
    var spoilsWeightsAt: Int?
    private var steps = 0

    init() throws {
        try RandomGenerator.shared().reseed(1)
        network = try Linear(1, 1)
        updates = [ParameterUpdate("follower", Adam(network, learningRate: 0.1))]
    }

    var networks: [(name: String, network: any Module)] { [("follower", network)] }

    static func loader(count: Int = 8, batchSize: Int = 2, seed: UInt64 = 3, dropsLast: Bool = true) -> DataLoader<
        Float
    > {
        DataLoader(count: count, batchSize: batchSize, seed: seed, dropsLast: dropsLast) { index, _ in Float(index) }
    }

    func step(_ batch: Batch<Float>, _ pass: TrainingPass) throws -> [String: Tensor] {
        steps += 1
        if steps == stepThatFails { throw Refusal() }
        let x = try Tensor(batch.samples, shape: [batch.samples.count, 1])
        let loss = try network(x.onesLike()).mseLoss(x)
        try pass.update("follower", minimizing: loss)
        if steps == spoilsWeightsAt { try withoutGradients { try network.weight.fill(Double.nan) } }
        return ["loss": loss]
    }

    func validate(_ device: Device) throws -> [String: Double] {
        if failsInValidation { throw Refusal() }
        return ["weight": try network.weight.item()]
    }

    func samplePictures(_ device: Device) throws -> [String: Image] {
        if failsInPictures { throw Refusal() }
        return [:]
    }
}

/// Within the other suite, so that one training at a time draws from libtorch's generator.
extension TrainerTests {
    @Suite struct Failures {
        private final class Folder {
            let path = FileManager.default.temporaryDirectory.appendingPathComponent("failing-\(UUID())").path
            init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
            deinit { try? FileManager.default.removeItem(atPath: path) }
            var checkpoints: [String] {
                ((try? FileManager.default.contentsOfDirectory(atPath: path + "/checkpoints")) ?? []).sorted()
            }
        }

        private func plan(epochs: Int = 3, _ change: (inout TrainingPlan) -> Void = { _ in }) -> TrainingPlan {
            var plan = TrainingPlan(epochs: epochs)
            (plan.seed, plan.logInterval, plan.pictureInterval) = (3, 1, 0)
            change(&plan)
            return plan
        }

        private func run(
            _ task: Follower, in folder: Folder, _ plan: TrainingPlan, loader: DataLoader<Float> = Follower.loader(),
            catalog: CatalogFile? = nil
        ) throws -> TrainingOutcome {
            let journal = try RunJournal(name: "follower", folder: folder.path, catalog: catalog, plan: plan)
            return try Trainer(task, loader: loader, plan: plan, folder: folder.path, journal: journal).run()
        }

        private func weights(_ task: Follower) throws -> [Double] { try task.network.parameters.map { try $0.item() } }

        private func message(_ body: () throws -> Void) -> String {
            do { try body() } catch { return "\(error)" }
            return "no error"
        }

        @Test func tooFewSamplesForABatchAreAnErrorAtTheStart() throws {
            let folder = try Folder()
            #expect(
                message { _ = try run(Follower(), in: folder, plan(), loader: Follower.loader(count: 3, batchSize: 4)) }
                    == "3 samples do not make batches of 4: take smaller batches, or more data")
            #expect(
                message {
                    _ = try run(Follower(), in: folder, plan(), loader: Follower.loader(count: 0, dropsLast: false))
                } == "0 samples do not make batches of 2: take smaller batches, or more data")
            #expect(folder.checkpoints.isEmpty)
            // Three are enough where the last batch need not be full.
            let loader = Follower.loader(count: 3, batchSize: 4, dropsLast: false)
            #expect(try run(Follower(), in: folder, plan(epochs: 2), loader: loader).progress.step == 2)
        }

        @Test func aPlanThatCannotBeFollowedIsRefused() throws {
            let folder = try Folder()
            #expect(
                message { _ = try run(Follower(), in: folder, plan { $0.precision = .float16 }) }
                    == "float16 trains on CUDA devices only, not on cpu: use bfloat16, or float32")
            for change: (inout TrainingPlan) -> Void in [
                { $0.accumulation = 0 }, { $0.checkpointEpochs = 0 }, { $0.validationInterval = 0 },
                { $0.logInterval = -1 },
                { $0.keptCheckpoints = 0 },
            ] {
                #expect(throws: TorchError.self) { try run(Follower(), in: folder, plan(change)) }
            }
        }

        @Test func moreStepsOrEpochsMayBeAskedForOnResuming() throws {
            let whole = try Folder()
            let broken = try Folder()
            let expected = try Follower()
            _ = try run(expected, in: whole, plan(epochs: 5))
            // Six steps end in the middle of the second epoch.
            #expect(try run(Follower(), in: broken, plan(epochs: 2) { $0.maximumSteps = 6 }).progress.step == 6)
            #expect(try run(Follower(), in: broken, plan(epochs: 2) { $0.maximumSteps = 6 }).progress.step == 6)
            #expect(try run(Follower(), in: broken, plan(epochs: 4) { $0.maximumSteps = 11 }).progress.step == 11)
            #expect(try run(Follower(), in: broken, plan(epochs: 1)).progress.step == 11)
            let task = try Follower()
            let outcome = try run(task, in: broken, plan(epochs: 5))
            #expect((outcome.progress.step, outcome.progress.epoch) == (20, 5))
            #expect(try weights(task) == weights(expected))
        }

        @Test func resumingWithAnotherSeedBatchOrDatasetIsRefusedAndNothingChanges() throws {
            let folder = try Folder()
            let catalog = try CatalogFile.create(at: folder.path + "/catalog.sqlite")
            _ = try run(Follower(), in: folder, plan(), catalog: catalog)
            let before = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/metrics.jsonl"))
            func refusal(_ plan: TrainingPlan, _ loader: DataLoader<Float>) -> String {
                message { _ = try run(Follower(), in: folder, plan, loader: loader, catalog: catalog) }
            }
            #expect(
                refusal(plan(epochs: 9) { $0.seed = 4 }, Follower.loader()).hasSuffix(
                    "is of a training with the seed 3, and the plan says 4: name another folder"))
            #expect(refusal(plan(epochs: 9), Follower.loader(seed: 8)).contains("the seed was 3, and is 8 now"))
            #expect(
                refusal(plan(epochs: 9), Follower.loader(batchSize: 4)).contains(
                    "the batch size of all processes was 2, and is 4 now"))
            #expect(
                refusal(plan(epochs: 9), Follower.loader(count: 9)).contains(
                    "the number of samples was 8, and is 9 now"))
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/metrics.jsonl")) == before)
            #expect(try catalog.read { try $0.run(named: "follower").execution?.state } == .finished)
            #expect(try run(Follower(), in: folder, plan(epochs: 4), catalog: catalog).progress.step == 16)
        }

        @Test func aSecondTrainingInTheSameFolderIsRefused() throws {
            let folder = try Folder()
            var refusal = ""
            let first = try Trainer(
                Follower(), loader: Follower.loader(), plan: plan(epochs: 1), folder: folder.path,
                shouldStop: {
                    if refusal.isEmpty { refusal = message { _ = try run(Follower(), in: folder, plan()) } }
                    return false
                })
            #expect(try first.run().progress.step == 4)
            #expect(refusal.contains("is where another training is at work (process \(getpid()))"))
            // Over when the first one is.
            #expect(try run(Follower(), in: folder, plan(epochs: 2)).progress.step == 8)
        }

        @Test func aStepValidationOrPictureThatThrowsEndsTheRunAsFailedAndResumes() throws {
            let whole = try Folder()
            let expected = try Follower()
            _ = try run(expected, in: whole, plan())
            let breaks: [(Follower) -> Void] = [
                { $0.stepThatFails = 7 }, { $0.failsInValidation = true }, { $0.failsInPictures = true },
            ]
            for (number, breaking) in breaks.enumerated() {
                let folder = try Folder()
                let catalog = try CatalogFile.create(at: folder.path + "/catalog.sqlite")
                let task = try Follower()
                breaking(task)
                let plan = plan { $0.pictureInterval = 6 }
                #expect(throws: Follower.Refusal.self) { try run(task, in: folder, plan, catalog: catalog) }
                try catalog.read { reader in
                    let execution = try reader.run(named: "follower").execution
                    #expect(execution?.state == .failed)
                    #expect(execution?.problem == "refused")
                }
                // Validation fails before the first checkpoint.
                #expect(folder.checkpoints == (number == 1 ? [] : ["step-00000004.safetensors"]))
                let again = try Follower()
                #expect(try run(again, in: folder, plan, catalog: catalog).reason == .finished)
                #expect(try weights(again) == weights(expected))
                let lines = try String(contentsOfFile: folder.path + "/metrics.jsonl", encoding: .utf8).split(
                    separator: "\n")
                // One line for each of the twelve steps and three validations: those of the failed call are not there twice.
                #expect(lines.count == 15)
            }
        }

        @Test func weightsThatAreNoNumbersAreNotSaved() throws {
            let folder = try Folder()
            let task = try Follower()
            task.spoilsWeightsAt = 8
            let text = message { _ = try run(task, in: folder, plan { $0.logInterval = 100 }) }
            #expect(text.hasPrefix("follower.weight is not finite at step 8, and was not saved"), "\(text)")
            #expect(folder.checkpoints == ["step-00000004.safetensors"])
            #expect(try run(Follower(), in: folder, plan()).progress.step == 12)
        }

        @Test func aTrainingThatStoppedEarlyStaysStopped() throws {
            let folder = try Folder()
            func outcome() throws -> TrainingOutcome {
                try run(
                    Follower(), in: folder,
                    plan(epochs: 30) {
                        ($0.bestMetric, $0.patience, $0.isHigherBetter) = ("validation/weight", 1, true)
                    })
            }
            let first = try outcome()
            #expect(first.reason == .stoppedEarly)
            #expect(try outcome() == first)
            #expect(folder.checkpoints.contains("best.safetensors"))
        }

        @Test func whatAKilledTrainingLeftInMidWriteIsRemoved() throws {
            let folder = try Folder()
            _ = try run(Follower(), in: folder, plan(epochs: 1))
            let draft = folder.path + "/checkpoints/step-00000008.safetensors.partial-1-2"
            try Data(count: 100).write(to: URL(fileURLWithPath: draft))
            _ = try run(Follower(), in: folder, plan(epochs: 2))
            #expect(folder.checkpoints == ["step-00000004.safetensors", "step-00000008.safetensors"])
        }

        @Test func aFolderThatCannotBeWrittenIsAnErrorAtTheStart() throws {
            let folder = try Folder()
            try Data().write(to: URL(fileURLWithPath: folder.path + "/file"))
            #expect(throws: (any Error).self) {
                try Trainer(Follower(), loader: Follower.loader(), plan: plan(), folder: folder.path + "/file").run()
            }
            // Where the lock should be is a folder.
            try FileManager.default.createDirectory(atPath: folder.path + "/lock", withIntermediateDirectories: true)
            let text = message { _ = try run(Follower(), in: folder, plan()) }
            #expect(text == "\(folder.path)/lock: cannot be written (Is a directory)")
        }
    }
}
