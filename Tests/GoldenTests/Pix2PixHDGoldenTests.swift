import Checkpoints
import Networks
import Tensors
import Testing

@Suite struct Pix2PixHDGoldenTests {
    private let golden: [String: Any]
    private let height, width: Int

    init() throws {
        golden = try GoldenFiles.json("pix2pixhd.json")
        let input = try #require(golden["input"] as? [String: Any])
        height = try #require(input["height"] as? Int)
        width = try #require(input["width"] as? Int)
    }

    private func section(_ name: String) throws -> (configuration: [String: Int], salt: String, all: [String: Any]) {
        let section = try #require(golden[name] as? [String: Any])
        return (
            try #require(section["cfg"] as? [String: Int]), try #require(section["salt"] as? String), section
        )
    }

    private func generator() throws -> GlobalGenerator {
        let (configuration, salt, all) = try section("global")
        let network = try GlobalGenerator(
            inputChannels: #require(configuration["input"]), width: #require(configuration["ngf"]),
            downsamplings: #require(configuration["downsample"]), blocks: #require(configuration["blocks"]))
        let shapes = Dictionary(uniqueKeysWithValues: network.stateDictionary.map { ($0.name, $0.tensor.shape) })
        #expect(shapes == all["keys"] as? [String: [Int]])
        try fill(network, salt: salt)
        return network
    }

    /// One-hot labels and the edges between instances, as `encode_input` builds them.
    private func encodedInput() throws -> Tensor {
        let labels = try golden("label", 8, 35).clamp(max: 34).to(.int64)
        let instances = try golden("inst", 16, 6)
        let classes = try Tensor.arange(0, 35).reshape([1, 35, 1, 1])
        let oneHot = try (labels .== classes).to(.float32)
        let edges = try Tensor.zeros([1, 1, height, width])
        for dimension in [2, 3] {
            let length = instances.size(dimension) - 1
            let differs = try
                (instances.narrow(dimension, start: 1, length: length)
                .!= instances.narrow(dimension, start: 0, length: length)).to(.float32)
            for start in [0, 1] {
                let part = try edges.narrow(dimension, start: start, length: length)
                try part.assign(part.maximum(differs))
            }
        }
        try expect(edges, matches: golden["input"].flatMap { ($0 as? [String: Any])?["edge"] } ?? golden["edge"])
        return try Tensor.cat([oneHot, edges], dim: 1)
    }

    private func golden(_ name: String, _ cell: Int, _ high: Double) throws -> Tensor {
        try GoldenTests.golden(name, [1, 1, height / cell, width / cell], 0, high).floor()
            .resized(height, width, .nearest)
    }

    @Test func theGlobalGeneratorGivesThePublishedOutput() throws {
        let network = try generator()
        let output = try inferenceMode { try network(encodedInput()) }
        try expect(output, matches: section("global").all["output"])
    }

    @Test(arguments: ["latest_net_G_zip.pth", "latest_net_G_legacy.pth"])
    func theGeneratorReadFromACheckpointGivesThePublishedOutput(_ file: String) throws {
        let network = try generator()
        for parameter in network.parameters { try withoutGradients { try parameter.zero() } }
        try network.load(Checkpoint.read(GoldenFiles.path(file)))
        let output = try inferenceMode { try network(encodedInput()) }
        try expect(output, matches: section("global").all["output"])
    }

    @Test func lossesAndTheGeneratorsGradientsAreThePublishedOnes() throws {
        let network = try generator()
        let (configuration, salt, _) = try section("discriminator")
        let discriminator = try MultiscaleDiscriminator(
            inputChannels: #require(configuration["input"]), width: #require(configuration["ndf"]),
            layers: #require(configuration["layers"]), scales: #require(configuration["num_D"]))
        try fill(discriminator, salt: salt)
        let losses = try #require(golden["losses"] as? [String: Any])
        let vgg = try Initializer.skipping { try VGG19() }
        try fill(vgg, salt: #require(losses["vgg_salt"] as? String))

        // In float64: absolute values in the losses turn the rounding of float32, which differs from release to release of
        // libtorch, into gradients that differ by a thousandth.
        for module in [network, discriminator, vgg] as [any Module] { try module.to(.cpu, .float64) }
        let input = try encodedInput().to(.float64)
        let real = try GoldenTests.golden("real", [1, 3, height, width], -1, 1).to(.float64)
        let fake = try network(input)
        let ofFake = try discriminator(Tensor.cat([input, fake], dim: 1))
        let ofReal = try discriminator(Tensor.cat([input, real], dim: 1))
        let detached = try discriminator(Tensor.cat([input, fake.detach()], dim: 1))
        let terms = try [
            "G_GAN": Pix2PixHDLosses.adversarial(ofFake, isReal: true),
            "G_GAN_Feat": Pix2PixHDLosses.featureMatching(ofFake, ofReal),
            "G_VGG": Pix2PixHDLosses.perceptual(vgg, fake, real),
            "D_fake": Pix2PixHDLosses.adversarial(detached, isReal: false),
            "D_real": Pix2PixHDLosses.adversarial(ofReal, isReal: true),
        ]
        for (name, term) in terms {
            let expected = try #require(losses[name] as? Double)
            #expect(abs(try term.item() - expected) < 1e-5 * abs(expected), "\(name)")
        }
        let total = try terms["G_GAN"]! + terms["G_GAN_Feat"]! + terms["G_VGG"]!
        try total.backward()
        let gradients = try #require(losses["grad_G"] as? [String: [String: Double]])
        let parameters = network.namedParameters
        #expect(gradients.count == parameters.count)
        for (name, parameter) in parameters {
            let expected = try #require(gradients[name])
            let found = try #require(parameter.grad)
            let norm = try found.norm().item()
            // Biases before instance normalisation have no gradient but rounding.
            guard try #require(expected["l2"]) > 1e-4 else {
                #expect(norm < 1e-3, "\(name)")
                continue
            }
            #expect(abs(norm - expected["l2"]!) < 1e-5 * expected["l2"]!, "\(name)")
            let first = try found.flatten()[0].item()
            let typical = expected["l2"]! / Double(found.count).squareRoot()
            #expect(abs(first - expected["first"]!) < 1e-4 * typical + 1e-4 * abs(first), "\(name)")
        }
    }
}
