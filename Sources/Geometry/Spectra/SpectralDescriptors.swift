import Foundation

extension LaplacianSpectrum {
    /// Heat kernel signature (Sun, Ovsjanikov, Guibas 2009): how much of the heat put on a point is still there after a time,
    /// over the mean of all points (the heat trace over the area). No unit, and the same for a mesh of another scale.
    ///
    /// - Parameter times: how many, spaced by equal factors from 4 ln 10 / λ_last to 4 ln 10 / λ_first, of the eigenvalues
    ///   that are not zero.
    /// - Returns: `[times][vertexCount]`; empty when all eigenvalues are zero.
    public func heatKernelSignature(times: Int) -> [[Double]] {
        guard let first = eigenvalues.first(where: { $0 > 0 }), let last = eigenvalues.last else { return [] }
        let (low, high) = (log(4 * log(10) / last), log(4 * log(10) / first))
        return (0..<times).map { step in
            let time = exp(low + (high - low) * Double(step) / Double(max(times - 1, 1)))
            return energies(weights: eigenvalues.map { exp(-$0 * time) })
        }
    }

    /// Wave kernel signature (Aubry, Schlickewei, Cremers 2011): how likely a particle of an energy is met at a point, over
    /// the mean of all points.
    ///
    /// - Parameter energies: how many, evenly spaced in the logarithm between the first and the last eigenvalue that is not
    ///   zero, 2 σ away from both; σ is 7 steps of the whole range.
    /// - Returns: `[energies][vertexCount]`; empty when all eigenvalues are zero.
    public func waveKernelSignature(energies count: Int) -> [[Double]] {
        guard let first = eigenvalues.first(where: { $0 > 0 }), let last = eigenvalues.last else { return [] }
        let sigma = 7 * max(log(last) - log(first), 1e-3) / Double(max(count, 1))
        // With few energies the two margins would cross.
        let margin = min(2 * sigma, (log(last) - log(first)) / 4)
        let (low, high) = (log(first) + margin, log(last) - margin)
        return (0..<count).map { step in
            let energy = low + (high - low) * Double(step) / Double(max(count - 1, 1))
            return energies(
                weights: eigenvalues.map { value in
                    value > 0 ? exp(-(energy - log(value)) * (energy - log(value)) / (2 * sigma * sigma)) : 0
                })
        }
    }

    /// Σ wᵢ φᵢ(x)² over its mean on the surface.
    private func energies(weights: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: vertexCount)
        for (index, weight) in weights.enumerated() where weight > 0 {
            for (vertex, value) in eigenfunction(index).enumerated() { result[vertex] += weight * value * value }
        }
        let mean = weights.reduce(0, +) / masses.reduce(0, +)
        return mean > 0 ? result.map { $0 / mean } : result
    }
}
