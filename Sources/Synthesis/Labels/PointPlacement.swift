/// Chooses where annotators of DensePose place points: roughly equally far apart on every part that is seen, by k-means
/// (Güler, Neverova and Kokkinos 2018, 2.1), at most 14 a part.
enum PointPlacement {
    static let mostPerPart = 14
    /// Pixels of a part for each of its points, while there are fewer than 14.
    private static let pixelsPerPoint = 6
    private static let samples = 180
    private static let rounds = 6

    /// - Parameters:
    ///   - parts: the coarse part of each pixel of the box, 0 for what is not the body; row-major.
    /// - Returns: pixels of the box, as indices, part after part.
    static func places(_ parts: [UInt8], width: Int, height: Int) -> [Int] {
        var pixels = [[Int32]](repeating: [], count: 15)
        // Places beyond 255 of 256 are outside DensePose's range.
        for y in 0..<height where (2 * y + 1) * 128 <= 255 * height {
            for x in 0..<width where (2 * x + 1) * 128 <= 255 * width {
                let part = Int(parts[y * width + x])
                if part > 0 { pixels[part].append(Int32(y * width + x)) }
            }
        }
        return pixels.flatMap { spread($0, width: width) }
    }

    private static func spread(_ pixels: [Int32], width: Int) -> [Int] {
        guard !pixels.isEmpty else { return [] }
        let k = min(mostPerPart, max(1, pixels.count / pixelsPerPoint))
        let stride = max(1, pixels.count / samples)
        let chosen = Swift.stride(from: stride / 2, to: pixels.count, by: stride).map { Int(pixels[$0]) }
        let points = chosen.map { SIMD2(Float($0 % width), Float($0 / width)) }
        // Starts are far from each other: each is the point farthest from those before.
        var centers = [points[points.count / 2]]
        var gaps = points.map { (($0 - centers[0]) * ($0 - centers[0])).sum() }
        while centers.count < min(k, points.count) {
            var best = 0
            for i in gaps.indices where gaps[i] > gaps[best] { best = i }
            let next = points[best]
            centers.append(next)
            for i in gaps.indices { gaps[i] = min(gaps[i], ((points[i] - next) * (points[i] - next)).sum()) }
        }
        for _ in 0..<rounds {
            var sums = [SIMD3<Float>](repeating: .zero, count: centers.count)
            for point in points {
                let nearest = nearest(point, centers)
                sums[nearest] += SIMD3(point.x, point.y, 1)
            }
            for i in centers.indices where sums[i].z > 0 { centers[i] = SIMD2(sums[i].x, sums[i].y) / sums[i].z }
        }
        // A centre may lie beside a bent part: the point is the part's pixel nearest to it.
        var taken: [Int] = []
        for center in centers {
            let pixel = chosen[nearest(center, points)]
            if !taken.contains(pixel) { taken.append(pixel) }
        }
        return taken
    }

    @inline(__always)
    private static func nearest(_ point: SIMD2<Float>, _ candidates: [SIMD2<Float>]) -> Int {
        var (best, least) = (0, Float.infinity)
        for (i, candidate) in candidates.enumerated() {
            let gap = ((candidate - point) * (candidate - point)).sum()
            if gap < least { (best, least) = (i, gap) }
        }
        return best
    }
}
