import Catalog
import Foundation

/// What a network says of its own result, beside the score.
public struct DetectionStatements: Sendable, Hashable, Decodable {
    /// By name, such as `class`, `parts`, `foreground`, `uv`; larger is surer.
    public var confidences: [String: Double] = [:]
    /// Deviations of u and v in the chart's units; one for both, or one each.
    public var uvDeviation: [Double] = []
    /// Deviations of x, y, width and height in pixels.
    public var boxDeviation: [Double] = []

    enum CodingKeys: String, CodingKey {
        case confidences
        case uvDeviation = "uv_sigma"
        case boxDeviation = "bbox_sigma"
    }

    public init() {}

    var isEmpty: Bool { confidences.isEmpty && uvDeviation.isEmpty && boxDeviation.isEmpty }

    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        confidences = try object.decodeIfPresent([String: Double].self, forKey: .confidences) ?? [:]
        uvDeviation = try object.decodeIfPresent([Double].self, forKey: .uvDeviation) ?? []
        boxDeviation = try object.decodeIfPresent([Double].self, forKey: .boxDeviation) ?? []
        guard [0, 1, 2].contains(uvDeviation.count), [0, 4].contains(boxDeviation.count),
            (uvDeviation + boxDeviation).allSatisfy({ $0 > 0 && $0.isFinite })
        else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: [], debugDescription: "uv_sigma has 1 or 2, bbox_sigma 4 positive numbers"))
        }
    }

    /// Of a label of the catalog; empty for text that is of a file.
    init(extra: String?) {
        self =
            extra.flatMap { $0.hasPrefix("{") ? try? JSONDecoder().decode(Self.self, from: Data($0.utf8)) : nil }
            ?? Self()
    }

    /// Deviations of u and v: those that are stated, or the root of 1 / `uv`, which is 1/σ² (the mean over the object, so that
    /// its root is the harmonic mean of variances).
    var deviations: SIMD2<Double>? {
        if let first = uvDeviation.first { return SIMD2(first, uvDeviation.last ?? first) }
        guard let certainty = confidences["uv"], certainty > 0 else { return nil }
        return SIMD2(repeating: (1 / certainty).squareRoot())
    }
}
