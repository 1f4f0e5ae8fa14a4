import Foundation
import Testing

@testable import Catalog

struct StoreTests {
    private let here: TemporaryCatalog

    init() throws {
        here = try TemporaryCatalog()
        try here.fill()
    }

    /// Points whose every byte differs, of charts in turn.
    static func points(_ count: Int) -> [CandidatePoint] {
        (0..<count).map { index in
            func byte(_ step: Int) -> UInt8 { UInt8(truncatingIfNeeded: index * step + step) }
            return CandidatePoint(
                x: byte(3), y: byte(5), chart: UInt8(1 + index % 24), u: byte(7), v: byte(11), foreground: byte(13),
                part: byte(17), uv: byte(19))
        }
    }

    static func detection(_ score: Double) -> StoredDetection {
        var detection = StoredDetection(score: score)
        detection.box = SIMD4(1, 2, 3, 4)
        (detection.mask, detection.foreground, detection.part, detection.uv) = (5, 6, 7, 8)
        return detection
    }

    /// Stores objects of a run on some pictures, as `infer` does.
    static func store(
        _ pictures: [(medium: Int64, objects: [(StoredDetection, [CandidatePoint])])], run name: String,
        to catalog: CatalogFile
    ) throws {
        try catalog.write(command: "infer") { writer in
            let dataset = try writer.dataset(named: "pets").id
            let run =
                try writer.runs().first { $0.name == name }?.id
                ?? writer.addRun(named: name, kind: .predictions, configuration: "{\"weights\":\"w\"}")
            let category = try writer.category(named: "dog", in: dataset)
            let (instances, store) = (try InstanceInserter(writer), try StoreInserter(writer, run: run))
            for (medium, objects) in pictures {
                var ids: [Int64] = []
                for (detection, _) in objects {
                    var record = InstanceRecord(
                        datasetID: dataset, runID: run, mediumID: medium, categoryID: category)
                    (record.box, record.score) = (Box(x: 1, y: 2, width: 30, height: 40), detection.score)
                    ids.append(try instances.add(record, InstanceParts()))
                }
                try store.add(
                    medium: medium, firstInstance: ids.first ?? 0,
                    objects.map { (detection: $0.0, points: $0.1) })
            }
        }
    }

    private func read(_ catalog: CatalogFile, run name: String = "teacher") throws -> [Int64: [[CandidatePoint]]] {
        try catalog.read { reader in
            let run = try reader.run(named: name)
            var found: [Int64: [[CandidatePoint]]] = [:]
            try reader.forEachStoredPicture(ofRun: run.id) { picture in
                found[picture.mediumID] = try reader.storedPoints(
                    ofPicture: picture.id, detections: picture.detections.count)
                for (place, detection) in picture.detections.enumerated() {
                    let record = try #require(try reader.instance(picture.firstInstance + Int64(place))).record
                    #expect(record.runID == run.id && record.mediumID == picture.mediumID)
                    #expect(abs((record.score ?? 0) - detection.score) < 1e-5)
                }
            }
            return found
        }
    }

    @Test func probabilitiesAndDeviationsKeepWithinTheStatedError() {
        for step in 1..<200 {
            let logit = -4 + Double(step) * 0.08
            let probability = 1 / (1 + exp(-logit))
            let code = ConfidenceCode.probability(probability)
            #expect(abs(ConfidenceCode.logit(code)! - logit) <= 0.0316)
            let deviation = exp2(-10 + 14 * Double(step) / 200)
            let its = ConfidenceCode.deviation(of: ConfidenceCode.deviation(deviation))!
            #expect(abs(its / deviation - 1) <= 0.0194)
            #expect(abs(ConfidenceCode.score(of: ConfidenceCode.score(probability)) - probability) <= 8e-6)
        }
        #expect(ConfidenceCode.probability(0) == 1 && ConfidenceCode.probability(1) == 255)
        #expect(ConfidenceCode.probability(.nan) == 0 && ConfidenceCode.deviation(0) == 0)
        #expect(ConfidenceCode.deviation(1e-9) == 1 && ConfidenceCode.deviation(1e9) == 255)
    }

    @Test(arguments: [0, 1, 24, 600, 24 * 300]) func pointsComeBackByteForByte(count: Int) throws {
        let points = Self.points(count)
        try Self.store(
            [(1, [(Self.detection(0.5), points), (Self.detection(0.25), [])])], run: "teacher", to: here.catalog)
        let found = try #require(try read(here.catalog)[1])
        #expect(found.count == 2 && found[1].isEmpty)
        #expect(Set(found[0]) == Set(points) && found[0].count == count)
        #expect(found[0].map(\.chart) == found[0].map(\.chart).sorted())
        try here.catalog.read { reader in
            let run = try reader.run(named: "teacher").id
            try reader.forEachStoredPicture(ofRun: run) { picture in
                var expected = Self.detection(0.5)
                expected.pointCount = count
                var its = picture.detections[0]
                its.score = 0.5
                #expect(its == expected)
            }
            let all = try reader.storedCounts(ofRun: run) { _ in true }
            #expect((all.pictures, all.detections, all.points) == (1, 2, count))
            let sure = try reader.storedCounts(ofRun: run) { $0.score > 0.4 }
            #expect((sure.detections, sure.points) == (1, count))
        }
    }

    @Test func damageIsAnErrorNotACrash() throws {
        var bytes: [UInt8] = []
        let codec = PointCodec()
        codec.encode([Self.points(50)], into: &bytes)
        #expect(bytes.withUnsafeBytes { codec.decode($0, objects: 1) }?[0].count == 50)
        for count in 0..<bytes.count {
            #expect(bytes[..<count].withUnsafeBytes { codec.decode($0, objects: 1) } == nil)
        }
        // Of any other byte comes something or nothing, and no crash.
        for place in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[place] ^= 1 << UInt8(bit)
                _ = damaged.withUnsafeBytes { codec.decode($0, objects: 1) }
            }
        }
        // Few bytes that become many are not followed beyond what so many objects can have.
        let bomb = PointCodec()
        let points = Array(repeating: CandidatePoint(x: 0, y: 0, chart: 1, u: 0, v: 0), count: 60_000)
        codec.encode(Array(repeating: points, count: 9), into: &bytes)
        #expect(bytes.count < 20_000)
        #expect(bytes.withUnsafeBytes { bomb.decode($0, objects: 1) } == nil)
        #expect(bytes.withUnsafeBytes { bomb.decode($0, objects: 9) }?.count == 9)
        try Self.store([(1, [(Self.detection(0.5), Self.points(9))])], run: "teacher", to: here.catalog)
        try here.catalog.read { reader in
            let run = try reader.run(named: "teacher").id
            try reader.forEachStoredPicture(ofRun: run) { picture in
                #expect(throws: CatalogError.self) {
                    try reader.storedPoints(ofPicture: picture.id, detections: 2)
                }
            }
        }
    }

    @Test func aPictureIsStoredOnce() throws {
        try Self.store([(1, [])], run: "teacher", to: here.catalog)
        #expect(throws: CatalogError.self) { try Self.store([(1, [])], run: "teacher", to: here.catalog) }
        #expect(try read(here.catalog) == [1: []])
    }

    @Test func undoTakesAStoreAwayAndBringsItBack() throws {
        try Self.store([(1, [(Self.detection(0.5), Self.points(30))])], run: "teacher", to: here.catalog)
        let whole = try read(here.catalog)
        try here.catalog.write(command: "drop") { try $0.dropStore(ofRun: $0.run(named: "teacher").id) }
        #expect(try read(here.catalog) == [:])
        let dropped = try #require(try here.catalog.read { try $0.latestUndoable() })
        try here.catalog.write(command: "undo") { try $0.undo(dropped) }
        #expect(try read(here.catalog) == whole)
        let stored = try #require(try here.catalog.read { try $0.latestUndoable() })
        try here.catalog.write(command: "undo") { try $0.undo(stored) }
        #expect(try here.catalog.read { try $0.runs().map(\.name) }.contains("teacher") == false)
        #expect(try here.catalog.read { try $0.integrityDefects() } == [])
    }

    @Test func partsOfSeveralWorkersBecomeOneStore() throws {
        let there = try TemporaryCatalog()
        try there.fill()
        try Self.store([(1, [(Self.detection(0.5), Self.points(30))]), (2, [])], run: "teacher", to: here.catalog)
        try Self.store(
            [
                (2, [(Self.detection(0.75), Self.points(40))]),
                (3, [(Self.detection(0.1), Self.points(3)), (Self.detection(0.2), Self.points(5))]),
            ], run: "teacher", to: there.catalog)
        let report = try here.catalog.merge(there.catalog, command: "merge")
        // The second picture was here already, without objects.
        let merged = try read(here.catalog)
        #expect(merged.mapValues { $0.map(\.count) } == [1: [30], 2: [], 3: [3, 5]])
        #expect(report.instances == 2 && report.runs.isEmpty)
        let again = try here.catalog.merge(there.catalog, command: "merge")
        #expect(again.instances == 0)
        #expect(try read(here.catalog) == merged)
        #expect(try here.catalog.read { try $0.integrityDefects() } == [])
        // A whole run that is new here.
        try Self.store([(1, [(Self.detection(0.9), Self.points(7))])], run: "student", to: there.catalog)
        _ = try here.catalog.merge(there.catalog, command: "merge")
        #expect(try read(here.catalog, run: "student").mapValues { $0.map(\.count) } == [1: [7]])
        #expect(try read(here.catalog) == merged)
    }

    @Test func reviewByRuleIsUndone() throws {
        try Self.store(
            [(1, [(Self.detection(0.5), []), (Self.detection(0.9), [])])], run: "teacher", to: here.catalog)
        let ids = try here.catalog.read { reader in
            var ids: [Int64] = []
            try reader.forEachInstance(InstanceQuery(runIDs: [try reader.run(named: "teacher").id])) { record, _ in
                ids.append(record.id)
            }
            return ids
        }
        func states() throws -> [ReviewState?] {
            try here.catalog.read { reader in try ids.map { try reader.instance($0)?.record.review } }
        }
        #expect(try here.catalog.write(command: "reject") { try $0.setReview(.rejected, of: ids.dropFirst()) } == 1)
        #expect(try states() == [.unreviewed, .rejected])
        #expect(try here.catalog.write(command: "reject") { try $0.setReview(.rejected, of: ids) } == 1)
        let last = try #require(try here.catalog.read { try $0.latestUndoable() })
        try here.catalog.write(command: "undo") { try $0.undo(last) }
        #expect(try states() == [.unreviewed, .rejected])
    }
}
