import CMeshKernel

/// Makes maps smooth and consistent in both directions: functional maps between growing Laplacian eigenbases.
///
/// ZoomOut (Melzi et al. 2019) with descriptors beside the eigenfunctions, which keeps maps between bodies that are far from
/// isometric in place, and with one functional map a direction fitted to both pointwise maps (bijectivity, Ren et al. 2021).
public struct SpectralRefinement: Sendable {
    /// Eigenfunctions used, step by step.
    public var sizes = [20, 30, 40, 60, 80, 100, 140, 200]
    /// How much the descriptors count beside the eigenfunctions.
    public var descriptorWeight: Float = 3

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
        var (forward, backward) = (forward, backward)
        let most = min(source.basis.columns, target.basis.columns)
        var steps = sizes.filter { $0 < most }
        steps.append(min(most, sizes.last ?? most))
        var outcome: Outcome?
        for (index, k) in steps.enumerated() {
            let (a, b) = (source.basis(k), target.basis(k))
            // Functions of the target as functions of the source, and the reverse.
            let c = try fit(a, source.masses, b, target.masses, forward: forward, backward: backward)
            let d = try fit(b, target.masses, a, source.masses, forward: backward, backward: forward)
            func features(
                _ from: Side, _ to: Side, _ fromBasis: FeatureMatrix, _ toBasis: FeatureMatrix, _ map: FeatureMatrix
            ) -> (FeatureMatrix, FeatureMatrix) {
                let scale = 1 / max(toBasis.rowScale, .leastNormalMagnitude)
                let (left, right) = ((fromBasis * map).scaled(scale), toBasis.scaled(scale))
                return (
                    left.joined(from.descriptors, scale: descriptorWeight),
                    right.joined(to.descriptors, scale: descriptorWeight)
                )
            }
            let there = features(source, target, a, b, c)
            let back = features(target, source, b, a, d)
            forward = try there.0.nearestRows(in: there.1)
            backward = try back.0.nearestRows(in: back.1)
            outcome = Outcome(
                forward: forward, backward: backward, forwardFeatures: there, backwardFeatures: back)
            progress(Double(index + 1) / Double(steps.count))
        }
        return outcome!
    }

    /// The k x k matrix C for which (own basis) C best agrees with the other basis at mapped points, both for the map from here
    /// and for the one back.
    private func fit(
        _ own: FeatureMatrix, _ ownMass: [Float], _ other: FeatureMatrix, _ otherMass: [Float], forward: [Int32],
        backward: [Int32]
    ) throws(MeshError) -> FeatureMatrix {
        let k = own.columns
        let moved = other.rows(forward.map { Int($0) })
        let pulled = own.rows(backward.map { Int($0) })
        let there = own.scaledRows(ownMass).transposedTimes(moved)
        let weighted = pulled.scaledRows(otherMass)
        let back = weighted.transposedTimes(other)
        let gram = weighted.transposedTimes(pulled)
        var matrix = gram.values.map(Double.init)
        for i in 0..<k { matrix[i * k + i] += 1 }
        var right = [Double](repeating: 0, count: k * k)
        for i in 0..<k {
            for j in 0..<k { right[j * k + i] = Double(there.values[i * k + j] + back.values[i * k + j]) }
        }
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
