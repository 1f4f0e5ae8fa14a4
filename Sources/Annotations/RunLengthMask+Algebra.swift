extension RunLengthMask {
    /// Pixels of either mask.
    /// - Throws: `RunLengthMaskError.sizesDiffer`.
    public func union(_ other: RunLengthMask) throws(RunLengthMaskError) -> RunLengthMask {
        try combined(with: other) { $0 | $1 }
    }

    /// Pixels of both masks.
    /// - Throws: `RunLengthMaskError.sizesDiffer`.
    public func intersection(_ other: RunLengthMask) throws(RunLengthMaskError) -> RunLengthMask {
        try combined(with: other) { $0 & $1 }
    }

    /// Pixels of this mask that the other has not.
    /// - Throws: `RunLengthMaskError.sizesDiffer`.
    public func subtracting(_ other: RunLengthMask) throws(RunLengthMaskError) -> RunLengthMask {
        try combined(with: other) { $0 & ~$1 }
    }

    /// The union, or intersection, of one or more masks: pycocotools' `merge`.
    /// - Throws: `RunLengthMaskError` when there are none or their sizes differ.
    public static func merge(
        _ masks: [RunLengthMask], intersecting: Bool = false
    ) throws(RunLengthMaskError) -> RunLengthMask {
        guard var merged = masks.first else { throw .nothingToMerge }
        for mask in masks.dropFirst() {
            merged = intersecting ? try merged.intersection(mask) : try merged.union(mask)
        }
        return merged
    }

    /// Walks the run ends of both masks in order, without branches that data decide, and keeps those where the outcome
    /// changes. Linear in the runs.
    @inline(__always)
    private func combined(
        with other: RunLengthMask, _ operation: (Int, Int) -> Int
    ) throws(RunLengthMaskError) -> RunLengthMask {
        guard height == other.height, width == other.width else {
            throw .sizesDiffer(first: [height, width], second: [other.height, other.width])
        }
        let area = height * width
        guard area > 0 else { return RunLengthMask(unchecked: [0], height: height, width: width) }
        let first = runs
        let second = other.runs
        let merged = [UInt32](unsafeUninitializedCapacity: first.count + second.count + 1) { toggles, count in
            first.withUnsafeBufferPointer { first in
                second.withUnsafeBufferPointer { second in
                    // Sound: both cover the area exactly, so neither is read past its end before the area is reached.
                    var indexA = 0
                    var indexB = 0
                    var endA = Int(first[0])
                    var endB = Int(second[0])
                    var value = 0
                    var kept = 0
                    while true {
                        let end = min(endA, endB)
                        if end == area { break }
                        let stepA = endA == end ? 1 : 0
                        let stepB = endB == end ? 1 : 0
                        indexA &+= stepA
                        indexB &+= stepB
                        endA &+= Int(first[indexA]) & (0 &- stepA)
                        endB &+= Int(second[indexB]) & (0 &- stepB)
                        let next = operation(indexA, indexB) & 1
                        toggles[kept] = UInt32(truncatingIfNeeded: end)
                        kept &+= next ^ value
                        value = next
                    }
                    toggles[kept] = UInt32(truncatingIfNeeded: area)
                    count = Self.collapse(toggles, count: kept &+ 1)
                }
            }
        }
        return RunLengthMask(unchecked: merged, height: height, width: width)
    }
}
