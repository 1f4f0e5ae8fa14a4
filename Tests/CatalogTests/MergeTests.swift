import Catalog
import Testing

@Suite struct MergeTests {
    @Test func `a merge adds what is new, keeps what is here, and is idempotent`() throws {
        let here = try TemporaryCatalog()
        let there = try TemporaryCatalog()
        try here.fill(dataset: "mine")
        try there.fill(dataset: "theirs")
        try there.catalog.write(command: "split") { writer in
            try writer.addSplit(named: "main", recipe: "{}", members: [(1, "train"), (2, "test")])
            try writer.addView(named: "dogs", ViewDefinition(filter: "category = dog"))
        }
        let first = try here.catalog.merge(there.catalog, command: "merge")
        #expect(first.datasets == ["theirs"])
        #expect((first.media, first.instances) == (3, 3))
        #expect(first.splits == ["main"] && first.views == ["dogs"])
        let again = try here.catalog.merge(there.catalog, command: "merge")
        #expect((again.media, again.instances, again.datasets) == (0, 0, []))
        #expect(again.runs.isEmpty && again.splits.isEmpty && again.views.isEmpty)

        let overview = try here.catalog.read { try $0.overview() }
        #expect(overview.instances == 6)
        #expect(overview.datasets.map(\.name) == ["mine", "theirs"])
        #expect(overview.datasets.map(\.instances) == [2, 2])
        let rows = try here.catalog.read { reader in
            try reader.listInstances(filter: Filter("dataset = theirs")).map { "\($0.category) \($0.run)" }
        }
        #expect(rows == ["dog labels of theirs", "cat labels of theirs", "dog baseline of theirs"])
        #expect(
            try here.catalog.read { try $0.listMedia(filter: Filter("split = train")).map(\.datasets) } == [["theirs"]])
        #expect(try here.catalog.read { try $0.integrityDefects() } == [])
    }

    @Test func `a merge is undone as one operation`() throws {
        let here = try TemporaryCatalog()
        let there = try TemporaryCatalog()
        try here.fill(dataset: "mine")
        try there.fill(dataset: "theirs")
        let before = try here.catalog.read { try $0.facets() }
        _ = try here.catalog.merge(there.catalog, command: "merge")
        // Merged again, nothing is added, and there is nothing more to take back.
        _ = try here.catalog.merge(there.catalog, command: "merge")
        let operation = try #require(try here.catalog.read { try $0.latestUndoable() })
        try here.catalog.write(command: "undo") { try $0.undo(operation) }
        #expect(try here.catalog.read { try $0.facets() } == before)
        #expect(try here.catalog.read { try $0.overview().media } == 3)
    }

    @Test func `the same pictures are not doubled`() throws {
        let here = try TemporaryCatalog()
        let there = try TemporaryCatalog()
        try here.fill(dataset: "pets")
        try there.fill(dataset: "pets")
        let report = try here.catalog.merge(there.catalog, command: "merge")
        #expect(report.media == 0)
        #expect(try here.catalog.read { try $0.overview().media } == 3)
    }

    @Test func `a catalog is not merged into itself`() throws {
        let here = try TemporaryCatalog()
        #expect(throws: CatalogError.self) { try here.catalog.merge(here.catalog, command: "merge") }
    }
}
