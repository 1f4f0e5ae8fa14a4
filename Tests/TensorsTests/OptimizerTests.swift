import Checkpoints
import Foundation
import Tensors
import Testing

@Suite struct OptimizerTests {
    /// Three steps of f = Σ a·w² / 2 with gradients by hand.
    private func run(
        _ optimizer: ([ParameterGroup]) -> any Optimizer,
        against update: (inout Double, inout [Double], Double, Int) -> Void
    ) throws {
        let start = [1.0, -2, 0.5]
        let scale = [3.0, 0.1, 1]
        let w = try Tensor(start.map(Float.init)).requiresGrad(true)
        let a = try Tensor(scale.map(Float.init))
        let optimizer = optimizer([ParameterGroup([("w", w)])])
        var expected = start
        var memories = [[Double]](repeating: [0, 0], count: 3)
        for step in 1...3 {
            try optimizer.zeroGrad()
            try (a * w * w / 2).sum().backward()
            try optimizer.step()
            for i in 0..<3 { update(&expected[i], &memories[i], scale[i] * expected[i], step) }
            for (found, wanted) in zip(try w.array(of: Double.self), expected) { #expect(abs(found - wanted) < 1e-5) }
        }
    }

    @Test func adamFollowsItsPaper() throws {
        try run(
            { Adam($0, learningRate: 0.1, betas: (0.5, 0.999), weightDecay: 0.01) },
            against: { w, m, g, t in
                let g = g + 0.01 * w
                m[0] = 0.5 * m[0] + 0.5 * g
                m[1] = 0.999 * m[1] + 0.001 * g * g
                w -=
                    0.1 * (m[0] / (1 - pow(0.5, Double(t))))
                    / ((m[1] / (1 - pow(0.999, Double(t)))).squareRoot() + 1e-8)
            })
    }

    @Test func adamWDecaysApartFromTheGradient() throws {
        try run(
            { Adam($0, learningRate: 0.1, weightDecay: 0.5, isDecoupled: true) },
            against: { w, m, g, t in
                w *= 1 - 0.1 * 0.5
                m[0] = 0.9 * m[0] + 0.1 * g
                m[1] = 0.999 * m[1] + 0.001 * g * g
                w -=
                    0.1 * (m[0] / (1 - pow(0.9, Double(t))))
                    / ((m[1] / (1 - pow(0.999, Double(t)))).squareRoot() + 1e-8)
            })
    }

    @Test func momentumStartsWithTheFirstGradient() throws {
        try run(
            { SGD($0, learningRate: 0.1, momentum: 0.9, weightDecay: 0.2) },
            against: { w, m, g, t in
                let g = g + 0.2 * w
                m[0] = t == 1 ? g : 0.9 * m[0] + g
                w -= 0.1 * m[0]
            })
        try run(
            { SGD($0, learningRate: 0.1, momentum: 0.9, isNesterov: true) },
            against: { w, m, g, t in
                m[0] = t == 1 ? g : 0.9 * m[0] + g
                w -= 0.1 * (g + 0.9 * m[0])
            })
    }

    @Test func groupsHaveTheirOwnRateAndDecay() throws {
        let (w, b) = try (Tensor([1] as [Float]).requiresGrad(true), Tensor([1] as [Float]).requiresGrad(true))
        let optimizer = SGD(
            [ParameterGroup([("w", w)]), ParameterGroup([("b", b)], rateFactor: 2, weightDecay: 0)],
            learningRate: 0.1, weightDecay: 1)
        try (w + b).sum().backward()
        try optimizer.step()
        #expect(abs(try w.item() - 0.8) < 1e-6)
        #expect(abs(try b.item() - 0.8) < 1e-6)
    }

    @Test(arguments: ["adam", "sgd"]) func aRestoredOptimiserContinuesBitForBit(_ kind: String) throws {
        func make() throws -> (Linear, any Optimizer) {
            let net = try Linear(4, 3)
            for (i, parameter) in net.parameters.enumerated() {
                try withoutGradients {
                    try parameter.assign(Tensor.arange(0, parameter.count).reshape(parameter.shape) / 7 - i)
                }
            }
            return (net, kind == "adam" ? Adam(net, learningRate: 0.01) : SGD(net, learningRate: 0.01, momentum: 0.9))
        }
        func step(_ net: Linear, _ optimizer: any Optimizer, _ i: Int) throws {
            try optimizer.zeroGrad()
            try net(Tensor.full([2, 4], Double(i) / 3)).square().sum().backward()
            try optimizer.step()
        }
        let (one, first) = try make()
        let (two, second) = try make()
        for i in 0..<3 { try step(one, first, i) }
        for (source, target) in zip(one.parameters, two.parameters) {
            try withoutGradients { try target.assign(source) }
        }
        try second.restore(first.state)
        for i in 3..<6 {
            try step(one, first, i)
            try step(two, second, i)
        }
        for (a, b) in zip(one.parameters, two.parameters) { #expect(try a.isEqual(to: b)) }
        #expect(throws: TorchError.self) { try second.restore(OptimizerState(steps: ["other": 1])) }
    }

    @Test func parametersThatWereFrozenHaveTheirOwnBiasCorrection() throws {
        let net = try Linear(1, 1)
        let optimizer = Adam(net, learningRate: 0.1)
        try net.bias?.requiresGrad(false)
        try net(Tensor.ones([1, 1])).sum().backward()
        try optimizer.step()
        try net.bias?.requiresGrad(true)
        try optimizer.zeroGrad()
        let before = try net.bias!.item()
        try net(Tensor.ones([1, 1])).sum().backward()
        try optimizer.step()
        // The first step of Adam is the whole rate.
        #expect(abs(before - (try net.bias!.item()) - 0.1) < 1e-5)
    }

    @Test func clippingScalesToTheNormOrLimitsValues() throws {
        let (a, b) = try (Tensor.zeros([1]).requiresGrad(true), Tensor.zeros([1]).requiresGrad(true))
        try a.setGrad(Tensor([3] as [Float]))
        try b.setGrad(Tensor([-4] as [Float]))
        #expect(try clipGradients(of: [a, b], toNorm: 10) == 5)
        #expect(try a.grad!.item() == 3)
        try clipGradients(of: [a, b], toNorm: 1)
        #expect(abs(try b.grad!.item() + 0.8) < 1e-5)
        try clipGradients(of: [a, b], toValue: 0.5)
        #expect(try b.grad!.item() == -0.5)
    }

    @Test func averagesFollowTheWeightsSlowly() throws {
        let net = try Linear(1, 1, bias: false)
        try withoutGradients { try net.weight.fill(1) }
        let average = try ExponentialMovingAverage(of: net, decay: 0.9)
        try withoutGradients { try net.weight.fill(2) }
        try average.update()
        #expect(abs(try average.averages[0].tensor.item() - 1.1) < 1e-6)
        let inside = try average.withAverages { try net(Tensor.ones([1, 1])).item() }
        #expect(abs(inside - 1.1) < 1e-6)
        #expect(try net.weight.item() == 2)
        // The first step of a training: a tenth of what was stays.
        try average.update(step: 0)
        #expect(abs(try average.averages[0].tensor.item() - 1.91) < 1e-6)
    }

    @Test func parametersOfOneNameAreRefused() async {
        await #expect(processExitsWith: .failure) {
            let (a, b) = try (Tensor.ones([1000]), Tensor.ones([1]))
            _ = Adam([ParameterGroup([("w", a)]), ParameterGroup([("w", b)])], learningRate: 0.1)
        }
    }

    @Test func schedulesAreThoseOfTheModels() throws {
        // pix2pixHD: 100 + 100 epochs; the 101st still has the full rate, the 200th a hundredth.
        let linear = Schedule.linearDecay(constant: 100, decay: 100)
        #expect(linear.factor(epoch: 99, iteration: 0) == 1)
        #expect(linear.factor(epoch: 100, iteration: 0) == 1)
        #expect(abs(linear.factor(epoch: 101, iteration: 0) - 0.99) < 1e-12)
        #expect(abs(linear.factor(epoch: 199, iteration: 0) - 0.01) < 1e-12)
        let steps = Schedule.multiStep(milestones: [100, 200], warmupIterations: 10, warmupFactor: 0.1)
        #expect(abs(steps.factor(epoch: 0, iteration: 0) - 0.1) < 1e-12)
        #expect(abs(steps.factor(epoch: 0, iteration: 5) - 0.55) < 1e-12)
        #expect(steps.factor(epoch: 0, iteration: 99) == 1)
        #expect(abs(steps.factor(epoch: 0, iteration: 100) - 0.1) < 1e-12)
        #expect(abs(steps.factor(epoch: 0, iteration: 200) - 0.01) < 1e-12)
        let even = Schedule.linear(iterations: 110, warmup: 10)
        #expect([0, 10, 60, 110, 120].map { even.factor(epoch: 0, iteration: $0) } == [1.0 / 11, 1, 0.5, 0, 0])
        #expect(Schedule.inverse(decay: 1e-5).factor(epoch: 0, iteration: 100_000) == 0.5)
        let plateau = Schedule.plateau(factor: 0.5, patience: 1)
        var state = PlateauState()
        for loss in [1.0, 0.9, 0.9, 0.9] { plateau.observe(loss, &state) }
        #expect(plateau.factor(epoch: 4, iteration: 0, plateau: state) == 0.5)
    }
}
