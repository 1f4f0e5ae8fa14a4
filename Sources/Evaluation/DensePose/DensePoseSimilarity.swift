import Foundation
import Imaging

/// How alike predictions and truths of one picture are: along the surface, as masks, and as boxes.
struct DensePoseSimilarity: Sendable {
    let mode: DensePoseEvaluator.Mode
    let surface: EvaluationSurface
    let tolerance: PointTolerance
    let detections: DensePoseDetections
    let truths: DensePoseTruths

    /// A prediction, decoded.
    struct Prediction: Sendable {
        var box: SIMD4<Double>
        var width = 0
        var height = 0
        /// Chart, u, v in turn; empty where there are vertices.
        var pixels: [UInt8] = []
        var vertices: [Int32] = []
        var mask = PlacedMask()
    }

    /// A truth with the vertices of its points.
    struct Target: Sendable {
        struct Point: Sendable {
            /// In the picture.
            var x: Double
            var y: Double
            var vertex: Int32
            var tolerance: Double
            var chart: UInt8
            var u: Double
            var v: Double
        }

        var box: SIMD4<Double>
        var isCrowd: Bool
        var points: [Point] = []
        var mask = PlacedMask()
    }

    /// - Throws: `ImageError` for a map that is no picture of three channels.
    func prediction(_ index: Int, needsMask: Bool) throws -> Prediction {
        var prediction = Prediction(box: detections.boxes[index])
        switch detections.maps[index] {
        case .png(let bytes):
            let image = try decoded(bytes, index)
            (prediction.width, prediction.height, prediction.pixels) = (image.width, image.height, image.bytes)
        case .vertexPNG(let bytes):
            let image = try decoded(bytes, index)
            (prediction.width, prediction.height) = (image.width, image.height)
            prediction.vertices = try (0..<image.width * image.height).map { pixel in
                let (red, green, blue) = (
                    image.bytes[3 * pixel], image.bytes[3 * pixel + 1], image.bytes[3 * pixel + 2]
                )
                let vertex = Int32(red) + 256 * Int32(green) + 65_536 * Int32(blue) - 1
                guard vertex < surface.distances.vertexCount else {
                    throw EvaluationError.vertex(
                        object: detections.name(of: index), vertex: Int(vertex), count: surface.distances.vertexCount)
                }
                return vertex
            }
        case .charts(let width, let height, let pixels):
            (prediction.width, prediction.height, prediction.pixels) = (width, height, pixels)
        case .vertices(let width, let height, let vertices):
            (prediction.width, prediction.height, prediction.vertices) = (width, height, vertices)
        }
        guard needsMask else { return prediction }
        let labels = prediction.vertices.map { UInt8($0 >= 0 ? 1 : 0) }
        let isChart = prediction.vertices.isEmpty
        (isChart ? prediction.pixels : labels).withUnsafeBufferPointer { source in
            prediction.mask = placed(
                prediction.box, source, width: prediction.width, step: isChart ? 3 : 1,
                picture: detections.pictures[index])
        }
        return prediction
    }

    private func decoded(_ bytes: [UInt8], _ index: Int) throws -> Image {
        let image = try Image(decoding: bytes, name: detections.name(of: index))
        guard image.channels == 3, image.bitDepth == 8 else {
            throw EvaluationError.map(object: detections.name(of: index))
        }
        return image
    }

    private func placed(
        _ box: SIMD4<Double>, _ source: UnsafeBufferPointer<UInt8>, width: Int, step: Int, picture: Int32
    ) -> PlacedMask {
        let size = truths.sizes[Int(picture)]
        let picture = (height: Int(size.x), width: Int(size.y))
        switch mode {
        case .reference:
            return PlacedMask(truncating: box, source: source, sourceWidth: width, step: step, picture: picture)
        case .clean: return PlacedMask(centring: box, source: source, sourceWidth: width, step: step, picture: picture)
        }
    }

    func target(_ index: Int, needsMask: Bool) throws -> Target {
        var target = Target(box: truths.boxes[index], isCrowd: truths.isCrowd[index])
        for point in truths.points(of: index) {
            let vertex = point.vertex >= 0 ? point.vertex : surface.nearest(chart: point.chart, u: point.u, v: point.v)
            // A point without a place on the surface says nothing.
            guard vertex >= 0 else { continue }
            let chart: UInt8 =
                (mode == .clean || point.vertex >= 0) && point.chart > 0
                ? point.chart : surface.chartOfVertex[Int(vertex)]
            // detectron2 knows parts of embeddings on its human mesh alone.
            let isUniform =
                mode == .reference && point.vertex >= 0 && (point.chart == 0 || !truths.isHumanMesh[index])
            let side = mode == .reference ? 255.0 : 256.0
            target.points.append(
                Target.Point(
                    x: point.x * target.box.z / side + target.box.x, y: point.y * target.box.w / side + target.box.y,
                    vertex: vertex,
                    tolerance: isUniform || chart == 0
                        ? PointTolerance.uniformValue : tolerance.ofChart[min(24, Int(chart))],
                    chart: chart, u: point.u, v: point.v))
        }
        guard needsMask else { return target }
        if let parts = try truths.partMasks.mask(index) {
            let pixels = parts.rowMajorPixels()
            switch mode {
            case .reference:
                let height = Int(max(target.box.w, 1).rounded(.toNearestOrEven))
                let width = Int(max(target.box.z, 1).rounded(.toNearestOrEven))
                MaskZoom.zoom(pixels, size: parts.width, height: height, width: width).withUnsafeBufferPointer {
                    target.mask = placed(target.box, $0, width: width, step: 1, picture: truths.pictures[index])
                }
            case .clean:
                pixels.withUnsafeBufferPointer {
                    target.mask = placed(target.box, $0, width: parts.width, step: 1, picture: truths.pictures[index])
                }
            }
        } else if let mask = try truths.masks.mask(index) {
            target.mask = PlacedMask(mask)
        }
        return target
    }

    /// Geodesic point similarity, 0...1.
    func pointSimilarity(_ prediction: Prediction, _ target: Target) -> Double {
        guard !target.points.isEmpty else { return 0 }
        var sum = 0.0
        for point in target.points {
            guard let pixel = pixel(of: prediction, x: point.x, y: point.y) else { continue }
            let vertex = vertex(prediction, at: pixel)
            if vertex >= 0 { sum += similarity(point, vertex).similarity }
        }
        return sum / Double(target.points.count)
    }

    /// Of a point and a predicted vertex: the distance along the surface, and the Gaussian of it.
    func similarity(_ point: Target.Point, _ vertex: Int32) -> (distance: Double, similarity: Double) {
        let distance = surface.distances[Int(point.vertex), Int(vertex)]
        return (distance, exp(-(distance * distance) / (2 * (point.tolerance * point.tolerance))))
    }

    /// The pixel of a prediction at a place of the picture; nil outside of the box.
    func pixel(of prediction: Prediction, x: Double, y: Double) -> Int? {
        let box = prediction.box
        let (column, row): (Int, Int)
        switch mode {
        case .reference:
            // Truncated towards zero, so that a place less than a pixel left of the box counts as in it.
            (column, row) = (Int(x - box.x), Int(y - box.y))
            guard column < Int(box.z), row < Int(box.w) else { return nil }
        case .clean:
            guard box.z > 0, box.w > 0 else { return nil }
            column = Int(((x - box.x) / box.z * Double(prediction.width)).rounded(.down))
            row = Int(((y - box.y) / box.w * Double(prediction.height)).rounded(.down))
        }
        guard column >= 0, row >= 0, column < prediction.width, row < prediction.height else { return nil }
        return row * prediction.width + column
    }

    /// The vertex that is predicted at a pixel; -1 on the background.
    func vertex(_ prediction: Prediction, at pixel: Int) -> Int32 {
        if !prediction.vertices.isEmpty { return prediction.vertices[pixel] }
        return surface.nearest(
            chart: prediction.pixels[3 * pixel], u: Double(prediction.pixels[3 * pixel + 1]) / 255,
            v: Double(prediction.pixels[3 * pixel + 2]) / 255)
    }
}
