import Tensors

/// Regions of a batch that the heads learn from.
struct SampledRegions {
    /// [K, 4] of each picture, objects first, and [K] classes with the background last.
    let boxes, classes: [Tensor]
    /// How many of each picture's regions are objects.
    let objectCounts: [Int]
    /// For each object region the number of its true object in the picture, and how much it overlaps it.
    let matches: [[Int]]
    let overlaps: [[Float]]

    /// True boxes are added to the proposals, so that no object goes without.
    /// - Parameter proposals: [N, 4] of each picture.
    init(
        _ proposals: [Tensor], truth: [PictureTruth], boxes trueBoxes: [Tensor],
        settings: DensePoseConfiguration.BoxSettings, classes classCount: Int
    ) throws {
        let matcher = BoxMatcher(low: settings.objectOverlap, high: settings.objectOverlap, keepsBest: false)
        var boxes: [Tensor] = []
        var classes: [Tensor] = []
        var counts: [Int] = []
        var matches: [[Int]] = []
        var overlaps: [[Float]] = []
        for (picture, proposed) in proposals.enumerated() {
            let device = proposed.device
            let candidates = try Tensor.cat([proposed, trueBoxes[picture]])
            let overlap = try Boxes.overlap(trueBoxes[picture], candidates)
            let (match, kind) = try matcher.match(overlap)
            let (objects, background) = try BoxMatcher.sample(
                kind, count: settings.samplesPerPicture, share: settings.objectShare)
            boxes.append(try candidates.indexSelect(0, Tensor.cat([objects, background])))
            let owners = try match.indexSelect(0, objects).array(of: Int.self)
            let objectClasses = owners.map { truth[picture].objects[$0].category }
            classes.append(
                try Tensor(
                    objectClasses + [Int](repeating: classCount, count: background.count), device: device))
            counts.append(objects.count)
            matches.append(owners)
            overlaps.append(
                objects.count == 0 ? [] : try overlap.max([0]).indexSelect(0, objects).array(of: Float.self))
        }
        (self.boxes, self.classes, objectCounts) = (boxes, classes, counts)
        (self.matches, self.overlaps) = (matches, overlaps)
    }

    /// A region with the object that it belongs to.
    struct Pair {
        let picture: Int
        /// Row in `boxes[picture]`.
        let row: Int
        let box: BoxCorners
        let object: TrueObject
        let overlap: Float
    }

    /// All object regions.
    func pairs(_ truth: [PictureTruth]) throws -> [Pair] {
        try boxes.indices.flatMap { picture -> [Pair] in
            let count = objectCounts[picture]
            let values = try boxes[picture][0..<count].to(.float32).array(of: Float.self)
            return (0..<count).map { row in
                Pair(
                    picture: picture, row: row,
                    box: BoxCorners(values[4 * row], values[4 * row + 1], values[4 * row + 2], values[4 * row + 3]),
                    object: truth[picture].objects[matches[picture][row]], overlap: overlaps[picture][row])
            }
        }
    }
}

extension [SampledRegions.Pair] {
    /// As RoIAlign takes them.
    func regions(on device: Device) throws -> Tensor {
        try Tensor(
            flatMap { [Float($0.picture), $0.box.x, $0.box.y, $0.box.z, $0.box.w] }, shape: [count, 5], device: device)
    }
}
