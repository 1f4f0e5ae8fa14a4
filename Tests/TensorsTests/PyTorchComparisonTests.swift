import Checkpoints
import Foundation
import Tensors
import Testing

/// Optimisers and schedules beside torch.optim's: Fixtures/make_optimizers.py.
@Suite struct PyTorchComparisonTests {
    private struct Expected: Decodable {
        let start: [Float]
        let gradients: [[Float]]
        let skipped: Set<Int>
        let metrics: [Double]
        let optimizers: [String: [[Float]]]
        let schedules: [String: [Double]]
    }

    private let expected: Expected

    init() throws {
        let file = try #require(
            Bundle.module.url(forResource: "optimizers", withExtension: "json", subdirectory: "Fixtures"))
        expected = try JSONDecoder().decode(Expected.self, from: Data(contentsOf: file))
    }

    private static func optimizer(_ name: String, _ groups: [ParameterGroup]) throws -> any Optimizer {
        switch name {
        case "adam": Adam(groups, learningRate: 0.02, betas: (0.5, 0.999))
        case "adam, decay": Adam(groups, learningRate: 0.02, weightDecay: 0.1)
        case "adamw": Adam(groups, learningRate: 0.02, weightDecay: 0.1, isDecoupled: true)
        case "sgd": SGD(groups, learningRate: 0.02)
        case "sgd, momentum": SGD(groups, learningRate: 0.02, momentum: 0.9, weightDecay: 0.01)
        case "sgd, nesterov": SGD(groups, learningRate: 0.02, momentum: 0.9, weightDecay: 0.01, isNesterov: true)
        default: throw TorchError("no optimiser \(name)")
        }
    }

    @Test(
        arguments: ["adam", "adam, decay", "adamw", "sgd", "sgd, momentum", "sgd, nesterov"], [DType.float32, .float64])
    func optimisersMakeTheStepsOfPyTorch(_ name: String, _ type: DType) throws {
        let w = try Tensor(expected.start).to(type).requiresGrad(true)
        let optimizer = try Self.optimizer(name, [ParameterGroup([("w", w)])])
        let checkpoints = try #require(expected.optimizers[name])
        var compared = 0
        for (step, gradient) in expected.gradients.enumerated() {
            try w.setGrad(expected.skipped.contains(step) ? nil : Tensor(gradient).to(type))
            try optimizer.step()
            guard step == 0 || (step + 1) % 10 == 0 else { continue }
            for (a, b) in zip(try w.detach().array(of: Float.self), checkpoints[compared]) {
                #expect(abs(a - b) < 2e-6)
            }
            compared += 1
        }
        #expect(compared == 6 && checkpoints.count == 6)
    }

    @Test func schedulesAreThoseOfPyTorch() throws {
        let schedules: [(String, Schedule)] = [
            ("linearDecay", .linearDecay(constant: 20, decay: 25)),
            ("multiStep", .multiStep(milestones: [15, 30], gamma: 0.5, warmupIterations: 10, warmupFactor: 0.1)),
            ("inverse", .inverse(decay: 0.05)), ("plateau", .plateau(factor: 0.5, patience: 2, threshold: 0.05)),
        ]
        for (name, schedule) in schedules {
            let factors = try #require(expected.schedules[name])
            #expect(Set(factors).count > 3)
            var state = PlateauState()
            for (step, factor) in factors.enumerated() {
                #expect(
                    abs(schedule.factor(epoch: step, iteration: step, plateau: state) - factor) < 1e-7,
                    "\(name) \(step)")
                schedule.observe(expected.metrics[step], &state)
            }
        }
    }
}
