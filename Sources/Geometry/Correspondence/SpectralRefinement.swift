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
        let (ownSample, theirSample) = (sample(of: source), sample(of: target))
        var there = ownSample.map { forward[Int($0)] }
        var back = theirSample.map { backward[Int($0)] }
        for (index, k) in steps.enumerated() {
            let (a, b) = (source.basis(k), target.basis(k))
            let (one, other) = (Points(ownSample, source, there), Points(theirSample, target, back))
            // Functions of the target as functions of the source, and the reverse.
            let c = try fit(a, b, one, other)
            let d = try fit(b, a, other, one)
            let isLast = index == steps.count - 1
            let forwardFeatures = features(source, target, a * c, b, rows: isLast ? nil : ownSample)
            let backwardFeatures = features(target, source, b * d, a, rows: isLast ? nil : theirSample)
            there = try forwardFeatures.source.nearestRows(in: forwardFeatures.target)
            back = try backwardFeatures.source.nearestRows(in: backwardFeatures.target)
            progress(Double(index + 1) / Double(steps.count))
            if isLast {
                return Outcome(
                    forward: there, backward: back, forwardFeatures: forwardFeatures, backwardFeatures: backwardFeatures
                )
            }
        }
        throw .unsuitable("there are no eigenfunctions to refine with")
    }

    /// Some vertices of a surface, always the same.
    private func sample(of side: Side) -> [Int32] {
        var random = SeededGenerator(seed: 1, stream: 0)
        return Array((0..<Int32(side.basis.rows)).shuffled(using: &random).prefix(samples))
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

    /// Eigenfunctions beside descriptors; of the source only some rows, or all.
    private func features(
        _ from: Side, _ to: Side, _ mapped: FeatureMatrix, _ basis: FeatureMatrix, rows: [Int32]?
    ) -> (source: FeatureMatrix, target: FeatureMatrix) {
        let scale = 1 / max(basis.rowScale, .leastNormalMagnitude)
        let indices = rows.map { $0.map { Int($0) } }
        let left = indices.map { mapped.rows($0) } ?? mapped
        let descriptors = indices.map { from.descriptors.rows($0) } ?? from.descriptors
        return (
            left.scaled(scale).joined(descriptors, scale: descriptorWeight),
            basis.scaled(scale).joined(to.descriptors, scale: descriptorWeight)
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
