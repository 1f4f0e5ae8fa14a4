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
        try combined(with: other) { $0 & (1 ^ $1) }
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

    @inline(__always)
    private func combined(
        with other: RunLengthMask, _ operation: (Int, Int) -> Int
    ) throws(RunLengthMaskError) -> RunLengthMask {
        guard height == other.height, width == other.width else {
            throw .sizesDiffer(first: [height, width], second: [other.height, other.width])
        }
        let area = height * width
        guard area > 0 else { return RunLengthMask(unchecked: [0], height: height, width: width) }
        let merged = [UInt32](unsafeUninitializedCapacity: runs.count + other.runs.count + 1) { toggles, count in
            runs.withUnsafeBufferPointer { first in
                other.runs.withUnsafeBufferPointer { second in
                    let kept = Self.mergeToggles(first, second, area: area, into: toggles, operation)
                    count = Self.collapse(toggles, count: kept)
                }
            }
        }
        return RunLengthMask(unchecked: merged, height: height, width: width)
    }

    /// Walks the run ends of both masks in order and keeps those where the outcome changes. Linear in the runs; where
    /// both masks have foreground, without branches that data decide, and before and after that, a plain copy.
    ///
    /// Sound because both cover the area exactly: neither is read beyond the run that reaches it.
    /// - Returns: the number of toggles, the last of which is the area.
    @inline(__always)
    private static func mergeToggles(
        _ first: UnsafeBufferPointer<UInt32>, _ second: UnsafeBufferPointer<UInt32>, area: Int,
        into toggles: UnsafeMutableBufferPointer<UInt32>, _ operation: (Int, Int) -> Int
    ) -> Int {
        var a = RunCursor(runs: first)
        var b = RunCursor(runs: second)
        var kept = 0
        if a.end < b.end {
            kept = a.advance(to: b.end, keeping: operation(0, 0) != operation(1, 0), in: toggles, at: kept)
        } else {
            kept = b.advance(to: a.end, keeping: operation(0, 0) != operation(0, 1), in: toggles, at: kept)
        }
        var value = operation(a.index & 1, b.index & 1)
        while a.end < area, b.end < area {
            let end = min(a.end, b.end)
            a.step(where: end)
            b.step(where: end)
            let next = operation(a.index & 1, b.index & 1)
            toggles[kept] = UInt32(truncatingIfNeeded: end)
            kept &+= next ^ value
            value = next
        }
        let sideA = a.index & 1
        let sideB = b.index & 1
        kept = a.advance(to: area, keeping: operation(0, sideB) != operation(1, sideB), in: toggles, at: kept)
        kept = b.advance(to: area, keeping: operation(sideA, 0) != operation(sideA, 1), in: toggles, at: kept)
        toggles[kept] = UInt32(truncatingIfNeeded: area)
        return kept &+ 1
    }
}

/// A place in the runs of a mask: odd indices are foreground.
private struct RunCursor {
    private let runs: UnsafeBufferPointer<UInt32>
    private(set) var index = 0
    /// The pixel at which the run ends.
    private(set) var end: Int

    init(runs: UnsafeBufferPointer<UInt32>) {
        self.runs = runs
        end = Int(runs[0])
    }

    /// Goes on by one run if this one ends at `pixel`.
    @inline(__always)
    mutating func step(where pixel: Int) {
        let step = end == pixel ? 1 : 0
        index &+= step
        end &+= Int(runs[index]) & (0 &- step)
    }

    /// Goes on to the run that reaches `limit`, keeping all ends before or none.
    /// - Returns: the next free place of `toggles`.
    @inline(__always)
    mutating func advance(
        to limit: Int, keeping: Bool, in toggles: UnsafeMutableBufferPointer<UInt32>, at place: Int
    ) -> Int {
        var place = place
        while end < limit {
            if keeping {
                toggles[place] = UInt32(truncatingIfNeeded: end)
                place &+= 1
            }
            index &+= 1
            end &+= Int(runs[index])
        }
        return place
    }
}
