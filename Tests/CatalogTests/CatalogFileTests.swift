import Foundation
import Testing

@testable import Catalog

@Suite struct CatalogFileTests {
    @Test func `a catalog is made once, and opens again`() throws {
        let temporary = try TemporaryCatalog()
        try temporary.fill()
        let again = try CatalogFile.open(at: temporary.catalog.path)
        #expect(try again.read { try $0.overview().instances } == 3)
        #expect(throws: CatalogError.self) { try CatalogFile.create(at: temporary.catalog.path) }
    }

    @Test func `what is no catalog is refused with the reason`() throws {
        let temporary = try TemporaryCatalog()
        func message(_ path: String) -> String {
            do {
                _ = try CatalogFile.open(at: path)
                return ""
            } catch { return "\(error)" }
        }
        #expect(message(temporary.folder + "/none.sqlite").contains("there is no catalog here"))
        #expect(message(temporary.folder).contains("it is a folder"))
        let text = temporary.folder + "/text.sqlite"
        try Data("not a database, but long enough to be looked at as one".utf8).write(to: URL(fileURLWithPath: text))
        #expect(message(text).contains("not a Kindred catalog"))
        let empty = temporary.folder + "/empty.sqlite"
        try Data().write(to: URL(fileURLWithPath: empty))
        #expect(message(empty).contains("application id is 0"))
    }

    @Test func `a failed operation leaves nothing behind`() throws {
        struct Stop: Error {}
        let temporary = try TemporaryCatalog()
        #expect(throws: Stop.self) {
            try temporary.catalog.write(command: "try") { writer in
                _ = try writer.addDataset(named: "half", format: "coco")
                throw Stop()
            }
        }
        #expect(try temporary.catalog.read { try $0.datasets().isEmpty && $0.history(limit: 9).isEmpty })
    }

    @Test func `a backup is a whole catalog, and never replaces a file`() throws {
        let temporary = try TemporaryCatalog()
        try temporary.fill()
        let copy = temporary.folder + "/copy.sqlite"
        try temporary.catalog.backup(to: copy)
        #expect(try CatalogFile.open(at: copy).read { try $0.overview().instances } == 3)
        #expect(throws: CatalogError.self) { try temporary.catalog.backup(to: copy) }
    }

    @Test func `a catalog in a folder that cannot be written is still read`() throws {
        let temporary = try TemporaryCatalog()
        try temporary.fill()
        // Root may write everywhere; then there is nothing to test.
        guard getuid() != 0 else { return }
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: temporary.folder)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: temporary.folder) }
        let catalog = try CatalogFile.open(at: temporary.catalog.path)
        #expect(try catalog.read { try $0.overview().instances } == 3)
        #expect(throws: CatalogError.self) { try catalog.write(command: "no") { _ in } }
    }

    @Test func `writers in several threads wait for each other`() async throws {
        let temporary = try TemporaryCatalog()
        let path = temporary.catalog.path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    let catalog = try CatalogFile.open(at: path)
                    for number in 0..<10 {
                        try catalog.write(command: "add") { writer in
                            _ = try writer.addDataset(named: "\(worker)-\(number)", format: "coco")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try temporary.catalog.read { try $0.datasets().count } == 40)
        #expect(try temporary.catalog.read { try $0.integrityDefects() } == [])
    }

    @Test func `indexes that a first import defers are there in the end, and after a failure`() throws {
        struct Stop: Error {}
        let temporary = try TemporaryCatalog()
        let before = try temporary.catalog.read { try $0.instanceIndexes() }
        #expect(before == ["instance_by_medium", "instance_queue"])
        try? temporary.catalog.write(command: "fail") { writer in
            try writer.deferIndexesOfFirstInstances()
            #expect(try writer.instanceIndexes() == [])
            throw Stop()
        }
        #expect(try temporary.catalog.read { try $0.instanceIndexes() } == before)
        try temporary.catalog.write(command: "first") { writer in
            try writer.deferIndexesOfFirstInstances()
        }
        #expect(try temporary.catalog.read { try $0.instanceIndexes() } == before)
        try temporary.fill()
        try temporary.catalog.write(command: "later") { writer in
            try writer.deferIndexesOfFirstInstances()
            #expect(try writer.instanceIndexes() == before)
        }
    }
}
