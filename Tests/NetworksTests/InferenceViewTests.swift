import Geometry
import Imaging
import Tensors
import Testing

@testable import Networks

/// Several looks at one picture, and frames in a row.
@Suite struct InferenceViewTests {
    /// A body whose charts are mirrored from left to right: u becomes 1 - u.
    private static let symmetry: ChartSymmetry = {
        let size = ChartSymmetry.size
        let u = (0..<size * size).map { 1 - Double($0 % size) / Double(size - 1) }
        let v = (0..<size * size).map { Double($0 / size) / Double(size - 1) }
        return ChartSymmetry(
            u: [[Double]](repeating: u, count: ChartLayout.chartCount),
            v: [[Double]](repeating: v, count: ChartLayout.chartCount))
    }()

    /// One for all predictors of a test: others draw from the shared generator meanwhile.
    private let network: DensePoseRCNN

    init() throws {
        try RandomGenerator.shared().reseed(3)
        var configuration = DensePoseConfiguration.preset("tiny")!
        configuration.trunk.widths = [16, 16, 16, 16]
        configuration.trunk.stemWidth = 16
        (configuration.pyramidWidth, configuration.box.width, configuration.mask!.width) = (16, 32, 16)
        (configuration.dense!.decoderWidth, configuration.dense!.width) = (16, 16)
        configuration.input.side = 64
        network = try DensePoseRCNN(configuration)
    }

    private func predictor(
        _ change: (inout DensePosePredictor.Options) -> Void = { _ in }
    ) throws -> DensePosePredictor {
        var options = DensePosePredictor.Options()
        (options.minimumScore, options.perPicture) = (0, 3)
        change(&options)
        return try DensePosePredictor(network, options)
    }

    private static func picture(_ seed: Int) -> Image {
        Image(
            width: 80, height: 64, channels: 3,
            bytes: (0..<80 * 64 * 3).map { UInt8(truncatingIfNeeded: ($0 / 3 % 80 + seed) * 7 ^ ($0 / 240) * 5) })
    }

    private func random(_ channels: Int) throws -> ChartPrediction {
        let shape = [2, 25, 4, 6]
        var prediction = ChartPrediction(
            coarse: try Tensor.rand([2, channels, 4, 6]), fine: try Tensor.rand(shape), u: try Tensor.rand(shape),
            v: try Tensor.rand(shape))
        prediction.sigma2 = try Tensor.rand(shape)
        return prediction
    }

    @Test(arguments: [2, 15]) func theMirrorOfTheMirrorIsWhatItWas(coarseChannels: Int) throws {
        try RandomGenerator.shared().reseed(1)
        let prediction = try random(coarseChannels)
        let twice = try prediction.unmirrored(Self.symmetry).unmirrored(Self.symmetry)
        func difference(_ a: Tensor, _ b: Tensor) throws -> Double { try (a - b).abs().max().item() }
        #expect(try difference(twice.fine, prediction.fine) == 0)
        #expect(try difference(twice.coarse, prediction.coarse) == 0)
        #expect(try difference(twice.sigma2!, prediction.sigma2!) == 0)
        #expect(try difference(twice.u, prediction.u) < 1.01 / 127)
        #expect(try difference(twice.v, prediction.v) < 1.01 / 127)
    }

    @Test func whatWasRightIsLeftAfterTheMirror() throws {
        let shape = [1, 25, 1, 2]
        let right = 15
        let left = ChartLayout.mirroredChart[right]
        var fine = [Float](repeating: 0, count: 50)
        fine[2 * right] = 1
        let u = [Float](repeating: 0.25, count: 50)
        let prediction = ChartPrediction(
            coarse: try Tensor.zeros([1, 2, 1, 2]), fine: try Tensor(fine, shape: shape),
            u: try Tensor(u, shape: shape),
            v: try Tensor(u, shape: shape))
        let result = try prediction.unmirrored(Self.symmetry)
        let charts: [Float] = try result.fine.array()
        #expect(left != right && charts[2 * Int(left) + 1] == 1 && charts.reduce(0, +) == 1)
        let across: [Float] = try result.u.array()
        #expect(abs(across[2 * Int(left) + 1] - 0.75) < 0.01)
    }

    @Test func theSameLookTwiceSaysTheSame() throws {
        let images = [Self.picture(0), Self.picture(9)]
        let once = try predictor()(images)
        let twice = try predictor { $0.sides = [64, 64] }(images)
        #expect(once.map(\.count) == [3, 3])
        for (one, other) in zip(once.joined(), twice.joined()) {
            #expect(abs(one.box.x - other.box.x) < 1e-3 && abs(one.box.width - other.box.width) < 1e-3)
            #expect(abs(one.score - other.score) < 1e-6)
            let same = zip(one.chart!.charts, other.chart!.charts).filter { $0 == $1 }.count
            #expect(Double(same) >= 0.99 * Double(one.chart!.charts.count))
        }
    }

    @Test func severalSizesAndTheMirrorGiveBoxesWithinThePicture() throws {
        let found = try predictor {
            $0.sides = [48, 64]
            $0.symmetry = Self.symmetry
        }([Self.picture(0)])
        #expect(found[0].count == 3)
        for object in found[0] {
            #expect(object.box.x >= 0 && object.box.x + object.box.width <= 80)
            #expect(object.box.y >= 0 && object.box.y + object.box.height <= 64)
            #expect(object.chart!.u.allSatisfy(\.isFinite) && object.mask != nil)
        }
    }

    @Test func aMirroredPictureHasMirroredBoxes() throws {
        let mirrored = try predictor { $0.symmetry = Self.symmetry }
        let one = try mirrored([Self.picture(4)])[0]
        let other = try mirrored([Self.picture(4).flippedHorizontally()])[0]
        #expect(one.count == other.count)
        for (a, b) in zip(one, other) {
            #expect(abs(a.score - b.score) < 1e-4)
            #expect(abs(80 - a.box.x - a.box.width - b.box.x) < 0.01)
        }
    }

    @Test func framesWithoutSmoothingAreFoundAsPicturesAre() throws {
        let frames = (0..<4).map(Self.picture)
        let plain = try predictor()(frames)
        let clip = ClipPredictor(try predictor())
        let followed = try clip(Array(frames[..<3])) + clip([frames[3]])
        for (a, b) in zip(plain.joined(), followed.joined()) {
            // Products of more rows may end in other bits.
            let same = zip(a.chart!.charts, b.chart!.charts).filter { $0 == $1 }.count
            #expect(a.box == b.box && Double(same) >= 0.99 * Double(a.chart!.charts.count))
            #expect(b.track != nil)
        }
    }

    @Test func smoothedFramesThatDoNotChangeStayAsTheyAre() throws {
        let frames = [Image](repeating: Self.picture(2), count: 3)
        let found = try ClipPredictor(try predictor(), smoothing: 0.6)(frames)
        let plain = try predictor()([frames[0]])[0]
        for objects in found {
            #expect(objects.map(\.track) == found[0].map(\.track))
            for (a, b) in zip(plain, objects) {
                #expect(abs(a.box.x - b.box.x) < 1e-3)
                let same = zip(a.chart!.charts, b.chart!.charts).filter { $0 == $1 }.count
                #expect(Double(same) >= 0.98 * Double(a.chart!.charts.count))
            }
        }
    }
}
