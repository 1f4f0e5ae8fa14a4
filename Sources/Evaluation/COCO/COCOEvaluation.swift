/// A number with its usual name.
public struct NamedMetric: Hashable, Sendable, Codable {
    public var name: String
    /// -1 where it is not defined.
    public var value: Double

    public init(name: String, value: Double) { (self.name, self.value) = (name, value) }
}

/// The outcome of an evaluation of boxes, masks or keypoints.
public struct COCOEvaluation: Sendable {
    public let kind: OverlapKind
    public let isFederated: Bool
    public let curves: PrecisionRecall
    let table: MatchTable
    public let detections: COCODetections
    public let truths: COCOTruths
    /// Sentences about the input.
    public let warnings: [String]

    /// The numbers that pycocotools prints (or LVIS), in its order.
    public var metrics: [NamedMetric] {
        let last = curves.grid.maximumDetections.count - 1
        func precision(_ name: String, threshold: Double? = nil, area: String = "all") -> NamedMetric {
            metric(name, area, threshold) { curves.averagePrecision(area: $0, limit: last, threshold: $1) }
        }
        func recall(_ name: String, limit: Int? = nil, threshold: Double? = nil, area: String = "all") -> NamedMetric {
            metric(name, area, threshold) { curves.averageRecall(area: $0, limit: limit ?? last, threshold: $1) }
        }
        var metrics = [precision("AP"), precision("AP50", threshold: 0.5), precision("AP75", threshold: 0.75)]
        if kind == .keypoints {
            metrics += [precision("APm", area: "medium"), precision("APl", area: "large"), recall("AR")]
            metrics += [recall("AR50", threshold: 0.5), recall("AR75", threshold: 0.75)]
            return metrics + [recall("ARm", area: "medium"), recall("ARl", area: "large")]
        }
        metrics += [precision("APs", area: "small"), precision("APm", area: "medium"), precision("APl", area: "large")]
        if isFederated {
            for frequency in ["r", "c", "f"] {
                let chosen = truths.index.categories.indices.filter {
                    truths.index.categories[$0].frequency == frequency
                }
                let value = curves.averagePrecision(limit: last, categories: chosen)
                metrics.append(NamedMetric(name: "AP\(frequency)", value: value))
            }
            metrics.append(recall("AR"))
        } else {
            for (place, limit) in curves.grid.maximumDetections.enumerated() {
                metrics.append(recall("AR\(limit)", limit: place))
            }
        }
        return metrics + [recall("ARs", area: "small"), recall("ARm", area: "medium"), recall("ARl", area: "large")]
    }

    private func metric(
        _ name: String, _ area: String, _ threshold: Double?, _ value: (Int, Int?) -> Double
    ) -> NamedMetric {
        guard let area = curves.grid.areas.firstIndex(where: { $0.name == area }) else {
            return NamedMetric(name: name, value: -1)
        }
        guard let threshold else { return NamedMetric(name: name, value: value(area, nil)) }
        guard let place = curves.grid.place(ofThreshold: threshold) else { return NamedMetric(name: name, value: -1) }
        return NamedMetric(name: name, value: value(area, place))
    }
}
