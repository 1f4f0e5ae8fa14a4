import Foundation
import Geometry
import Hashing
import Testing

@Suite struct CorrespondenceTests {
    /// A human and a chimpanzee of 1,500 vertices each, made once.
    static let pair: BodyPair = {
        var difficulty = BodyPair.Difficulty()
        difficulty.vertices = 1500
        difficulty.borderNoise = 0.01
        return try! BodyPair(TemplateBody.named("human"), TemplateBody.named("chimpanzee"), difficulty: difficulty)
    }()

    private func match(
        _ method: MatchMethod, landmarks: Int = 0, parts: Bool = true
    ) throws -> (quality: MapQuality, evaluation: MapEvaluation) {
        var (a, b) = (Self.pair.source, Self.pair.target)
        a = a.keeping(landmarks: a.spreadLandmarks(landmarks, common: b))
        if !parts { (a.parts, b.parts) = (nil, nil) }
        var matcher = Matcher(method: method)
        matcher.refinement.sizes = [20, 40, 80]
        let result = try matcher.match(a, b)
        return (
            try MapQuality(result.forward, result.backward, source: Self.pair.source, target: Self.pair.target),
            try MapEvaluation(result.forward, truth: Self.pair.truth, target: Self.pair.target.mesh)
        )
    }

    @Test func everyVertexOfAPairHasATruthThatMapsBackToItself() throws {
        let pair = Self.pair
        #expect(pair.truth.points.allSatisfy { $0 != nil })
        let own = try MapEvaluation(pair.truth, truth: pair.truth, target: pair.target.mesh)
        #expect(own.meanErrorPercent == 0 && own.auc == 1 && own.within5 == 1)
    }

    @Test func thePapersMethodReachesItsLevelAndTheOthersAreBetter() throws {
        let paper = try match(.semantic)
        #expect((6...16).contains(paper.evaluation.meanErrorPercent))
        let borders = try match(.borders)
        #expect(borders.evaluation.meanErrorPercent < 3)
        let functional = try match(.functional)
        #expect(functional.evaluation.meanErrorPercent < 2.2)
        #expect(functional.quality.swapped == 0)
        #expect(functional.quality.smoothness < paper.quality.smoothness)
        #expect(functional.quality.cycleError < 2.5)
        let landmarks = try match(.functional, landmarks: 20, parts: false)
        #expect(landmarks.evaluation.meanErrorPercent < 4)
    }

    @Test func thePapersMethodIsNearerTheTruthWithTheChartsThanWithLargeParts() throws {
        func error(_ list: PartList) throws -> Double {
            var matcher = Matcher(method: .semantic)
            matcher.partList = list
            let result = try matcher.match(Self.pair.source, Self.pair.target)
            return try MapEvaluation(result.forward, truth: Self.pair.truth, target: Self.pair.target.mesh)
                .meanErrorPercent
        }
        let charts = try error(.charts)
        #expect(charts < 13)
        #expect(try error(.coarse) > charts + 1)
    }

    @Test func theSameBodiesGiveTheSameMap() throws {
        let matcher = Matcher(method: .borders)
        let one = try matcher.match(Self.pair.source, Self.pair.target)
        #expect(try matcher.match(Self.pair.source, Self.pair.target).forward == one.forward)
    }

    @Test func nearestRowsAreThoseOfTryingAll() throws {
        var random = SeededGenerator(seed: 3, stream: 0)
        func matrix(_ rows: Int) -> FeatureMatrix {
            FeatureMatrix(
                rows: rows, columns: 7, values: (0..<(rows * 7)).map { _ in Float.random(in: -1...1, using: &random) })
        }
        let (queries, points) = (matrix(700), matrix(1300))
        let found = try queries.nearestRows(in: points)
        var misses = 0
        for row in 0..<queries.rows {
            func gap(_ other: Int) -> Float {
                zip(queries.row(row), points.row(other)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            }
            let best = (0..<points.rows).map(gap).min()!
            if gap(Int(found[row])) > best + 1e-5 { misses += 1 }
        }
        #expect(misses == 0)
    }

    @Test func ofEqualRowsInFarBallsTheFirstIsFound() throws {
        // Whole numbers, so that every distance is exact; each point is there three times, and far from the next one.
        var random = SeededGenerator(seed: 5, stream: 0)
        let places = (0..<400).map { i -> [Float] in
            var place = [Float](repeating: 0, count: 20)
            place[i % 20] = Float(30 * (i / 20))
            return place
        }
        let order = (0..<1200).shuffled(using: &random)
        let points = FeatureMatrix(rows: 1200, columns: 20, values: order.flatMap { places[$0 % 400] })
        let queries = FeatureMatrix(rows: 400, columns: 20, values: places.flatMap { $0.map { $0 + 1 } })
        let found = try queries.nearestRows(in: points)
        for row in 0..<400 {
            let expected = order.firstIndex { places[$0 % 400] == places[row] }
            #expect(Int(found[row]) == expected)
        }
    }

    @Test func aFewLandmarksAreTheEndsOfTheLimbsAndTheFirstOfMore() {
        let (a, b) = (Self.pair.source, Self.pair.target)
        let twenty = a.spreadLandmarks(20, common: b)
        #expect(Set(twenty).count == 20)
        #expect(Set(twenty.prefix(7)).isSuperset(of: ["crown", "leftThumbTip", "rightMiddleTip", "leftBigToeTip"]))
        #expect(Array(a.spreadLandmarks(40, common: b).prefix(20)) == twenty)
        var bare = b
        bare.landmarks["leftThumbTip"] = nil
        #expect(!a.spreadLandmarks(20, common: bare).contains("leftThumbTip"))
    }

    @Test func theSemanticDescriptorIsTheMeanDistanceOverThePartsOwn() throws {
        // Two parts on a flat strip; distances along edges.
        let mesh = Shapes.square(cells: 3)
        let parts = PartLabels(names: ["low", "high"], labels: mesh.positions.map { $0.y < 0.5 ? 0 : 1 })
        let solver = try GeodesicSolver(mesh, method: .dijkstra)
        let features = try SemanticDescriptor.features(sums: solver.sums(overParts: parts), parts: parts)
        let low = parts.vertices(of: 0)
        func mean(_ vertex: Int) throws -> Double {
            let distances = try solver.distances(from: vertex)
            return low.reduce(0) { $0 + distances[$1] } / Double(low.count)
        }
        let own = try low.reduce(0) { try $0 + mean($1) } / Double(low.count)
        for vertex in 0..<mesh.vertexCount {
            #expect(abs(Double(features.row(vertex).first!) - (try mean(vertex)) / own) < 1e-5)
        }
    }

    @Test func whatIsMissingIsSaid() throws {
        var (a, b) = (Self.pair.source, Self.pair.target)
        (a.parts, a.landmarks) = (nil, [:])
        #expect(throws: MeshError.self) { try Matcher(method: .semantic).match(a, b) }
        #expect(throws: MeshError.self) { try Matcher(method: .functional).match(a, b) }
        b.parts?.labels.removeLast()
        #expect(throws: MeshError.self) { try Matcher(method: .semantic).match(Self.pair.source, b) }
    }

    @Test func labelsAndChartsCarriedThroughTheTruthAreThoseOfTheBody() throws {
        let (human, ape) = (try TemplateBody.named("human"), try TemplateBody.named("chimpanzee"))
        func labelled(_ body: TemplateBody) -> LabelledMesh {
            LabelledMesh(
                name: body.name, mesh: body.mesh, parts: body.parts, landmarks: body.keyVertices, mirror: body.mirror)
        }
        // Vertex v of the one is vertex v of the other.
        let truth = SurfaceMap(points: ape.truth(to: human))
        var bare = labelled(ape)
        (bare.parts, bare.landmarks) = (nil, [:])
        let transfer = try LabelTransfer(to: bare, from: labelled(human), map: truth)
        let parts = try #require(try transfer.parts())
        let same = zip(parts.labels, ape.parts.labels).count { $0 == $1 }
        #expect(Double(same) / Double(parts.labels.count) > 0.999)
        #expect(transfer.keyVertices(back: SurfaceMap(points: human.truth(to: ape))) == ape.keyVertices)
        let corners = human.mesh.triangles.indices.map { human.chart(ofTriangle: $0) }
        let atlas = ChartAtlas(human.mesh, charts: corners.map { UInt8($0.chart) }, corners: corners.map(\.uv))
        let charts = try transfer.charts(of: atlas)
        let result = try ChartUnwrapper().unwrap(ape.mesh, charts: charts)
        let report = ChartReport(result.atlas, of: ape.mesh)
        #expect(report.charts.count == 24)
        #expect(report.isValid)
        // Annotations go there and come back to where they were.
        let carry = try ChartTransfer(
            from: atlas, of: human.mesh, to: atlas, of: human.mesh, map: SurfaceMap(points: human.truth(to: human)))
        let point = ChartPoint(chart: 10, u: 0.5, v: 0.5)
        let back = try #require(carry(point))
        #expect(back.chart == 10 && abs(back.u - 0.5) < 1e-6 && abs(back.v - 0.5) < 1e-6)
    }
}
