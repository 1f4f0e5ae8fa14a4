import Tensors

/// Gives every candidate box the true box that it overlaps most, and judges it by how much (Ren et al. 2015;
/// detectron2's `Matcher`).
struct BoxMatcher {
    /// Below `low` a candidate is background, from `high` on an object, between them neither.
    let low, high: Double
    /// Whether the best candidates of a true box are objects however little they overlap, so that none goes without.
    let keepsBest: Bool

    /// - Parameter overlap: [G, N].
    /// - Returns: for each candidate the number of its true box, and 1 for an object, 0 for background, -1 for neither.
    func match(_ overlap: Tensor) throws -> (truth: Tensor, labels: Tensor) {
        let count = overlap.size(1)
        guard overlap.size(0) > 0, count > 0 else {
            let zeros = try Tensor.zeros([count], dtype: .int64, device: overlap.device)
            return (zeros, zeros)
        }
        let best = try overlap.max([0])
        let truth = try overlap.argmax(0)
        var labels = try (best .>= high).to(.int64) - ((best .>= low).to(.int64) - (best .>= high).to(.int64))
        if keepsBest {
            let highest = try overlap.max([1], keepDim: true)
            let isBest = try ((overlap .== highest) .& (highest .> 0)).to(.int64).max([0])
            labels = try labels.maximum(isBest)
        }
        return (truth, labels)
    }

    /// Chance picks among the objects (1) and the background (0) of `labels`, so that objects are at most `share` of
    /// `count`.
    /// - Returns: indices of the chosen ones.
    static func sample(_ labels: Tensor, count: Int, share: Double) throws -> (objects: Tensor, background: Tensor) {
        let objects = try (labels .== 1).nonzero().reshape([-1])
        let background = try (labels .== 0).nonzero().reshape([-1])
        let wanted = min(objects.count, Int(Double(count) * share))
        return (try some(wanted, of: objects), try some(min(background.count, count - wanted), of: background))
    }

    private static func some(_ count: Int, of indices: Tensor) throws -> Tensor {
        guard count < indices.count else { return indices }
        // Drawn on the CPU, so that a seed gives the same choice wherever the network runs.
        let order = try Tensor.randperm(indices.count)[0..<count].to(indices.device)
        return try indices.indexSelect(0, order)
    }
}
