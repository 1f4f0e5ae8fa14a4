import Tensors
import Testing

@testable import Networks

@Suite struct DensePoseGoldenTests {
    private let golden: [String: Any]
    private let network: DensePoseRCNN

    /// The evolution teacher with its mask head: DeepLab, one variance for u and v, confidences of both segmentations.
    init() throws {
        golden = try GoldenFiles.json("densepose_network.json")
        network = try Initializer.skipping {
            try DensePoseRCNN(.deepLab(.detectron2(.isotropic, segmentation: true)))
        }
        try fill(network, salt: try #require(golden["salt"] as? String))
    }

    private func section(_ name: String) throws -> [String: Any] { try #require(golden[name] as? [String: Any]) }
    private func input(_ name: String) throws -> [Tensor] { try GoldenInput(section(name)["input"]).tensors() }

    @Test func everyKeyAndShapeIsTheReferences() throws {
        let shapes = Dictionary(
            uniqueKeysWithValues: network.stateDictionary.map { ($0.name, $0.tensor.shape) })
        let published = try #require(golden["keys"] as? [String: [Int]])
        #expect(Set(shapes.keys).symmetricDifference(published.keys).sorted() == [])
        #expect(shapes == published)
    }

    @Test func theDecoderGivesThePublishedNumbers() throws {
        let decoder = try #require(network.regionHeads.decoder)
        let levels = try input("decoder")
        let output = try inferenceMode { try decoder(levels) }
        try expect(output, matches: section("decoder")["output"])
    }

    @Test func theDeepLabHeadGivesThePublishedNumbers() throws {
        let head = try #require(network.regionHeads.denseHead)
        let pooled = try input("densepose_head")[0]
        let output = try inferenceMode { try head(pooled) }
        try expect(output, matches: section("densepose_head")["output"])
    }

    @Test func thePredictorGivesThePublishedNumbersAndConfidences() throws {
        let predictor = try #require(network.regionHeads.chartPredictor)
        let features = try input("predictor")[0]
        let prediction = try inferenceMode { try predictor(features) }
        let published = try section("predictor")
        try expect(prediction.coarse, matches: published["coarse_segm"])
        try expect(prediction.fine, matches: published["fine_segm"])
        try expect(prediction.u, matches: published["u"])
        try expect(prediction.v, matches: published["v"])
        try expect(#require(prediction.sigma2), matches: published["sigma_2"])
        try expect(#require(prediction.fineTemperature), matches: published["fine_segm_confidence"])
        try expect(#require(prediction.coarseTemperature), matches: published["coarse_segm_confidence"])
    }

    @Test func boxAndMaskHeadsGiveThePublishedNumbers() throws {
        let heads = network.regionHeads
        let maskHead = try #require(heads.maskHead)
        let (boxPool, maskPool) = (try input("box")[0], try input("mask")[0])
        try withoutGradients {
            let features = try heads.boxHead(boxPool)
            let box = try heads.boxPredictor(features)
            try expect(features, matches: section("box")["features"])
            try expect(box.logits, matches: section("box")["scores"])
            try expect(box.deltas, matches: section("box")["deltas"])
            try expect(maskHead(maskPool).logits, matches: section("mask")["logits"])
        }
    }

    /// The file gives an input where a section has one; of the picture it gives the pyramid's size only. Its values are
    /// `tensor('image', …, -60, 60)`.
    private func picture() throws -> Tensor {
        let finest = try #require(section("fpn")["p2"] as? [String: Any])
        let shape = try #require(finest["shape"] as? [Int])
        let input = try (golden["input"] as? [String: Any])?["image"].map { try GoldenInput($0).tensors()[0] }
        return try input ?? GoldenTests.golden("image", [1, 3, 4 * shape[2], 4 * shape[3]], -60, 60)
    }

    @Test func trunkAndProposalHeadGiveThePublishedNumbers() throws {
        let image = try picture()
        let objectness = try #require(section("rpn")["objectness"] as? [Any])
        let deltas = try #require(section("rpn")["deltas"] as? [Any])
        try withoutGradients {
            let features = try network.features(image)
            #expect(features.count == 5)
            for (level, feature) in features.enumerated() {
                try expect(feature, matches: section("fpn")["p\(level + 2)"])
                let found = try network.proposalGenerator.rpnHead(feature)
                try expect(found.objectness, matches: objectness[level])
                try expect(found.deltas, matches: deltas[level])
            }
        }
    }
}
