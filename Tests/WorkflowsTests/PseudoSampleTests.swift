import Annotations
import Catalog
import Foundation
import Hashing
import Testing

@testable import Workflows

struct PseudoSampleTests {
    private let hand: HandMadeCatalog

    /// Two clips of two frames at two sites, the second in infrared; in each frame a sure object that does not move and a
    /// less sure one that does.
    init() throws {
        hand = try HandMadeCatalog()
        try hand.file.write(command: "test") { writer in
            let dataset = try writer.dataset(named: "apes").id
            let run = try writer.addRun(named: "teacher", kind: .predictions)
            let category = try writer.category(named: "chimpanzee", in: dataset)
            let root = try writer.root(folder: hand.pictures)
            let (media, instances) = (try MediumInserter(writer), try InstanceInserter(writer))
            let store = try StoreInserter(writer, run: run)
            for clip in 0..<2 {
                let video = try writer.add(VideoRecord(rootID: root, path: "clip-\(clip).mp4"))
                for frame in 0..<2 {
                    var medium = MediumRecord(rootID: root, path: "clip-\(clip)-\(frame).png", width: 100, height: 100)
                    (medium.videoID, medium.frameIndex, medium.infrared) = (video, frame, clip == 1)
                    medium.siteID = try writer.site(named: "site \(clip)")
                    let id = try media.add(medium).id
                    try media.link(id, to: dataset, sourceID: nil)
                    var ids: [Int64] = []
                    var objects: [(detection: StoredDetection, points: [CandidatePoint])] = []
                    for object in 0..<2 {
                        var record = InstanceRecord(
                            datasetID: dataset, runID: run, mediumID: id, categoryID: category)
                        let left = object == 0 ? 10 : 30 + 25 * frame
                        record.box = Box(x: Double(left), y: 10, width: 20, height: 40)
                        record.score = object == 0 ? 0.9 - Double(frame) * 0.01 : 0.6
                        var parts = InstanceParts()
                        var pixels = [UInt8](repeating: 0, count: 10_000)
                        for x in left..<left + 20 { for y in 10..<50 { pixels[x * 100 + y] = 1 } }
                        parts.mask = MaskRecord(try RunLengthMask(columnMajor: pixels, height: 100, width: 100))
                        ids.append(try instances.add(record, parts))
                        var detection = StoredDetection(score: record.score!)
                        (detection.part, detection.foreground) = (object == 0 ? 200 : 100, 100)
                        let points = (0..<20).map {
                            CandidatePoint(
                                x: UInt8($0 * 12), y: 9, chart: 2, u: UInt8($0), v: 3, foreground: 100,
                                part: UInt8(100 + $0))
                        }
                        objects.append((detection, points))
                    }
                    try store.add(medium: id, firstInstance: ids[0], objects)
                }
            }
        }
    }

    private func plan(_ change: (inout SampleRecipe) throws -> Void = { _ in }) throws -> PseudoSample {
        var recipe = SampleRecipe(run: "teacher", distinct: nil)
        try change(&recipe)
        return try hand.file.read { try PseudoSample(recipe, in: $0) }
    }

    private func write(_ sample: PseudoSample, _ name: String, replaces: Bool = false) throws -> PseudoSample.Change {
        try hand.file.write(command: "sample") { try sample.write(asNamed: name, replaces: replaces, to: $0) }
    }

    private func labels(_ name: String) throws -> [(record: InstanceRecord, parts: InstanceParts)] {
        try hand.file.read { reader in
            var labels: [(InstanceRecord, InstanceParts)] = []
            let run = try reader.run(named: name)
            try reader.forEachInstance(InstanceQuery(runIDs: [run.id])) { labels.append(($0, $1)) }
            return labels
        }
    }

    @Test func conditionsChooseObjects() throws {
        #expect(try plan().chosen.count == 8)
        #expect(try plan { $0.keep = [try ConfidenceCondition("score>=0.8")] }.chosen.count == 4)
        #expect(try plan { $0.keep = [try ConfidenceCondition("score:top=25%")] }.chosen.map(\.score) == [0.9, 0.9])
        #expect(throws: PseudoLabelError.unstated(run: "teacher", key: .uv)) {
            try plan { $0.points.strategy = .uv }
        }
        #expect(throws: PseudoLabelError.uncalibrated(run: "teacher", key: .score)) {
            try plan { $0.keep = [try ConfidenceCondition("score:precision=90%")] }
        }
        #expect(throws: PseudoLabelError.notStored(run: "labels")) { try plan { $0.run = "labels" } }
    }

    @Test func whatSomebodyRejectedIsNeverTaken() throws {
        let all = try plan().chosen
        _ = try hand.file.write(command: "reject") { try $0.setReview(.rejected, of: [all[0].instance]) }
        #expect(try plan().chosen.map(\.instance) == all.dropFirst().map(\.instance))
        _ = try hand.file.write(command: "accept") { try $0.setReview(.accepted, of: [all[3].instance]) }
        #expect(try plan { $0.isAcceptedOnly = true }.chosen.map(\.instance) == [all[3].instance])
    }

    @Test func anObjectThatDoesNotMoveCountsOnceInItsClip() throws {
        let distinct = try plan { $0.distinct = 0.9 }
        // Of the still one the surer of the two frames; of the one that moves both.
        #expect(distinct.chosen.map(\.score).sorted() == [0.6, 0.6, 0.6, 0.6, 0.9, 0.9])
        #expect(distinct.steps.map(\.detections) == [8, 8, 8, 6])
    }

    @Test func quotasTakeTheSurest() throws {
        let sites = try plan { $0.quotas = [.site: 3] }
        #expect(sites.chosen.map(\.score).sorted() == [0.6, 0.6, 0.89, 0.89, 0.9, 0.9])
        #expect(try plan { $0.quotas = [.light: 1] }.chosen.map(\.score) == [0.9, 0.9])
        #expect(try plan { $0.limit = 5 }.chosen.count == 5)
        let first = try plan().chosen[0].instance
        _ = try hand.file.write(command: "reject") { try $0.setReview(.rejected, of: [first]) }
        #expect(try plan().chosen.count == 7)
        #expect(try plan { $0.balance = .clip }.chosen.count == 6)
    }

    @Test func aSampleIsARunAndAViewWithCopies() throws {
        let sample = try plan { $0.keep = [try ConfidenceCondition("score>=0.8")] }
        let change = try write(sample, "round 1")
        #expect((change.objects, change.points, change.added, change.isReplacement) == (4, 20, 4, false))
        let labels = try labels("round 1")
        #expect(labels.count == 4)
        for (object, label) in zip(sample.chosen, labels) {
            #expect(label.record.sourceID == object.instance && label.record.points == 5)
            #expect(label.record.box == object.box && label.record.score == object.score)
            #expect(label.parts.mask != nil)
            let points = try #require(label.parts.points)
            // The five surest of their chart, in DensePose's frame of 256.
            #expect(points.values("x") == [180.5, 192.5, 204.5, 216.5, 228.5])
            #expect(points.values("I") == [2, 2, 2, 2, 2])
            let rounded: [Double] = (15...19).map { (u: Int) -> Double in (Double(u) / 255 * 1e4).rounded() / 1e4 }
            #expect(points.values("U") == rounded)
        }
        try hand.file.read { reader in
            let view = try reader.view(named: "round 1")
            let filter = try Filter(try #require(view.filter))
            var count = 0
            try reader.forEachInstance(InstanceQuery(filter: filter)) { _, _ in count += 1 }
            #expect(count == 4 && filter.choosesRuns)
            let run = try reader.run(named: "round 1")
            let teacher = try reader.run(named: "teacher").id
            #expect(run.kind == .selection && run.parentID == teacher)
            let recipe = try JSONDecoder().decode(SampleRecipe.self, from: Data(try #require(run.configuration).utf8))
            #expect(recipe == sample.recipe)
        }
        #expect(throws: PseudoLabelError.taken(name: "round 1")) { try write(sample, "round 1") }
        #expect(throws: PseudoLabelError.taken(name: "teacher")) { try write(sample, "teacher", replaces: true) }
    }

    @Test func aSampleIsReplacedAndTheOldOneCanComeBack() throws {
        _ = try write(try plan { $0.keep = [try ConfidenceCondition("score>=0.8")] }, "a")
        let before = try labels("a").map { $0.record.sourceID }
        let second = try plan {
            $0.keep = [try ConfidenceCondition("score:top=25%")]
            $0.points = PointRecipe(.mask, count: 7)
        }
        let foreseen = try hand.file.read { try second.change(asNamed: "a", in: $0) }
        #expect((foreseen.added, foreseen.removed, foreseen.changed, foreseen.isReplacement) == (0, 2, 2, true))
        #expect(try labels("a").map { $0.record.sourceID } == before)
        #expect(try write(second, "a", replaces: true) == foreseen)
        #expect(try labels("a").map(\.record.points) == [7, 7])
        let last = try #require(try hand.file.read { try $0.latestUndoable() })
        try hand.file.write(command: "undo") { try $0.undo(last) }
        #expect(try labels("a").map { $0.record.sourceID } == before)
    }

    @Test func theSameSeedGivesTheSamePointsWhateverElseIsChosen() throws {
        func points(_ sample: PseudoSample) throws -> [Int64: [CandidatePoint]] {
            var found: [Int64: [CandidatePoint]] = [:]
            try hand.file.read { reader in
                try sample.forEach(in: reader) { object, points in found[object.instance] = points }
            }
            return found
        }
        let all = try points(plan { $0.points = PointRecipe(.uniform, count: 4) })
        let few = try points(
            plan {
                $0.points = PointRecipe(.uniform, count: 4)
                $0.keep = [try ConfidenceCondition("score>=0.8")]
            })
        #expect(few.count == 4 && few.allSatisfy { all[$0.key] == $0.value })
        let other = try points(
            plan {
                $0.points = PointRecipe(.uniform, count: 4)
                $0.seed = 1
            })
        #expect(other != all)
    }

    @Test func statisticsCountWhatReachesConditions() throws {
        let (all, some) = try hand.file.read { reader in
            (
                try StoreStatistics(ofRun: "teacher", countsParts: true, reader),
                try StoreStatistics(
                    ofRun: "teacher",
                    conditions: [try ConfidenceCondition("score>=0.8"), try ConfidenceCondition("points.parts>=0.93")],
                    reader)
            )
        }
        #expect((all.stored.pictures, all.stored.detections, all.stored.points) == (4, 8, 160))
        #expect(all.reaching == nil && all.charts?.map(\.points) == [160])
        #expect(all.confidences.map(\.key) == [.score, .foreground, .parts])
        let least = ConfidenceKey.parts.least(reaching: 0.93)
        let reached = (0..<20).count { 100 + $0 >= least }
        #expect(reached > 0 && reached < 20)
        #expect((some.reaching?.detections, some.reaching?.points) == (4, 4 * reached))
    }

    @Test func aRunAgreesWithItself() throws {
        let its = try hand.file.read { try StoreComparison("teacher", "teacher", least: 0.5, $0) }
        #expect((its.pictures, its.both, its.onlyFirst, its.onlySecond, its.overlap) == (4, 8, 0, 0, 1))
        #expect(its.charts.map(\.agreement) == [1] && its.charts.map(\.distance) == [0])
    }

    @Test func aCalibrationComparesWithLabels() throws {
        // The sure objects are there, the others are not; half of their points lie on the body.
        try hand.file.write(command: "label") { writer in
            let dataset = try writer.dataset(named: "apes").id
            let inserter = try InstanceInserter(writer)
            let labels = try writer.run(named: "labels").id
            let category = try writer.category(named: "chimpanzee", in: dataset)
            var media: [Int64] = []
            try writer.forEachMedium(dataset: dataset) { media.append($0.id) }
            for medium in media {
                var record = InstanceRecord(datasetID: dataset, runID: labels, mediumID: medium, categoryID: category)
                (record.box, record.area) = (Box(x: 10, y: 10, width: 20, height: 40), 800)
                var parts = InstanceParts()
                var pixels = [UInt8](repeating: 0, count: 10_000)
                for x in 10..<20 { for y in 10..<50 { pixels[x * 100 + y] = 1 } }
                parts.mask = MaskRecord(try RunLengthMask(columnMajor: pixels, height: 100, width: 100))
                // At the places of the first ten candidates, half of them of another chart.
                parts.points = DensePointsRecord(columns: [
                    ("x", (0..<10).map { Double($0 * 12) + 0.5 }, 1), ("y", [Double](repeating: 9.5, count: 10), 1),
                    ("I", (0..<10).map { $0 < 5 ? 2 : 3 }, 0), ("U", (0..<10).map { Double($0) / 255 }, 4),
                    ("V", [Double](repeating: 3.0 / 255, count: 10), 4),
                ])
                record.points = 10
                try inserter.add(record, parts)
            }
        }
        let calibration = try hand.file.read {
            try Calibrator.calibration(of: "teacher", on: "apes", isAgnostic: true, $0)
        }
        #expect(calibration.detections == 8)
        func head(_ key: ConfidenceKey) throws -> ProbabilityCalibration {
            guard case .probability(let its)? = calibration.heads[key] else {
                throw PseudoLabelError.uncalibrated(run: "teacher", key: key)
            }
            return its
        }
        #expect(try head(.score).total == 8 && head(.score).hits.reduce(0, +) == 4)
        // 11 of 20 candidates lie in the left half of the box, at 0.5 + 12 k of 256.
        #expect(try head(.foreground).total == 80 && head(.foreground).hits.reduce(0, +) == 44)
        #expect(try head(.parts).total == 40 && head(.parts).hits.reduce(0, +) == 20)
        #expect(calibration.heads[.mask] == nil && calibration.heads[.uv] == nil)

        let encoded = String(decoding: try JSONEncoder().encode(calibration), as: UTF8.self)
        try hand.file.record { try $0.setCalibration(encoded, ofRun: $0.run(named: "teacher").id) }
        #expect(try plan { $0.keep = [try ConfidenceCondition("score:precision=99%")] }.chosen.count == 4)
        #expect(try plan { $0.keep = [try ConfidenceCondition("score:precision=40%")] }.chosen.count == 8)
    }
}
