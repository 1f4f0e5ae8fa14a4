import Glibc

/// The kernels of Pillow's antialiased filters, over a distance in pixels of the coarser grid.
enum ResamplingKernel {
    case box
    case bilinear
    case hamming
    case bicubic
    case lanczos

    var support: Double {
        switch self {
        case .box: 0.5
        case .bilinear, .hamming: 1
        case .bicubic: 2
        case .lanczos: 3
        }
    }

    func weight(_ distance: Double) -> Double {
        let x = abs(distance)
        switch self {
        case .box: return distance > -0.5 && distance <= 0.5 ? 1 : 0
        case .bilinear: return x < 1 ? 1 - x : 0
        case .hamming:
            if x == 0 { return 1 }
            // Pillow's constants are single precision.
            return x < 1 ? Self.sinc(x) * (Double(0.54 as Float) + Double(0.46 as Float) * cos(x * .pi)) : 0
        case .bicubic:
            // Keys (1981) with a = -0.5.
            let a = -0.5
            if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
        case .lanczos: return distance >= -3 && distance < 3 ? Self.sinc(distance) * Self.sinc(distance / 3) : 0
        }
    }

    private static func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(x * .pi) / (x * .pi) }
}

/// For each new pixel along one axis: the first old pixel that it takes from, how many, and their weights, which sum to 1.
struct FilterTaps {
    let count: Int
    /// Weights of new pixel i start at `i * stride`.
    let stride: Int
    private(set) var starts: [Int] = []
    private(set) var lengths: [Int] = []
    private(set) var weights: [Double]

    /// The kernel is stretched by the reduction factor, and cut at the borders.
    init(_ kernel: ResamplingKernel, from length: Int, to count: Int) {
        let scale = Double(length) / Double(count)
        let stretch = max(1, scale)
        let support = kernel.support * stretch
        self.count = count
        stride = Int(support.rounded(.up)) * 2 + 1
        weights = [Double](repeating: 0, count: count * stride)
        starts.reserveCapacity(count)
        lengths.reserveCapacity(count)
        for i in 0..<count {
            let center = (Double(i) + 0.5) * scale
            let start = max(0, Int(center - support + 0.5))
            let end = min(length, Int(center + support + 0.5))
            var sum = 0.0
            for j in start..<end {
                let weight = kernel.weight((Double(j) - center + 0.5) * (1 / stretch))
                weights[i * stride + j - start] = weight
                sum += weight
            }
            if sum != 0 {
                for j in 0..<(end - start) { weights[i * stride + j] /= sum }
            }
            starts.append(start)
            lengths.append(end - start)
        }
    }

    /// Bits after the point of the 8-bit path: 32, less 8 for the sample and 2 for overshoot.
    static let fractionBits: Int32 = 22

    /// The weights rounded half away from zero to fixed point.
    var fixedWeights: [Int32] {
        weights.map { Int32(($0 * Double(1 << Self.fractionBits)).rounded(.toNearestOrAwayFromZero)) }
    }

    /// The old pixels that any of the new ones takes from.
    var reach: Range<Int> {
        let last = count - 1
        return starts[0]..<starts[last] + lengths[last]
    }
}
