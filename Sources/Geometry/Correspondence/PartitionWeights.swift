/// How near a point is to each of some anchors (landmarks, curves, corners), as weights that sum to one.
///
/// w = (d / mean d + 0.02)^-2, over its sum, and the square root of that, so that the distance of two rows is Hellinger's.
enum PartitionWeights {
    /// - Parameters:
    ///   - distances: `[anchors][vertices]`.
    ///   - masses: what each vertex counts in the means.
    static func features(_ distances: [[Double]], masses: [Double]) -> FeatureMatrix {
        let total = masses.reduce(0, +)
        let means = distances.map { line in
            zip(line, masses).reduce(0) { $0 + ($1.0.isFinite ? $1.0 * $1.1 : 0) } / total
        }
        var features = FeatureMatrix(rows: masses.count, columns: distances.count)
        for row in masses.indices {
            var sum = 0.0
            for (column, line) in distances.enumerated() {
                let scaled = line[row] / max(means[column], .leastNormalMagnitude) + 0.02
                let weight = 1 / (scaled * scaled)
                features.values[row * distances.count + column] = Float(weight)
                sum += weight
            }
            for column in distances.indices {
                let weight = Double(features.values[row * distances.count + column])
                features.values[row * distances.count + column] = Float((weight / max(sum, 1e-300)).squareRoot())
            }
        }
        return features
    }
}
