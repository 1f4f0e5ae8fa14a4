import Annotations
import Catalog

/// A drawn picture with exact labels: for tests, tours and first trainings that must not wait for data.
///
/// Bodies are jointed capsules over a procedural background; every pixel knows its figure, part, chart and (u, v). The
/// same seed and size give the same bytes.
public struct FigureScene: Sendable {
    public let width: Int
    public let height: Int
    /// RGB, 8 bits each, row after row: `3 * width * height` bytes.
    public let pixels: [UInt8]
    /// From the farthest to the nearest; figures of which nothing is seen are left out.
    public let figures: [FigureLabel]

    /// - Parameters:
    ///   - width: pixels, at least 32.
    ///   - height: pixels, at least 32.
    ///   - people: figures to draw apart from a crowd.
    ///   - crowd: whether to draw a row of small figures behind, labelled together.
    public init(seed: UInt64, width: Int = 320, height: Int = 240, people: Int = 2, crowd: Bool = false) {
        var random = SceneRandom(seed: seed)
        let width = max(width, 32)
        let height = max(height, 32)
        var canvas = FigureCanvas(width: width, height: height, random: &random)
        var skeletons: [FigureSkeleton?] = []
        if crowd {
            let horizon = Double(height) * random.number(0.35...0.45)
            let first = random.number(0.1...0.5) * Double(width)
            for place in 0..<4 {
                let stature = Double(height) * random.number(0.22...0.28)
                let x = first + Double(place) * stature * 0.35
                let skeleton = FigureSkeleton(pelvis: SIMD2(x, horizon), stature: stature, random: &random)
                canvas.draw(skeleton, owner: 1, random: &random)
            }
            skeletons.append(nil)
        }
        for _ in 0..<max(people, 0) {
            let stature = Double(height) * random.number(0.5...0.95)
            let x = random.number(0.15...0.85) * Double(width)
            let y = Double(height) * random.number(0.45...0.6)
            let skeleton = FigureSkeleton(pelvis: SIMD2(x, y), stature: stature, random: &random)
            skeletons.append(skeleton)
            canvas.draw(skeleton, owner: skeletons.count, random: &random)
        }
        self.width = width
        self.height = height
        pixels = canvas.pixels
        figures = skeletons.enumerated().compactMap { index, skeleton in
            FigureLabel(canvas: canvas, owner: index + 1, skeleton: skeleton, random: &random)
        }
    }
}

/// The labels of one figure, in COCO's and DensePose's terms.
public struct FigureLabel: Hashable, Sendable {
    /// A point of `dp_x`, `dp_y`, `dp_I`, `dp_U`, `dp_V`: x and y are shares of the box times 256.
    public struct SurfacePoint: Hashable, Sendable {
        public let x: Double
        public let y: Double
        /// 1...24
        public let chart: Int
        /// 0...1, along the limb.
        public let u: Double
        /// 0...1, across the limb.
        public let v: Double
    }

    /// In pixels; visibility as in COCO: 0 outside (and then at 0, 0), 1 hidden, 2 seen.
    public struct Keypoint: Hashable, Sendable {
        public let x: Double
        public let y: Double
        public let visibility: Int
    }

    /// The seen pixels.
    public let mask: RunLengthMask
    /// Their outer outlines, simplified to within 0.7 pixels; nothing for a crowd.
    public let polygons: [[Double]]
    /// The tight box of the seen pixels.
    public let box: Box
    /// Whether the label is that of several figures together.
    public let isCrowd: Bool
    /// 17, in COCO's order; nothing for a crowd.
    public let keypoints: [Keypoint]
    /// 14 masks of 256 x 256 over the box, coarse part 1 first; nil for a part that is not seen. Nothing for a crowd.
    public let parts: [RunLengthMask?]
    /// About 100, spread over the seen pixels; nothing for a crowd.
    public let points: [SurfacePoint]
}
