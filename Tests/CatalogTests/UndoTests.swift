import Catalog
import Testing

@Suite struct UndoTests {
    private func facets(_ catalog: CatalogFile) throws -> [Facet] { try catalog.read { try $0.facets() } }

    @Test func `an undo of an addition takes away what it added, and its undo brings it back`() throws {
        let temporary = try TemporaryCatalog()
        let catalog = temporary.catalog
        try temporary.fill()
        let before = try facets(catalog)
        let operation = try #require(try catalog.read { try $0.latestUndoable() })
        try catalog.write(command: "undo") { try $0.undo(operation) }
        #expect(try catalog.read { try $0.overview().instances } == 0)
        #expect(try catalog.read { try $0.datasets().isEmpty })
        #expect(try facets(catalog) == [])
        let undo = try #require(try catalog.read { try $0.history(limit: 1).first?.id })
        try catalog.write(command: "undo") { try $0.undo(undo) }
        #expect(try facets(catalog) == before)
        #expect(try catalog.read { try $0.integrityDefects() } == [])
    }

    @Test func `an undo of a change restores every digit, mask and absent value`() throws {
        let temporary = try TemporaryCatalog()
        let catalog = temporary.catalog
        let id = try temporary.fill()[0]
        try catalog.write(command: "mask") { writer in
            var record = try #require(try writer.instance(id)?.record)
            record.box = Box(x: 0.1 + 0.2, y: 1e-17, width: 702.1057499999998, height: 1.0 / 3)
            try writer.update(record)
            try writer.update(MaskRecord(encoding: .runs, height: 480, width: 640, data: [0, 255, 1, 127]), of: id)
        }
        let before = try #require(try catalog.read { try $0.instance(id) })
        try catalog.write(command: "change") { writer in
            var record = before.record
            (record.box, record.area, record.review, record.points) = (nil, nil, .rejected, 0)
            try writer.update(record)
            try writer.update(MaskRecord(encoding: .text, data: [1]), of: id)
        }
        #expect(try catalog.read { try $0.instance(id)?.record.box } == nil)
        let change = try #require(try catalog.read { try $0.latestUndoable() })
        try catalog.write(command: "undo") { try $0.undo(change) }
        let after = try #require(try catalog.read { try $0.instance(id) })
        #expect(after.record.box == before.record.box)
        #expect(after.record.area == 5000)
        #expect(after.record.review == .unreviewed)
        #expect(after.parts.mask?.data == [0, 255, 1, 127])
        #expect(after.parts.mask?.height == 480)
    }

    @Test func `a deleted label comes back with its id`() throws {
        let temporary = try TemporaryCatalog()
        let id = try temporary.fill()[1]
        let before = try facets(temporary.catalog)
        try temporary.catalog.write(command: "delete") { try $0.deleteInstance(id) }
        #expect(try temporary.catalog.read { try $0.instance(id) } == nil)
        #expect(try facets(temporary.catalog).reduce(0) { $0 + $1.count } == 2)
        let operation = try #require(try temporary.catalog.read { try $0.latestUndoable() })
        try temporary.catalog.write(command: "undo") { try $0.undo(operation) }
        #expect(try temporary.catalog.read { try $0.instance(id)?.record.isCrowd } == true)
        #expect(try facets(temporary.catalog) == before)
    }

    @Test func `an operation that later work builds on is not undone`() throws {
        let temporary = try TemporaryCatalog()
        let catalog = temporary.catalog
        let id = try temporary.fill()[0]
        let fill = try #require(try catalog.read { try $0.latestUndoable() })
        try catalog.write(command: "edit") { writer in
            var record = try #require(try writer.instance(id)?.record)
            record.review = .accepted
            try writer.update(record)
        }
        #expect(throws: CatalogError.self) { try catalog.write(command: "undo") { try $0.undo(fill) } }
        #expect(try catalog.read { try $0.instance(id)?.record.review } == .accepted)
        let edit = try #require(try catalog.read { try $0.latestUndoable() })
        #expect(edit > fill)
        try catalog.write(command: "undo") { try $0.undo(edit) }
        try catalog.write(command: "undo") { try $0.undo(fill) }
        #expect(try catalog.read { try $0.overview().instances } == 0)
        #expect(throws: CatalogError.self) { try catalog.write(command: "undo") { try $0.undo(fill) } }
    }

    @Test func `labels of a run keep the pictures that they speak of`() throws {
        let temporary = try TemporaryCatalog()
        let catalog = temporary.catalog
        try temporary.fill()
        let fill = try #require(try catalog.read { try $0.latestUndoable() })
        try catalog.write(command: "predict") { writer in
            let run = try writer.addRun(named: "later", kind: .predictions)
            let record = InstanceRecord(datasetID: 1, runID: run, mediumID: 1, categoryID: 1)
            try InstanceInserter(writer).add(record, InstanceParts())
        }
        #expect(throws: CatalogError.self) { try catalog.write(command: "undo") { try $0.undo(fill) } }
        #expect(try catalog.read { try $0.overview().instances } == 4)
    }

    @Test func `an undo too large to be logged is not taken back itself`() throws {
        let temporary = try TemporaryCatalog()
        try temporary.fill()
        try temporary.catalog.write(command: "undo") { try $0.undo(1, logLimit: 2) }
        #expect(try temporary.catalog.read { try $0.overview().instances } == 0)
        #expect(throws: CatalogError.self) { try temporary.catalog.write(command: "undo") { try $0.undo(2) } }
        try temporary.fill()
        #expect(try temporary.catalog.read { try $0.overview().instances } == 3)
    }
}
