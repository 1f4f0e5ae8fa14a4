import Catalog

/// Polygons and boxes to masks, with the very pixels of COCO's `rleFrPoly` (`maskApi.c`).
///
/// There, the outline is walked on a grid of fifths of a pixel, rounded with C's truncation, and each step across the
/// middle of a pixel column toggles the mask from that row on. Here only those crossings are computed, in closed form and
/// with the same floating-point expressions, and are placed into their columns by counting; nothing else is equal work.
extension RunLengthMask {
    /// The mask of one polygon.
    /// - Parameter polygon: x0, y0, x1, y1, … in pixels, the image spanning 0...width and 0...height; points may lie
    ///   outside. Fewer than three points are walked all the same, as pycocotools does.
    /// - Throws: `RunLengthMaskError` for an odd count, NaN, infinity, or a coordinate beyond ±2^28.
    public init(polygon: [Double], height: Int, width: Int) throws(RunLengthMaskError) {
        let area = try Self.checkedArea(height: height, width: width)
        guard polygon.count % 2 == 0 else { throw .oddPolygon(count: polygon.count) }
        // One pass: NaN fails every comparison.
        if let index = polygon.firstIndex(where: { !($0.magnitude <= 268_435_456) }) {
            throw .coordinateOutOfRange(index: index, value: polygon[index])
        }
        guard area > 0, !polygon.isEmpty else {
            self.init(unchecked: [UInt32(area)], height: height, width: width)
            return
        }
        let rasterised = polygon.withUnsafeBufferPointer { points in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: points.count + 2) { outline in
                for index in 0..<points.count {
                    outline[index] = Int32(truncatingIfNeeded: Int(5 * points[index] + 0.5))
                }
                outline[points.count] = outline[0]
                outline[points.count + 1] = outline[1]
                return Self.rasterise(UnsafeBufferPointer(outline), height: height, width: width)
            }
        }
        guard let rasterised else { throw .tooManyCrossings(limit: Self.crossingLimit) }
        self.init(unchecked: rasterised, height: height, width: width)
    }

    /// The union of the parts of one object. Parts that overlap do not cancel; holes are impossible.
    /// - Throws: as `init(polygon:height:width:)`.
    public init(polygons: [[Double]], height: Int, width: Int) throws(RunLengthMaskError) {
        var union = try RunLengthMask(polygon: polygons.first ?? [], height: height, width: width)
        for part in polygons.dropFirst() {
            union = try union.union(RunLengthMask(polygon: part, height: height, width: width))
        }
        self = union
    }

    /// The mask of a box in pixels; as in pycocotools, that of the polygon of its corners.
    public init(box: Box, height: Int, width: Int) throws(RunLengthMaskError) {
        let right = box.x + box.width
        let bottom = box.y + box.height
        try self.init(
            polygon: [box.x, box.y, box.x, bottom, right, bottom, right, box.y], height: height, width: width)
    }

    /// Bounds the memory that a hostile polygon can claim, to 256 MB; sound ones have some thousands of crossings.
    private static let crossingLimit = 1 << 26

    /// - Parameter outline: x, y pairs in fifths of a pixel, closed: the first point is repeated at the end.
    /// - Returns: nil where there are too many crossings.
    private static func rasterise(_ outline: UnsafeBufferPointer<Int32>, height: Int, width: Int) -> [UInt32]? {
        var left = Int32.max
        var right = Int32.min
        for index in stride(from: 0, to: outline.count, by: 2) {
            left = min(left, outline[index])
            right = max(right, outline[index])
        }
        let columns = crossedColumns(from: Int(left), to: Int(right), width: width)
        guard !columns.isEmpty else { return [UInt32(height * width)] }

        // ends[c] becomes the place of the next crossing of column c; after scattering, the end of its crossings.
        return withUnsafeTemporaryAllocation(of: Int32.self, capacity: columns.count + 1) { ends in
            ends.initialize(repeating: 0)
            for index in stride(from: 0, to: outline.count - 2, by: 2) {
                let crossed = crossedColumns(
                    from: Int(min(outline[index], outline[index + 2])),
                    to: Int(max(outline[index], outline[index + 2])), width: width)
                guard !crossed.isEmpty else { continue }
                ends[crossed.lowerBound - columns.lowerBound] &+= 1
                ends[crossed.upperBound - columns.lowerBound] &-= 1
            }
            var crossings = 0
            var depth = 0
            for column in 0..<columns.count {
                depth += Int(ends[column])
                ends[column] = Int32(truncatingIfNeeded: crossings)
                crossings += depth
            }
            guard crossings <= crossingLimit else { return nil }
            return [UInt32](unsafeUninitializedCapacity: crossings + 1) { keys, count in
                for index in stride(from: 0, to: outline.count - 2, by: 2) {
                    let edge = OutlineEdge(
                        x0: Int(outline[index]), y0: Int(outline[index + 1]), x1: Int(outline[index + 2]),
                        y1: Int(outline[index + 3]))
                    edge.forEachCrossing(
                        of: crossedColumns(from: edge.left, to: edge.right, width: width), height: height
                    ) { column, row in
                        let place = Int(ends[column - columns.lowerBound])
                        ends[column - columns.lowerBound] &+= 1
                        keys[place] = UInt32(truncatingIfNeeded: column &* height &+ row)
                    }
                }
                var start = 0
                for column in 0..<columns.count {
                    let end = Int(ends[column])
                    sort(keys, from: start, to: end)
                    start = end
                }
                keys[crossings] = UInt32(height * width)
                count = collapse(keys, count: crossings + 1)
            }
        }
    }

    /// Pixel columns whose middle line, between fifths 5c + 2 and 5c + 3, lies within two abscissas in fifths.
    private static func crossedColumns(from left: Int, to right: Int, width: Int) -> Range<Int> {
        let first = max(left + 2, 0) / 5
        let end = min((max(right, -2) + 2) / 5, width)
        return first..<max(first, end)
    }

    private static func sort(_ keys: UnsafeMutableBufferPointer<UInt32>, from start: Int, to end: Int) {
        // Few crossings a column are the rule; a comb of thousands must not cost their square.
        guard end - start <= 32 else {
            keys[start..<end].sort()
            return
        }
        var index = start + 1
        while index < end {
            let key = keys[index]
            var place = index
            while place > start, keys[place &- 1] > key {
                keys[place] = keys[place &- 1]
                place &-= 1
            }
            keys[place] = key
            index &+= 1
        }
    }

    /// Turns sorted positions of toggles, the last the area, into runs in place; toggles that meet cancel.
    /// - Returns: the number of runs.
    static func collapse(_ toggles: UnsafeMutableBufferPointer<UInt32>, count: Int) -> Int {
        guard let start = UnsafeMutableRawPointer(toggles.baseAddress) else { return 0 }
        // Mostly none meet: then runs are differences, four at a step from the end, each before its base is overwritten.
        var meet = SIMD4<UInt32>()
        var index = 1
        while index &+ 4 <= count {
            let four = (start + 4 &* index).loadUnaligned(as: SIMD4<UInt32>.self)
            let before = (start + 4 &* (index &- 1)).loadUnaligned(as: SIMD4<UInt32>.self)
            meet.replace(with: 1, where: four .== before)
            index &+= 4
        }
        while index < count {
            if toggles[index] == toggles[index &- 1] { meet.x = 1 }
            index &+= 1
        }
        guard meet == SIMD4() else { return cancel(toggles, count: count) }
        index = count
        while index > 4 {
            index &-= 4
            let four = (start + 4 &* index).loadUnaligned(as: SIMD4<UInt32>.self)
            let before = (start + 4 &* (index &- 1)).loadUnaligned(as: SIMD4<UInt32>.self)
            (start + 4 &* index).storeBytes(of: four &- before, as: SIMD4<UInt32>.self)
        }
        while index > 1 {
            index &-= 1
            toggles[index] &-= toggles[index &- 1]
        }
        return count
    }

    /// As `collapse`, one by one.
    private static func cancel(_ toggles: UnsafeMutableBufferPointer<UInt32>, count: Int) -> Int {
        var previous = toggles[0]
        var runs = 1
        var index = 1
        while index < count {
            let length = toggles[index] &- previous
            previous = toggles[index]
            index &+= 1
            if length > 0 {
                toggles[runs] = length
                runs &+= 1
            } else if index < count {
                toggles[runs &- 1] &+= toggles[index] &- previous
                previous = toggles[index]
                index &+= 1
            }
        }
        return runs
    }
}
