import Foundation
import Testing

@testable import Catalog

@Suite struct MigrationTests {
    /// A catalog as the first release made it, with labels of an import and of a results file, and an edited label.
    private func firstRelease(in folder: String) throws -> (path: String, facets: [Facet]) {
        let path = folder + "/old.sqlite"
        let catalog = try CatalogFile.create(at: path, upTo: "1")
        #expect(try catalog.read { try $0.tables()["execution"] } == nil)
        let temporary = try TemporaryCatalog()
        let ids = try temporary.fill(into: catalog)
        try catalog.write(command: "edit") { try $0.deleteInstance(ids[1]) }
        return (path, try catalog.read { try $0.facets() })
    }

    @Test func `a catalog of version 1 keeps its runs, labels and history, and a copy stays`() throws {
        let temporary = try TemporaryCatalog()
        let old = try firstRelease(in: temporary.folder)
        let catalog = try CatalogFile.open(at: old.path)
        try catalog.read { reader throws in
            #expect(try reader.overview().schemaVersion == 5)
            #expect(try reader.runs().map(\.name) == ["labels of pets", "baseline of pets"])
            #expect(try reader.runs().map(\.kind) == [.import, .predictions])
            #expect(try reader.runs().allSatisfy { $0.execution == nil })
            #expect(try reader.facets() == old.facets)
            #expect(try reader.integrityDefects() == [])
            #expect(try reader.history(limit: 9).map(\.command) == ["edit", "fill"])
        }
        let copy = try CatalogFile.open(at: old.path + ".before-5")
        #expect(try copy.read { try $0.facets() } == old.facets)

        // The history of version 1 is undone under the latest.
        for _ in 0..<2 {
            let operation = try #require(try catalog.read { try $0.latestUndoable() })
            try catalog.write(command: "undo") { try $0.undo(operation) }
        }
        #expect(try catalog.read { try $0.runs().isEmpty && $0.overview().instances == 0 })
    }

    @Test func `rows of runs are still logged, and still held by what points to them`() throws {
        let temporary = try TemporaryCatalog()
        let catalog = try CatalogFile.open(at: try firstRelease(in: temporary.folder).path)
        try catalog.write(command: "rename") { writer in
            try writer.db.execute(sql: "UPDATE run SET name = 'renamed' WHERE id = 1")
        }
        let rename = try #require(try catalog.read { try $0.latestUndoable() })
        #expect(try catalog.read { try $0.changes(of: rename, limit: 9).map(\.table) } == ["run"])
        try catalog.write(command: "undo") { try $0.undo(rename) }
        #expect(try catalog.read { try $0.run(1).name } == "labels of pets")
        #expect(throws: CatalogError.self) {
            try catalog.write(command: "delete") { try $0.db.execute(sql: "DELETE FROM run WHERE id = 1") }
        }
        #expect(throws: CatalogError.self) {
            try catalog.write(command: "odd") { writer in
                try writer.db.execute(
                    sql: "INSERT INTO run (name, kind, created_at, version) VALUES ('x', 'dream', '', '')")
            }
        }
    }

    @Test func `an attempt that left its copy does not stand in the way`() throws {
        let temporary = try TemporaryCatalog()
        let old = try firstRelease(in: temporary.folder)
        try Data().write(to: URL(fileURLWithPath: old.path + ".before-5"))
        #expect(try CatalogFile.open(at: old.path).read { try $0.overview().schemaVersion } == 5)
        #expect(FileManager.default.fileExists(atPath: old.path + ".before-5-2"))
    }

    @Test func `several processes may open an old catalog at once`() async throws {
        let temporary = try TemporaryCatalog()
        let path = try firstRelease(in: temporary.folder).path
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask { try CatalogFile.open(at: path).read { try $0.overview().schemaVersion } }
            }
            for try await version in group { #expect(version == 5) }
        }
        #expect(!FileManager.default.fileExists(atPath: path + ".before-5-2"))
    }
}
