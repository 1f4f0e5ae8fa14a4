import Foundation
import Tensors
import Testing

@testable import Networks

@Suite struct DensePoseTests {
    private static let size = 64

    private static func configuration(_ calibration: Calibration = .full) -> DensePoseConfiguration {
        var configuration = DensePoseConfiguration.preset("tiny")!
        configuration.calibration = calibration
        configuration.trunk.widths = [16, 16, 24, 32]
        configuration.trunk.stemWidth = 16
        configuration.pyramidWidth = 16
        configuration.box.width = 32
        configuration.mask!.width = 16
        configuration.dense!.decoderWidth = 16
        configuration.dense!.width = 16
        return configuration
    }

    private func network(_ configuration: DensePoseConfiguration, seed: UInt64 = 1) throws -> DensePoseRCNN {
        try RandomGenerator.shared().reseed(seed)
        return try DensePoseRCNN(configuration)
    }

    private static func object(_ box: BoxCorners, points: Int = 6) -> TrueObject {
        let (width, height) = (Int(box.z - box.x), Int(box.w - box.y))
        let places = (0..<points).map { Float($0 + 1) / Float(points + 1) * 255 }
        return TrueObject(
            box: box,
            mask: ObjectMask(
                x: Int(box.x), y: Int(box.y), width: max(1, width), height: max(1, height),
                pixels: [UInt8](repeating: 1, count: max(1, width) * max(1, height))),
            points: DensePoints(
                x: places, y: places, charts: places.indices.map { UInt8($0 % 24 + 1) },
                u: places.map { $0 / 255 }, v: places.map { 1 - $0 / 255 }))
    }

    private func losses(
        _ network: DensePoseRCNN, _ truth: [PictureTruth], pictures: Tensor? = nil
    ) throws -> [String: Tensor] {
        let side = Self.size
        let pictures = try pictures ?? Tensor.rand([truth.count, 3, side, side]) - 0.5
        return try network.losses(
            pictures, sizes: truth.map { _ in PictureSize(width: side, height: side) }, truth: truth)
    }

    @Test(arguments: Calibration.UV.allCases)
    func everyParameterLearns(_ uv: Calibration.UV) throws {
        var calibration = Calibration.full
        calibration.uv = uv
        let network = try network(Self.configuration(calibration))
        let truth = PictureTruth([Self.object(BoxCorners(8, 8, 40, 56)), Self.object(BoxCorners(30, 4, 60, 30))])
        let losses = try losses(network, [truth, truth])
        #expect(try losses.values.allSatisfy { try $0.item().isFinite })
        try losses.values.reduce(Tensor.zeros([])) { try $0 + $1 }.backward()
        let silent = try network.namedParameters.filter { try $0.tensor.grad?.abs().max().item() ?? 0 == 0 }
        #expect(silent.map(\.name) == [])
    }

    private static func embedding() -> DensePoseConfiguration {
        var configuration = configuration()
        configuration.embed([.init(name: "a", vertices: 30, features: 8), .init(name: "b", vertices: 20, features: 8)])
        configuration.dense!.embedding!.pixelCycle = .pixels
        return configuration
    }

    private func embeddingLosses(_ network: DensePoseRCNN, _ truth: [PictureTruth]) throws -> [String: Tensor] {
        var geodesics: [String: Tensor] = [:]
        for mesh in network.configuration.dense!.embedding!.meshes {
            try network.setFeatures(Tensor.randn([mesh.vertices, mesh.features]), ofMesh: mesh.name)
            // Along a line.
            let places = try Tensor.arange(0, mesh.vertices).to(.float32) / Double(mesh.vertices)
            geodesics[mesh.name] = try (places.unsqueeze(0) - places.unsqueeze(1)).abs()
        }
        return try network.losses(
            Tensor.rand([truth.count, 3, Self.size, Self.size]) - 0.5,
            sizes: truth.map { _ in PictureSize(width: Self.size, height: Self.size) }, truth: truth,
            geodesics: geodesics)
    }

    private static func embedded(_ box: BoxCorners, mesh: String) -> TrueObject {
        var object = object(box)
        object.points = DensePoints(
            x: object.points!.x, y: object.points!.y, vertices: object.points!.x.indices.map { Int32($0 * 3) },
            mesh: mesh)
        return object
    }

    @Test func everyParameterOfANetworkWithEmbeddingsLearns() throws {
        let network = try network(Self.embedding())
        let truth = PictureTruth([
            Self.embedded(BoxCorners(8, 8, 40, 56), mesh: "a"), Self.embedded(BoxCorners(30, 4, 60, 30), mesh: "b"),
        ])
        let losses = try embeddingLosses(network, [truth, truth])
        let ofSurface = losses.keys.filter { $0.hasPrefix("densepose") || $0.hasSuffix("cycle") }.sorted()
        #expect(ofSurface == ["densepose_E_a", "densepose_E_b", "densepose_S", "pixel_cycle", "shape_cycle"])
        for name in ofSurface { #expect(try losses[name]!.item() > 0, "\(name)") }
        try losses.values.reduce(Tensor.zeros([])) { try $0 + $1 }.backward()
        let silent = try network.namedParameters.filter { try $0.tensor.grad?.abs().max().item() ?? 0 == 0 }
        #expect(silent.map(\.name) == [])
    }

    @Test func meshesWithoutPointsLearnNothingAndStillHaveGradients() throws {
        let network = try network(Self.embedding())
        let one = PictureTruth([Self.embedded(BoxCorners(8, 8, 40, 56), mesh: "a")])
        #expect(try embeddingLosses(network, [one])["densepose_E_b"]!.item() == 0)
        let losses = try embeddingLosses(network, [PictureTruth()])
        for name in ["densepose_E_a", "densepose_S", "pixel_cycle"] { #expect(try losses[name]!.item() == 0) }
        try losses.values.reduce(Tensor.zeros([])) { try $0 + $1 }.backward()
        let absent = network.namedParameters.filter { $0.tensor.requiresGrad && $0.tensor.grad == nil }
        #expect(absent.map(\.name) == [])
    }

    @Test func featuresOfAnotherMeshAreRefused() throws {
        let network = try network(Self.embedding())
        #expect(throws: TorchError.self) { try network.setFeatures(Tensor.zeros([30, 7]), ofMesh: "a") }
        #expect(throws: TorchError.self) { try network.setFeatures(Tensor.zeros([30, 8]), ofMesh: "c") }
        #expect(network.features(ofMesh: "c") == nil)
    }

    @Test func uncalibratedNetworksHaveNoCalibrations() throws {
        let names = try network(Self.configuration(.none)).stateDictionary.map(\.name)
        #expect(!names.contains { $0.contains("onfidence") || $0.contains("sigma") || $0.contains("kappa") })
    }

    @Test func picturesWithoutObjectsHaveFiniteLossesAndGradientsForAll() throws {
        let network = try network(Self.configuration())
        let losses = try losses(network, [PictureTruth(), PictureTruth()])
        #expect(try losses["box_reg"]!.item() == 0)
        #expect(try losses["densepose_UV"]!.item() == 0)
        try losses.values.reduce(Tensor.zeros([])) { try $0 + $1 }.backward()
        // Data-parallel training waits for the gradient of every parameter.
        let absent = network.namedParameters.filter { $0.tensor.requiresGrad && $0.tensor.grad == nil }
        #expect(absent.map(\.name) == [])
    }

    @Test func lossNamesDoNotDependOnTheBatch() throws {
        let network = try network(Self.configuration())
        let full = try losses(network, [PictureTruth([Self.object(BoxCorners(8, 8, 40, 56))])])
        let empty = try losses(network, [PictureTruth()])
        #expect(Set(full.keys) == Set(empty.keys))
    }

    @Test func supportObjectsTeachTheMaskHeadOnly() throws {
        let network = try network(Self.configuration())
        var object = Self.object(BoxCorners(8, 8, 40, 56))
        object.supervision = .support
        let losses = try losses(network, [PictureTruth([object])])
        #expect(try losses["mask"]!.item() > 0)
        #expect(try losses["densepose_S"]!.item() == 0)
        #expect(try losses["densepose_I"]!.item() == 0)
        #expect(try losses["densepose_UV"]!.item() == 0)
    }

    @Test func tinyAndManyObjectsAreLearntFrom() throws {
        let network = try network(Self.configuration())
        let pixel = Self.object(BoxCorners(10, 10, 11, 11))
        let crowd = (0..<500).map { index -> TrueObject in
            let (x, y) = (Float(index % 25) * 2, Float(index / 25) * 2)
            return Self.object(BoxCorners(x, y, x + 12, y + 12), points: 1)
        }
        let losses = try losses(network, [PictureTruth([pixel]), PictureTruth(crowd)])
        #expect(try losses.values.allSatisfy { try $0.item().isFinite })
    }

    @Test func aPictureThatIsNotFiniteIsAnErrorInTrainingAndNothingInUse() throws {
        let network = try network(Self.configuration())
        let broken = try Tensor.full([1, 3, Self.size, Self.size], Double.nan)
        let truth = PictureTruth([Self.object(BoxCorners(8, 8, 40, 56))])
        #expect(throws: TorchError.self) { try losses(network, [truth], pictures: broken) }
        let found = try inferenceMode {
            try network.detect(broken, sizes: [PictureSize(width: Self.size, height: Self.size)])
        }
        #expect(found[0].count == 0)
    }

    @Test func aFewStepsLearnOnePicture() throws {
        let network = try network(Self.configuration(.full))
        let picture = try Tensor.rand([1, 3, Self.size, Self.size]) - 0.5
        let truth = [PictureTruth([Self.object(BoxCorners(8, 8, 40, 56))])]
        let optimizer = Adam(network, learningRate: 0.001)
        var totals: [Double] = []
        for _ in 0..<40 {
            let total = try losses(network, truth, pictures: picture).values.reduce(Tensor.zeros([])) { try $0 + $1 }
            try optimizer.zeroGrad()
            try total.backward()
            try clipGradients(of: network.parameters, toNorm: 10)
            try optimizer.step()
            totals.append(try total.item())
        }
        // Which regions are drawn is up to chance, so a single step says little.
        let (start, end) = (totals.prefix(5).reduce(0, +) / 5, totals.suffix(10).reduce(0, +) / 10)
        #expect(end < 0.75 * start)
    }

    @Test func onlyWhatIsAskedForIsComputed() throws {
        let network = try network(Self.configuration())
        network.eval()
        let picture = try Tensor.rand([1, 3, Self.size, Self.size]) - 0.5
        func find(_ outputs: DetectionOutputs) throws -> Detections {
            try inferenceMode {
                try network.detect(
                    picture, sizes: [PictureSize(width: Self.size, height: Self.size)], outputs: outputs)[0]
            }
        }
        let bare = try find([])
        #expect(bare.count > 0)
        #expect(bare.masks == nil && bare.charts == nil)
        let all = try find(.all)
        #expect(all.boxes == bare.boxes)
        #expect(all.masks?.size(0) == all.count && all.charts?.u.size(0) == all.count)
        #expect(all.classConfidences.count == all.count && all.boxConfidences.allSatisfy { $0 > 0 })
        let order = Array((0..<all.count).reversed())
        #expect(try all.selecting(order).scores == all.scores.reversed())
    }

    @Test func aNetworkComesBackFromItsFileWithItsConfiguration() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("densepose-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let network = try network(Self.configuration())
        let path = folder + "/n.safetensors"
        try network.write(to: path)
        let (back, matching) = try DensePoseRCNN.read(path)
        #expect(matching == nil)
        #expect(back.configuration == network.configuration)
        for (one, two) in zip(network.stateDictionary, back.stateDictionary) {
            #expect(one.name == two.name)
            #expect(try one.tensor.isEqual(to: two.tensor))
        }
        // Another program's file says nothing of its network.
        try network.save(to: folder + "/bare.safetensors")
        #expect(throws: (any Error).self) { try DensePoseRCNN.read(folder + "/bare.safetensors") }
    }

    @Test func everyPresetIsBuilt() throws {
        #expect(Set(DensePoseConfiguration.presetNames).count == DensePoseConfiguration.presets.count)
        for preset in DensePoseConfiguration.presets where !preset.name.contains("101") {
            let network = try Initializer.skipping { try DensePoseRCNN(preset) }
            #expect(network.parameterCount > 100_000, "\(preset.name)")
        }
    }
}
