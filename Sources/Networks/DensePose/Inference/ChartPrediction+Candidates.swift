public import Catalog
import Foundation
import Hashing
import Tensors

extension ChartPrediction {
    /// Points spread evenly over an object, with what the network says of each: calibrated posteriors of the foreground and of
    /// the chart (Sanakoyeu et al. 2020, sections 3.3 and 3.5), and σ of (u, v).
    ///
    /// The box is drawn in at most 256 cells a side. Where the body has more cells than `limit`, it is divided into squares,
    /// at most so many, and one cell of each is drawn by lot.
    /// - Parameters:
    ///   - region: 0-based.
    ///   - box: in pixels.
    func candidates(
        _ region: Int, box: BoxCorners, limit: Int, using generator: inout SeededGenerator
    ) throws -> [CandidatePoint] {
        let place = PixelBox(box)
        let (width, height) = (min(256, place.width), min(256, place.height))
        func drawn(_ grid: Tensor) throws -> Tensor {
            try grid[region..<region + 1].to(.float32).resized(height, width, .bilinear(alignCorners: false))[0]
        }
        let foreground = try 1 - drawn(coarse).softmax(0)[0]
        let posteriors = try drawn(fine).softmax(0)
        let isBody = try drawn(coarse).argmax(0) .> 0
        let labels = try posteriors.argmax(0) * isBody.to(.int64)
        let places = try labels.unsqueeze(0)
        func ofChart(_ values: Tensor) throws -> [Float] { try values.gather(0, places)[0].array() }
        let charts = try labels.array(of: Int.self)
        let cells = Self.spread(charts, width: width, limit: limit, using: &generator)
        guard !cells.isEmpty else { return [] }
        let (foregrounds, parts): ([Float], [Float]) = (try foreground.array(), try ofChart(posteriors))
        let (u, v) = (try ofChart(drawn(self.u)), try ofChart(drawn(self.v)))
        let certainty: [Float]? = try self.certainty(drawn, places)?.array()
        return cells.map { cell in
            CandidatePoint(
                x: UInt8((cell % width * 2 + 1) * 128 / width), y: UInt8((cell / width * 2 + 1) * 128 / height),
                chart: UInt8(charts[cell]), u: Self.code(u[cell]), v: Self.code(v[cell]),
                foreground: ConfidenceCode.probability(Double(foregrounds[cell])),
                part: ConfidenceCode.probability(Double(parts[cell])),
                uv: certainty.map { ConfidenceCode.deviation(1 / Double($0[cell]).squareRoot()) } ?? 0)
        }
    }

    private static func code(_ value: Float) -> UInt8 { UInt8(min(255, max(0, value * 255)).rounded()) }

    /// Cells of the body, at most `limit`.
    private static func spread(
        _ charts: [Int], width: Int, limit: Int, using generator: inout SeededGenerator
    ) -> [Int] {
        let body = charts.indices.filter { charts[$0] > 0 }
        guard body.count > limit else { return body }
        // Squares that the outline cuts are squares too: larger ones until there are few enough.
        var side = Int((Double(body.count) / Double(limit)).squareRoot().rounded(.up))
        var columns: Int { (width + side - 1) / side }
        func square(_ cell: Int) -> Int { cell / width / side * columns + cell % width / side }
        while Set(body.lazy.map(square)).count > limit { side += (side + 9) / 10 }
        var chosen: [Int: (cell: Int, seen: Int)] = [:]
        for cell in body {
            let square = square(cell)
            let seen = (chosen[square]?.seen ?? 0) + 1
            // Each cell of a square is as likely as any other.
            let isTaken = seen == 1 || generator.index(below: seen) == 0
            chosen[square] = (isTaken ? cell : chosen[square]!.cell, seen)
        }
        return chosen.values.map(\.cell).sorted()
    }
}

/// What is kept of a picture's objects to choose labels from.
public struct StoredObject: Sendable {
    public var detection: StoredDetection
    public var points: [CandidatePoint]

    /// Sums up the points: mean posteriors, and the geometric mean of σ.
    init(_ detection: StoredDetection, points: [CandidatePoint]) {
        (self.detection, self.points) = (detection, points)
        func mean(_ values: [Double]) -> Double? {
            values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
        let foreground = mean(points.compactMap { ConfidenceCode.probability(of: $0.foreground) })
        let part = mean(points.compactMap { ConfidenceCode.probability(of: $0.part) })
        let deviation = mean(points.compactMap { ConfidenceCode.deviation(of: $0.uv).map { log($0) } })
        self.detection.foreground = foreground.map { ConfidenceCode.probability($0) } ?? 0
        self.detection.part = part.map { ConfidenceCode.probability($0) } ?? 0
        self.detection.uv = deviation.map { ConfidenceCode.deviation(exp($0)) } ?? 0
    }
}

extension Detections {
    /// What is kept of one object.
    func stored(_ row: Int, candidates limit: Int, using generator: inout SeededGenerator) throws -> StoredObject {
        let box = boxes[row]
        var detection = StoredDetection(score: Double(scores[row]))
        if !boxDeviations.isEmpty {
            let size = SIMD4(box.z - box.x, box.w - box.y, box.z - box.x, box.w - box.y)
            for side in 0..<4 {
                detection.box[side] = ConfidenceCode.deviation(Double(boxDeviations[row][side] / size[side]))
            }
        }
        if let masks {
            let values: [Float] = try masks[row].to(.cpu, .float32).array()
            let inside = values.filter { $0 >= 0.5 }
            if !inside.isEmpty {
                detection.mask = ConfidenceCode.probability(Double(inside.reduce(0, +)) / Double(inside.count))
            }
        }
        let points = try charts?.candidates(row, box: box, limit: limit, using: &generator) ?? []
        return StoredObject(detection, points: points)
    }
}
