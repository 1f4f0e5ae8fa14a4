import Tensors
import Testing

@testable import Networks

@Suite struct DensePoseLossGoldenTests {
    private let golden: [String: Any]

    init() throws { golden = try GoldenFiles.json("losses.json") }

    private func section(_ name: String) throws -> [String: Any] { try #require(golden[name] as? [String: Any]) }

    /// A nested list of numbers as a tensor.
    private func tensor(_ value: Any?) throws -> Tensor {
        var shape: [Int] = []
        var level = try #require(value as? [Any])
        while true {
            shape.append(level.count)
            guard let inner = level.first as? [Any] else { break }
            level = inner
        }
        func flat(_ value: Any) throws -> [Float] {
            if let list = value as? [Any] { return try list.flatMap(flat) }
            return [Float(try #require(value as? Double))]
        }
        return try Tensor(flat(#require(value)), shape: shape)
    }

    private func boxes(_ value: Any?) throws -> [BoxCorners] {
        let values = try tensor(value).array(of: Float.self)
        return stride(from: 0, to: values.count, by: 4).map {
            BoxCorners(values[$0], values[$0 + 1], values[$0 + 2], values[$0 + 3])
        }
    }

    private func points(_ value: Any) throws -> DensePoints? {
        guard let all = value as? [String: [Double]] else { return nil }
        func floats(_ key: String) throws -> [Float] { try #require(all[key]).map(Float.init) }
        return DensePoints(
            x: try floats("x"), y: try floats("y"), charts: try floats("i").map { UInt8($0) }, u: try floats("u"),
            v: try floats("v"))
    }

    private func near(_ found: Tensor, _ expected: Any?, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let expected = try #require(expected as? Double, sourceLocation: sourceLocation)
        let found = try found.item()
        #expect(abs(found - expected) < 2e-6 * max(1, abs(expected)), sourceLocation: sourceLocation)
    }

    @Test func likelihoodsOfSinglePointsAreTheReferences() throws {
        let micro = try section("micro")
        func values(_ key: String) throws -> Tensor { try tensor(micro[key]) }
        let (u, v) = (try values("u") - values("tu"), try values("v") - values("tv"))
        #expect(micro["eps"] as? Double == Calibration.epsilon)
        let variance = try values("sigma_raw").softplus() + Calibration.epsilon
        try near(ChartLosses.isotropic(u, v, variance: variance).sum(), micro["iid_iso"])
        try near(
            ChartLosses.anisotropic(
                u, v, variance: variance, direction: (values("kappa_u"), values("kappa_v"))
            ).sum(), micro["indep_aniso"])
        try near(values("u").smoothL1Loss(values("tu"), .sum), micro["smooth_l1_u"])
    }

    @Test(arguments: ["iid_iso", "indep_aniso", "off"])
    func chartLossesAreTheReferences(_ mode: String) throws {
        let inputs = try section("loss_inputs")
        let expected = try #require(section("loss_expected")[mode] as? [String: Double])
        let weights = try #require(section("loss_expected")[mode + "_weights"] as? [String: Double])
        func grid(_ key: String) throws -> Tensor { try tensor(inputs[key]) }
        var prediction = ChartPrediction(
            coarse: try grid("coarse_segm"), fine: try grid("fine_segm"), u: try grid("u"), v: try grid("v"))
        prediction.sigma2 = try grid("sigma_2")
        (prediction.kappaU, prediction.kappaV) = (try grid("kappa_u"), try grid("kappa_v"))
        let annotations = try #require(inputs["annotations"] as? [Any])
        let objects = try annotations.map(points)
        let (truth, regions) = (try boxes(inputs["gt_boxes_xyxy"]), try boxes(inputs["proposal_boxes_xyxy"]))
        let side = prediction.fine.size(-1)
        let grids = GridPoints(objects, truth: truth, regions: regions, side: side, isReference: true)

        #expect(inputs["segm_rule"] as? String == "segm[y][x]=((x//64)+(y//64)*4)%15 for both annotated instances")
        let segmentation = (0..<256 * 256).map { pixel -> UInt8 in
            let (row, column) = (pixel / 256 / 64, pixel % 256 / 64)
            return UInt8((column + row * 4) % 15)
        }
        let annotated = objects.indices.filter { objects[$0] != nil }
        let classes = try DensePoseRCNN.partTargets(
            annotated.map { _ in segmentation }, truth: annotated.map { truth[$0] },
            regions: annotated.map { regions[$0] }, side: side, coarseChannels: prediction.coarse.size(1),
            isReference: true)

        let chart = ChartLossWeights(
            uv: try #require(weights["point"]), parts: try #require(weights["part"]),
            foreground: try #require(weights["index"]))
        let modes: [String: Calibration.UV] = ["iid_iso": .isotropic, "indep_aniso": .anisotropic, "off": .none]
        let losses = try ChartLosses(weights: chart, uv: #require(modes[mode]))(
            prediction, points: grids, foreground: (Tensor(annotated), classes))
        #expect(Set(losses.keys.map { "loss_" + $0 }) == Set(expected.keys))
        for (name, loss) in losses { try near(loss, expected["loss_" + name]) }
    }

    @Test(arguments: ["nearest", "bilinear"])
    func gridsAreResampledAsTheReferenceDoes(_ mode: String) throws {
        let data = try section("resample_data")
        func corners(_ key: String) throws -> [BoxCorners] {
            // Given as x, y, width, height.
            try boxes(data[key]).map { BoxCorners($0.x, $0.y, $0.x + $0.z, $0.y + $0.w) }
        }
        let found = try MaskTargets.resampled(
            tensor(data["z"]), from: corners("src"), to: corners("dst"), height: #require(data["hout"] as? Int),
            width: #require(data["wout"] as? Int), isNearest: mode == "nearest")
        let wanted = try tensor(data[mode])
        #expect(found.shape == wanted.shape)
        #expect(try found.isClose(to: wanted, relative: 1e-6, absolute: 1e-6))
    }

    @Test func aPredictionIsDrawnIntoItsBoxAsTheReferenceDoes() throws {
        let (inputs, expected) = (try section("loss_inputs"), try section("chart_convert"))
        let index = try #require(expected["instance"] as? Int)
        func grid(_ key: String) throws -> Tensor { try tensor(inputs[key])[index..<index + 1] }
        var prediction = ChartPrediction(
            coarse: try grid("coarse_segm"), fine: try grid("fine_segm"), u: try grid("u"), v: try grid("v"))
        prediction.sigma2 = try grid("sigma_2")
        prediction.fineTemperature = try tensor(expected["fine_segm_confidence"])
        prediction.coarseTemperature = try tensor(expected["coarse_segm_confidence"])
        let result = try prediction.result(0, box: boxes(expected["box_xyxy"])[0], withConfidences: true)

        let labels = try tensor(expected["labels"])
        #expect([result.height, result.width] == labels.shape)
        #expect(try result.charts.map(Float.init) == labels.array(of: Float.self))
        let uv = try tensor(expected["uv"]).array(of: Float.self)
        let found = result.u + result.v
        #expect(zip(found, uv).allSatisfy { abs($0 - $1) < 1e-5 })
        let parts = try tensor(expected["fine_conf"]).array(of: Float.self)
        #expect(zip(try #require(result.confidences[.parts]), parts).allSatisfy { abs($0 - $1) < 1e-5 })
        // The reference keeps the variance before softplus, and 0 on the background.
        let variance = try (tensor(expected["sigma_2"]).softplus() + Calibration.epsilon).array(of: Float.self)
        let certainty = try #require(result.confidences[.uv])
        for (pixel, chart) in result.charts.enumerated() {
            let wanted = chart == 0 ? 0 : 1 / variance[pixel]
            #expect(abs(certainty[pixel] - wanted) < 1e-4 * max(1, wanted))
        }
    }
}
