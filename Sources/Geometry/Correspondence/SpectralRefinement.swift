import CMeshKernel
import Hashing

/// Makes maps smooth and consistent in both directions: functional maps between growing Laplacian eigenbases.
///
/// ZoomOut (Melzi et al. 2019) with descriptors beside the eigenfunctions, which keeps maps between bodies that are far from
/// isometric in place, and with one functional map a direction fitted to both pointwise maps (bijectivity, Ren et al. 2021).
public struct SpectralRefinement: Sendable {
    /// Eigenfunctions used, step by step.
    public var sizes = [20, 30, 40, 60, 80, 100, 140, 200]
    /// How much the descriptors count beside the eigenfunctions.
    public var descriptorWeight: Float = 3
    /// Functional maps are fitted to this many vertices, drawn at random; only the last step maps all.
    public var samples = 2000

    public init() {}

    /// One surface: eigenfunctions by rows of vertices, and descriptors.
    struct Side {
        let basis: FeatureMatrix
        let masses: [Float]
        let descriptors: FeatureMatrix

        /// - Parameter spectrum: of the surface scaled to unit area, or of any: it is scaled here.
        init(_ spectrum: LaplacianSpectrum, descriptors: FeatureMatrix) {
            let area = spectrum.masses.reduce(0, +)
            var basis = FeatureMatrix(rows: spectrum.vertexCount, columns: spectrum.count)
            for k in 0..<spectrum.count {
                for (v, value) in spectrum.eigenfunction(k).enumerated() {
                    basis.values[v * spectrum.count + k] = Float(value * area.squareRoot())
                }
            }
            self.basis = basis
            masses = spectrum.masses.map { Float($0 / area) }
            self.descriptors = descriptors
        }

        /// The first k eigenfunctions.
        func basis(_ k: Int) -> FeatureMatrix {
            var part = FeatureMatrix(rows: basis.rows, columns: k)
            let width = basis.columns
            part.values.withUnsafeMutableBufferPointer { out in
                basis.values.withUnsafeBufferPointer { source in
                    for v in 0..<basis.rows { for c in 0..<k { out[v * k + c] = source[v * width + c] } }
                }
            }
            return part
        }
    }

    /// Maps between vertices in both directions, refined step by step; and the features in which the last search was made.
    struct Outcome {
        var forward: [Int32]
        var backward: [Int32]
        /// Rows of the source and of the target in the space of the map from source to target.
        var forwardFeatures: (source: FeatureMatrix, target: FeatureMatrix)
        var backwardFeatures: (source: FeatureMatrix, target: FeatureMatrix)
    }

    func refine(
        _ source: Side, _ target: Side, forward: [Int32], backward: [Int32],
        progress: (Double) -> Void = { _ in }
    ) throws(MeshError) -> Outcome {
        let most = min(source.basis.columns, target.basis.columns)
        var steps = sizes.filter { $0 < most }
        steps.append(min(most, sizes.last ?? most))
        let (ownOrder, theirOrder) = (try order(of: source), try order(of: target))
        let (ownSample, theirSample) = (sample(ownOrder), sample(theirOrder))
        var there = ownSample.map { forward[Int($0)] }
        var back = theirSample.map { backward[Int($0)] }
        for (index, k) in steps.enumerated() {
            let (a, b) = (source.basis(k), target.basis(k))
            let (one, other) = (Points(ownSample, source, there), Points(theirSample, target, back))
            // Functions of the target as functions of the source, and the reverse.
            let c = try fit(a, b, one, other)
            let d = try fit(b, a, other, one)
            let isLast = index == steps.count - 1
            let forwardFeatures = features(source, target, a, c, b, rows: isLast ? nil : one.vertices)
            let backwardFeatures = features(target, source, b, d, a, rows: isLast ? nil : other.vertices)
            there = try nearest(forwardFeatures, isLast ? ownOrder : nil, theirOrder)
            back = try nearest(backwardFeatures, isLast ? theirOrder : nil, ownOrder)
            progress(Double(index + 1) / Double(steps.count))
            if isLast {
                return Outcome(
                    forward: there, backward: back, forwardFeatures: forwardFeatures, backwardFeatures: backwardFeatures
                )
            }
        }
        throw .unsuitable("there are no eigenfunctions to refine with")
    }

    /// An order of the vertices in which neighbours are near each other at every step.
    private func order(of side: Side) throws(MeshError) -> [Int32] {
        let lowest = side.basis(min(20, side.basis.columns))
        return try RowBalls.order(
            of: lowest.scaled(1 / max(lowest.rowScale, .leastNormalMagnitude))
                .joined(side.descriptors, scale: descriptorWeight))
    }

    /// Some vertices of a surface, always the same, in its order.
    private func sample(_ order: [Int32]) -> [Int32] {
        var random = SeededGenerator(seed: 1, stream: 0)
        let drawn = Set((0..<Int32(order.count)).shuffled(using: &random).prefix(samples))
        return order.filter { drawn.contains($0) }
    }

    /// - Parameter order: of the rows of the source; nil where they are in order.
    private func nearest(
        _ features: (source: FeatureMatrix, target: FeatureMatrix), _ order: [Int32]?, _ targetOrder: [Int32]
    ) throws(MeshError) -> [Int32] {
        try RowBalls(features.source, order: order ?? Array(0..<Int32(features.source.rows)))
            .nearest(in: RowBalls(features.target, order: targetOrder))
    }

    /// Vertices with their weights, and where they are mapped.
    private struct Points {
        let vertices: [Int]
        let weights: [Float]
        let images: [Int]

        init(_ sample: [Int32], _ side: Side, _ images: [Int32]) {
            vertices = sample.map { Int($0) }
            weights = vertices.map { side.masses[$0] }
            self.images = images.map { Int($0) }
        }
    }

    /// Eigenfunctions, those of the source taken to the target's by C, beside descriptors; of the source only some rows, or all.
    private func features(
        _ from: Side, _ to: Side, _ own: FeatureMatrix, _ c: FeatureMatrix, _ other: FeatureMatrix, rows: [Int]?
    ) -> (source: FeatureMatrix, target: FeatureMatrix) {
        let scale = 1 / max(other.rowScale, .leastNormalMagnitude)
        let left = (rows.map(own.rows) ?? own) * c.scaled(scale)
        return (
            left.joined(rows.map(from.descriptors.rows) ?? from.descriptors, scale: descriptorWeight),
            other.scaled(scale).joined(to.descriptors, scale: descriptorWeight)
        )
    }

    /// The k x k matrix C for which (own basis) C best agrees with the other basis at mapped points, both for the map from here
    /// and for the one back.
    private func fit(
        _ own: FeatureMatrix, _ other: FeatureMatrix, _ there: Points, _ back: Points
    ) throws(MeshError) -> FeatureMatrix {
        let k = own.columns
        var matrix = [Double](repeating: 0, count: k * k)
        var right = matrix
        for (x, y, weights) in [
            (own.rows(there.vertices), other.rows(there.images), there.weights),
            (own.rows(back.images), other.rows(back.vertices), back.weights),
        ] {
            let weighted = x.scaledRows(weights)
            let (gram, product) = (weighted.transposedTimes(x), weighted.transposedTimes(y))
            for i in 0..<k {
                for j in 0..<k {
                    matrix[i * k + j] += Double(gram.values[i * k + j])
                    right[j * k + i] += Double(product.values[i * k + j])
                }
            }
        }
        // Fewer points than functions leave some open.
        let trace = (0..<k).reduce(0) { $0 + matrix[$1 * k + $1] }
        for i in 0..<k { matrix[i * k + i] += 1e-6 * trace / Double(k) }
        guard mesh_solve_definite(Int32(k), &matrix, Int32(k), &right) == 0 else {
            throw .unsuitable("the functional map of \(k) eigenfunctions is singular")
        }
        var c = FeatureMatrix(rows: k, columns: k)
        for i in 0..<k { for j in 0..<k { c.values[i * k + j] = Float(right[j * k + i]) } }
        return c
    }
}

extension FeatureMatrix {
    func scaled(_ factor: Float) -> FeatureMatrix {
        FeatureMatrix(rows: rows, columns: columns, values: values.map { $0 * factor })
    }

    func scaledRows(_ factors: [Float]) -> FeatureMatrix {
        var scaled = self
        scaled.values.withUnsafeMutableBufferPointer { out in
            for r in 0..<rows { for c in 0..<columns { out[r * columns + c] *= factors[r] } }
        }
        return scaled
    }
}
