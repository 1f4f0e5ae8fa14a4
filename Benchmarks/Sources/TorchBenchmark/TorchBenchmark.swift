import Checkpoints
import Foundation
import Networks
import Tensors

// Prints one measurement a line, `name <tab> seconds`, the median of several, and how much work it is;
// torch_benchmark.py prints the times of PyTorch.

func seconds(rounds: Int, _ body: () throws -> Void) rethrows -> Double {
    try body()
    let times = try (0..<rounds).map { _ in
        let start = DispatchTime.now().uptimeNanoseconds
        try body()
        return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    }
    return times.sorted()[rounds / 2]
}

func report(_ name: String, _ seconds: Double) {
    print("\(name)\t\(String(format: "%.9f", seconds))")
    fflush(nil)
}

/// What a layer makes of `x`, and the floating-point operations of its convolutions: two for a multiplication with its
/// addition. The rest of the network is a thousandth of them.
func counted(_ layer: any Layer, _ x: Tensor) throws -> (output: Tensor, operations: Int) {
    switch layer {
    case let generator as GlobalGenerator: return try counted(generator.model, x)
    case let block as ResidualBlock:
        let (y, operations) = try counted(block.convBlock, x)
        return (try x + y, operations)
    case let sequence as Sequential:
        var result = (output: x, operations: 0)
        for layer in sequence.layers {
            let (y, operations) = try counted(layer, result.output)
            result = (y, result.operations + operations)
        }
        return result
    case let convolution as Conv2d:
        let y = try convolution(x)
        return (y, 2 * convolution.weight.count * y.size(2) * y.size(3))
    case let convolution as ConvTranspose2d:
        return (try convolution(x), 2 * convolution.weight.count * x.size(2) * x.size(3))
    default: return (try layer(x), 0)
    }
}

/// A line `flop <name> <tab> count`.
func reportWork(_ name: String, _ operations: Int) {
    guard operations > 0 else { return }
    print("flop \(name)\t\(operations)")
}

@main
struct TorchBenchmark {
    static let height = 128, width = 256

    static func main() throws {
        print("version \(Torch.version)\t0")
        let wanted = Set(CommandLine.arguments.dropFirst())
        Torch.threads = ProcessInfo.processInfo.environment["THREADS"].flatMap(Int.init) ?? 2
        if wanted.isEmpty || wanted.contains("overhead") { try overhead() }
        if wanted.isEmpty || wanted.contains("peak") { try peak() }
        if wanted.isEmpty || wanted.contains("parts") { try parts() }
        if wanted.isEmpty || wanted.contains("inference") { try inference() }
        if wanted.isEmpty || wanted.contains("step") { try step() }
        if wanted.isEmpty || wanted.contains("detector") { try detector() }
    }

    /// Mask R-CNN with a ResNet-50 feature pyramid at 800 × 600, as torchvision builds it: stem and first stage fixed, the
    /// normalisations too, 1000 proposals. With weights by chance no score passes 0.05, so masks cost nothing in use.
    static func detector() throws {
        var configuration = DensePoseConfiguration.deepLab(.none)
        configuration.dense = nil
        configuration.trunk.stridesFirst = false
        configuration.categories = (1...90).map { "class \($0)" }
        (configuration.box.samplingRatio, configuration.box.isAligned) = (2, false)
        let network = try DensePoseRCNN(configuration)
        let x = try Tensor.randn([1, 3, 608, 800])
        let size = [PictureSize(width: 800, height: 600)]
        network.eval()
        report(
            "detector inference",
            try inferenceMode { try seconds(rounds: 5) { _ = try network.detect(x, sizes: size) } })
        network.train()
        let boxes: [BoxCorners] = [
            BoxCorners(40, 50, 240, 350), BoxCorners(300, 100, 420, 260), BoxCorners(500, 300, 780, 560),
            BoxCorners(100, 400, 180, 480),
        ]
        let truth = PictureTruth(
            boxes.enumerated().map { index, box in
                let (width, height) = (Int(box.z - box.x), Int(box.w - box.y))
                return TrueObject(
                    box: box, category: index,
                    mask: ObjectMask(
                        x: Int(box.x), y: Int(box.y), width: width, height: height,
                        pixels: [UInt8](repeating: 1, count: width * height)))
            })
        let optimizer = SGD(network, learningRate: 1e-5, momentum: 0.9)
        report(
            "detector training step",
            try seconds(rounds: 5) {
                try optimizer.zeroGrad()
                let losses = try network.losses(x, sizes: size, truth: [truth]).values
                try losses.reduce(Tensor.zeros([])) { try $0 + $1 }.backward()
                try optimizer.step()
            })
    }

    /// Operators on tensors so small that only the way there counts.
    static func overhead() throws {
        // Made inside inference mode, as the peer's are.
        let (x, y, picture, kernel) = try inferenceMode {
            try (Tensor.ones([2, 2]), Tensor.ones([2, 2]), Tensor.ones([1, 1, 4, 4]), Tensor.ones([1, 1, 3, 3]))
        }
        let count = 20_000
        func each(_ name: String, _ body: () throws -> Tensor) throws {
            let total = try inferenceMode {
                try seconds(rounds: 7) { for _ in 0..<count { _ = try body() } }
            }
            report("overhead \(name)", total / Double(count))
        }
        try each("add") { try x + y }
        try each("add scalar") { try x + 1.5 }
        try each("relu") { try x.relu() }
        try each("reshape") { try x.reshape([4]) }
        try each("select") { try x[0] }
        try each("sum over a dimension") { try x.sum([1]) }
        try each("conv2d") { try picture.conv2d(kernel, padding: 1) }
        let w = try Tensor.ones([2, 2]).requiresGrad(true)
        let z = try Tensor.ones([2, 2])
        let total = try seconds(rounds: 7) { for _ in 0..<count { _ = try w * z } }
        report("overhead mul with gradient", total / Double(count))
    }

    /// What the machine can do: 2048 × 2048 matrices, 17.2 GFLOP.
    static func peak() throws {
        reportWork("sgemm 2048", 2 * 2048 * 2048 * 2048)
        let a = try Tensor.randn([2048, 2048])
        let b = try Tensor.randn([2048, 2048])
        report("sgemm 2048", try inferenceMode { try seconds(rounds: 9) { _ = try a.matmul(b) } })
    }

    /// The generator's kinds of layers, by themselves.
    static func parts() throws {
        func each(_ name: String, _ layer: any Layer, _ shape: [Int]) throws {
            let x = try Tensor.randn(shape)
            let work = try inferenceMode { try counted(layer, x).operations }
            reportWork("\(name) forward", work)
            reportWork("\(name) forward and backward", 3 * work)
            report("\(name) forward", try inferenceMode { try seconds(rounds: 9) { _ = try layer(x) } })
            let leaf = try Tensor.randn(shape).requiresGrad(true)
            report(
                "\(name) forward and backward",
                try seconds(rounds: 9) {
                    try leaf.setGrad(nil)
                    let y = try layer(leaf)
                    try y.backward(y.detach())
                })
        }
        try each("conv 7x7 36-64 at 256x128", Conv2d(36, 64, kernel: 7, padding: 3), [1, 36, 128, 256])
        try each("conv 3x3 stride 2 64-128", Conv2d(64, 128, kernel: 3, stride: 2, padding: 1), [1, 64, 128, 256])
        try each("conv 3x3 1024 at 16x8", Conv2d(1024, 1024, kernel: 3), [1, 1024, 10, 18])
        try each(
            "transposed 1024-512 at 16x8",
            ConvTranspose2d(1024, 512, kernel: 3, stride: 2, padding: 1, outputPadding: 1), [1, 1024, 8, 16])
        try each(
            "transposed 128-64 at 128x64",
            ConvTranspose2d(128, 64, kernel: 3, stride: 2, padding: 1, outputPadding: 1), [1, 128, 64, 128])
        try each("conv 7x7 64-3 at 256x128", Conv2d(64, 3, kernel: 7), [1, 64, 134, 262])
        try each("instance norm 64 at 256x128", InstanceNorm2d(64), [1, 64, 128, 256])
        try each("relu 64 at 256x128", ReLU(), [1, 64, 128, 256])
        try each("reflection pad 64 at 256x128", ReflectionPad2d(3), [1, 64, 128, 256])
    }

    static func inference() throws {
        let network = try GlobalGenerator(inputChannels: 36)
        network.eval()
        let x = try Tensor.randn([1, 36, height, width])
        reportWork("generator inference", try inferenceMode { try counted(network, x).operations })
        report("generator inference", try inferenceMode { try seconds(rounds: 9) { _ = try network(x) } })
    }

    /// Forward, backward and Adam, against a fixed picture.
    static func step() throws {
        let network = try GlobalGenerator(inputChannels: 36)
        let optimizer = Adam(network, learningRate: 2e-4, betas: (0.5, 0.999))
        let x = try Tensor.randn([1, 36, height, width])
        let real = try Tensor.randn([1, 3, height, width])
        let (all, first) = try inferenceMode {
            try (
                counted(network, x).operations, counted(Sequential(Array(network.model.layers.prefix(2))), x).operations
            )
        }
        // Forward, gradient of the weights, gradient of the inputs: nobody asks for that of the picture.
        reportWork("generator training step", 3 * all - first)
        let step = try seconds(rounds: 7) {
            try optimizer.zeroGrad()
            try network(x).l1Loss(real).backward()
            try optimizer.step()
        }
        for parameter in network.parameters { try parameter.setGrad(parameter.detach().onesLike()) }
        let adam = try seconds(rounds: 7) { try optimizer.step() }
        // Ours is always in one pass: the rows differ in PyTorch.
        for suffix in ["", ", fused Adam"] {
            report("generator training step" + suffix, step)
            report("adam step" + suffix, adam)
        }
    }
}
