import Annotations
import Foundation

/// Overlaps of the detections and truths of a group: boxes and masks as `maskApi.c`, keypoints as `computeOks`.
struct OverlapMeasure: Sendable {
    let kind: OverlapKind
    let sigmas: [Double]
    let detections: COCODetections
    let truths: COCOTruths
    let groups: DetectionGroups

    /// Row-major, detections by truths.
    func fill(_ group: DetectionGroups.Group, _ isCrowd: [Bool], _ values: inout [Double]) throws {
        values.removeAll(keepingCapacity: true)
        guard !group.rows.isEmpty, !group.truths.isEmpty else { return }
        switch kind {
        case .boxes:
            for row in group.rows {
                let box = detections.boxes[Int(groups.rows[Int(row)])]
                for (place, truth) in group.truths.enumerated() {
                    values.append(
                        Self.overlap(box, truths.boxes[Int(groups.truths[Int(truth)])], isCrowd: isCrowd[place]))
                }
            }
        case .masks:
            let rows = try group.rows.map { try mask(detections.masks, Int(groups.rows[Int($0)])) }
            let columns = try group.truths.map { try mask(truths.masks, Int(groups.truths[Int($0)])) }
            do {
                values = try RunLengthMask.overlaps(rows, columns, crowd: isCrowd).values
            } catch {
                throw EvaluationError.sizes(picture: truths.index.pictures[Int(group.picture)], reason: "\(error)")
            }
        case .keypoints:
            for row in group.rows {
                for truth in group.truths {
                    values.append(similarity(Int(groups.rows[Int(row)]), Int(groups.truths[Int(truth)])))
                }
            }
        }
    }

    private func mask(_ column: MaskColumn, _ index: Int) throws -> RunLengthMask {
        guard let mask = try column.mask(index) else { throw EvaluationError.noMask(object: "object \(index)") }
        return mask
    }

    /// Intersection over union, over the detection's area for a crowd.
    static func overlap(_ detection: SIMD4<Double>, _ truth: SIMD4<Double>, isCrowd: Bool) -> Double {
        let width = min(detection.x + detection.z, truth.x + truth.z) - max(detection.x, truth.x)
        let height = min(detection.y + detection.w, truth.y + truth.w) - max(detection.y, truth.y)
        guard width > 0, height > 0 else { return 0 }
        let shared = width * height
        let area = detection.z * detection.w
        return shared / (isCrowd ? area : area + truth.z * truth.w - shared)
    }

    func hasVisibleKeypoint(_ truth: Int) -> Bool {
        (0..<truths.keypointCount).contains { truths.keypoints[3 * (truth * truths.keypointCount + $0) + 2] > 0 }
    }

    /// Object keypoint similarity; against a truth without visible keypoints, by how far they leave its box made twice as
    /// large on every side.
    private func similarity(_ detection: Int, _ truth: Int) -> Double {
        let count = truths.keypointCount
        let (d, g) = (3 * detection * count, 3 * truth * count)
        let box = truths.boxes[truth]
        let hasVisible = hasVisibleKeypoint(truth)
        var (sum, used) = (0.0, 0)
        for k in 0..<count {
            if hasVisible, truths.keypoints[g + 3 * k + 2] <= 0 { continue }
            let (x, y) = (detections.keypoints[d + 3 * k], detections.keypoints[d + 3 * k + 1])
            let dx: Double
            let dy: Double
            if hasVisible {
                dx = x - truths.keypoints[g + 3 * k]
                dy = y - truths.keypoints[g + 3 * k + 1]
            } else {
                dx = max(0, box.x - box.z - x) + max(0, x - (box.x + box.z * 2))
                dy = max(0, box.y - box.w - y) + max(0, y - (box.y + box.w * 2))
            }
            let variance = (sigmas[k] * 2) * (sigmas[k] * 2)
            sum += exp(-((dx * dx + dy * dy) / variance / (truths.areas[truth] + 0x1p-52) / 2))
            used += 1
        }
        return used > 0 ? sum / Double(used) : 0
    }
}
