import Tensors

/// Means of the scalars that steps return, since the last line of the log. Sums stay on their device: reading each one
/// would make a GPU wait.
struct MetricAverages {
    private var sums: [String: (tensor: Tensor, count: Int)] = [:]
    private var norms: [String: (sum: Double, count: Int)] = [:]

    mutating func add(_ values: [String: Tensor]) throws {
        try withoutGradients {
            for (name, value) in values {
                let value = try value.detach().to(.float64)
                if let known = sums[name] {
                    sums[name] = (try known.tensor + value, known.count + 1)
                } else {
                    sums[name] = (value, 1)
                }
            }
        }
    }

    mutating func add(norms found: [String: Double]) {
        for (name, norm) in found {
            let known = norms["gradient-norm/\(name)"] ?? (0, 0)
            norms["gradient-norm/\(name)"] = (known.sum + norm, known.count + 1)
        }
    }

    /// The means, over all processes where there are several. Every process calls it at the same step.
    mutating func take(over group: ProcessGroup?) throws -> [String: Double] {
        defer { (sums, norms) = ([:], [:]) }
        let names = sums.keys.sorted()
        guard !names.isEmpty else { return [:] }
        let means = try Tensor.stack(names.map { try sums[$0]!.tensor / sums[$0]!.count })
        if let group {
            try group.allReduce(means)
            try means /= group.worldSize
        }
        var values = Dictionary(uniqueKeysWithValues: zip(names, try means.array(of: Double.self)))
        for (name, norm) in norms { values[name] = norm.sum / Double(norm.count) }
        return values
    }
}
