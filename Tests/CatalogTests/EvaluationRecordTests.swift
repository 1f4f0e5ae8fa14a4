import Testing

@testable import Catalog

@Suite struct EvaluationRecordTests {
    private func record(_ kind: String = "boxes") -> EvaluationRecord {
        EvaluationRecord(
            kind: kind, run: "baseline of pets", dataset: "pets", parameters: .object(["split": .text("test")]),
            metrics: .object(["AP": .number(0.25), "hit": .integer(1)]))
    }

    /// The dog is hit by the prediction, the cat missed.
    private func outcomes(_ ids: [Int64]) -> [OutcomeRecord] {
        [
            OutcomeRecord(instance: ids[2], outcome: .hit, overlap: 0.75, truth: ids[0]),
            OutcomeRecord(instance: ids[1], outcome: .missed, overlap: 0, truth: nil),
        ]
    }

    @Test func `an evaluation is kept with its numbers, and filters find labels by what became of them`() throws {
        let temporary = try TemporaryCatalog()
        let ids = try temporary.fill()
        _ = try temporary.catalog.write(command: "evaluate") { try $0.addEvaluation(record(), outcomes: outcomes(ids)) }
        try temporary.catalog.read { reader throws in
            let kept = try #require(try reader.evaluations().first)
            #expect(kept.metric("AP") == 0.25 && kept.metric("hit") == 1 && kept.metric("none") == nil)
            #expect(kept.parameters == .object(["split": .text("test")]))
            #expect(kept.outcomes == ["hit": 1, "missed": 1])
            func found(_ filter: String) throws -> [Int64] {
                try reader.listInstances(filter: Filter(filter)).map(\.id)
            }
            #expect(try found("outcome = missed") == [ids[1]])
            #expect(try found("outcome = 'baseline of pets/hit'") == [ids[2]])
            #expect(try found("outcome in ('baseline of pets/boxes/hit', missed)") == [ids[1], ids[2]])
            #expect(try found("outcome = 'baseline of pets/masks/hit'").isEmpty)
            #expect(try found("not outcome = missed") == [ids[0], ids[2]])
            #expect(try reader.listMedia(filter: Filter("outcome = missed")).map(\.path) == ["b.jpg"])
            #expect(throws: CatalogError.self) { try found("outcome = mised") }
            #expect(try reader.outcomes(ofInstance: ids[0]).map(\.instance) == [ids[2]])
            #expect(try reader.outcomes(ofInstance: ids[1]).map(\.outcome) == [.missed])
        }
    }

    @Test func `a later evaluation takes over the outcomes, and its undo gives them back`() throws {
        let temporary = try TemporaryCatalog()
        let ids = try temporary.fill()
        _ = try temporary.catalog.write(command: "one") { try $0.addEvaluation(record(), outcomes: outcomes(ids)) }
        _ = try temporary.catalog.write(command: "masks") {
            try $0.addEvaluation(record("masks"), outcomes: outcomes(ids).prefix(1))
        }
        _ = try temporary.catalog.write(command: "two") {
            try $0.addEvaluation(record(), outcomes: outcomes(ids).suffix(1))
        }
        #expect(
            try temporary.catalog.read { try $0.evaluations().map(\.outcomes) } == [[:], ["hit": 1], ["missed": 1]])
        let latest = try #require(try temporary.catalog.read { try $0.latestUndoable() })
        try temporary.catalog.write(command: "undo") { try $0.undo(latest) }
        #expect(
            try temporary.catalog.read { try $0.evaluations().map(\.outcomes) } == [
                ["hit": 1, "missed": 1], ["hit": 1],
            ])
    }

    @Test func `a label that is deleted takes its outcomes along; the undo brings both back`() throws {
        let temporary = try TemporaryCatalog()
        let ids = try temporary.fill()
        _ = try temporary.catalog.write(command: "evaluate") { try $0.addEvaluation(record(), outcomes: outcomes(ids)) }
        let before = try temporary.catalog.read { try $0.outcomes(ofInstance: ids[0]) }
        try temporary.catalog.write(command: "delete") { try $0.deleteInstance(ids[0]) }
        #expect(try temporary.catalog.read { try $0.outcomes(ofInstance: ids[2]).map(\.truth) } == [nil])
        try temporary.catalog.write(command: "delete") { try $0.deleteInstance(ids[2]) }
        #expect(try temporary.catalog.read { try $0.evaluations().map(\.outcomes) } == [["missed": 1]])
        for _ in 0..<2 {
            let latest = try #require(try temporary.catalog.read { try $0.latestUndoable() })
            try temporary.catalog.write(command: "undo") { try $0.undo(latest) }
        }
        #expect(try temporary.catalog.read { try $0.outcomes(ofInstance: ids[0]) } == before)
        #expect(try temporary.catalog.read { try $0.integrityDefects() } == [])
    }

    @Test func `what an evaluation speaks of is not undone before it`() throws {
        let temporary = try TemporaryCatalog()
        let ids = try temporary.fill()
        let fill = try #require(try temporary.catalog.read { try $0.latestUndoable() })
        _ = try temporary.catalog.write(command: "evaluate") { try $0.addEvaluation(record(), outcomes: outcomes(ids)) }
        #expect(throws: CatalogError.self) { try temporary.catalog.write(command: "undo") { try $0.undo(fill) } }
        #expect(try temporary.catalog.read { try $0.evaluations().count } == 1)
    }

    @Test func `a merge brings evaluations of runs that come over whole`() throws {
        let here = try TemporaryCatalog()
        let there = try TemporaryCatalog()
        try here.fill(dataset: "mine")
        let ids = try there.fill(dataset: "pets")
        _ = try there.catalog.write(command: "evaluate") { try $0.addEvaluation(record(), outcomes: outcomes(ids)) }
        _ = try here.catalog.merge(there.catalog, command: "merge")
        let kept = try #require(try here.catalog.read { try $0.evaluations().first })
        #expect(kept.outcomes == ["hit": 1, "missed": 1] && kept.metric("AP") == 0.25)
        let dog = try #require(
            try here.catalog.read { try $0.listInstances(filter: Filter("run = 'labels of pets'")).first })
        #expect(try here.catalog.read { try $0.outcomes(ofInstance: dog.id).map(\.outcome) } == [.hit])
        _ = try here.catalog.merge(there.catalog, command: "merge")
        #expect(try here.catalog.read { try $0.evaluations().count } == 1)
        #expect(try here.catalog.read { try $0.integrityDefects() } == [])
    }
}
