/// Detections and truths brought together by category and picture.
///
/// Rows are detections sorted by category, picture and falling score (ties in the order in which they came, as numpy's merge
/// sort leaves them), without those beyond the limit of a picture. O(n log n) time, 4 bytes a detection or truth.
struct DetectionGroups: Sendable {
    struct Group: Sendable {
        var category: Int32
        var picture: Int32
        var rows: Range<Int32>
        var truths: Range<Int32>
    }

    let groups: [Group]
    /// The detection of each row.
    let rows: [Int32]
    /// Truths by category and picture, else in the order in which they came.
    let truths: [Int32]
    /// Where the groups of a category begin; one more at the end.
    let firstGroup: [Int]

    /// - Parameters:
    ///   - categories: of each detection and truth, below `categoryCount`; negative for what takes no part.
    ///   - limit: of detections of a category in a picture.
    init(
        detections: (category: [Int32], picture: [Int32], score: [Double]),
        truths: (category: [Int32], picture: [Int32]), categoryCount: Int, pictureCount: Int, limit: Int
    ) {
        let sortedDetections = Self.sorted(detections.category, detections.picture, categoryCount, pictureCount)
        let sortedTruths = Self.sorted(truths.category, truths.picture, categoryCount, pictureCount)
        var groups: [Group] = []
        var rows: [Int32] = []
        rows.reserveCapacity(sortedDetections.count)
        var firstGroup = [Int](repeating: 0, count: categoryCount + 1)
        var d = 0
        var g = 0
        func key(_ place: Int, _ order: [Int32], _ categories: [Int32], _ pictures: [Int32]) -> Int64 {
            guard place < order.count else { return .max }
            let index = Int(order[place])
            return Int64(categories[index]) << 32 | Int64(pictures[index])
        }
        var block: [Int32] = []
        while true {
            let detectionKey = key(d, sortedDetections, detections.category, detections.picture)
            let truthKey = key(g, sortedTruths, truths.category, truths.picture)
            let next = min(detectionKey, truthKey)
            guard next != .max else { break }
            block.removeAll(keepingCapacity: true)
            while key(d, sortedDetections, detections.category, detections.picture) == next {
                block.append(sortedDetections[d])
                d += 1
            }
            let firstTruth = g
            while key(g, sortedTruths, truths.category, truths.picture) == next { g += 1 }
            // Indices ascend before, so that they decide ties.
            if block.count > 1 {
                block.sort {
                    let (one, two) = (detections.score[Int($0)], detections.score[Int($1)])
                    return one != two ? one > two : $0 < $1
                }
            }
            let start = Int32(rows.count)
            rows += block.prefix(limit)
            groups.append(
                Group(
                    category: Int32(next >> 32), picture: Int32(truncatingIfNeeded: next),
                    rows: start..<Int32(rows.count), truths: Int32(firstTruth)..<Int32(g)))
            firstGroup[Int(next >> 32) + 1] = groups.count
        }
        for category in 0..<categoryCount {
            firstGroup[category + 1] = max(firstGroup[category], firstGroup[category + 1])
        }
        (self.groups, self.rows, self.truths, self.firstGroup) = (groups, rows, sortedTruths, firstGroup)
    }

    /// The groups of a category.
    func groups(of category: Int) -> ArraySlice<Group> { groups[firstGroup[category]..<firstGroup[category + 1]] }

    /// Indices by category, then picture, then place: two counting sorts.
    private static func sorted(
        _ categories: [Int32], _ pictures: [Int32], _ categoryCount: Int, _ pictureCount: Int
    ) -> [Int32] {
        let kept = categories.indices.lazy.filter { categories[$0] >= 0 && pictures[$0] >= 0 }.map(Int32.init)
        let byPicture = counted(Array(kept), pictures, pictureCount)
        return counted(byPicture, categories, categoryCount)
    }

    private static func counted(_ order: [Int32], _ keys: [Int32], _ keyCount: Int) -> [Int32] {
        var places = [Int](repeating: 0, count: keyCount + 1)
        for index in order { places[Int(keys[Int(index)]) + 1] += 1 }
        for key in 0..<keyCount { places[key + 1] += places[key] }
        return [Int32](unsafeUninitializedCapacity: order.count) { sorted, count in
            for index in order {
                let key = Int(keys[Int(index)])
                sorted[places[key]] = index
                places[key] += 1
            }
            count = order.count
        }
    }
}
