import Checkpoints
import Foundation
import Tensors
import Testing

/// Compares the gradient of a weighted sum with central differences, in double precision.
func expectNumericalGradient(
    of function: ([Tensor]) throws -> Tensor, at inputs: [Tensor], tolerance: Double = 1e-6,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let generator = try RandomGenerator(seed: 99)
    let leaves = try inputs.map { try $0.to(.float64).clone().requiresGrad(true) }
    let output = try function(leaves)
    let weights = try Tensor.randn(output.shape, dtype: .float64, generator: generator)
    let exact = try gradients(of: [(output * weights).sum()], withRespectTo: leaves)
    for (leaf, gradient) in zip(leaves, exact) {
        let gradient = try #require(gradient).array(of: Double.self)
        let flat = try leaf.detach().view([leaf.count])
        for i in stride(from: 0, to: leaf.count, by: max(1, leaf.count / 40)) {
            func value(_ shift: Double) throws -> Double {
                try withoutGradients {
                    try flat[i] += shift
                    defer { try? flat[i] += -shift }
                    return try (function(leaves) * weights).sum().item()
                }
            }
            let numerical = try (value(1e-5) - value(-1e-5)) / 2e-5
            #expect(abs(numerical - gradient[i]) < tolerance * max(1, abs(numerical)), sourceLocation: sourceLocation)
        }
    }
}

@Suite struct RegionOperatorTests {
    private let generator = try! RandomGenerator(seed: 3)

    private func regions(_ count: Int, images: Int, size: Double) throws -> Tensor {
        let image = try (Tensor.rand([count, 1], dtype: .float64, generator: generator) * Double(images)).floor()
        // Some begin before the picture, some end beyond it.
        let corner = try Tensor.rand([count, 2], dtype: .float64, generator: generator) * (size * 1.2) - size * 0.2
        let extent = try Tensor.rand([count, 2], dtype: .float64, generator: generator) * size * 0.8 + 0.05
        return try Tensor.cat([image, corner, corner + extent], dim: 1)
    }

    /// RoIAlign as its paper defines it, one sample after the other.
    private func definition(
        _ features: [Double], _ shape: [Int], _ region: [Double], scale: Double, bins: (Int, Int), sampling: Int,
        isAligned: Bool
    ) -> [Double] {
        let (channels, height, width) = (shape[1], shape[2], shape[3])
        let shift = isAligned ? 0.5 : 0
        let (x0, y0) = (region[1] * scale - shift, region[2] * scale - shift)
        var (w, h) = (region[3] * scale - shift - x0, region[4] * scale - shift - y0)
        if !isAligned { (w, h) = (max(w, 1), max(h, 1)) }
        let (binH, binW) = (h / Double(bins.0), w / Double(bins.1))
        let gridH = sampling > 0 ? sampling : Int(ceil(binH))
        let gridW = sampling > 0 ? sampling : Int(ceil(binW))
        var result: [Double] = []
        for c in 0..<channels {
            let plane = (Int(region[0]) * channels + c) * height * width
            for by in 0..<bins.0 {
                for bx in 0..<bins.1 {
                    var sum = 0.0
                    for iy in 0..<gridH {
                        for ix in 0..<gridW {
                            var y = y0 + Double(by) * binH + (Double(iy) + 0.5) * binH / Double(gridH)
                            var x = x0 + Double(bx) * binW + (Double(ix) + 0.5) * binW / Double(gridW)
                            if y < -1 || y > Double(height) || x < -1 || x > Double(width) { continue }
                            (y, x) = (min(max(y, 0), Double(height - 1)), min(max(x, 0), Double(width - 1)))
                            let (yl, xl) = (Int(y), Int(x))
                            let (yh, xh) = (min(yl + 1, height - 1), min(xl + 1, width - 1))
                            let (dy, dx) = (y - Double(yl), x - Double(xl))
                            func at(_ y: Int, _ x: Int) -> Double { features[plane + y * width + x] }
                            sum +=
                                (1 - dy) * ((1 - dx) * at(yl, xl) + dx * at(yl, xh))
                                + dy * ((1 - dx) * at(yh, xl) + dx * at(yh, xh))
                        }
                    }
                    result.append(sum / Double(max(1, gridH * gridW)))
                }
            }
        }
        return result
    }

    @Test(arguments: [(0, true), (0, false), (2, true), (3, false)])
    func roiAlignIsTheMeanOfBilinearSamples(_ sampling: Int, _ isAligned: Bool) throws {
        let features = try Tensor.randn([2, 3, 13, 17], dtype: .float64, generator: generator)
        let regions = try regions(40, images: 2, size: 64)
        let found = try features.roiAlign(
            regions, scale: 0.25, height: 5, width: 7, samplingRatio: sampling, isAligned: isAligned)
        let values = try features.array(of: Double.self)
        let rows = try regions.array(of: Double.self)
        let expected = (0..<40).flatMap {
            definition(
                values, features.shape, Array(rows[5 * $0..<5 * $0 + 5]), scale: 0.25, bins: (5, 7),
                sampling: sampling, isAligned: isAligned)
        }
        #expect(try found.isClose(to: Tensor(expected, shape: found.shape), relative: 1e-9, absolute: 1e-9))
        let single = try features.to(.float32).roiAlign(
            regions, scale: 0.25, height: 5, width: 7, samplingRatio: sampling, isAligned: isAligned)
        #expect(try single.to(.float64).isClose(to: found, relative: 1e-4, absolute: 1e-5))
    }

    @Test func everyOperatorHasAGradientAndAFormForOtherDevices() throws {
        let features = try Tensor.randn([2, 2, 9, 11], dtype: .float64, generator: generator)
        let regions = try regions(12, images: 2, size: 40)
        let instances = try Tensor([0, 0, 7, 7, 7, 2, 2, 0] as [Int], shape: [1, 1, 2, 4]).repeated([2, 1, 2, 1])
        let maps = try Tensor.randn([2, 3, 4, 4], dtype: .float64, generator: generator)
        let gates = try (Tensor.rand([2, 9, 4, 4], dtype: .float64, generator: generator) - 0.5) * 0.6
        let cases: [(String, [Tensor], [any ArgumentConvertible])] = [
            ("roi_align", [features], [regions, 0.25, [3, 4], 2, true]),
            ("roi_align", [features], [regions, 0.25, [3, 4], 0, false]),
            ("instance_mean", [maps], [instances]),
        ]
        for (name, inputs, rest) in cases {
            let kernel = Operator("kindred::\(name)")
            let operators = Operator("kindred::\(name)_by_operators")
            try compare(inputs) {
                try call(kernel, $0, rest)
            } with: {
                try call(operators, $0, rest)
            }
        }
        for direction in PropagationDirection.allCases {
            let operators = Operator("kindred::propagate_by_operators")
            try compare([maps, gates]) {
                try $0[0].propagated(direction, gates: $0[1])
            } with: {
                try operators($0[0], $0[1], direction.rawValue)
            }
        }
    }

    private func call(_ op: Operator, _ inputs: [Tensor], _ rest: [any ArgumentConvertible]) throws -> Tensor {
        switch rest.count {
        case 1: try op(inputs[0], rest[0])
        default: try op(inputs[0], rest[0], rest[1], rest[2], rest[3], rest[4])
        }
    }

    /// Values and gradients of both forms agree, and the gradients with numerical ones.
    private func compare(
        _ inputs: [Tensor], _ kernel: ([Tensor]) throws -> Tensor, with operators: ([Tensor]) throws -> Tensor
    ) throws {
        #expect(try kernel(inputs).isClose(to: operators(inputs), relative: 1e-7, absolute: 1e-9))
        try expectNumericalGradient(of: kernel, at: inputs)
        try expectNumericalGradient(of: operators, at: inputs)
    }

    @Test func propagationDependsOnlyOnEarlierLines() throws {
        // With one gate that copies the neighbour beside, the first column runs across.
        let x = try Tensor.arange(0, 6).to(.float32).reshape([1, 1, 2, 3])
        let gates = try Tensor.cat(
            [Tensor.zeros([1, 1, 2, 3]), Tensor.ones([1, 1, 2, 3]), Tensor.zeros([1, 1, 2, 3])], dim: 1)
        func run(_ direction: PropagationDirection) throws -> [Float] {
            try x.propagated(direction, gates: gates).array(of: Float.self)
        }
        #expect(try run(.leftToRight) == [0, 0, 0, 3, 3, 3])
        #expect(try run(.rightToLeft) == [2, 2, 2, 5, 5, 5])
        #expect(try run(.topDown) == [0, 1, 2, 0, 1, 2])
        #expect(try run(.bottomUp) == [3, 4, 5, 3, 4, 5])
    }

    @Test func suppressionKeepsTheBestOfEachClass() throws {
        let count = 300
        let corner = try Tensor.rand([count, 2], generator: generator) * 80
        let boxes = try Tensor.cat([corner, corner + Tensor.rand([count, 2], generator: generator) * 40 + 1], dim: 1)
        // Equal scores occur: the earlier box is better.
        let scores = try (Tensor.rand([count], generator: generator) * 50).floor() / 50
        let classes = try (Tensor.rand([count], generator: generator) * 4).floor().to(.int64)
        let found = try batchedNMS(boxes: boxes, scores: scores, classes: classes, threshold: 0.4)
        let b = try boxes.array(of: Float.self)
        let s = try scores.array(of: Float.self)
        let c = try classes.array(of: Int.self)
        var kept: [Int] = []
        for i in (0..<count).sorted(by: { s[$0] != s[$1] ? s[$0] > s[$1] : $0 < $1 }) {
            let isSuppressed = kept.contains { j in
                guard c[i] == c[j] else { return false }
                let w = max(0, min(b[4 * i + 2], b[4 * j + 2]) - max(b[4 * i], b[4 * j]))
                let h = max(0, min(b[4 * i + 3], b[4 * j + 3]) - max(b[4 * i + 1], b[4 * j + 1]))
                func area(_ k: Int) -> Float { (b[4 * k + 2] - b[4 * k]) * (b[4 * k + 3] - b[4 * k + 1]) }
                return w * h / (area(i) + area(j) - w * h) > 0.4
            }
            if !isSuppressed { kept.append(i) }
        }
        #expect(try found.array(of: Int.self) == kept)
        let operators = Operator("kindred::batched_nms_by_operators")
        #expect(try operators(boxes, scores, classes, 0.4).array(of: Int.self) == kept)
        #expect(kept.count < count)
        let none = try Tensor.zeros([0, 4])
        #expect(
            try batchedNMS(boxes: none, scores: none[.all, 0], classes: none[.all, 0].to(.int64), threshold: 0.5).count
                == 0)
    }

    @Test func badRegionsAreErrors() throws {
        let features = try Tensor.zeros([1, 1, 4, 4])
        for row: [Float] in [[1, 0, 0, 2, 2], [0, .nan, 0, 2, 2], [0, 0, 0, 1e30, 2], [-1, 0, 0, 1, 1]] {
            #expect(throws: TorchError.self) {
                try features.roiAlign(Tensor(row, shape: [1, 5]), scale: 1, height: 2, width: 2)
            }
        }
        #expect(try features.roiAlign(Tensor.zeros([0, 5]), scale: 1, height: 2, width: 2).shape == [0, 1, 2, 2])
    }
}
