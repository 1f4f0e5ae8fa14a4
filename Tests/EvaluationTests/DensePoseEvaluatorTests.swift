import Annotations
import Catalog
import Evaluation
import Foundation
import Hashing
import Imaging
import Testing

import struct Geometry.ChartPoint
import enum Geometry.DensePoseFiles
import struct Geometry.MeshFileError

struct DensePoseEvaluatorTests {
    /// A square of one chart: 11 x 11 vertices, a metre wide.
    private func square() throws -> EvaluationSurface {
        let grid: [SIMD2<Double>] = (0..<121).map { place in
            SIMD2(Double(place % 11) / 10, Double(place / 11) / 10)
        }
        let positions: [SIMD3<Double>] = grid.map { SIMD3($0.x, $0.y, 0) }
        return try EvaluationSurface(
            charts: [UInt8](repeating: 1, count: 121), u: grid.map(\.x), v: grid.map(\.y),
            distances: .straight(positions))
    }

    private let index = EvaluationIndex(pictures: [1], categories: [EvaluatedCategory(id: 1, name: "person")])

    /// A map of 100 x 100 pixels in which u and v grow with x and y.
    private var map: SurfaceMap {
        var pixels: [UInt8] = []
        for y in 0..<100 { for x in 0..<100 { pixels += [1, UInt8(x * 255 / 99), UInt8(y * 255 / 99)] } }
        return .charts(width: 100, height: 100, pixels: pixels)
    }

    private func truths(id: Int64 = 1, points: [DensePoint]?) throws -> DensePoseTruths {
        var truths = DensePoseTruths(index: index, sizes: [SIMD2(200, 200)])
        try truths.append(
            id: id, picture: 1, category: 1, box: Box(x: 20, y: 20, width: 100, height: 100), area: 10000,
            points: points,
            partMask: try RunLengthMask(height: 256, width: 256, runs: [0, 65536]))
        return truths
    }

    private func detections(_ map: SurfaceMap) throws -> DensePoseDetections {
        var detections = DensePoseDetections(index: index)
        try detections.append(
            picture: 1, category: 1, score: 0.9, box: Box(x: 20, y: 20, width: 100, height: 100), map: map)
        return detections
    }

    private func metrics(_ evaluator: DensePoseEvaluator, _ truths: DensePoseTruths) throws -> [String: Double] {
        let evaluation = try evaluator.evaluate(detections(map), against: truths)
        return Dictionary(uniqueKeysWithValues: evaluation.metrics.map { ($0.name, $0.value) })
    }

    private let points = [
        DensePoint(x: 25.6, y: 25.6, chart: 1, u: 0.1, v: 0.1), DensePoint(x: 128, y: 76.8, chart: 1, u: 0.5, v: 0.3),
    ]

    @Test(
        "A right prediction scores everything, in all metrics and both modes",
        arguments: DensePoseEvaluator.Mode.allCases)
    func perfect(mode: DensePoseEvaluator.Mode) throws {
        for metric in DensePoseEvaluator.Metric.allCases {
            let found = try metrics(
                DensePoseEvaluator(metric, surface: square(), mode: mode), truths(points: points))
            #expect(abs(try #require(found["AP"]) - 100) < 1e-9, "\(metric)")
            #expect(found["APm"] == -1)
        }
    }

    @Test("An id of zero is no match in the reference, and a match in the clean mode")
    func zero() throws {
        let truths = try truths(id: 0, points: points)
        let surface = try square()
        #expect(try metrics(DensePoseEvaluator(.gps, surface: surface, mode: .reference), truths)["AP"] == 0)
        #expect(
            abs(try metrics(DensePoseEvaluator(.gps, surface: surface, mode: .clean), truths)["AP"]! - 100) < 1e-9)
    }

    @Test("The similarity of a point that is off by a known distance is the Gaussian of it")
    func gaussian() throws {
        // The map says (0.5, 0.3) there; the truth says (0.5, 0.5).
        let truths = try truths(points: [DensePoint(x: 128, y: 76.8, chart: 1, u: 0.5, v: 0.5)])
        let evaluator = DensePoseEvaluator(.gps, surface: try square(), tolerance: .uniform(0.255))
        let found = try evaluator.similarities(picture: 1, detections(map), truths)
        #expect(abs(found.points[0][0] - exp(-0.04 / (2 * 0.255 * 0.255))) < 1e-9)
        #expect(found.boxes == [[1]])
    }

    @Test("Left of the box by less than a pixel counts as in it in the reference alone")
    func truncation() throws {
        var truths = DensePoseTruths(index: index, sizes: [SIMD2(200, 200)])
        try truths.append(
            id: 1, picture: 1, category: 1, box: Box(x: 19.5, y: 20, width: 100, height: 100), area: 10000,
            points: [DensePoint(x: 0, y: 127.5, chart: 1, u: 0, v: 0.5)])
        let surface = try square()
        let reference = try DensePoseEvaluator(.gps, surface: surface, mode: .reference)
            .similarities(picture: 1, detections(map), truths)
        let clean = try DensePoseEvaluator(.gps, surface: surface, mode: .clean)
            .similarities(picture: 1, detections(map), truths)
        #expect(abs(reference.points[0][0] - 1) < 1e-9)
        #expect(clean.points[0][0] == 0)
    }

    @Test("Predicted vertices are measured as charts are")
    func vertices() throws {
        let truths = try truths(points: [
            DensePoint(x: 128, y: 128, vertex: 60), DensePoint(x: 10, y: 10, vertex: 0),
        ])
        // All pixels say vertex 61, a tenth to the right of 60; the corner is background.
        var vertices = [Int32](repeating: 61, count: 10000)
        for y in 0..<10 { for x in 0..<10 { vertices[100 * y + x] = -1 } }
        let detections = try detections(.vertices(width: 100, height: 100, vertices: vertices))
        let evaluator = DensePoseEvaluator(.gps, surface: try square(), tolerance: .uniform())
        let found = try evaluator.similarities(picture: 1, detections, truths)
        #expect(abs(found.points[0][0] - exp(-0.01 / (2 * 0.255 * 0.255)) / 2) < 1e-9)
    }

    @Test("The nearest vertex of a chart is that of an exhaustive search, the first of equals")
    func nearest() throws {
        var generator = SeededGenerator(seed: 3)
        // Coarse numbers, so that there are ties.
        let places: [SIMD2<Double>] = (0..<300).map { _ in
            SIMD2(Double(generator.index(below: 12)) / 11, Double(generator.index(below: 12)) / 11)
        }
        let charts = (0..<300).map { _ in UInt8(1 + generator.index(below: 3)) }
        let surface = try EvaluationSurface(
            charts: charts, u: places.map(\.x), v: places.map(\.y),
            distances: .straight([SIMD3<Double>](repeating: .zero, count: 300)))
        for _ in 0..<2000 {
            let (chart, u, v) = (
                UInt8(1 + generator.index(below: 4)), generator.unit(), Double(generator.index(below: 23)) / 22
            )
            let candidates = charts.indices.filter { charts[$0] == chart }
            func distance(_ place: Int) -> Double {
                let (du, dv) = (places[place].x - u, places[place].y - v)
                return (du * du + dv * dv).squareRoot()
            }
            let expected = candidates.min { (distance($0), $0) < (distance($1), $1) } ?? -1
            #expect(surface.nearest(chart: chart, u: u, v: v) == Int32(expected))
        }
    }

    @Test("Boxes that no picture can hold are refused")
    func huge() throws {
        var truths = DensePoseTruths(index: index, sizes: [SIMD2(200, 200)])
        #expect(throws: EvaluationError.self) {
            try truths.append(
                id: 1, picture: 1, category: 1, box: Box(x: 0, y: 0, width: 1e9, height: 1e9), area: 1, points: nil)
        }
        var detections = DensePoseDetections(index: index)
        #expect(throws: EvaluationError.self) {
            try detections.append(
                picture: 1, category: 1, score: .nan, box: Box(x: 0, y: 0, width: 1, height: 1), map: map)
        }
    }

    @Test("A truth whose list of points is empty counts in the reference alone")
    func empty() throws {
        let truths = try truths(points: [])
        let surface = try square()
        #expect(try metrics(DensePoseEvaluator(.gps, surface: surface, mode: .reference), truths)["AP"] == 0)
        #expect(try metrics(DensePoseEvaluator(.gps, surface: surface, mode: .clean), truths)["AP"] == -1)
    }

    @Test("Errors of points: the distance, the share of right parts, the areas under the curve")
    func pointErrors() throws {
        // The map says (0.5, 0.3) there; the second truth is 0.2 away, the third lies outside of the box.
        let truths = try truths(points: [
            DensePoint(x: 128, y: 76.8, chart: 1, u: 0.5, v: 0.3),
            DensePoint(x: 128, y: 76.8, chart: 1, u: 0.5, v: 0.5),
            DensePoint(x: 300, y: 76.8, chart: 1, u: 0.5, v: 0.5),
        ])
        let evaluator = DensePoseEvaluator(.gps, surface: try square())
        let evaluation = try evaluator.evaluate(detections(map), against: truths)
        let report = try evaluation.report(title: "", notes: [], outcomes: evaluation.outcomes())
        let parts = try #require(report.tables.first { $0.name == "parts" })
        #expect(parts.rows.map(\.name) == ["all", "torso", "1 torso back"])
        let values = parts.rows[0].values
        #expect(values[0] == 3)
        #expect(values[1] == 2.0 / 3)
        #expect(abs(values[2] - 0.1) < 1e-9)
        #expect(abs(values[3] - (1 + exp(-0.04 / (2 * 0.351 * 0.351))) / 3) < 1e-9)
        #expect(values[4] == 2.0 / 3)
        #expect(abs(values[5] - 1.0 / 3) < 1e-9)
        #expect(abs(values[6] - (1 + 1.0 / 3) / 3) < 1e-9)
        let sizes = try #require(report.tables.first { $0.name == "sizes" })
        #expect(sizes.rows.map { $0.values[0] } == [1, 0, 0, 1])
        let curve = try #require(report.plots.first { $0.name == "correct-points" }?.lines[0].points)
        #expect(curve.first == SIMD2(0, 1.0 / 3))
        #expect(curve.last == SIMD2(0.3, 2.0 / 3))
    }

    @Test("Vertices of results are read from a PNG; one that the surface has not is refused")
    func vertexPictures() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vertices-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(
            (#"{"images": [{"id": 1, "width": 20, "height": 20}], "categories": [{"id": 1, "name": "ape"}], "#
                + #""annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 10, 10], "area": 100, "#
                + #""dp_x": [10, 200], "dp_y": [10, 10], "dp_vertex": [5, 60], "ref_model": "chimp"}]}"#).utf8
        ).write(to: URL(fileURLWithPath: folder + "/truth.json"))
        func result(_ vertices: [Int]) throws {
            let image = Image(
                width: 2, height: 1, channels: 3,
                bytes: vertices.flatMap { [UInt8(($0 + 1) % 256), UInt8(($0 + 1) / 256), 0] })
            let text = Data(try image.pngBytes()).base64EncodedString()
            try Data(
                (#"[{"image_id": 1, "category_id": 1, "bbox": [0, 0, 10, 10], "score": 0.5, "vertex_data": "\#(text)", "#
                    + #""confidences": {"uv": 4.0}}]"#).utf8
            ).write(to: URL(fileURLWithPath: folder + "/results.json"))
        }
        let truths = try DensePoseTruths(contentsOf: folder + "/truth.json")
        let evaluator = DensePoseEvaluator(.gps, surface: try square(), mode: .clean, tolerance: .uniform())
        func precision() throws -> Double {
            let detections = try DensePoseDetections(contentsOf: folder + "/results.json", truths: truths)
            #expect(detections.statements[0]?.confidences == ["uv": 4])
            return try evaluator.evaluate(detections, against: truths).metrics[0].value
        }
        try result([5, 60])
        #expect(abs(try precision() - 100) < 1e-9)
        // Half of the points on the background: a similarity of one half.
        try result([5, -1])
        #expect(abs(try precision() - 10) < 1e-9)
        try result([5, 121])
        #expect(throws: EvaluationError.vertex(object: "result 0", vertex: 121, count: 121)) { try precision() }
    }

    @Test(
        "Distances are read out of Pdist_matrix.pkl in protocols 2 and 4",
        arguments: [
            // {"Pdist_matrix": numpy.arange(1, 7, dtype="<f4").reshape(6, 1) / 4}, protocols 4 and 2.
            "gASVtQAAAAAAAAB9lIwMUGRpc3RfbWF0cml4lIwWbnVtcHkuX2NvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAdu"
                + "ZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBSwZLAYaUaAWMBWR0eXBllJOUjAJmNJSJiIeUUpQoSwOMATyUTk5OSv////9K/////0sAdJRiiUMY"
                + "AACAPgAAAD8AAEA/AACAPwAAoD8AAMA/lHSUYnMu",
            "gAJ9cQBYDAAAAFBkaXN0X21hdHJpeHEBY251bXB5Ll9jb3JlLm11bHRpYXJyYXkKX3JlY29uc3RydWN0CnECY251bXB5Cm5kYXJyYXkKcQNL"
                + "AIVxBGNfY29kZWNzCmVuY29kZQpxBVgBAAAAYnEGWAYAAABsYXRpbjFxB4ZxCFJxCYdxClJxCyhLAUsGSwGGcQxjbnVtcHkKZHR5cGUKcQ1Y"
                + "AgAAAGY0cQ6JiIdxD1JxEChLA1gBAAAAPHERTk5OSv////9K/////0sAdHESYoloBVgcAAAAAADCgD4AAAA/AABAPwAAwoA/AADCoD8AAMOA"
                + "P3ETaAeGcRRScRV0cRZicy4=",
        ])
    func pickledDistances(text: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pickle-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (mesh, transform, pickle) = (folder + "/s.mat", folder + "/t.mat", folder + "/Pdist_matrix.pkl")
        let data = try #require(Data(base64Encoded: text))
        try data.write(to: URL(fileURLWithPath: pickle))
        func write(_ vertices: Int32) throws {
            let points = (0..<vertices).map { ChartPoint(chart: 1, u: Double($0) / 10, v: 0) }
            try DensePoseFiles.write(
                .init(points: points, vertices: Array(0..<vertices)), to: mesh, transform: transform)
        }
        try write(4)
        let surface = try EvaluationSurface(subdivision: mesh, transform: transform, distances: pickle)
        #expect(surface.distances.vertexCount == 4)
        #expect(surface.distances[2, 1] == 0.75)
        #expect(surface.distances[1, 3] == 1.25)
        #expect(surface.distances[3, 3] == 0)
        // More vertices than distances, and a file that ends too soon.
        try write(5)
        #expect(throws: MeshFileError.self) {
            try EvaluationSurface(subdivision: mesh, transform: transform, distances: pickle)
        }
        try data.dropLast(20).write(to: URL(fileURLWithPath: pickle))
        #expect(throws: (any Error).self) {
            try EvaluationSurface(subdivision: mesh, transform: transform, distances: pickle)
        }
    }
}
