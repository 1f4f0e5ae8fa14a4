import Checkpoints
import Foundation
import Tensors
import Testing

private final class Block: Module {
    let convBlock: Sequential
    @Parameter var scale: Tensor
    @Buffer var stepCount: Tensor
    init() throws {
        convBlock = try Sequential(ReflectionPad2d(1), Conv2d(2, 2, kernel: 3), InstanceNorm2d(2), ReLU())
        scale = try Tensor.ones([1])
        stepCount = try Tensor.zeros([], dtype: .int64)
    }
    func callAsFunction(_ x: Tensor) throws -> Tensor { try x + convBlock(x) * scale }
}

private final class Net: Module {
    static let keys = ["headASPP": "ASPP", "flat": ""]
    let res2: [Block]
    let headASPP: Conv2d
    let flat: NamedModules<Linear>
    let bn1: BatchNorm2d
    init() throws {
        res2 = try [Block(), Block()]
        headASPP = try Conv2d(2, 4, kernel: 1, bias: false)
        flat = try NamedModules([("Mconv1_stage2_L1", Linear(2, 3))])
        bn1 = try BatchNorm2d(4)
    }
}

@Suite struct ModuleTests {
    @Test func namesAreThoseOfPublishedStateDictionaries() throws {
        #expect(
            try Net().stateDictionary.map(\.name) == [
                "res2.0.scale", "res2.0.step_count", "res2.0.conv_block.1.weight", "res2.0.conv_block.1.bias",
                "res2.1.scale", "res2.1.step_count", "res2.1.conv_block.1.weight", "res2.1.conv_block.1.bias",
                "ASPP.weight", "Mconv1_stage2_L1.weight", "Mconv1_stage2_L1.bias",
                "bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var", "bn1.num_batches_tracked",
            ])
    }

    @Test func buffersAreNotParameters() throws {
        let net = try Net()
        #expect(net.namedParameters.allSatisfy { !$0.name.contains("running") && !$0.name.contains("step") })
        #expect(net.namedBuffers.map(\.name).last == "bn1.num_batches_tracked")
        #expect(net.parameterCount == 2 * (1 + 36 + 2) + 8 + 9 + 8)
    }

    @Test func evaluationSwitchesModeDependentLayers() throws {
        let net = try Net()
        net.eval()
        #expect(!net.bn1.isTraining)
        net.train()
        #expect(net.bn1.isTraining)
        let x = try Tensor.randn([2, 4, 3, 3])
        _ = try net.bn1(x)
        #expect(try net.bn1.numBatchesTracked.item() == 1)
        #expect(try net.bn1.runningMean.isClose(to: x.mean([0, 2, 3]) * 0.1, relative: 1e-4, absolute: 1e-6))
    }

    @Test func frozenParametersGetNoGradient() throws {
        let net = try Net()
        try net.res2[0].freeze()
        let x = try Tensor.randn([1, 2, 4, 4])
        try net.res2[1](net.res2[0](x)).sum().backward()
        #expect(net.res2[0].scale.grad == nil)
        #expect(net.res2[1].scale.grad != nil)
    }

    @Test func aMovedNetworkKeepsItsParameters() throws {
        let net = try Block()
        let optimizer = SGD(net, learningRate: 1)
        let before = net.parameters.map(ObjectIdentifier.init)
        try net.to(.cpu, .float64)
        #expect(net.parameters.map(ObjectIdentifier.init) == before)
        #expect(net.scale.dtype == .float64)
        #expect(net.stepCount.dtype == .int64)
        try net(Tensor.randn([1, 2, 4, 4], dtype: .float64)).sum().backward()
        let old = try net.scale.item()
        try optimizer.step()
        #expect(try net.scale.item() != old)
    }

    @Test func whatFitsIsTakenOverAndTheRestIsAccountedFor() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("modules-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let source = try Sequential(Linear(2, 3), ReLU(), Linear(3, 4))
        try source.save(to: folder + "/a.safetensors")
        let target = try Sequential(Linear(2, 3), ReLU(), Linear(3, 5))
        let checkpoint = try Checkpoint.read(folder + "/a.safetensors")
        #expect(throws: CheckpointError.self) { try target.load(checkpoint) }
        let account = try target.loadMatching(checkpoint)
        #expect(Set(account.kept) == ["0.weight", "0.bias"])
        #expect(Set(account.skipped.map(\.name)) == ["2.weight", "2.bias"])
        #expect(try target.parameters[0].isEqual(to: source.parameters[0]))
    }

    @Test func theSummaryShowsShapesAndCounts() throws {
        let net = try Net()
        try net.bn1.freeze()
        let lines = net.summary.split(separator: "\n").map(String.init)
        #expect(lines[2] == "res2.0.conv_block.1.weight  2×2×3×3  36")
        #expect(lines[11] == "bn1.weight                  4         4  frozen")
        #expect(lines[13] == "bn1.running_mean            4         4  buffer")
        #expect(lines.last == "103 parameters, 95 of them trained")
    }

    @Test func aModuleThatRefersToItselfIsListedOnce() throws {
        final class Part: Module {
            weak var parent: Whole?
            @Parameter var weight: Tensor
            init() throws { weight = try Tensor.ones([2]) }
        }
        final class Whole: Module {
            let part: Part
            var itself: Whole?
            init() throws {
                part = try Part()
                part.parent = self
            }
        }
        let whole = try Whole()
        whole.itself = whole
        defer { whole.itself = nil }
        #expect(whole.stateDictionary.map(\.name) == ["part.weight"])
        #expect(whole.namedModules.map(\.name) == ["", "part"])
        #expect(whole.summary.hasSuffix("2 parameters, 2 of them trained"))
    }

    @Test func initialisersHaveThePapersSpread() throws {
        let weight = try Tensor.empty([64, 32, 3, 3])
        let generator = try RandomGenerator(seed: 1)
        try Initializer.normal(deviation: 0.02).fill(weight, generator: generator)
        #expect(abs(try weight.variance().item() - 0.0004) < 0.00002)
        try Initializer.kaimingNormalFanOut.fill(weight, generator: generator)
        #expect(abs(try weight.variance().item() * 64 * 9 / 2 - 1) < 0.05)
        try Initializer.kaimingUniform(a: 5.0.squareRoot()).fill(weight, generator: generator)
        let bound = 1 / (32.0 * 9).squareRoot()
        #expect(try weight.abs().max().item() <= bound)
        #expect(try weight.abs().max().item() > bound * 0.99)
        #expect(throws: TorchError.self) { try Initializer.xavierUniform().fill(Tensor.zeros([3])) }
    }
}
