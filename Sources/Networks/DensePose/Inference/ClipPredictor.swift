public import Imaging
import Tensors

/// Runs a DensePose R-CNN over a clip's frames in their order: objects keep their numbers, and on request boxes, charts
/// and (u, v) are smoothed over time. Of the past only each object's last frame is kept.
public final class ClipPredictor {
    public let predictor: DensePosePredictor
    /// Share of what was seen before in what is said now, 0 to below 1.
    public let smoothing: Double
    private var tracker: ObjectTracker
    private var frame = 0
    private var last: [Int: (frame: Int, charts: ChartPrediction)] = [:]

    /// - Parameter firstTrack: the number of the first object.
    public init(_ predictor: DensePosePredictor, smoothing: Double = 0, firstTrack: Int = 1) {
        self.predictor = predictor
        self.smoothing = smoothing
        tracker = ObjectTracker(smoothing: smoothing, first: firstTrack)
    }

    /// The next frames.
    public func callAsFunction(_ images: [Image]) throws -> [[FoundObject]] {
        guard !images.isEmpty else { return [] }
        var found = try predictor.find(images, describing: smoothing == 0)
        let limits = images.map { BoxCorners(Float($0.width), Float($0.height), Float($0.width), Float($0.height)) }
        var tracks: [[Int]] = []
        for index in images.indices {
            let places = tracker.next(found[index].boxes, categories: found[index].classes)
            tracks.append(places.map(\.track))
            guard smoothing > 0 else { continue }
            found[index].boxes = places.enumerated().map { row, place in
                let box = pointwiseMin(pointwiseMax(place.box, .zero), limits[index])
                return box.z - box.x >= 1 && box.w - box.y >= 1 ? box : found[index].boxes[row]
            }
        }
        if smoothing > 0 {
            try predictor.describe(images, &found)
            for index in images.indices { try smooth(&found[index], tracks[index], frame: frame + index) }
        }
        frame += images.count
        return try images.indices.map { index in
            var objects = try predictor.objects(found[index], in: images[index])
            for row in objects.indices { objects[row].track = tracks[index][row] }
            return objects
        }
    }

    /// Grids lie over the object's box, wherever that has moved.
    private func smooth(_ found: inout Detections, _ tracks: [Int], frame: Int) throws {
        guard let charts = found.charts, !tracks.isEmpty else { return }
        let rows = try tracks.enumerated().map { row, track -> ChartPrediction in
            let now = try charts.map { try $0[row..<row + 1] }
            guard let (seen, before) = last[track], frame - seen <= 2 else { return now }
            return try .mean([(now, 1 - smoothing), (before, smoothing)])
        }
        for (track, charts) in zip(tracks, rows) { last[track] = (frame, charts) }
        last = last.filter { frame - $0.value.frame <= 2 }
        found.charts = try ChartPrediction.joined(rows)
    }
}
