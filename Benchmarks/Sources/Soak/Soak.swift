import Foundation
import Tensors

// soak [STEPS]: trains two small networks against each other and prints what memory holds after a tenth of the steps and at
// the end (10,000 by default). Ends with status 1 when tensors hold a byte more, or the process more than 4 MiB more.

/// Convolutions, instance normalisation, each of our own operators, and a function whose gradient is given by hand.
final class Duel {
    let generator, critic: Sequential
    let optimizers: [Adam]
    let instances, regions: Tensor

    init() throws {
        generator = try Sequential(
            ReflectionPad2d(1), Conv2d(1, 8, kernel: 3), InstanceNorm2d(8), ReLU(),
            Conv2d(8, 8, kernel: 3, stride: 2, padding: 1), InstanceNorm2d(8), ReLU(),
            ConvTranspose2d(8, 8, kernel: 3, stride: 2, padding: 1, outputPadding: 1), Dropout(0.1),
            Conv2d(8, 1, kernel: 3, padding: 1), Tanh())
        critic = try Sequential(
            Conv2d(1, 8, kernel: 4, stride: 2, padding: 1), LeakyReLU(0.2), Conv2d(8, 1, kernel: 4, padding: 1))
        optimizers = [generator, critic].map { Adam($0, learningRate: 2e-4, betas: (0.5, 0.999)) }
        instances = try Tensor((0..<576).map { $0 / 100 }, shape: [1, 1, 24, 24])
        regions = try Tensor([0, 1, 1, 20, 12, 0, 3, 2, 9, 23] as [Float], shape: [2, 5])
    }

    /// One update of each network.
    /// - Returns: their losses.
    func step() throws -> [Double] {
        let real = try Tensor.randn([1, 1, 24, 24])
        let fake = try customFunction("identity", inputs: [generator(Tensor.randn([1, 1, 24, 24]))], forward: { $0 }) {
            $0
        }[0]
        let gates = try fake.sigmoid().repeated([1, 3, 1, 1]) * 0.3
        let propagated = try PropagationDirection.allCases.map { try fake.propagated($0, gates: gates).mean() }
        let pooled = try fake.roiAlign(regions, scale: 1, height: 4, width: 4)
        try optimizers[0].zeroGrad()
        let loss =
            try critic(fake).square().mean() + (fake.instanceMean(instances) - real).abs().mean()
            + pooled.square().mean() + Tensor.stack(propagated).sum().square()
        try loss.backward(into: generator.parameters)
        try clipGradients(of: generator.parameters, toNorm: 1)
        try optimizers[0].step()
        try optimizers[1].zeroGrad()
        let judgement = try (critic(fake.detach()) + 1).square().mean() + (critic(real) - 1).square().mean()
        try judgement.backward()
        try optimizers[1].step()
        let corner = try Tensor.rand([30, 2])
        _ = try batchedNMS(
            boxes: Tensor.cat([corner, corner + 0.5], dim: 1), scores: Tensor.rand([30]),
            classes: Tensor.zeros([30], dtype: .int64), threshold: 0.5)
        // Errors leave nothing behind either.
        if (try? critic(Tensor.ones([1, 2, 24, 24]))) != nil { throw TorchError("two channels are one too many") }
        return [try loss.item(), try judgement.item()]
    }
}

/// Bytes that the process has in memory.
func residentBytes() throws -> Int {
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE))
}

@main
struct Soak {
    static func main() throws {
        let steps = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 10_000
        try RandomGenerator.shared().reseed(1)
        let duel = try Duel()
        func run(_ count: Int) throws -> (allocated: Int, resident: Int) {
            for _ in 0..<count {
                guard try duel.step().allSatisfy(\.isFinite) else { throw TorchError("a loss is not finite") }
            }
            return (try Torch.memory().allocated, try residentBytes())
        }
        let start = Date()
        let early = try run(steps / 10)
        let late = try run(steps - steps / 10)
        for (step, figures) in [(steps / 10, early), (steps, late)] {
            print(
                "step \(step): tensors \(figures.allocated) bytes, resident \(String(format: "%.1f", Double(figures.resident) / 1_048_576)) MiB"
            )
        }
        print(String(format: "%.1f ms a step", -start.timeIntervalSinceNow * 1000 / Double(steps)))
        guard late.allocated == early.allocated, late.resident - early.resident < 4 << 20 else {
            print("memory grows")
            exit(1)
        }
    }
}
