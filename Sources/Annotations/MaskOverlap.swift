/// Intersection over union of every detection with every truth.
public struct OverlapMatrix: Hashable, Sendable {
    /// Detections.
    public let rows: Int
    /// Truths.
    public let columns: Int
    /// Row-major, 0...1.
    public let values: [Double]

    public subscript(detection: Int, truth: Int) -> Double { values[detection * columns + truth] }
}

extension RunLengthMask {
    /// Intersection over union; with `crowd`, over the area of this mask (the detection), as COCO scores against crowds.
    /// 0 where the masks do not meet, even if both are empty.
    /// - Throws: `RunLengthMaskError.sizesDiffer` (where pycocotools gives -1).
    public func overlap(with truth: RunLengthMask, crowd: Bool = false) throws(RunLengthMaskError) -> Double {
        try Self.overlaps([self], [truth], crowd: [crowd]).values[0]
    }

    /// Intersection over union of all pairs: pycocotools' `iou`. Pairs whose boxes are apart cost nothing.
    /// - Parameter crowd: one flag a truth; none at all means that no truth is a crowd.
    /// - Throws: `RunLengthMaskError` when sizes differ or there are fewer flags than truths.
    public static func overlaps(
        _ detections: [RunLengthMask], _ truths: [RunLengthMask], crowd: [Bool] = []
    ) throws(RunLengthMaskError) -> OverlapMatrix {
        guard crowd.isEmpty || crowd.count == truths.count else {
            throw .wrongFlagCount(flags: crowd.count, masks: truths.count)
        }
        if let first = detections.first ?? truths.first {
            for mask in detections + truths where mask.height != first.height || mask.width != first.width {
                throw .sizesDiffer(first: [first.height, first.width], second: [mask.height, mask.width])
            }
        }
        let rows = ForegroundIntervals(detections)
        let columns = ForegroundIntervals(truths)
        var values = [Double](repeating: 0, count: detections.count * truths.count)
        for truth in truths.indices {
            let isCrowd = !crowd.isEmpty && crowd[truth]
            for detection in detections.indices where rows.boxMeets(detection, columns, truth) {
                let shared = rows.intersectionArea(detection, columns, truth)
                guard shared > 0 else { continue }
                let area = rows.areas[detection]
                let whole = isCrowd ? area : area + columns.areas[truth] - shared
                values[detection * truths.count + truth] = Double(shared) / Double(whole)
            }
        }
        return OverlapMatrix(rows: detections.count, columns: truths.count, values: values)
    }
}

/// The foreground of several masks as start and end pixels, with boxes and areas, made once for all pairs.
private struct ForegroundIntervals {
    /// Start and end of each foreground run, mask after mask, each mask closed by an interval beyond every pixel.
    private var ends: [SIMD2<UInt32>] = []
    private var firsts: [Int] = []
    private var boxes: [(left: Int, top: Int, right: Int, bottom: Int)] = []
    var areas: [Int] = []

    init(_ masks: [RunLengthMask]) {
        ends.reserveCapacity(masks.reduce(0) { $0 + $1.runs.count / 2 + 1 })
        for mask in masks {
            firsts.append(ends.count)
            var position: UInt32 = 0
            var index = 1
            let runs = mask.runs
            while index < runs.count {
                let start = position &+ runs[index &- 1]
                position = start &+ runs[index]
                if position > start { ends.append(SIMD2(start, position)) }
                index += 2
            }
            ends.append(SIMD2(.max, .max))
            boxes.append(mask.bounds)
            areas.append(mask.area)
        }
        firsts.append(ends.count)
    }

    func boxMeets(_ index: Int, _ other: ForegroundIntervals, _ otherIndex: Int) -> Bool {
        let one = boxes[index]
        let two = other.boxes[otherIndex]
        return min(one.right, two.right) > max(one.left, two.left)
            && min(one.bottom, two.bottom) > max(one.top, two.top)
    }

    /// Linear in the intervals that lie within the span of both; without branches that data decide.
    func intersectionArea(_ index: Int, _ other: ForegroundIntervals, _ otherIndex: Int) -> Int {
        ends.withUnsafeBufferPointer { one in
            other.ends.withUnsafeBufferPointer { two in
                var a = firsts[index]
                var b = other.firsts[otherIndex]
                // The closing intervals are skipped by the last bound.
                let lastA = firsts[index + 1] - 1
                let lastB = other.firsts[otherIndex + 1] - 1
                a = Self.firstInterval(endingAfter: two[b].x, in: one, a..<lastA)
                b = Self.firstInterval(endingAfter: one[a].x, in: two, b..<lastB)
                var shared = 0
                while a < lastA, b < lastB {
                    let intervalA = one[a]
                    let intervalB = two[b]
                    let low = Int(max(intervalA.x, intervalB.x))
                    let high = Int(min(intervalA.y, intervalB.y))
                    shared &+= max(high &- low, 0)
                    a &+= intervalA.y <= intervalB.y ? 1 : 0
                    b &+= intervalB.y <= intervalA.y ? 1 : 0
                }
                return shared
            }
        }
    }

    private static func firstInterval(
        endingAfter pixel: UInt32, in intervals: UnsafeBufferPointer<SIMD2<UInt32>>, _ range: Range<Int>
    ) -> Int {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = (low + high) / 2
            if intervals[middle].y > pixel { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
