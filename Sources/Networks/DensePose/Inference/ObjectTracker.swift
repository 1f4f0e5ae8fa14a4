/// Follows objects from frame to frame: each has a box that is expected to go on as it moved, and the found boxes that
/// overlap expectations most belong to them (the matching of SORT, Bewley et al. 2016, with an alpha-beta filter).
public struct ObjectTracker: Sendable {
    /// Least overlap (IoU) of a found box with the expected one.
    public var leastOverlap: Float = 0.3
    /// Frames for which an object may be unseen.
    public var longestGap = 15
    /// 0 takes boxes as they are found; near 1 they hardly leave the expected ones.
    public let smoothing: Float

    private struct Track {
        let id: Int
        let category: Int
        var box: BoxCorners
        var velocity: BoxCorners
        var lastSeen: Int
    }

    private var tracks: [Track] = []
    private var frame = 0
    private var nextID: Int

    /// - Parameter first: the number of the first object.
    public init(smoothing: Double = 0, first: Int = 1) { (self.smoothing, nextID) = (Float(smoothing), first) }

    /// The next frame.
    /// - Returns: for each box the number of its object, from 1, and where the object is thought to be.
    public mutating func next(_ boxes: [BoxCorners], categories: [Int]) -> [(track: Int, box: BoxCorners)] {
        defer { frame += 1 }
        tracks.removeAll { frame - $0.lastSeen > longestGap }
        let expected = tracks.map { $0.box + $0.velocity * Float(frame - $0.lastSeen) }
        var pairs: [(overlap: Float, track: Int, box: Int)] = []
        for (track, place) in expected.enumerated() {
            for (index, box) in boxes.enumerated() where categories[index] == tracks[track].category {
                let overlap = Self.overlap(place, box)
                if overlap >= leastOverlap { pairs.append((overlap, track, index)) }
            }
        }
        pairs.sort { ($1.overlap, $0.track, $0.box) < ($0.overlap, $1.track, $1.box) }
        var owner = [Int?](repeating: nil, count: boxes.count)
        var isTaken = [Bool](repeating: false, count: tracks.count)
        for pair in pairs where owner[pair.box] == nil && !isTaken[pair.track] {
            owner[pair.box] = pair.track
            isTaken[pair.track] = true
        }
        return boxes.indices.map { index in
            guard let track = owner[index] else {
                tracks.append(
                    Track(
                        id: nextID, category: categories[index], box: boxes[index], velocity: .zero, lastSeen: frame))
                nextID += 1
                return (nextID - 1, boxes[index])
            }
            let alpha = 1 - smoothing
            let beta = alpha * alpha / (2 - alpha)
            let step = Float(frame - tracks[track].lastSeen)
            let surprise = boxes[index] - expected[track]
            tracks[track].box = expected[track] + surprise * alpha
            tracks[track].velocity += surprise * (beta / step)
            tracks[track].lastSeen = frame
            return (tracks[track].id, tracks[track].box)
        }
    }

    static func overlap(_ a: BoxCorners, _ b: BoxCorners) -> Float {
        let width = min(a.z, b.z) - max(a.x, b.x)
        let height = min(a.w, b.w) - max(a.y, b.y)
        guard width > 0, height > 0 else { return 0 }
        let common = width * height
        return common / ((a.z - a.x) * (a.w - a.y) + (b.z - b.x) * (b.w - b.y) - common)
    }
}
